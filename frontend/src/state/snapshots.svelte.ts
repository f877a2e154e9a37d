/** The snapshots of the strip: what fits its range and filters, oldest first. */
import { ApiError, isAbort } from '../api/http'
import { listSnapshots } from '../api/snapshots'
import { MARKS_MOST, readTimeline, type TimelineFilter } from '../api/timeline'
import { magnitudesOf, markOf, NO_TIMELINE, timeOf, type Mark, type Timeline } from '../model/timeline'
import { live } from './live.svelte'
import { view } from './view.svelte'

/** Where the server answers polls only, captures of others come without an event. */
const POLL_MS = 10_000
/** A wheel turns many times a second: only where it rests is asked for. */
const REST_MS = 120

class Snapshots {
  timeline = $state.raw<Timeline>(NO_TIMELINE)
  loaded = $state(false)
  loading = $state(false)
  error = $state.raw<Error | null>(null)
  #attempt = $state(0)

  /** Rising by time. */
  readonly items: readonly Mark[] = $derived(this.timeline.marks)
  readonly total: number = $derived(this.timeline.total)
  readonly times: readonly number[] = $derived(this.items.map(timeOf))
  /** How much each differs from the one before, 0 to 1; NaN where that is not known. */
  readonly magnitudes: Float64Array = $derived(magnitudesOf(this.items))
  readonly newest: Mark | null = $derived(this.items.at(-1) ?? null)

  get attempt(): number {
    return this.#attempt
  }

  /** Read the strip anew. */
  refresh(): void {
    this.#attempt += 1
  }

  /** Keep the strip of a graph and a range until the returned function is called. */
  follow(graph: string, since: string, until: string): () => void {
    const abort = new AbortController()
    const filter = { graph, since, until, trigger: view.trigger, severity: view.severity }
    const rest = setTimeout(() => void this.#load(filter, abort.signal), this.loaded ? REST_MS : 0)
    const deaf = live.onSnapshot(() => this.refresh())
    const timer = setInterval(() => {
      if (live.status === 'polling' && !document.hidden) this.refresh()
    }, POLL_MS)
    return () => {
      abort.abort()
      clearTimeout(rest)
      deaf()
      clearInterval(timer)
    }
  }

  /** The place of a snapshot by its id or version; −1 when it is not on the strip. */
  placeOf(pin: string): number {
    return this.items.findIndex((each) => each.snapshot_id === pin || `v${each.version}` === pin)
  }

  async #load(filter: TimelineFilter, signal: AbortSignal): Promise<void> {
    this.loading = true
    try {
      const timeline = await read(filter, signal)
      if (signal.aborted) return
      this.timeline = timeline
      this.error = null
    } catch (error) {
      if (isAbort(error) || signal.aborted) return
      this.error = error instanceof Error ? error : new Error(String(error))
    }
    this.loaded = true
    this.loading = false
  }
}

/** The timeline, or of a server that has none yet the newest snapshots. */
async function read(filter: TimelineFilter, signal: AbortSignal): Promise<Timeline> {
  try {
    return await readTimeline(filter, signal)
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 404) throw error
    const { trigger, severity, ...rest } = filter
    const some = (each: string): string[] => (each === '' ? [] : [each])
    const page = await listSnapshots(
      { ...rest, trigger: some(trigger), severity: some(severity) },
      { limit: MARKS_MOST, signal },
    )
    const marks = page.items.map(markOf).reverse()
    return { ...NO_TIMELINE, total: page.total, complete: page.next === null, marks }
  }
}

export const snapshots = new Snapshots()
