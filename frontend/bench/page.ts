/**
 * The canvas under load, without a server: the page that `make bench NAME=page` builds and drives.
 * Everything from the text of the wire to the picture is the code of the page; only the fetch is missing.
 */
import { DARK, LIGHT } from '../src/model/colours'
import { graphOfColumns, type GraphColumns, type Packed } from '../src/model/columns'
import type { GraphModel } from '../src/model/graph'
import { startOf } from '../src/model/layout'
import { LATENCY, QPS } from '../src/model/metrics'
import { adjacencyOf } from '../src/model/neighbours'
import { sceneOf, type Scene } from '../src/model/scene'
import { NO_SCORES } from '../src/model/scores'
import { single } from '../src/model/union'
import { bottlenecksOf } from '../src/model/verdicts'
import { visible } from '../src/model/visible'
import { GraphCanvas } from '../src/render/canvas'

interface Timing {
  /** The text of the wire → typed columns, ms. */
  readonly model: number
  /** Columns → decided scene, ms. */
  readonly scene: number
  /** From the data to the first frame on the screen, ms. */
  readonly firstFrame: number
  /** Until the last line of the mass is drawn, ms. */
  readonly complete: number
}

interface Panned {
  readonly frames: number
  readonly seconds: number
  readonly longestFrameMs: number
  readonly longestTaskMs: number
  readonly linesWhileMoving: number
  /** From the end of the movement to the last line, ms. */
  readonly restMs: number
}

/** The same numbers in every run (mulberry32). */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

const packed = (type: Packed['type'], values: Float64Array | Uint32Array | Uint8Array): Packed => {
  const bytes = new Uint8Array(values.buffer)
  let text = ''
  for (let place = 0; place < bytes.length; place += 8_192) text += String.fromCharCode(...bytes.subarray(place, place + 8_192))
  return { type, data: btoa(text) }
}

const SEVERITIES = ['low', 'high', 'critical']
/** The server's own defaults. */
const LEVELS = { AVG_LATENCY_MS: { high: 100, critical: 1_000 } }

/** As `format=columns` brings it: pairs that carry two metrics each, as many lines as asked for, some tables much busier than others. */
function wire(nodes: number, lines: number): string {
  const next = random(7)
  const keys = Array.from({ length: nodes }, (_, node) => `table_${node}:Table`)
  const hotspot = Float64Array.from(keys, () => 100 * next() ** 6)
  const [source, target, type, value, severity] = [new Uint32Array(lines * 2), new Uint32Array(lines * 2), new Uint8Array(lines * 2), new Float64Array(lines * 2), new Uint8Array(lines * 2)]
  const seen = new Set<number>()
  while (seen.size < lines) {
    const from = Math.floor(nodes * next() ** 1.6)
    const to = Math.min(Math.floor(from + (next() - 0.5) * nodes * 0.08 + nodes * next() ** 9), nodes - 1)
    if (to < 0 || seen.has(from * nodes + to)) continue
    const edge = seen.size * 2
    seen.add(from * nodes + to)
    source.fill(from, edge, edge + 2)
    target.fill(to, edge, edge + 2)
    const latency = 10 ** (next() * 2.5 - 1) * (next() > 0.995 ? 100 : 1)
    value.set([latency, 500 * next() ** 4], edge)
    type[edge + 1] = 1
    severity[edge] = latency > 1_000 ? 3 : latency > 100 ? 2 : 1
  }
  const columns: GraphColumns = {
    nodes: { count: nodes, keys, columns: { hotspot_score: { kind: 'float', values: packed('f8', hotspot) } } },
    relationships: {
      count: lines * 2,
      types: [LATENCY, QPS],
      short_names: ['latency', 'qps'],
      source: packed('u4', source),
      target: packed('u4', target),
      type: packed('u1', type),
      columns: {
        value: { kind: 'float', values: packed('f8', value) },
        severity: { kind: 'text', values: packed('u1', severity), categories: SEVERITIES },
      },
    },
  }
  return JSON.stringify(columns)
}

const nextFrame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve))

/** Wait until a drawn frame is on the screen: the frame after it has begun. */
async function presented(): Promise<void> {
  await nextFrame()
  await nextFrame()
}

class Bench {
  #canvas: GraphCanvas | null = null
  #graph: GraphModel | null = null
  #positions = new Float32Array()

  /** Draw a fresh graph. */
  async open(nodes: number, lines: number): Promise<Timing> {
    this.#canvas?.kill()
    const data = wire(nodes, lines)
    const begun = performance.now()
    this.#graph = graphOfColumns(JSON.parse(data) as GraphColumns)
    const modelled = performance.now()
    const scene = this.#scene(LATENCY, DARK)
    const decided = performance.now()
    const { pairs } = this.#graph
    this.#positions = startOf(this.#graph.nodes.keys, adjacencyOf(nodes, pairs), new Map()).xy as Float32Array<ArrayBuffer>
    this.#canvas = new GraphCanvas(document.querySelector('#canvas') as HTMLElement, {
      hover: () => undefined, select: () => undefined, open: () => undefined, rest: () => undefined, move: () => undefined,
    })
    this.#canvas.frameBox(this.#positions)
    this.#canvas.show(scene, this.#positions)
    await presented()
    const first = performance.now()
    await this.#whole()
    return { model: modelled - begun, scene: decided - modelled, firstFrame: first - begun, complete: performance.now() - begun }
  }

  /** Pan for some seconds, by the camera, a step a frame. */
  async pan(seconds: number): Promise<Panned> {
    const canvas = this.#canvas
    if (canvas === null) throw new Error('open a graph first')
    let longestTaskMs = 0
    const watch = new PerformanceObserver((list) => list.getEntries().forEach((entry) => (longestTaskMs = Math.max(longestTaskMs, entry.duration))))
    watch.observe({ type: 'longtask' })
    const { x, y } = canvas.camera
    const begun = performance.now()
    let [frames, longestFrameMs, last, linesWhileMoving] = [0, 0, begun, 0]
    for (let now = begun; now - begun < seconds * 1_000; now = performance.now()) {
      const turn = (now - begun) / 900
      canvas.camera = { x: x + 0.12 * Math.sin(turn), y: y + 0.08 * Math.sin(turn * 1.7), z: 0.7 }
      await nextFrame()
      frames++
      longestFrameMs = Math.max(longestFrameMs, performance.now() - last)
      last = performance.now()
      linesWhileMoving = canvas.mass.drawn
    }
    const ended = performance.now()
    watch.takeRecords().forEach((entry) => (longestTaskMs = Math.max(longestTaskMs, entry.duration)))
    watch.disconnect()
    await new Promise((resolve) => setTimeout(resolve, 200))
    await this.#whole()
    return { frames, seconds: (ended - begun) / 1_000, longestFrameMs, longestTaskMs, linesWhileMoving, restMs: performance.now() - ended }
  }

  /** Change theme and metric; until it is on the screen, ms. */
  async recolour(): Promise<number> {
    const begun = performance.now()
    this.#canvas?.show(this.#scene(QPS, LIGHT), this.#positions)
    await presented()
    return performance.now() - begun
  }

  #scene(metric: string, palette: typeof DARK): Scene {
    const graph = this.#graph
    if (graph === null) throw new Error('open a graph first')
    const all = single(graph, metric)
    const bottlenecks = bottlenecksOf(graph, null, LEVELS)
    const wish = { only: '' as const, hops: 0, selection: '', bottlenecks, changed: () => false, nodesMost: Number.POSITIVE_INFINITY, scores: NO_SCORES, hiddenTypes: [] }
    return sceneOf(all, { palette, bottlenecks, verdicts: new Map(), shown: visible(all, wish) })
  }

  async #whole(): Promise<void> {
    while (this.#canvas !== null && this.#canvas.mass.drawn < this.#canvas.mass.count) await nextFrame()
    await presented()
  }
}

declare global {
  interface Window {
    bench: Bench
  }
}
window.bench = new Bench()
