/** A and B on one set of places: what is in either, with the values of both. */
import type { GraphModel } from './graph'
import type { Places } from './lookup'
import { QPS } from './metrics'

/** Where an element is; stale in B but observed in A counts as gone, as the server's diff says. */
export const PRESENCE = { both: 0, added: 1, removed: 2 } as const
export type Presence = (typeof PRESENCE)[keyof typeof PRESENCE]

export interface UnionNodes {
  readonly count: number
  readonly keys: readonly string[]
  readonly names: readonly string[]
  readonly types: readonly string[]
  readonly hotspot: Float64Array
  readonly stale: Uint8Array
  readonly presence: Uint8Array
  readonly index: Places
}

export interface UnionPairs {
  readonly count: number
  readonly keys: readonly string[]
  readonly sources: Uint32Array
  readonly targets: Uint32Array
  /** Chosen metric in A and in B; NaN where there is none. */
  readonly before: Float64Array
  readonly after: Float64Array
  /** Queries per second: B's, for what is gone A's. */
  readonly flow: Float64Array
  readonly stale: Uint8Array
  readonly presence: Uint8Array
  readonly index: Places
}

export interface Union {
  readonly nodes: UnionNodes
  readonly pairs: UnionPairs
  readonly isComparison: boolean
  readonly metric: string
}

/** One graph, seen by one metric; its columns are used as they are. */
export function single(graph: GraphModel, metric: string): Union {
  const { nodes, pairs } = graph
  const none = new Float64Array(pairs.count).fill(Number.NaN)
  return {
    nodes: { ...nodes, presence: new Uint8Array(nodes.count) },
    pairs: {
      ...pairs,
      before: none,
      after: pairs.metrics.get(metric) ?? none,
      flow: pairs.metrics.get(QPS) ?? none,
      presence: new Uint8Array(pairs.count),
    },
    isComparison: false,
    metric,
  }
}

/** Both sides: B's elements in B's order, then those that only A has. */
export function union(a: GraphModel, b: GraphModel, metric: string): Union {
  const nodes = nodesOf(a, b)
  return { nodes, pairs: pairsOf(a, b, nodes, metric), isComparison: true, metric }
}

function joined(one: readonly string[], other: readonly string[]): { keys: string[]; index: Map<string, number> } {
  const index = new Map<string, number>()
  for (const key of one) index.set(key, index.size)
  for (const key of other) if (!index.has(key)) index.set(key, index.size)
  return { keys: [...index.keys()], index }
}

/** A place in a side, or −1. */
const placeIn = (index: Places, key: string): number => index.get(key) ?? -1

function presenceOf(inA: number, inB: number, staleA: Uint8Array, staleB: Uint8Array): Presence {
  const seenInA = inA >= 0 && staleA[inA] !== 1
  const seenInB = inB >= 0 && staleB[inB] !== 1
  if (seenInA === seenInB) return PRESENCE.both
  return seenInB ? PRESENCE.added : PRESENCE.removed
}

function nodesOf(a: GraphModel, b: GraphModel): UnionNodes {
  const { keys, index } = joined(b.nodes.keys, a.nodes.keys)
  const hotspot = new Float64Array(keys.length)
  const stale = new Uint8Array(keys.length)
  const presence = new Uint8Array(keys.length)
  const names: string[] = []
  const types: string[] = []
  keys.forEach((key, place) => {
    const [inA, inB] = [placeIn(a.nodes.index, key), placeIn(b.nodes.index, key)]
    const [side, at] = inB >= 0 ? [b.nodes, inB] : [a.nodes, inA]
    names.push(side.names[at] ?? key)
    types.push(side.types[at] ?? '')
    hotspot[place] = side.hotspot[at] ?? Number.NaN
    stale[place] = side.stale[at] ?? 0
    presence[place] = presenceOf(inA, inB, a.nodes.stale, b.nodes.stale)
  })
  return { count: keys.length, keys, names, types, hotspot, stale, presence, index }
}

function pairsOf(a: GraphModel, b: GraphModel, nodes: UnionNodes, metric: string): UnionPairs {
  const { keys, index } = joined(b.pairs.keys, a.pairs.keys)
  const count = keys.length
  const sources = new Uint32Array(count)
  const targets = new Uint32Array(count)
  const before = new Float64Array(count)
  const after = new Float64Array(count)
  const flow = new Float64Array(count)
  const stale = new Uint8Array(count)
  const presence = new Uint8Array(count)
  const place = (graph: GraphModel, node: number | undefined): number =>
    nodes.index.get(graph.nodes.keys[node ?? 0] ?? '') ?? 0
  const value = (graph: GraphModel, type: string, at: number): number => graph.pairs.metrics.get(type)?.[at] ?? Number.NaN
  keys.forEach((key, pair) => {
    const [inA, inB] = [placeIn(a.pairs.index, key), placeIn(b.pairs.index, key)]
    const [side, at] = inB >= 0 ? [b, inB] : [a, inA]
    sources[pair] = place(side, side.pairs.sources[at])
    targets[pair] = place(side, side.pairs.targets[at])
    before[pair] = value(a, metric, inA)
    after[pair] = value(b, metric, inB)
    presence[pair] = presenceOf(inA, inB, a.pairs.stale, b.pairs.stale)
    flow[pair] = presence[pair] === PRESENCE.removed ? value(a, QPS, inA) : value(side, QPS, at)
    stale[pair] = side.pairs.stale[at] ?? 0
  })
  return { count, keys, sources, targets, before, after, flow, stale, presence, index }
}
