/** The live graph and how fresh it is. */
import { LiveClient, type Alert, type LiveStatus, type Reading } from '../api/live'
import { onWake } from '../api/wakes'
import type { GraphModel } from '../model/graph'
import { EMPTY } from '../model/records'
import { clock } from './clock.svelte'
import { session } from './session.svelte'

/** As the badge says it. */
export type Badge = 'connecting' | 'live' | 'polling' | 'reconnecting' | 'refused' | 'away' | 'stale' | 'paused'

const NEVER_READ: Reading = { isRead: true, readAt: null, detail: '' }

class Live {
  /** What is shown; stands still while paused. */
  graph = $state.raw<GraphModel>(EMPTY)
  at = $state.raw<Date | null>(null)
  status = $state<LiveStatus>('connecting')
  #reading = $state.raw<Reading>(NEVER_READ)
  /** Since when what is shown may not be how the graph is, while it is not live. */
  #since = $state.raw<Date | null>(null)
  #statusDetail = $state('')
  paused = $state(false)
  /** Raised by one with each new graph; for sparklines. */
  ticks = $state(0)

  #client: LiveClient | null = null
  #behind: { graph: GraphModel; at: Date } | null = null
  readonly #listeners = new Set<() => void>()
  readonly #alarmed = new Set<(alert: Alert) => void>()

  /** How old what is shown is, while it is not live; null: nothing was ever read, or it is live. */
  readonly ageSeconds: number | null = $derived(
    this.#since === null ? null : Math.max((clock.now.getTime() - this.#since.getTime()) / 1000, 0),
  )
  /** Why, in words of the server. */
  readonly detail: string = $derived(this.#statusDetail === '' ? this.#reading.detail : this.#statusDetail)
  readonly badge: Badge = $derived.by(() => {
    if (this.status === 'refused' || this.status === 'reconnecting' || this.status === 'connecting') return this.status
    if (this.paused) return 'paused'
    if (!this.#reading.isRead) return this.#reading.detail === '' ? 'stale' : 'away'
    return this.at === null ? 'connecting' : this.status
  })

  /** Follow a live graph until the returned function is called. */
  follow(name: string): () => void {
    const client = new LiveClient(name, {
      status: (status, detail) => {
        const wasLive = this.badge === 'live' || this.badge === 'polling'
        this.status = status
        this.#statusDetail = detail
        this.#age(wasLive ? client.heardAt : null)
      },
      graph: (graph, at) => this.#take(graph, at),
      reading: (reading) => {
        this.#reading = reading
        this.#age(null)
      },
      lost: () => void session.check(),
      snapshots: () => this.#listeners.forEach((listener) => listener()),
      alert: (alert) => this.#alarmed.forEach((listener) => listener(alert)),
    })
    this.#client = client
    const deaf = onWake(() => client.retryNow())
    client.start()
    return () => {
      deaf()
      client.stop()
      this.#forget()
    }
  }

  /** Hear of snapshots. Gives the way to stop. */
  onSnapshot(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Hear of bottlenecks that appear or go. Gives the way to stop. */
  onAlert(listener: (alert: Alert) => void): () => void {
    this.#alarmed.add(listener)
    return () => this.#alarmed.delete(listener)
  }

  /** Stand still, or go on from what has come since. */
  pause(paused: boolean): void {
    const wasLive = this.badge === 'live' || this.badge === 'polling'
    this.paused = paused
    this.#age(wasLive ? new Date() : null)
    if (!paused && this.#behind !== null) {
      this.graph = this.#behind.graph
      this.at = this.#behind.at
      this.#behind = null
    }
  }

  retry(): void {
    this.#client?.retryNow()
  }

  /** Nothing is followed: what was belongs to another graph. */
  #forget(): void {
    this.#client = null
    this.graph = EMPTY
    this.at = null
    this.status = 'connecting'
    this.#statusDetail = ''
    this.#behind = null
    this.#reading = NEVER_READ
    this.#since = null
  }

  /** Begin to count the age, or end it: from until when it was live, if it was until now, else from the last reading. */
  #age(liveUntil: Date | null): void {
    if (this.badge === 'live' || this.badge === 'polling' || this.badge === 'connecting') this.#since = null
    else if (liveUntil !== null) this.#since = this.at === null ? null : liveUntil
    else if (!this.paused && this.status !== 'reconnecting') this.#since = this.#reading.readAt
  }

  #take(graph: GraphModel, at: Date): void {
    if (this.paused && this.at !== null) {
      this.#behind = { graph, at }
      return
    }
    // Paused before anything was there: the first graph is what stands still.
    const isFirst = this.at === null
    this.graph = graph
    this.at = at
    this.ticks += 1
    if (isFirst) this.#age(this.paused ? new Date() : null)
  }
}

export const live = new Live()
