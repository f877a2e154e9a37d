/** A graph as the page works with it: names once, numbers in typed arrays, never an object per edge. */
import { edgeKey, pairKey, splitNodeKey } from './keys'
import { HOTSPOT, LATENCY } from './metrics'

export type Properties = Readonly<Record<string, unknown>>

/** A node as the wire carries it (graph_state, `state`, `delta`). */
export interface NodeRecord {
  readonly id: string
  readonly key?: string
  readonly type: string
  readonly labels?: readonly string[]
  readonly stale?: boolean
  readonly properties: Properties
}

/** A relationship as the wire carries it; graph_state leaves the key out, the stream brings it. */
export interface EdgeRecord {
  readonly id: string
  readonly key?: string
  readonly source: string
  readonly target: string
  readonly type: string
  readonly discriminator?: string
  readonly stale?: boolean
  readonly properties: Properties
}

export interface GraphState {
  readonly nodes: readonly NodeRecord[]
  readonly relationships: readonly EdgeRecord[]
}

export interface Nodes {
  readonly count: number
  readonly keys: readonly string[]
  readonly names: readonly string[]
  readonly types: readonly string[]
  /** Hotspot score by the node's own HOTSPOT_SCORE loops or property; NaN where there is none. */
  readonly hotspot: Float64Array
  readonly stale: Uint8Array
  readonly properties: readonly Properties[]
  readonly index: ReadonlyMap<string, number>
}

/** Relationships one by one, as they were written. */
export interface Edges {
  readonly count: number
  readonly keys: readonly string[]
  readonly ids: readonly string[]
  readonly types: readonly string[]
  readonly sources: Uint32Array
  readonly targets: Uint32Array
  /** Value of the metric; NaN where there is none. */
  readonly values: Float64Array
  readonly stale: Uint8Array
  /** Which pair each belongs to. */
  readonly pairs: Uint32Array
  readonly properties: readonly Properties[]
  readonly index: ReadonlyMap<string, number>
}

/** What is drawn: one line per ordered pair of nodes, with a column per metric. */
export interface Pairs {
  readonly count: number
  readonly keys: readonly string[]
  readonly sources: Uint32Array
  readonly targets: Uint32Array
  /** Relationship type → value per pair (the largest of parallel ones); NaN where there is none. */
  readonly metrics: ReadonlyMap<string, Float64Array>
  /** 1 where every relationship of the pair is stale. */
  readonly stale: Uint8Array
  readonly index: ReadonlyMap<string, number>
}

export interface GraphModel {
  readonly nodes: Nodes
  readonly edges: Edges
  readonly pairs: Pairs
}

export const EMPTY: GraphModel = graphOf({ nodes: [], relationships: [] })

export function graphOf(state: GraphState): GraphModel {
  return build(state.nodes, state.relationships)
}

/** The columns of a graph from its elements, in the order given. */
export function build(nodeRecords: readonly NodeRecord[], edgeRecords: readonly EdgeRecord[]): GraphModel {
  const index = new Map<string, number>()
  nodeRecords.forEach((node, place) => index.set(node.key ?? node.id, place))
  const known = edgeRecords.filter((edge) => index.has(edge.source) && index.has(edge.target))
  const { edges, pairs } = edgesOf(known, index)
  return { nodes: nodesOf(nodeRecords, index, edges), edges, pairs }
}

function nodesOf(records: readonly NodeRecord[], index: ReadonlyMap<string, number>, edges: Edges): Nodes {
  const hotspot = new Float64Array(records.length).fill(Number.NaN)
  records.forEach((node, place) => (hotspot[place] = numberOf(node.properties['hotspot_score'])))
  for (let place = 0; place < edges.count; place++) {
    if (edges.types[place] !== HOTSPOT) continue
    const target = edges.targets[place] ?? 0
    hotspot[target] = larger(hotspot[target], edges.values[place])
  }
  return {
    count: records.length,
    keys: records.map((node) => node.key ?? node.id),
    names: records.map((node) => splitNodeKey(node.key ?? node.id).name),
    types: records.map((node) => node.type),
    hotspot,
    stale: Uint8Array.from(records, (node) => (node.stale === true ? 1 : 0)),
    properties: records.map((node) => node.properties),
    index,
  }
}

function edgesOf(records: readonly EdgeRecord[], nodes: ReadonlyMap<string, number>): { edges: Edges; pairs: Pairs } {
  const count = records.length
  const sources = new Uint32Array(count)
  const targets = new Uint32Array(count)
  const values = new Float64Array(count)
  const stale = new Uint8Array(count)
  const membership = new Uint32Array(count)
  const keys: string[] = []
  const index = new Map<string, number>()
  const pairs = new Map<string, number>()
  records.forEach((edge, place) => {
    const key = keyOf(edge)
    const pair = pairKey(edge.source, edge.target)
    if (!pairs.has(pair)) pairs.set(pair, pairs.size)
    keys.push(key)
    index.set(key, place)
    sources[place] = nodes.get(edge.source) ?? 0
    targets[place] = nodes.get(edge.target) ?? 0
    values[place] = numberOf(edge.properties['value'])
    stale[place] = edge.stale === true ? 1 : 0
    membership[place] = pairs.get(pair) ?? 0
  })
  const edges: Edges = {
    count,
    keys,
    ids: records.map((edge) => edge.id),
    types: records.map((edge) => edge.type),
    sources,
    targets,
    values,
    stale,
    pairs: membership,
    properties: records.map((edge) => edge.properties),
    index,
  }
  return { edges, pairs: pairsOf(edges, pairs) }
}

function pairsOf(edges: Edges, index: ReadonlyMap<string, number>): Pairs {
  const count = index.size
  const sources = new Uint32Array(count)
  const targets = new Uint32Array(count)
  const stale = new Uint8Array(count).fill(1)
  const metrics = new Map<string, Float64Array>()
  for (let place = 0; place < edges.count; place++) {
    const pair = edges.pairs[place] ?? 0
    const type = edges.types[place] ?? ''
    let column = metrics.get(type)
    if (column === undefined) metrics.set(type, (column = new Float64Array(count).fill(Number.NaN)))
    column[pair] = larger(column[pair], edges.values[place])
    sources[pair] = edges.sources[place] ?? 0
    targets[pair] = edges.targets[place] ?? 0
    if (edges.stale[place] !== 1) stale[pair] = 0
  }
  return { count, keys: [...index.keys()], sources, targets, metrics, stale, index }
}

export function keyOf(edge: EdgeRecord): string {
  return edge.key ?? edgeKey(edge.source, edge.type, edge.target, edge.discriminator)
}

/** A property as a number; NaN for anything else. */
export function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : Number.NaN
}

function larger(one: number | undefined, other: number | undefined): number {
  if (one === undefined || Number.isNaN(one)) return other ?? Number.NaN
  return other === undefined || Number.isNaN(other) ? one : Math.max(one, other)
}

/** The value of a metric for a pair; NaN where there is none. */
export function valueOf(graph: GraphModel, metric: string, pair: number): number {
  return graph.pairs.metrics.get(metric)?.[pair] ?? Number.NaN
}

/** Pairs by a metric, the largest first, those without it last: the top N of large graphs. */
export function ranked(graph: GraphModel, metric: string = LATENCY): Uint32Array {
  const column = graph.pairs.metrics.get(metric)
  const weight = (pair: number): number => {
    const value = column?.[pair] ?? Number.NaN
    return Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value
  }
  return Uint32Array.from({ length: graph.pairs.count }, (_, pair) => pair).sort(
    (one, other) => weight(other) - weight(one) || one - other,
  )
}
