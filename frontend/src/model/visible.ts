/** What of a graph is drawn: the worst of a large one, what the filters leave, the neighbourhood of the selection. */
import { heaviest, type GraphModel } from './graph'
import { elementOf } from './keys'
import { adjacencyOf, within } from './neighbours'
import { worstFirst, type Scores } from './scores'
import { PRESENCE, type Union } from './union'
import type { Only } from './view'

/** More nodes than this are drawn only when asked for. */
export const NODES_AT_FIRST = 1_500
export const NODES_STEPS: readonly number[] = [NODES_AT_FIRST, 5_000, 10_000]

/** More lines than this are never drawn; the weightiest by the metric are. */
export const PAIRS_MOST = 100_000

/** Types of nodes, by name. */
export function typesOf(...graphs: readonly GraphModel[]): readonly string[] {
  return [...new Set(graphs.flatMap((graph) => graph.nodes.types))].sort()
}

/** How many nodes are drawn at most, for a wish that may be of any size: a step. */
export function nodesMost(wished: number): number {
  return NODES_STEPS.find((each) => each >= wished) ?? NODES_STEPS.at(-1) ?? NODES_AT_FIRST
}

/** The next step up or down; null at an end. */
export function nodesStep(most: number, by: 1 | -1): number | null {
  return NODES_STEPS[NODES_STEPS.indexOf(most) + by] ?? null
}

/** Names with one more, or one less. */
export function toggled(names: readonly string[], name: string): readonly string[] {
  return names.includes(name) ? names.filter((each) => each !== name) : [...names, name]
}

export interface Wish {
  readonly only: Only
  readonly hops: number
  readonly selection: string
  readonly bottlenecks: ReadonlySet<string>
  /** 1 for each pair that changed by the chosen metric; read for `only: changed`. */
  readonly changed: (pair: number) => boolean
  readonly nodesMost: number
  /** Which nodes are worse than others; read when there are more than `nodesMost`. */
  readonly scores: Scores
  /** Node types that are hidden. */
  readonly hiddenTypes: readonly string[]
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
  const hidden = new Set(wish.hiddenTypes)
  for (let node = 0; node < nodes.count; node++) if (hidden.has(nodes.types[node] ?? '')) kept[node] = 0
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

/** What one side has of what is drawn of both; places are those of both. */
export function partOf(side: Union, both: Union, shown: Shown): Shown {
  const taken = (keys: readonly string[], index: { get(key: string): number | undefined }, drawn: Uint8Array): Uint8Array =>
    Uint8Array.from(keys, (key) => drawn[index.get(key) ?? -1] ?? 0)
  const nodes = taken(side.nodes.keys, both.nodes.index, shown.nodes)
  const pairs = taken(side.pairs.keys, both.pairs.index, shown.pairs)
  const placed = taken(side.nodes.keys, both.nodes.index, shown.placed)
  return { nodes, pairs, placed, drawnNodes: sum(nodes), drawnPairs: sum(pairs), isCut: shown.isCut }
}

/** Leave out the lightest lines of too many; says whether there were. */
function thinned({ pairs }: Union, wish: Wish, drawn: Uint8Array): boolean {
  if (sum(drawn) <= PAIRS_MOST) return false
  const weight = Float64Array.from(drawn, (isDrawn, pair) => {
    if (isDrawn !== 1) return Number.NEGATIVE_INFINITY
    const value = pairs.after[pair] ?? pairs.before[pair] ?? 0
    return (wish.bottlenecks.has(pairs.keys[pair] ?? '') ? 1e300 : 0) + (Number.isNaN(value) ? 0 : value)
  })
  drawn.fill(0)
  for (const pair of heaviest(weight, PAIRS_MOST)) drawn[pair] = 1
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

/** A node is kept for the first of these: it is selected; it is a bottleneck, by its score or by who wrote it; it differs. */
const KEPT = { selected: 3, bottleneck: 2, changed: 1 } as const

/** The nodes that matter most, by the score that the server has too; in a comparison what differs goes before the rest. */
function worst({ nodes, pairs }: Union, wish: Wish): Uint8Array {
  const { scores } = wish
  const reason = Float64Array.from({ length: nodes.count }, (_, node) => ((scores.score[node] ?? 0) >= 1 ? KEPT.bottleneck : 0))
  for (let pair = 0; pair < pairs.count; pair++) {
    const why = wish.bottlenecks.has(pairs.keys[pair] ?? '') ? KEPT.bottleneck : wish.changed(pair) ? KEPT.changed : 0
    if (why > 0) for (const end of [pairs.sources[pair], pairs.targets[pair]]) raise(reason, end, why)
  }
  for (const key of wish.bottlenecks) raise(reason, nodes.index.get(key), KEPT.bottleneck)
  for (const node of endsOf({ nodes }, wish.selection)) raise(reason, node, KEPT.selected)
  const kept = new Uint8Array(nodes.count)
  for (const node of worstFirst(reason, scores.score, scores.flow).subarray(0, wish.nodesMost)) kept[node] = 1
  return kept
}

function raise(reason: Float64Array, node: number | undefined, to: number): void {
  if (node !== undefined) reason[node] = Math.max(reason[node] ?? 0, to)
}

function sum(column: Uint8Array): number {
  let total = 0
  for (const each of column) total += each
  return total
}
