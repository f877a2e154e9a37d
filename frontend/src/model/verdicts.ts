/** What the server has judged, by what is drawn: bottlenecks, and what is a real change. */
import type { Comparison, SnapshotHeader } from '../schema'
import type { GraphModel } from './graph'
import { pairOf } from './keys'
import { HOTSPOT } from './metrics'
import type { Verdict } from './scene'
import type { Levels } from './scores'
import { overLevels } from './worst'

/**
 * Keys of nodes and pairs that are bottlenecks: of a snapshot as it says itself, with the thresholds of that moment;
 * of the live graph those over the levels that hold now.
 */
export function bottlenecksOf(graph: GraphModel, header: SnapshotHeader | null, levels: Levels): ReadonlySet<string> {
  const found = new Set<string>()
  for (const each of header?.performance_summary.bottlenecks ?? []) {
    if (each.key !== undefined) found.add(each.kind === 'node' ? each.key : lineOf(each.key, each.metric ?? ''))
  }
  if (header !== null) return found
  const { edges, nodes, pairs } = graph
  for (const { kind, place, metric } of overLevels(graph, levels)) {
    const node = kind === 'node' ? place : metric === HOTSPOT ? (edges.sources[place] ?? 0) : -1
    found.add((node >= 0 ? nodes.keys[node] : pairs.keys[edges.pairs[place] ?? 0]) ?? '')
  }
  return found
}

/** A hotspot is a loop in the data and a matter of its node to the eye. */
function lineOf(key: string, metric: string): string {
  const pair = pairOf(key) ?? key
  return metric === HOTSPOT ? (key.split('|')[0] ?? key) : pair
}

/** Per pair, what the comparison says of its relationship of this type. */
export function verdictsOf(comparison: Comparison | null, metric: string): ReadonlyMap<string, Verdict> {
  const verdicts = new Map<string, Verdict>()
  for (const change of comparison?.changes ?? []) {
    const pair = change.kind === 'edge' ? pairOf(change.element.key) : null
    if (pair === null || change.element.type !== metric || (change.op === 'changed' && change.field !== 'value')) continue
    verdicts.set(pair, { isNoise: change.significance === 'within_noise', absence: change.absence ?? null })
  }
  return verdicts
}

/** Critical paths (`a->b->c`, by name) as the keys of their pairs; what is not in the graph is left out. */
export function pathsOf(paths: readonly string[], graph: GraphModel): readonly (readonly string[])[] {
  const steps = paths.map((path) => path.split('->'))
  const wanted = new Set(steps.flat())
  const isOnPath = graph.nodes.names.map((name) => wanted.has(name)) // a text for each pair took 65 ms of 100,000
  const byNames = new Map<string, string>()
  for (let pair = 0; pair < graph.pairs.count; pair++) {
    const [source, target] = [graph.pairs.sources[pair] ?? 0, graph.pairs.targets[pair] ?? 0]
    if (isOnPath[source] !== true || isOnPath[target] !== true) continue
    byNames.set(`${graph.nodes.names[source] ?? ''}->${graph.nodes.names[target] ?? ''}`, graph.pairs.keys[pair] ?? '')
  }
  return steps.map((names) =>
    names.slice(1).map((name, place) => byNames.get(`${names[place] ?? ''}->${name}`)).filter((key) => key !== undefined),
  )
}
