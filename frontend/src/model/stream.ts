/** The live graph from a `state` and its `delta`s, with the proof that none is missing. */
import type { GraphModel } from './graph'
import { graphOf, keyOf, withValues, type EdgeRecord, type NodeRecord } from './records'

export interface StateMessage {
  readonly type: 'state'
  readonly topic: string
  readonly graph: string
  readonly seq: number
  readonly at: string
  readonly interval_seconds: number
  readonly nodes?: readonly NodeRecord[]
  readonly relationships?: readonly EdgeRecord[]
  /** Where to GET a state that is too large for a frame. */
  readonly href?: string
}

interface Parts<Item> {
  readonly added: readonly Item[]
  readonly changed: readonly Item[]
  readonly removed: readonly string[]
}

export interface DeltaMessage {
  readonly type: 'delta'
  readonly topic: string
  readonly graph: string
  readonly seq_from: number
  readonly seq_to: number
  readonly at: string
  readonly interval_seconds: number
  readonly part?: number
  readonly parts?: number
  readonly nodes: Parts<NodeRecord>
  readonly relationships: Parts<EdgeRecord>
}

/** What became of a message. `gap`: something is missing, ask for a resync. */
export type Outcome = 'applied' | 'waiting' | 'old' | 'gap'

export class LiveStream {
  seq = -1
  at = ''
  readonly #nodes = new Map<string, NodeRecord>()
  readonly #edges = new Map<string, EdgeRecord>()
  #parts: DeltaMessage[] = []
  /** The columns as last made, as long as the same elements stand. */
  #model: GraphModel | null = null

  /** Begin anew from a whole state. */
  begin(seq: number, at: string, nodes: readonly NodeRecord[], edges: readonly EdgeRecord[]): void {
    this.#nodes.clear()
    this.#edges.clear()
    this.#parts = []
    this.#model = null
    for (const node of nodes) this.#nodes.set(node.key ?? node.id, node)
    for (const edge of edges) this.#edges.set(keyOf(edge), edge)
    this.seq = seq
    this.at = at
  }

  /** Take a delta in; parts are held back until the last of them is there, and applied together. */
  apply(delta: DeltaMessage): Outcome {
    if (this.seq < 0) return 'gap'
    if (delta.seq_to <= this.seq) return 'old'
    if (delta.seq_from > this.seq) return 'gap'
    if (delta.parts !== undefined && delta.parts > 1) {
      if ((delta.part ?? 1) !== this.#parts.length + 1) return 'gap'
      this.#parts.push(delta)
      if (this.#parts.length < delta.parts) return 'waiting'
      this.#parts.forEach((part) => this.#merge(part))
      this.#parts = []
    } else {
      this.#merge(delta)
    }
    this.seq = delta.seq_to
    this.at = delta.at
    return 'applied'
  }

  /** The columns of what stands now. */
  graph(): GraphModel {
    const state = { nodes: [...this.#nodes.values()], relationships: [...this.#edges.values()] }
    // Edges without their node are left out of the columns, so that places would differ.
    const isSame = this.#model?.edges.count === state.relationships.length
    this.#model = this.#model !== null && isSame ? withValues(this.#model, state) : graphOf(state)
    return this.#model
  }

  #merge(delta: DeltaMessage): void {
    const before = this.#nodes.size + this.#edges.size
    for (const node of [...delta.nodes.added, ...delta.nodes.changed]) this.#nodes.set(node.key ?? node.id, node)
    for (const edge of [...delta.relationships.added, ...delta.relationships.changed]) this.#edges.set(keyOf(edge), edge)
    const isGone = delta.nodes.removed.length + delta.relationships.removed.length > 0
    if (isGone || this.#nodes.size + this.#edges.size !== before) this.#model = null
    for (const key of delta.relationships.removed) this.#edges.delete(key)
    for (const key of delta.nodes.removed) this.#nodes.delete(key)
  }
}
