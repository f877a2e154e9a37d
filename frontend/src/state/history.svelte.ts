/** The past of what is selected: its values across the newest snapshots, and what was seen live since. */
import { isAbort } from '../api/http'
import { readSeries, type SeriesAnswer } from '../api/series'

/** As many snapshots as a sparkline of 360 px shows apart. */
const SNAPSHOTS_MOST = 60
/** Live ticks that are kept; at one per second, two minutes. */
const TICKS_MOST = 120

export interface Point {
  /** Milliseconds since 1970. */
  readonly at: number
  readonly value: number
}

class History {
  answer = $state.raw<SeriesAnswer | null>(null)
  error = $state.raw<Error | null>(null)
  loading = $state(false)
  #ticks = $state.raw<ReadonlyMap<string, readonly Point[]>>(new Map())

  /** Read the past of these edges or nodes until the returned function is called. */
  follow(graph: string, keys: { readonly edge: readonly string[]; readonly node: readonly string[] }, until: string): () => void {
    const abort = new AbortController()
    this.error = null
    if (keys.edge.length + keys.node.length === 0) this.answer = null
    else void this.#load({ graph, ...keys, until, limit: SNAPSHOTS_MOST }, abort.signal)
    return () => abort.abort()
  }

  /** Forget what was seen live, for another selection. */
  begin(): void {
    this.#ticks = new Map()
    this.answer = null
  }

  /** Take what is seen now. */
  see(at: number, values: Iterable<readonly [string, number]>): void {
    const ticks = new Map(this.#ticks) // eslint-disable-line svelte/prefer-svelte-reactivity -- replaced as a whole, never changed in place
    for (const [key, value] of values) {
      const before = ticks.get(key) ?? []
      if (Number.isNaN(value) || before.at(-1)?.at === at) continue
      ticks.set(key, [...before.slice(1 - TICKS_MOST), { at, value }])
    }
    this.#ticks = ticks
  }

  /** The values of an edge or node, rising by time; when now is shown, with those that were seen since the last snapshot. */
  pointsOf(key: string, isLive: boolean): readonly Point[] {
    const answer = this.answer
    const series = answer?.series.find((each) => each.key === key)
    const past: Point[] = []
    answer?.snapshots.forEach((snapshot, place) => {
      const value = series?.values[place]
      if (typeof value === 'number') past.push({ at: Date.parse(snapshot.captured_at), value })
    })
    if (!isLive) return past
    const last = past.at(-1)?.at ?? 0
    return [...past, ...(this.#ticks.get(key) ?? []).filter((each) => each.at > last)]
  }

  async #load(wish: Parameters<typeof readSeries>[0], signal: AbortSignal): Promise<void> {
    this.loading = true
    try {
      const answer = await readSeries(wish, signal)
      if (signal.aborted) return
      this.answer = answer
      this.error = null
    } catch (error) {
      if (isAbort(error) || signal.aborted) return
      this.error = error instanceof Error ? error : new Error(String(error))
    }
    this.loading = false
  }
}

export const history = new History()
