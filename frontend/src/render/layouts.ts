/** Places of nodes, kept per live graph: in memory, and by the server for everybody who looks at it. */
import { readLayout, writeLayout } from '../api/layout'
import { startOf, type Place } from '../model/layout'
import { adjacencyOf } from '../model/neighbours'
import type { Union } from '../model/union'
import type { LayoutJob, LayoutNews } from './layout.worker'

/** Up to this size a fresh layout is waited for: it takes less time than an eye needs to see it jump. */
const WAIT_MOST = 400
/** Until what everybody shares is asked for again; twice as long after each failure. */
const AGAIN_MS = 3_000
const AGAIN_MOST_MS = 60_000

/** How far a layout is (0 to 1); null: it is done; failed: everything stands where it began. */
export type Progress = number | null | 'failed'

/** Places in the order of a union's nodes; what is not placed has NaN. */
export interface Placed {
  readonly xy: Float32Array
  /** Whether the places are final, or start values that should not be shown when the graph is small. */
  readonly isSettled: boolean
  readonly isWorthWaiting: boolean
  /** Resolves when the places are final; the same promise while the work goes on. */
  readonly settling: Promise<void> | null
}

export class Layout {
  readonly #places = new Map<string, Place>()
  readonly #graph: string
  #loading: Promise<void> | null = null
  #settling: Promise<void> | null = null
  readonly #watchers = new Set<(news: Progress) => void>()
  /** Whether the places are those that everybody shares; only then may others be added to them. */
  #isShared = false

  constructor(graph: string) {
    this.#graph = graph
  }

  /**
   * Take what the server keeps, and go on asking while it cannot be had: no reason not to draw, yet what is arranged
   * without it is for this page alone, and goes when it comes.
   *
   * @param told - Whether it is there now; also each time that it is not.
   * @returns The way to stop.
   */
  keepLoading(told: (isShared: boolean) => void): () => void {
    let timer: ReturnType<typeof setTimeout> | undefined
    let isOver = false
    const attempt = (wait: number): void => {
      const settle = (isShared: boolean): void => {
        if (isOver) return
        told(isShared)
        if (!isShared) timer = setTimeout(() => attempt(Math.min(wait * 2, AGAIN_MOST_MS)), wait)
      }
      this.#load().then(() => settle(true), () => settle(false))
    }
    attempt(AGAIN_MS)
    return () => {
      isOver = true
      clearTimeout(timer)
    }
  }

  #load(): Promise<void> {
    this.#loading ??= readLayout(this.#graph).then(
      (places) => {
        this.#places.clear()
        for (const [key, place] of Object.entries(places)) this.#places.set(key, place)
        this.#isShared = true
      },
      (error: unknown) => {
        this.#loading = null
        throw error
      },
    )
    return this.#loading
  }

  /** Places for the nodes of a union; unknown ones get a start at once and are arranged by the worker. */
  placesOf(union: Union, placed: Uint8Array): Placed {
    const { nodes } = union
    const chosen: number[] = []
    let isMissing = false
    for (let node = 0; node < nodes.count; node++) {
      if (placed[node] !== 1) continue
      chosen.push(node)
      isMissing ||= !this.#places.has(nodes.keys[node] ?? '')
    }
    if (!isMissing) return { xy: this.#known(union), isSettled: true, isWorthWaiting: false, settling: null }
    const part = partOf(union, chosen)
    const start = startOf(part.keys, adjacencyOf(chosen.length, { ...part, count: part.sources.length }), this.#places)
    const xy = new Float32Array(nodes.count * 2).fill(Number.NaN)
    chosen.forEach((node, place) => xy.set(start.xy.subarray(place * 2, place * 2 + 2), node * 2))
    this.#settling ??= this.#arrange(part, start.xy, start.fixed).finally(() => (this.#settling = null))
    return { xy, isSettled: false, isWorthWaiting: chosen.length <= WAIT_MOST, settling: this.#settling }
  }

  /** Hear how far a layout is that takes its time. Gives the way to stop. */
  watch(watcher: (news: Progress) => void): () => void {
    this.#watchers.add(watcher)
    return () => this.#watchers.delete(watcher)
  }

  #tell(news: Progress): void {
    for (const watcher of this.#watchers) watcher(news)
  }

  #known({ nodes }: Union): Float32Array {
    const xy = new Float32Array(nodes.count * 2).fill(Number.NaN)
    nodes.keys.forEach((key, node) => {
      const place = this.#places.get(key)
      if (place !== undefined) xy.set(place, node * 2)
    })
    return xy
  }

  async #arrange(part: Part, xy: Float32Array, fixed: Uint8Array): Promise<void> {
    const isShared = this.#isShared
    const job = { xy: xy.slice(), fixed, sources: part.sources, targets: part.targets }
    const done = await work(job, (share) => this.#tell(share)).catch(() => null)
    this.#tell(done === null ? 'failed' : null)
    if (isShared !== this.#isShared) return // the shared places have come meanwhile: it is done again from those
    const news: Record<string, Place> = {}
    part.keys.forEach((key, node) => {
      if (fixed[node] === 1) return
      const place = [round((done ?? xy)[node * 2]), round((done ?? xy)[node * 2 + 1])] as const
      this.#places.set(key, place)
      news[key] = place
    })
    // Only a courtesy to the next one who looks: without it the same algorithm runs again. Nobody waits for it.
    if (isShared && done !== null) void writeLayout(this.#graph, news).catch(() => undefined)
  }
}

const layouts = new Map<string, Layout>()

/** The layout of a live graph; one for all who draw it. */
export function layoutOf(graph: string): Layout {
  const kept = layouts.get(graph) ?? new Layout(graph)
  layouts.set(graph, kept)
  return kept
}

interface Part {
  readonly keys: readonly string[]
  readonly sources: Uint32Array
  readonly targets: Uint32Array
}

/** The chosen nodes, and the pairs between them, by their places among the chosen. */
function partOf({ nodes, pairs }: Union, chosen: readonly number[]): Part {
  const place = new Int32Array(nodes.count).fill(-1)
  chosen.forEach((node, index) => (place[node] = index))
  const sources: number[] = []
  const targets: number[] = []
  for (let pair = 0; pair < pairs.count; pair++) {
    const [source, target] = [place[pairs.sources[pair] ?? 0] ?? -1, place[pairs.targets[pair] ?? 0] ?? -1]
    if (source < 0 || target < 0 || source === target) continue
    sources.push(source)
    targets.push(target)
  }
  return { keys: chosen.map((node) => nodes.keys[node] ?? ''), sources: Uint32Array.from(sources), targets: Uint32Array.from(targets) }
}

let worker: Worker | null = null
let jobs = 0
interface Waiting {
  readonly done: (xy: Float32Array) => void
  readonly failed: (reason: Error) => void
  readonly told: (share: number) => void
}

const waiting = new Map<number, Waiting>()

function work(job: Omit<LayoutJob, 'id'>, told: (share: number) => void): Promise<Float32Array> {
  worker ??= begin()
  const id = ++jobs
  worker.postMessage({ ...job, id } satisfies LayoutJob)
  return new Promise((done, failed) => waiting.set(id, { done, failed, told }))
}

function begin(): Worker {
  const made = new Worker(new URL('./layout.worker.ts', import.meta.url), { type: 'module' })
  made.addEventListener('message', ({ data }: MessageEvent<LayoutNews>) => {
    const who = waiting.get(data.id)
    if ('share' in data) return who?.told(data.share)
    who?.done(data.xy)
    waiting.delete(data.id)
  })
  made.addEventListener('error', ({ message }) => {
    made.terminate()
    worker = null // the next layout tries anew
    for (const who of waiting.values()) who.failed(new Error(message))
    waiting.clear()
  })
  return made
}

const round = (value: number | undefined): number => Math.round((value ?? 0) * 10) / 10
