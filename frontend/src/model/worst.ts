/** What is worst in a graph: bottlenecks as it says itself, and the top of a metric. Pure. */
import type { SnapshotHeader } from '../schema'
import { ranked, valueOf, type GraphModel } from './graph'
import { labelOf } from './keys'
import { metricOf, QPS } from './metrics'

export interface Worst {
  readonly key: string
  readonly name: string
  readonly metric: string
  readonly value: number
  readonly severity: string
}

const GRAVITY: Readonly<Record<string, number>> = { critical: 2, high: 1 }

/** Bottlenecks, the gravest first: of a snapshot those in its header, of the live graph those written as high or critical. */
export function bottlenecks(graph: GraphModel, header: SnapshotHeader | null): readonly Worst[] {
  const found = header === null ? ofGraph(graph) : ofHeader(header)
  return found.sort((one, other) => (GRAVITY[other.severity] ?? 0) - (GRAVITY[one.severity] ?? 0) || share(other) - share(one))
}

/** Latencies first among equals: what people feel. */
const share = (worst: Worst): number => (metricOf(worst.metric).unit === 'ms' ? 1e12 : 0) + worst.value

function ofHeader(header: SnapshotHeader): Worst[] {
  return (header.performance_summary.bottlenecks ?? []).map((each) => ({
    key: each.key ?? '',
    name: each.key === undefined ? (each.label ?? '') : labelOf(each.key),
    metric: each.metric ?? '',
    value: each.value ?? Number.NaN,
    severity: each.severity ?? '',
  }))
}

function ofGraph({ edges }: GraphModel): Worst[] {
  const found: Worst[] = []
  edges.properties.forEach((properties, place) => {
    const severity = properties['severity']
    if ((severity !== 'high' && severity !== 'critical') || edges.stale[place] === 1) return
    const key = edges.keys[place] ?? ''
    found.push({ key, name: labelOf(key), metric: edges.types[place] ?? '', value: edges.values[place] ?? Number.NaN, severity })
  })
  return found
}

export interface TopRow {
  readonly key: string
  readonly name: string
  readonly value: number
  readonly flow: number
}

/** The first pairs by a metric; those without it are left out. */
export function topOf(graph: GraphModel, metric: string, most: number): readonly TopRow[] {
  const rows: TopRow[] = []
  for (const pair of ranked(graph, metric)) {
    const value = valueOf(graph, metric, pair)
    if (rows.length === most || Number.isNaN(value)) break
    const key = graph.pairs.keys[pair] ?? ''
    rows.push({ key, name: labelOf(key), value, flow: valueOf(graph, QPS, pair) })
  }
  return rows
}
