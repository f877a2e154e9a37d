/** The live graph from a `state` and its `delta`s, with the proof that none is missing. */
import { build, keyOf, type EdgeRecord, type GraphModel, type NodeRecord } from './graph'

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

  /** Begin anew from a whole state. */
  begin(seq: number, at: string, nodes: readonly NodeRecord[], edges: readonly EdgeRecord[]): void {
    this.#nodes.clear()
    this.#edges.clear()
    this.#parts = []
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
    return build([...this.#nodes.values()], [...this.#edges.values()])
  }

  #merge(delta: DeltaMessage): void {
    for (const node of [...delta.nodes.added, ...delta.nodes.changed]) this.#nodes.set(node.key ?? node.id, node)
    for (const edge of [...delta.relationships.added, ...delta.relationships.changed]) this.#edges.set(keyOf(edge), edge)
    for (const key of delta.relationships.removed) this.#edges.delete(key)
    for (const key of delta.nodes.removed) this.#nodes.delete(key)
  }
}
