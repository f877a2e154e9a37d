/** What is worst in a graph: bottlenecks, and the top of a metric. Pure. */
import type { SnapshotHeader } from '../schema'
import { numberOf, ranked, valueOf, type GraphModel } from './graph'
import { labelOf } from './keys'
import { metricOf, QPS } from './metrics'
import type { Levels } from './scores'

const GRAVITY: Readonly<Record<string, number>> = { high: 1, critical: 2 }

export interface Worst {
  readonly key: string
  readonly name: string
  readonly metric: string
  readonly value: number
  readonly severity: string
}

/**
 * Bottlenecks, the gravest first: of a snapshot those in its header, with the thresholds of that moment; of the live
 * graph those over the levels that hold now.
 */
export function bottlenecks(graph: GraphModel, header: SnapshotHeader | null, levels: Levels): readonly Worst[] {
  const found = header === null ? ofGraph(graph, levels) : ofHeader(header)
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

function ofGraph(graph: GraphModel, levels: Levels): Worst[] {
  const { edges, nodes } = graph
  return overLevels(graph, levels).map(({ kind, place, metric, value, severity }) => {
    const key = (kind === 'node' ? nodes.keys[place] : edges.key(place)) ?? ''
    return { key, name: labelOf(key), metric, value, severity }
  })
}

/** A node or an edge that is over a level, by its place. */
export interface Over {
  readonly kind: 'node' | 'edge'
  readonly place: number
  readonly metric: string
  readonly value: number
  readonly severity: 'high' | 'critical'
}

const kept = new WeakMap<GraphModel, { readonly levels: Levels; readonly over: readonly Over[] }>()

/**
 * What is over its level, by the rule of the server's summaries (held to it by `worst.cases.json`): fresh edges by their
 * value, fresh nodes by the properties that are named like a metric in lower case. Worked out once for all who ask.
 */
export function overLevels(graph: GraphModel, levels: Levels): readonly Over[] {
  const known = kept.get(graph)
  if (known?.levels === levels) return known.over
  const over = [...nodesOver(graph, levels), ...edgesOver(graph, levels)]
  kept.set(graph, { levels, over })
  return over
}

function* nodesOver({ nodes }: GraphModel, levels: Levels): Generator<Over> {
  const graded = Object.entries(levels).flatMap(([metric, level]) => [[metric, metric.toLowerCase(), graderOf(metric, level)] as const])
  for (let place = 0; graded.length > 0 && place < nodes.count; place++) {
    if (nodes.stale[place] === 1) continue
    const properties = nodes.properties(place)
    for (const [metric, name, severityOf] of graded) {
      const value = numberOf(properties[name])
      const severity = severityOf(value)
      if (severity !== null) yield { kind: 'node', place, metric, value, severity }
    }
  }
}

function* edgesOver({ edges }: GraphModel, levels: Levels): Generator<Over> {
  const byCode = edges.types.map((type) => graderOf(type, levels[type]))
  for (let place = 0; place < edges.count; place++) {
    if (edges.stale[place] === 1) continue
    const code = edges.codes[place] ?? 0
    const value = edges.values[place] ?? Number.NaN
    const severity = byCode[code]?.(value) ?? null
    if (severity !== null) yield { kind: 'edge', place, metric: edges.types[code] ?? '', value, severity }
  }
}

/** Levels grade from below: of what should be high, nothing is graded; what lies on a level is not over it. */
export function graderOf(metric: string, level: Levels[string] | undefined): (value: number) => Over['severity'] | null {
  if (metricOf(metric).worse === 'lower') return () => null
  const critical = level?.critical ?? Number.POSITIVE_INFINITY
  const lowest = Math.min(level?.high ?? Number.POSITIVE_INFINITY, critical)
  return (value) => (value > critical ? 'critical' : value > lowest ? 'high' : null)
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
