/** What of a graph is drawn: the worst of a large one, what the filters leave, the neighbourhood of the selection. */
import { byWeight, type GraphModel } from './graph'
import { elementOf } from './keys'
import { adjacencyOf, within } from './neighbours'
import { PRESENCE, type Union } from './union'
import type { Only } from './view'

/** More nodes than this are drawn only when asked for. */
export const NODES_AT_FIRST = 1_500
export const NODES_STEPS: readonly number[] = [NODES_AT_FIRST, 5_000, 10_000]

/** More lines than this are never drawn; the weightiest by the metric are. */
export const PAIRS_MOST = 100_000

export const NO_TYPES: ReadonlySet<string> = new Set()

/** Types of nodes, by name. */
export function typesOf(...graphs: readonly GraphModel[]): readonly string[] {
  return [...new Set(graphs.flatMap((graph) => graph.nodes.types))].sort()
}

/** A set with one more, or one less. */
export function toggled(types: ReadonlySet<string>, type: string): ReadonlySet<string> {
  const result = new Set(types)
  if (!result.delete(type)) result.add(type)
  return result
}

export interface Wish {
  readonly only: Only
  readonly hops: number
  readonly selection: string
  readonly bottlenecks: ReadonlySet<string>
  /** 1 for each pair that changed by the chosen metric; read for `only: changed`. */
  readonly changed: (pair: number) => boolean
  readonly nodesMost: number
  /** Node types that are hidden. */
  readonly hiddenTypes: ReadonlySet<string>
}

export interface Shown {
  readonly nodes: Uint8Array
  readonly pairs: Uint8Array
  /** Nodes that have a place, drawn or filtered out: a filter must not change the layout. */
  readonly placed: Uint8Array
  readonly drawnNodes: number
  readonly drawnPairs: number
  /** Whether some are left out because they are too many, not because of a filter. */
  readonly isCut: boolean
}

/** Decide what is drawn. */
export function visible(union: Union, wish: Wish): Shown {
  const { nodes, pairs } = union
  const placed = wish.nodesMost < nodes.count ? worst(union, wish) : new Uint8Array(nodes.count).fill(1)
  const kept = placed.slice()
  for (let node = 0; node < nodes.count; node++) if (wish.hiddenTypes.has(nodes.types[node] ?? '')) kept[node] = 0
  const drawn = new Uint8Array(pairs.count)
  const touched = new Uint8Array(nodes.count)
  const reached = wish.hops > 0 ? focus(union, wish) : null
  for (let pair = 0; pair < pairs.count; pair++) {
    const [source, target] = [pairs.sources[pair] ?? 0, pairs.targets[pair] ?? 0]
    if (kept[source] !== 1 || kept[target] !== 1 || !fits(union, wish, pair)) continue
    if (reached !== null && (reached[source] !== 1 || reached[target] !== 1)) continue
    drawn[pair] = touched[source] = touched[target] = 1
  }
  const isThinned = thinned(union, wish, drawn)
  const shownNodes = kept.map((isKept, node) => isKept & (standsAlone(union, wish, node, touched, reached) ? 1 : 0))
  return { nodes: shownNodes, pairs: drawn, placed, drawnNodes: sum(shownNodes), drawnPairs: sum(drawn), isCut: wish.nodesMost < nodes.count || isThinned }
}

/** Leave out the lightest lines of too many; says whether there were. */
function thinned({ pairs }: Union, wish: Wish, drawn: Uint8Array): boolean {
  if (sum(drawn) <= PAIRS_MOST) return false
  const weight = Float64Array.from(drawn, (isDrawn, pair) => {
    if (isDrawn !== 1) return Number.NEGATIVE_INFINITY
    const value = pairs.after[pair] ?? pairs.before[pair] ?? 0
    return (wish.bottlenecks.has(pairs.keys[pair] ?? '') ? 1e300 : 0) + (Number.isNaN(value) ? 0 : value)
  })
  for (const pair of byWeight(weight).subarray(PAIRS_MOST)) drawn[pair] = 0
  return true
}

function standsAlone(union: Union, wish: Wish, node: number, touched: Uint8Array, reached: Uint8Array | null): boolean {
  if (touched[node] === 1) return true
  if (reached !== null) return reached[node] === 1
  const presence = union.nodes.presence[node]
  if (wish.only === 'bottlenecks') return wish.bottlenecks.has(union.nodes.keys[node] ?? '')
  if (wish.only === 'added') return presence === PRESENCE.added
  if (wish.only === 'removed') return presence === PRESENCE.removed
  if (wish.only === 'changed') return presence !== PRESENCE.both
  return true
}

function fits({ pairs }: Union, wish: Wish, pair: number): boolean {
  switch (wish.only) {
    case '':
      return true
    case 'bottlenecks':
      return wish.bottlenecks.has(pairs.keys[pair] ?? '')
    case 'added':
      return pairs.presence[pair] === PRESENCE.added
    case 'removed':
      return pairs.presence[pair] === PRESENCE.removed
    case 'changed':
      return pairs.presence[pair] !== PRESENCE.both || wish.changed(pair)
  }
}

function focus(union: Union, wish: Wish): Uint8Array | null {
  const seeds = endsOf(union, wish.selection)
  return seeds.length === 0 ? null : within(adjacencyOf(union.nodes.count, union.pairs), seeds, wish.hops)
}

/** The nodes that a selected key stands for: itself, or both ends. */
export function endsOf({ nodes }: Pick<Union, 'nodes'>, key: string): number[] {
  if (key === '') return []
  const element = elementOf(key)
  const keys = element.kind === 'node' ? [element.key] : [element.source, element.target]
  return keys.map((each) => nodes.index.get(each)).filter((node) => node !== undefined)
}

/** The nodes that matter most: bottlenecks and what differs, then by hotspot score, then by the metric at their edges. */
function worst(union: Union, wish: Wish): Uint8Array {
  const { nodes, pairs } = union
  const score = Float64Array.from(nodes.hotspot, (value) => (Number.isNaN(value) ? 0 : value))
  const most = pairs.after.reduce((so, value) => (value > so ? value : so), 0) || 1
  for (let pair = 0; pair < pairs.count; pair++) {
    const own = (pairs.after[pair] ?? 0) / most
    const bonus = (wish.bottlenecks.has(pairs.keys[pair] ?? '') ? 1e6 : 0) + (wish.changed(pair) ? 1e3 : 0)
    for (const end of [pairs.sources[pair] ?? 0, pairs.targets[pair] ?? 0]) {
      score[end] = Math.max(score[end] ?? 0, (Number.isNaN(own) ? 0 : own) + bonus)
    }
  }
  for (const key of wish.bottlenecks) raise(score, nodes.index.get(key), 1e6)
  for (const node of endsOf(union, wish.selection)) raise(score, node, 1e9)
  const kept = new Uint8Array(nodes.count)
  for (const node of byWeight(score).subarray(0, wish.nodesMost)) kept[node] = 1
  return kept
}

function raise(score: Float64Array, node: number | undefined, by: number): void {
  if (node !== undefined) score[node] = (score[node] ?? 0) + by
}

function sum(column: Uint8Array): number {
  let total = 0
  for (const each of column) total += each
  return total
}
