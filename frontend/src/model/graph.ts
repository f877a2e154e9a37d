/** A graph as the page works with it: names once, numbers in typed arrays, never an object per edge. */
import { edgeKey, pairKey, splitNodeKey } from './keys'
import { Lookup } from './lookup'
import { HOTSPOT } from './metrics'

export type Properties = Readonly<Record<string, unknown>>

export interface Nodes {
  readonly count: number
  readonly keys: readonly string[]
  readonly names: readonly string[]
  readonly types: readonly string[]
  /** Hotspot score by the node's own HOTSPOT_SCORE loops or property; NaN where there is none. */
  readonly hotspot: Float64Array
  /** The property alone. */
  readonly own: Float64Array
  readonly stale: Uint8Array
  readonly properties: (place: number) => Properties
  readonly index: Lookup
}

/** Relationships one by one, as they were written. */
export interface Edges {
  readonly count: number
  /** Distinct types; `codes` has that of each edge. */
  readonly types: readonly string[]
  readonly codes: Uint32Array
  readonly sources: Uint32Array
  readonly targets: Uint32Array
  /** Value of the metric; NaN where there is none. */
  readonly values: Float64Array
  readonly stale: Uint8Array
  /** Which pair each belongs to. */
  readonly pairs: Uint32Array
  readonly id: (place: number) => string
  readonly key: (place: number) => string
  readonly properties: (place: number) => Properties
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
  readonly index: Lookup
}

export interface GraphModel {
  readonly nodes: Nodes
  readonly edges: Edges
  readonly pairs: Pairs
}

/** What a graph is made of; edges by the places of their ends. */
export interface Parts {
  readonly nodes: {
    readonly keys: readonly string[]
    /** Hotspot score by the property; NaN where there is none. */
    readonly own: Float64Array
    readonly stale: Uint8Array
    readonly properties: (place: number) => Properties
  }
  readonly edges: Omit<Edges, 'pairs' | 'key'> & { readonly discriminator: (place: number) => string }
}

/** Put a graph together from its columns. */
export function modelOf({ nodes, edges }: Parts): GraphModel {
  const { membership, pairs } = pairsOf(nodes.keys, edges)
  const names = nodes.keys.map(splitNodeKey)
  const key = (place: number): string =>
    edgeKey(
      nodes.keys[edges.sources[place] ?? 0] ?? '',
      edges.types[edges.codes[place] ?? 0] ?? '',
      nodes.keys[edges.targets[place] ?? 0] ?? '',
      edges.discriminator(place),
    )
  return {
    nodes: {
      ...nodes,
      count: nodes.keys.length,
      names: names.map((each) => each.name),
      types: names.map((each) => each.type),
      hotspot: heated(nodes.own, edges),
      index: new Lookup(nodes.keys),
    },
    edges: { ...edges, pairs: membership, key },
    pairs,
  }
}

/** The same graph with other values: the columns that depend on them are made anew, names and pairs are kept. */
export function revalued(
  graph: GraphModel, nodes: Pick<Nodes, 'own' | 'stale' | 'properties'>, edges: Pick<Edges, 'values' | 'stale' | 'properties'>,
): GraphModel {
  const whole = { ...graph.edges, ...edges }
  return {
    nodes: { ...graph.nodes, ...nodes, hotspot: heated(nodes.own, whole) },
    edges: whole,
    pairs: { ...graph.pairs, ...valuesOf(whole, whole.pairs, graph.pairs.count) },
  }
}

/** The scores of nodes raised by those that stand on their own loops. */
function heated(own: Float64Array, { count, types, codes, targets, values }: Omit<Parts['edges'], 'discriminator'>): Float64Array {
  const hotspot = own.slice()
  const code = types.indexOf(HOTSPOT)
  for (let place = 0; code >= 0 && place < count; place++) {
    if (codes[place] !== code) continue
    const target = targets[place] ?? 0
    hotspot[target] = larger(hotspot[target], values[place])
  }
  return hotspot
}

function pairsOf(keys: readonly string[], edges: Parts['edges']): { membership: Uint32Array; pairs: Pairs } {
  const membership = new Uint32Array(edges.count)
  const seen = new Map<number, number>()
  const firsts: number[] = []
  for (let place = 0; place < edges.count; place++) {
    const both = (edges.sources[place] ?? 0) * keys.length + (edges.targets[place] ?? 0)
    let pair = seen.get(both)
    if (pair === undefined) {
      pair = seen.size
      seen.set(both, pair)
      firsts.push(place)
    }
    membership[place] = pair
  }
  const sources = Uint32Array.from(firsts, (place) => edges.sources[place] ?? 0)
  const targets = Uint32Array.from(firsts, (place) => edges.targets[place] ?? 0)
  const named = firsts.map((_, pair) => pairKey(keys[sources[pair] ?? 0] ?? '', keys[targets[pair] ?? 0] ?? ''))
  const pairs = { count: firsts.length, keys: named, sources, targets, index: new Lookup(named), ...valuesOf(edges, membership, firsts.length) }
  return { membership, pairs }
}

function valuesOf(edges: Pick<Edges, 'count' | 'types' | 'codes' | 'values' | 'stale'>, membership: Uint32Array, count: number): Pick<Pairs, 'metrics' | 'stale'> {
  const stale = new Uint8Array(count).fill(1)
  const columns = edges.types.map(() => new Float64Array(count).fill(Number.NaN))
  for (let place = 0; place < edges.count; place++) {
    const pair = membership[place] ?? 0
    const column = columns[edges.codes[place] ?? 0]
    if (column !== undefined) column[pair] = larger(column[pair], edges.values[place])
    if (edges.stale[place] !== 1) stale[pair] = 0
  }
  return { stale, metrics: new Map(edges.types.map((type, code) => [type, columns[code] ?? new Float64Array(count)])) }
}

/** A property as a number; NaN for anything else. */
export function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : Number.NaN
}

function larger(one: number | undefined, other: number | undefined): number {
  if (one === undefined || Number.isNaN(one)) return other ?? Number.NaN
  return other === undefined || Number.isNaN(other) ? one : Math.max(one, other)
}

/** Places of the relationships from one node to another. */
export function placesBetween(source: number, target: number, { count, sources, targets }: Pick<Edges, 'count' | 'sources' | 'targets'>): number[] {
  const found: number[] = []
  for (let place = 0; place < count; place++) {
    if (sources[place] === source && targets[place] === target) found.push(place)
  }
  return found
}

/** The value of a metric for a pair; NaN where there is none. */
export function valueOf(graph: GraphModel, metric: string, pair: number): number {
  return graph.pairs.metrics.get(metric)?.[pair] ?? Number.NaN
}

/** The first pairs by a metric, the largest first; those without it come last. */
export function ranked(graph: GraphModel, metric: string, most: number): Uint32Array {
  const column = graph.pairs.metrics.get(metric) ?? new Float64Array(graph.pairs.count).fill(Number.NaN)
  return heaviest(column.map((value) => (Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value)), most)
}

/**
 * Places of the heaviest, in order; equals in their own. Those that come into question are found by a sort without a
 * comparison of ours (8 ms of 100,000), which for all of them would take 33.
 */
export function heaviest(weight: Float64Array, most: number): Uint32Array {
  const least = most < weight.length ? (weight.slice().sort()[weight.length - most] ?? Number.POSITIVE_INFINITY) : Number.NEGATIVE_INFINITY
  const places: number[] = []
  weight.forEach((each, place) => {
    if (each >= least) places.push(place)
  })
  return Uint32Array.from(places)
    .sort((one, other) => {
      const [a, b] = [weight[one] ?? 0, weight[other] ?? 0]
      return a === b ? one - other : b > a ? 1 : -1 // infinities: their difference is no number
    })
    .subarray(0, most)
}
