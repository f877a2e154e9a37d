/** The snapshots of the strip: the newest that fit its range and filters, oldest first. */
import { isAbort } from '../api/http'
import { listSnapshots } from '../api/snapshots'
import { magnitudes } from '../model/timeline'
import type { SnapshotHeader } from '../schema'
import { live } from './live.svelte'

/** As many as the strip takes; a bar is then about a pixel wide. */
export const STRIP_MOST = 1000

class Snapshots {
  /** Rising by time. */
  items = $state.raw<readonly SnapshotHeader[]>([])
  total = $state(0)
  loaded = $state(false)
  loading = $state(false)
  error = $state.raw<Error | null>(null)
  /** Filters of the strip; empty: all. */
  trigger = $state('')
  severity = $state('')
  #attempt = $state(0)

  /** How much each differs from the one before, 0 to 1; NaN where that is not known. */
  readonly magnitudes: Float64Array = $derived(magnitudes(this.items))
  readonly newest: SnapshotHeader | null = $derived(this.items.at(-1) ?? null)

  get attempt(): number {
    return this.#attempt
  }

  /** Read the list anew. */
  refresh(): void {
    this.#attempt += 1
  }

  /** Keep the list of a graph and a range until the returned function is called. */
  follow(graph: string, since: string, until: string): () => void {
    const abort = new AbortController()
    void this.#load(graph, since, until, abort.signal)
    const deaf = live.onSnapshot(() => this.refresh())
    // captures of other processes come without an event where the server only answers polls
    const timer = setInterval(() => {
      if (live.status === 'polling' && !document.hidden) this.refresh()
    }, POLL_MS)
    return () => {
      abort.abort()
      deaf()
      clearInterval(timer)
    }
  }

  /** The place of a snapshot by what a pin says of it; −1 when it is not on the strip. */
  placeOf(pin: string): number {
    if (pin === 'latest') return this.items.length - 1
    return this.items.findIndex((each) => each.snapshot_id === pin || `v${each.version ?? 0}` === pin)
  }

  async #load(graph: string, since: string, until: string, signal: AbortSignal): Promise<void> {
    this.loading = true
    const some = (name: string, value: string): object => (value === '' ? {} : { [name]: value })
    try {
      const page = await listSnapshots(
        {
          graph,
          ...(this.trigger === '' ? {} : { trigger: [this.trigger] }),
          ...(this.severity === '' ? {} : { severity: [this.severity] }),
          ...some('since', since),
          ...some('until', until),
        },
        { limit: STRIP_MOST, signal },
      )
      if (signal.aborted) return
      this.items = page.items.toReversed()
      this.total = page.total
      this.error = null
      this.loaded = true
    } catch (error) {
      if (isAbort(error) || signal.aborted) return
      this.error = error instanceof Error ? error : new Error(String(error))
      this.loaded = true
    }
    this.loading = false
  }
}

const POLL_MS = 10_000

export const snapshots = new Snapshots()
