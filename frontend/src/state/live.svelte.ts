/** The live graph and how fresh it is. */
import { LiveClient, type LiveStatus } from '../api/live'
import type { GraphModel } from '../model/graph'
import { EMPTY } from '../model/records'
import type { SnapshotHeader } from '../schema'
import { clock } from './clock.svelte'

/** As the badge says it. */
export type Badge = 'connecting' | 'live' | 'polling' | 'reconnecting' | 'refused' | 'stale' | 'paused'

/** Older than this many intervals (and 5 s) is stale. */
const STALE_INTERVALS = 4
const STALE_SECONDS = 5

export type SnapshotListener = (event: 'captured' | 'revised' | 'deleted', snapshot: SnapshotHeader | null) => void

class Live {
  /** What is shown; stands still while paused. */
  graph = $state.raw<GraphModel>(EMPTY)
  at = $state.raw<Date | null>(null)
  intervalSeconds = $state(1)
  status = $state<LiveStatus>('connecting')
  detail = $state('')
  paused = $state(false)
  /** Raised by one with each new graph; for sparklines. */
  ticks = $state(0)

  #client: LiveClient | null = null
  #behind: { graph: GraphModel; at: Date } | null = null
  readonly #listeners = new Set<SnapshotListener>()

  readonly ageSeconds: number = $derived(
    this.at === null ? 0 : Math.max((clock.now.getTime() - this.at.getTime()) / 1000, 0),
  )
  readonly badge: Badge = $derived.by(() => {
    if (this.status === 'refused' || this.status === 'reconnecting' || this.status === 'connecting') return this.status
    if (this.paused) return 'paused'
    const limit = Math.max(this.intervalSeconds * STALE_INTERVALS, STALE_SECONDS)
    return this.ageSeconds > limit ? 'stale' : this.status
  })

  /** Follow a live graph until the returned function is called. */
  follow(name: string): () => void {
    this.graph = EMPTY
    this.at = null
    this.#behind = null
    const client = new LiveClient(name, {
      status: (status, detail) => {
        this.status = status
        this.detail = detail
      },
      graph: (graph, at, intervalSeconds) => this.#take(graph, at, intervalSeconds),
      snapshot: (event, snapshot) => this.#listeners.forEach((listener) => listener(event, snapshot)),
      alert: () => undefined, // bottlenecks are marked from the graph itself
    })
    this.#client = client
    const online = (): void => client.retryNow()
    window.addEventListener('online', online)
    client.start()
    return () => {
      window.removeEventListener('online', online)
      client.stop()
    }
  }

  /** Hear of snapshots. Gives the way to stop. */
  onSnapshot(listener: SnapshotListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Stand still, or go on from what has come since. */
  pause(paused: boolean): void {
    this.paused = paused
    if (!paused && this.#behind !== null) {
      this.graph = this.#behind.graph
      this.at = this.#behind.at
      this.#behind = null
    }
  }

  retry(): void {
    this.#client?.retryNow()
  }

  #take(graph: GraphModel, at: Date, intervalSeconds: number): void {
    this.intervalSeconds = intervalSeconds
    if (this.paused) {
      this.#behind = { graph, at }
      return
    }
    this.graph = graph
    this.at = at
    this.ticks += 1
  }
}

export const live = new Live()
