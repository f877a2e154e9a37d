/** What the two pins stand on: a graph for each side, and what changed between them. */
import { isAbort } from '../api/http'
import { compareSnapshots, readSnapshot, type CompareWish } from '../api/snapshots'
import type { GraphModel } from '../model/graph'
import { EMPTY } from '../model/records'
import { NOW, referenceOf, type Pin } from '../model/view'
import type { Comparison, SnapshotHeader } from '../schema'
import { live } from './live.svelte'
import { view } from './view.svelte'

/** As many changes as the page takes at once; the totals say how many there are. */
export const CHANGES_MOST = 5_000
/** A comparison with the live side is asked for again this often, while it is seen. */
const LIVE_COMPARE_MS = 5_000

class Side {
  #graph = $state.raw<GraphModel>(EMPTY)
  #header = $state.raw<SnapshotHeader | null>(null)
  pin = $state.raw<Pin | null>(null)
  /** Which pin of which graph was read last. */
  #read = $state.raw<{ readonly pin: Pin; readonly graph: string } | null>(null)
  #name = $state('')
  loading = $state(false)
  error = $state.raw<Error | null>(null)

  /** The graph here: live, or as captured. */
  readonly graph: GraphModel = $derived(this.pin === NOW ? live.graph : this.#graph)
  /** Of the snapshot; null for the live graph. */
  readonly header: SnapshotHeader | null = $derived(this.pin === NOW ? null : this.#header)

  /** The id of the snapshot that a pin means (`latest~2`, a tag), where it is read; else the pin as it is written. */
  idOf(pin: Pin): string {
    return this.#isOf(pin, this.#name) && this.#header !== null ? this.#header.snapshot_id : pin
  }

  /** Stand on a pin until the returned function is called. */
  follow(pin: Pin | null, graph: string): () => void {
    if (pin !== this.pin || graph !== this.#name) this.error = null // asked for again, it is said until there is an answer
    this.pin = pin
    this.#name = graph
    const abort = new AbortController()
    if (pin === null || pin === NOW) {
      this.loading = false
      this.error = null
      this.#clear()
    } else {
      void this.#load(pin, graph, abort.signal)
    }
    return () => abort.abort()
  }

  async #load(pin: Pin, graph: string, signal: AbortSignal): Promise<void> {
    this.loading = true
    try {
      const read = await readSnapshot(pin, graph, signal)
      if (signal.aborted) return
      this.#graph = read.graph
      this.#header = read.header
      this.#read = { pin, graph }
      this.error = null
      this.loading = false
    } catch (error) {
      if (isAbort(error) || signal.aborted) return
      if (!this.#isOf(pin, graph)) this.#clear() // what stood here before has another name
      this.error = error instanceof Error ? error : new Error(String(error))
      this.loading = false
    }
  }

  #isOf(pin: Pin, graph: string): boolean {
    return this.#read?.pin === pin && this.#read.graph === graph
  }

  #clear(): void {
    this.#graph = EMPTY
    this.#header = null
    this.#read = null
  }
}

class Sides {
  readonly sideA = new Side()
  readonly sideB = new Side()
  comparison = $state.raw<Comparison | null>(null)
  comparing = $state(false)
  comparisonError = $state.raw<Error | null>(null)
  #attempt = $state(0)
  #pins = ''
  /** What the comparison is of. */
  #compared = ''

  readonly a: GraphModel = $derived(this.sideA.graph)
  readonly b: GraphModel = $derived(this.sideB.graph)
  readonly aHeader: SnapshotHeader | null = $derived(this.sideA.header)
  readonly bHeader: SnapshotHeader | null = $derived(this.sideB.header)
  /** Where the pins stand: `now`, or the id of the snapshot as soon as it is read. Null without A. */
  readonly aId: string | null = $derived(view.a === null ? null : this.sideA.idOf(view.a))
  readonly bId: string = $derived(this.sideB.idOf(view.b))
  readonly loading: boolean = $derived(this.sideA.loading || this.sideB.loading || this.comparing)
  readonly error: Error | null = $derived(this.sideB.error ?? this.sideA.error ?? this.comparisonError)

  /** Raised by {@link retry}: what follows reads it, so that it starts anew. */
  get attempt(): number {
    return this.#attempt
  }

  retry(): void {
    this.#attempt += 1
  }

  /** Compare two pins until the returned function is called; again and again when one of them is now. */
  compare(a: Pin | null, b: Pin, graph: string): () => void {
    const pins = `${graph} ${a ?? ''} ${b}`
    if (pins !== this.#pins) this.comparisonError = null
    this.#pins = pins
    if (a === null) {
      this.comparisonError = null
      this.comparison = null
      this.#compared = ''
      this.comparing = false
      return () => undefined
    }
    const abort = new AbortController()
    let timer: ReturnType<typeof setTimeout> | undefined
    const wish = { graph, baseline: referenceOf(a), target: referenceOf(b), limit: CHANGES_MOST }
    const again = async (): Promise<void> => {
      // what nobody sees, or should stand still, is not asked for again
      const stands = this.#compared === pins && (live.paused || document.hidden)
      if (!stands) await this.#compareOnce(wish, pins, abort.signal)
      if ((a === NOW || b === NOW) && !abort.signal.aborted) timer = setTimeout(() => void again(), LIVE_COMPARE_MS)
    }
    this.#compared = '' // asked for anew, as after a retry
    this.comparing = true
    void again()
    return () => {
      abort.abort()
      clearTimeout(timer)
    }
  }

  async #compareOnce(wish: CompareWish, pins: string, signal: AbortSignal): Promise<void> {
    try {
      const answer = await compareSnapshots(wish, signal)
      if (signal.aborted) return
      this.comparison = answer
      this.#compared = pins
      this.comparisonError = null
    } catch (error) {
      if (isAbort(error) || signal.aborted) return
      this.comparison = null
      this.#compared = ''
      this.comparisonError = error instanceof Error ? error : new Error(String(error))
    }
    this.comparing = false
  }
}

export const sides = new Sides()
