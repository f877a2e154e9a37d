/**
 * The live graph: a websocket with proof of sequence, or polling where the server has no websocket.
 *
 * A lost connection comes back by itself (0.5 s doubling to 15 s, with jitter) and resumes with `since`. One that is silent
 * is asked whether it is there, and forgotten at once when it says nothing: of a dead one no browser hears a close for
 * minutes. A gap asks for a `resync`, once. A state that is too large for a frame is fetched, one at a time, and what comes
 * meanwhile is applied to it. Pausing keeps the sequence: messages are merged on, only showing waits.
 */
import type { GraphModel } from '../model/graph'
import type { EdgeRecord, NodeRecord } from '../model/records'
import { LiveStream, type DeltaMessage, type Outcome, type StateMessage } from '../model/stream'
import { address, ApiError, ask } from './http'
import { readLiveGraph } from './graphs'

export type LiveStatus = 'connecting' | 'live' | 'polling' | 'reconnecting' | 'refused'

/** How the server's reading of the live graph goes, changed or not. */
export interface Reading {
  /** Whether what is shown is how the graph is now. */
  readonly isRead: boolean
  /** When it was read last, by this page's clock; null: never. */
  readonly readAt: Date | null
  /** Why it cannot be read; empty when nobody knows. */
  readonly detail: string
}

/** What the client tells; called on the page's thread, one at a time. */
export interface LiveEvents {
  readonly status: (status: LiveStatus, detail: string) => void
  readonly graph: (graph: GraphModel, at: Date) => void
  readonly reading: (reading: Reading) => void
  /** A connection was lost, or could not be made; told each time. */
  readonly lost: () => void
  /** Something happened to a snapshot, or may have while we were away. */
  readonly snapshots: () => void
  readonly alert: (alert: Alert) => void
}

/** A bottleneck of the live graph has appeared or gone. */
export interface Alert {
  readonly event: 'appeared' | 'gone'
  readonly bottleneck: {
    readonly kind: 'node' | 'edge'
    readonly key: string
    readonly metric: string
    readonly value: number
    readonly severity: string
  }
}

interface Hello {
  readonly type: 'hello'
}
interface AlertMessage extends Alert {
  readonly type: 'alert'
}
interface ErrorMessage {
  readonly type: 'error'
  readonly id?: string
  readonly code: string
  readonly detail: string
}
interface HeartbeatMessage {
  readonly type: 'heartbeat'
  readonly graphs: readonly {
    readonly graph: string
    readonly reading: boolean
    readonly age_seconds: number | null
    readonly detail?: string
  }[]
}
type Message =
  | Hello
  | StateMessage
  | DeltaMessage
  | AlertMessage
  | ErrorMessage
  | HeartbeatMessage
  | { readonly type: 'subscribed' | 'snapshot' | 'resync' | 'pong' }

const PROTOCOL = 'snapgraph.v1'
/** Of the one subscription. */
const ID = 'graph'
const BACKOFF_FIRST_MS = 500
const BACKOFF_MOST_MS = 15_000
/** Without a websocket: as often as the default tick of `observe` needs to be seen. */
const POLL_MS = 2_000
const RETRY_SOCKET_MS = 30_000
/** From asking for a socket to the first word. */
const HANDSHAKE_MS = 10_000
/** A graph that stands still is silent between two heartbeats, 25 s: after this the server is asked for a `pong`. */
const SILENT_MS = 10_000
/** Without an answer it is gone, whatever TCP believes. */
const ANSWER_MS = 5_000

export class LiveClient {
  readonly #graph: string
  readonly #events: LiveEvents
  readonly #stream = new LiveStream()
  #socket: WebSocket | null = null
  #timer: ReturnType<typeof setTimeout> | undefined
  #watch: ReturnType<typeof setTimeout> | undefined
  #abort = new AbortController()
  /** Of the state that is fetched. */
  #fetching: AbortController | null = null
  /** Fetches of a state that failed, since one came. */
  #unread = 0
  #isSubscribed = false
  #failures = 0
  #everHeard = false
  #polling = false
  #heardAt: Date | null = null
  #ended = false

  constructor(graph: string, events: LiveEvents) {
    this.#graph = graph
    this.#events = events
  }

  start(): void {
    this.#events.status('connecting', '')
    this.#connect()
  }

  stop(): void {
    this.#ended = true
    clearTimeout(this.#timer)
    this.#abort.abort()
    this.#forget()
  }

  /** When the server was heard last, whatever it said. */
  get heardAt(): Date | null {
    return this.#heardAt
  }

  /** Do not wait, neither for the backoff nor for TCP: somebody says that the network is back, or may have gone. */
  retryNow(): void {
    if (this.#ended) return
    if (this.#socket?.readyState === WebSocket.OPEN) {
      this.#ping()
      return
    }
    this.#forget()
    this.#failures = 0
    clearTimeout(this.#timer)
    this.#connect()
  }

  #connect(): void {
    const url = address('/api/performance/live').replace(/^http/, 'ws')
    const socket = new WebSocket(url, [PROTOCOL])
    this.#socket = socket
    this.#within(HANDSHAKE_MS, () => this.#lose())
    socket.onmessage = (event) => {
      this.#heardAt = new Date()
      this.#within(SILENT_MS, () => this.#ping())
      this.#hear(JSON.parse(String(event.data)) as Message)
    }
    socket.onclose = () => this.#lose()
  }

  /** Do something unless the server is heard before. */
  #within(milliseconds: number, otherwise: () => void): void {
    clearTimeout(this.#watch)
    this.#watch = setTimeout(otherwise, milliseconds)
  }

  #ping(): void {
    // once more round the loop: of a page that was busy for so long, the answer waits behind this
    this.#within(ANSWER_MS, () => this.#within(0, () => this.#lose()))
    this.#say({ type: 'ping' })
  }

  /** Forget the socket without waiting for its close, which a dead one does not answer. */
  #forget(): void {
    clearTimeout(this.#watch)
    this.#fetching?.abort() // the next subscription says where to go on
    const socket = this.#socket
    this.#socket = null
    if (socket === null) return
    socket.onmessage = null
    socket.onclose = null
    socket.close(1000)
  }

  #lose(): void {
    this.#forget()
    this.#failures += 1
    this.#events.lost()
    if (!this.#everHeard && this.#failures >= 2) {
      if (!this.#polling) void this.#poll()
      this.#timer = setTimeout(() => this.#connect(), RETRY_SOCKET_MS)
      return
    }
    if (!this.#polling) this.#events.status('reconnecting', '')
    const wait = Math.min(BACKOFF_FIRST_MS * 2 ** (this.#failures + this.#unread - 1), BACKOFF_MOST_MS)
    this.#timer = setTimeout(() => this.#connect(), wait * (0.75 + Math.random() / 2))
  }

  #hear(message: Message): void {
    switch (message.type) {
      case 'hello':
        this.#everHeard = true
        this.#polling = false
        this.#failures = 0
        this.#subscribe()
        break
      case 'state':
        if (this.#isSubscribed) this.#begin(message)
        break
      case 'delta':
        if (this.#isSubscribed) this.#heed(this.#stream.apply(message))
        break
      case 'snapshot':
        this.#events.snapshots()
        break
      case 'alert':
        this.#events.alert(message)
        break
      case 'error':
        if (message.id === ID) this.#events.status('refused', message.detail)
        break
      case 'subscribed':
        this.#isSubscribed = true
        this.#events.status('live', '')
        this.#events.snapshots()
        break
      case 'heartbeat':
        this.#read(message)
        break
      default:
        break // resync (a state follows), pong: being heard is all
    }
  }

  #read(message: HeartbeatMessage): void {
    const said = message.graphs.find((each) => each.graph === this.#graph)
    if (said === undefined) return
    const readAt = said.age_seconds === null ? null : new Date(Date.now() - said.age_seconds * 1000)
    this.#events.reading({ isRead: said.reading, readAt, detail: said.detail ?? '' })
  }

  #subscribe(): void {
    this.#isSubscribed = false // what is still on its way belongs to the subscription before
    this.#stream.resume()
    const since = this.#stream.seq < 0 ? {} : { since: this.#stream.seq }
    this.#say({ type: 'subscribe', id: ID, graph: this.#graph, ...since })
  }

  #say(message: unknown): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message))
  }

  #begin(message: StateMessage): void {
    this.#fetching?.abort() // of a state that this one overtakes
    this.#fetching = null
    this.#stream.resume()
    if (message.href === undefined) this.#heed(this.#stream.begin(message.seq, message.at, message.nodes ?? [], message.relationships ?? []))
    else void this.#fetch(message.href, message)
  }

  async #fetch(href: string, message: StateMessage): Promise<void> {
    const fetching = new AbortController()
    this.#fetching = fetching
    this.#stream.awaitState()
    try {
      const whole = await ask<LargeState>(href, { signal: fetching.signal })
      if (fetching.signal.aborted) return
      this.#unread = 0
      const outcome = this.#stream.begin(whole.seq, whole.at ?? message.at, whole.nodes, whole.relationships)
      if (whole.seq === message.seq) this.#heed(outcome)
      else this.#goOn() // the replay log had no longer that of the frame
    } catch {
      if (fetching.signal.aborted) return
      this.#unread += 1
      this.#lose() // comes back with the backoff
    }
  }

  /** Show a state that deltas of this subscription do not go on from, and subscribe from there. */
  #goOn(): void {
    this.#show()
    this.#subscribe()
  }

  #heed(outcome: Outcome): void {
    if (outcome === 'applied') this.#show()
    if (outcome === 'gap') this.#say({ type: 'resync', id: ID })
  }

  #show(): void {
    this.#events.status('live', '')
    this.#events.graph(this.#stream.graph(), new Date(this.#stream.at))
  }

  async #poll(): Promise<void> {
    this.#polling = true
    while (this.#isPolling()) {
      try {
        const live = await readLiveGraph(this.#graph, this.#abort.signal)
        if (!this.#isPolling()) return
        this.#heardAt = new Date()
        this.#events.status('polling', '')
        this.#events.reading({ isRead: true, readAt: new Date(), detail: '' })
        this.#events.graph(live.graph, new Date(live.header.timestamp))
      } catch (error) {
        if (!this.#isPolling()) return
        if (error instanceof ApiError && !error.isPassing) this.#events.status('refused', error.message)
        else this.#events.status('reconnecting', error instanceof Error ? error.message : '')
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS))
    }
  }

  #isPolling(): boolean {
    return this.#polling && !this.#ended
  }
}

interface LargeState {
  readonly seq: number
  readonly at?: string
  readonly nodes: readonly NodeRecord[]
  readonly relationships: readonly EdgeRecord[]
}
