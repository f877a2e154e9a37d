/** What the two pins stand on: a graph for each side, and what changed between them. */
import { isAbort } from '../api/http'
import { compareSnapshots, readSnapshot } from '../api/snapshots'
import type { GraphModel } from '../model/graph'
import { EMPTY } from '../model/records'
import { NOW, referenceOf, type Pin } from '../model/view'
import type { Comparison, SnapshotHeader } from '../schema'
import { live } from './live.svelte'

/** As many changes as the page takes at once; the totals say how many there are. */
export const CHANGES_MOST = 5_000
/** A comparison with the live side is asked for again this often, while it is seen. */
const LIVE_COMPARE_MS = 5_000

class Side {
  #graph = $state.raw<GraphModel>(EMPTY)
  #header = $state.raw<SnapshotHeader | null>(null)
  pin = $state.raw<Pin | null>(null)
  loading = $state(false)
  error = $state.raw<Error | null>(null)

  /** The graph here: live, or as captured. */
  readonly graph: GraphModel = $derived(this.pin === NOW ? live.graph : this.#graph)
  /** Of the snapshot; null for the live graph. */
  readonly header: SnapshotHeader | null = $derived(this.pin === NOW ? null : this.#header)

  /** Stand on a pin until the returned function is called. */
  follow(pin: Pin | null, graph: string): () => void {
    if (pin !== this.pin) this.error = null // asked for again, it is said until there is an answer
    this.pin = pin
    const abort = new AbortController()
    if (pin === null || pin === NOW) {
      this.loading = false
      this.error = null
      this.#graph = EMPTY
      this.#header = null
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
      this.error = null
      this.loading = false
    } catch (error) {
      if (isAbort(error) || signal.aborted) return
      this.error = error instanceof Error ? error : new Error(String(error))
      this.loading = false
    }
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

  readonly a: GraphModel = $derived(this.sideA.graph)
  readonly b: GraphModel = $derived(this.sideB.graph)
  readonly aHeader: SnapshotHeader | null = $derived(this.sideA.header)
  readonly bHeader: SnapshotHeader | null = $derived(this.sideB.header)
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
      this.comparing = false
      return () => undefined
    }
    const abort = new AbortController()
    const isLive = a === NOW || b === NOW
    const again = async (): Promise<void> => {
      await this.#compareOnce(referenceOf(a), referenceOf(b), graph, abort.signal)
      if (isLive && !abort.signal.aborted) setTimeout(() => void again(), LIVE_COMPARE_MS)
    }
    this.comparing = true
    void again()
    return () => abort.abort()
  }

  async #compareOnce(baseline: string, target: string, graph: string, signal: AbortSignal): Promise<void> {
    if (live.paused && this.comparison !== null && target === 'live') return
    try {
      const answer = await compareSnapshots({ graph, baseline, target, limit: CHANGES_MOST }, signal)
      if (signal.aborted) return
      this.comparison = answer
      this.comparisonError = null
    } catch (error) {
      if (isAbort(error) || signal.aborted) return
      this.comparison = null
      this.comparisonError = error instanceof Error ? error : new Error(String(error))
    }
    this.comparing = false
  }
}

export const sides = new Sides()
