/** The live graph from a `state` and its `delta`s, with the proof that none is missing. */
import type { GraphModel } from './graph'
import { Ordered } from './ordered'
import { EMPTY, graphOf, keyOf, withChanged, type EdgeRecord, type NodeRecord } from './records'

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

/** What became of a message. `gap`: something is missing, ask for a resync; said once, until a state comes. */
export type Outcome = 'applied' | 'waiting' | 'old' | 'gap'

export class LiveStream {
  seq = -1
  at = ''
  readonly #nodes = new Ordered<NodeRecord>((node) => node.key ?? node.id)
  readonly #edges = new Ordered<EdgeRecord>(keyOf)
  #parts: DeltaMessage[] = []
  /** Deltas that came while a whole state is on its way by another road; null: none is. */
  #kept: DeltaMessage[] | null = null
  #isLost = false
  /** The columns as last made. */
  #model: GraphModel = EMPTY

  /** Go on from `seq` with another subscription: half a delta of the one before has no other half. */
  resume(): void {
    this.#parts = []
    this.#kept = null
    this.#isLost = false
  }

  /** A whole state is on its way: deltas are kept until {@link begin}. */
  awaitState(): void {
    this.resume()
    this.#kept = []
  }

  /** Begin anew from a whole state, and go on with what was kept for it. */
  begin(seq: number, at: string, nodes: readonly NodeRecord[], edges: readonly EdgeRecord[]): Outcome {
    const kept = this.#kept ?? []
    this.resume()
    this.#nodes.begin(nodes)
    this.#edges.begin(edges)
    this.seq = seq
    this.at = at
    return kept.some((delta) => this.apply(delta) === 'gap') ? 'gap' : 'applied'
  }

  /** Take a delta in; parts are held back until the last of them is there, and applied together. */
  apply(delta: DeltaMessage): Outcome {
    if (this.#kept !== null) {
      this.#kept.push(delta)
      return 'waiting'
    }
    if (this.#isLost) return 'waiting' // for the state that was asked for
    const outcome = this.#take(delta)
    if (outcome === 'gap') {
      this.#parts = []
      this.#isLost = true
    }
    return outcome
  }

  /** The columns of what stands now; as long as the same elements stand, only what changed is read again. */
  graph(): GraphModel {
    const state = { nodes: this.#nodes.items, relationships: this.#edges.items }
    const [nodes, edges] = [this.#nodes.touched(), this.#edges.touched()]
    // Edges without their node are left out of the columns, so that places would differ.
    const isSame = !nodes.isMoved && !edges.isMoved && this.#model.edges.count === state.relationships.length
    this.#model = isSame ? withChanged(this.#model, state, { nodes: nodes.changed, edges: edges.changed }) : graphOf(state)
    return this.#model
  }

  #take(delta: DeltaMessage): Outcome {
    if (this.seq < 0) return 'gap'
    if (delta.seq_to <= this.seq) return 'old'
    const [first] = this.#parts
    const isNext = (delta.part ?? 1) === this.#parts.length + 1 && (first === undefined || first.seq_to === delta.seq_to)
    if (delta.seq_from !== this.seq || !isNext) return 'gap'
    this.#parts.push(delta)
    if (this.#parts.length < (delta.parts ?? 1)) return 'waiting'
    this.#parts.forEach((part) => this.#merge(part))
    this.#parts = []
    this.seq = delta.seq_to
    this.at = delta.at
    return 'applied'
  }

  #merge({ nodes, relationships }: DeltaMessage): void {
    for (const node of [...nodes.added, ...nodes.changed]) this.#nodes.put(node)
    for (const edge of [...relationships.added, ...relationships.changed]) this.#edges.put(edge)
    this.#edges.remove(relationships.removed)
    this.#nodes.remove(nodes.removed)
  }
}
