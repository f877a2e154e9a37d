/** What is worst in a graph: bottlenecks as it says itself, and the top of a metric. Pure. */
import type { SnapshotHeader } from '../schema'
import { GRAVITY, ranked, valueOf, type GraphModel } from './graph'
import { labelOf } from './keys'
import { metricOf, QPS } from './metrics'

export interface Worst {
  readonly key: string
  readonly name: string
  readonly metric: string
  readonly value: number
  readonly severity: string
}

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
  for (let place = 0; place < edges.count; place++) {
    const gravity = edges.grave[place] ?? 0
    if (gravity === 0 || edges.stale[place] === 1) continue
    const key = edges.key(place)
    const metric = edges.types[edges.codes[place] ?? 0] ?? ''
    found.push({ key, name: labelOf(key), metric, value: edges.values[place] ?? Number.NaN, severity: gravity === 2 ? 'critical' : 'high' })
  }
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
  for (const pair of ranked(graph, metric, most)) {
    const value = valueOf(graph, metric, pair)
    if (Number.isNaN(value)) break
    const key = graph.pairs.keys[pair] ?? ''
    rows.push({ key, name: labelOf(key), value, flow: valueOf(graph, QPS, pair) })
  }
  return rows
}
