/** The canvas of one graph: sigma carries nodes, camera and gestures; lines, marks and names are drawn around it. */
import Graph from 'graphology'
import Sigma from 'sigma'
import { css, mixed } from '../model/colours'
import { texts } from '../model/texts'
import type { Scene } from '../model/scene'
import type { Camera } from '../model/view'
import { curvesOf, drawGlow, drawMarks, drawPairs, loopAngles, type DrawnPair, type Emphasis, type Frame } from './drawing'
import { Field } from './field'
import { extentOf, grownTo, NO_MARGINS, shownExtent, widenedBeside, type Corner } from './framing'
import { nearest, type Hit } from './hits'
import { Pace } from './pace'
import { CanvasPen } from './pen'
import { between, type Tween } from './tween'

interface NodeAttributes {
  x: number
  y: number
  size: number
  color: string
  hidden: boolean
}

export interface CanvasEvents {
  /** The element under the pointer changed; null when there is none. */
  hover(hit: Hit | null): void
  select(key: string): void
  /** A node was pressed twice. */
  open(key: string): void
  /** The camera came to rest. */
  rest(camera: Camera): void
  /** The camera moves: for a twin beside it. */
  move(camera: Camera): void
}

const STAGE_PADDING = 52
/** Loops, names and values stand out at the sides. */
const MARGINS = { ...NO_MARGINS, left: 36, right: 36 }
const REST_MS = 160
/** Sigma's layers for what is drawn here in other ways. */
const UNUSED_LAYERS = ['edges', 'edgeLabels', 'labels', 'hovers', 'hoverNodes']
const PULSE_MS = 2_400
const PULSE_FRAME_MS = 66
const NEAREST_RATIO = 0.03
const FARTHEST_RATIO = 6

/** Where everything is seen: what a view without a camera means. */
export const HOME: Camera = { x: 0.5, y: 0.5, z: 1 }

export class GraphCanvas {
  readonly #sigma: Sigma<NodeAttributes>
  readonly #graph = new Graph<NodeAttributes>({ type: 'directed', multi: false })
  readonly #layers: Readonly<Record<'glow' | 'lines' | 'marks', { canvas: HTMLCanvasElement; pen: CanvasPen }>>
  readonly #fieldCanvas: HTMLCanvasElement
  readonly #field: Field | null
  readonly #events: CanvasEvents
  #scene: Scene | null = null
  #positions: Float32Array = new Float32Array()
  #loops = new Map<number, number>()
  #tween: Tween | null = null
  #isAnimating = false
  #curves: readonly DrawnPair[] = []
  #frame: Frame | null = null
  #emphasis: Emphasis | null = null
  #hovered = ''
  #selected = ''
  #isMoving = false
  readonly #pace = new Pace()
  #restTimer: ReturnType<typeof setTimeout> | undefined
  #pulseTimer: ReturnType<typeof setInterval> | undefined
  #isFollowing = false
  #shownKeys = ''
  #corner: Corner = { width: 0, height: 0 }

  constructor(container: HTMLElement, events: CanvasEvents) {
    this.#events = events
    this.#sigma = new Sigma(this.#graph, container, {
      allowInvalidContainer: true,
      renderLabels: false,
      stagePadding: STAGE_PADDING,
      minCameraRatio: NEAREST_RATIO,
      maxCameraRatio: FARTHEST_RATIO,
      defaultDrawNodeHover: () => undefined,
      enableCameraRotation: false,
      zoomDuration: 160,
      inertiaDuration: 180,
    })
    this.#fieldCanvas = this.#sigma.createCanvas('field', { beforeLayer: 'edges' })
    this.#field = Field.on(this.#fieldCanvas)
    // Without a graphics card, a canvas that pretends to have one is the slowest of all.
    const isSoftware = this.#field?.isSoftware ?? true
    this.#layers = {
      glow: this.#layer('glow', { beforeLayer: 'nodes' }, isSoftware),
      lines: this.#layer('lines', { beforeLayer: 'nodes' }, isSoftware),
      marks: this.#layer('marks', { afterLayer: 'nodes' }, isSoftware),
    }
    for (const unused of UNUSED_LAYERS) {
      const canvas = this.#sigma.getCanvases()[unused]
      if (canvas !== undefined) canvas.style.display = 'none' // each layer costs a full screen per frame
    }
    this.#sigma.resize(true)
    this.#listen(container)
  }

  get camera(): Camera {
    const { x, y, ratio } = this.#sigma.getCamera().getState()
    return { x, y, z: ratio }
  }

  /** Look from elsewhere; without telling anybody, since somebody said so. */
  set camera(camera: Camera) {
    this.#isFollowing = true
    this.#sigma.getCamera().setState({ x: camera.x, y: camera.y, ratio: camera.z })
    this.#isFollowing = false
  }

  /** How much of the mass of lines is on the screen now. */
  get mass(): { readonly count: number; readonly drawn: number } {
    return this.#field?.state ?? { count: 0, drawn: 0 }
  }

  /** What is shown, at rest and without a wait for the next painting: for pictures and for paper. */
  get still(): Frame | null {
    const frame = this.#frameNow()
    return frame === null ? null : { ...frame, colour: frame.scene.pairs.colour, lineWidth: frame.scene.pairs.width }
  }

  /**
   * Show a scene at these places (x, y per node; NaN: not placed).
   * What differs from the scene before is led over, the places never are.
   */
  show(scene: Scene, positions: Float32Array): void {
    const before = this.#scene
    this.#scene = scene
    this.#positions = positions
    this.#loops = loopAngles(scene, positions)
    this.#placeNodes(scene, positions)
    this.#field?.load(scene, positions)
    if (before?.pairs.order.length !== scene.pairs.order.length) this.#pace.begin(scene.pairs.order.length)
    this.#tween = before === null || reducesMotion() ? null : between(before, scene)
    this.#beat()
    this.#sigma.refresh()
    if (this.#tween !== null) this.#animate()
  }

  /** What lies upon the view; counts from the next {@link frameBox} and {@link fit} on. */
  set corner(corner: Corner) {
    this.#corner = corner
  }

  /** The box of the layout that "all of it" means; it grows and hardly ever shrinks, so that nothing jumps: only when the graph would fill less than two thirds of it, as after a fresh layout. */
  frameBox(positions: Float32Array): void {
    const nodes = { x: extentOf(positions, 0), y: extentOf(positions, 1) }
    if (!Number.isFinite(nodes.x[0]) || !Number.isFinite(nodes.y[0])) return
    const shown = widenedBeside(nodes, { ...this.#sigma.getDimensions(), padding: STAGE_PADDING }, MARGINS, this.#corner)
    const grown = grownTo(shown, this.#sigma.getCustomBBox())
    if (grown === null) return
    this.#sigma.setCustomBBox({ x: [...grown.x], y: [...grown.y] })
    this.#sigma.scheduleRefresh()
  }

  /** What stands out; null for nothing in particular. */
  emphasise(emphasis: Emphasis | null, selected: string): void {
    this.#emphasis = emphasis
    this.#selected = selected
    this.#dimNodes()
  }

  /** Show all that is drawn now. */
  fit(): void {
    const frame = this.#frame
    if (frame === null) return
    const extent = shownExtent(frame.scene, frame.xy)
    if (extent === null) return void this.#sigma.getCamera().animatedReset({ duration: reducesMotion() ? 0 : 250 })
    const { ratio } = this.#sigma.getCamera().getState()
    const shown = widenedBeside(extent, { width: frame.width, height: frame.height, padding: STAGE_PADDING }, MARGINS, this.#corner)
    const [wide, high] = [shown.x[1] - shown.x[0], shown.y[1] - shown.y[0]]
    const share = Math.max(wide / (frame.width - 2 * STAGE_PADDING), high / (frame.height - 2 * STAGE_PADDING))
    const middle = this.#sigma.viewportToFramedGraph({ x: (shown.x[0] + shown.x[1]) / 2, y: -(shown.y[0] + shown.y[1]) / 2 })
    this.#go({ x: middle.x, y: middle.y, z: Math.min(Math.max(ratio * share, 0.25), FARTHEST_RATIO) })
  }

  /** Nearer with a factor below 1, farther above it. */
  zoom(factor: number): void {
    const { x, y, z } = this.camera
    this.#go({ x, y, z: Math.min(Math.max(z * factor, NEAREST_RATIO), FARTHEST_RATIO) })
  }

  /** Move the view by pixels. */
  pan(dx: number, dy: number): void {
    const { width, height } = this.#sigma.getDimensions()
    const centre = this.#sigma.viewportToFramedGraph({ x: width / 2 + dx, y: height / 2 + dy })
    this.#go({ ...this.camera, x: centre.x, y: centre.y })
  }

  /** Bring a node into the middle when it is out of sight. */
  reveal(node: number): void {
    const [x, y] = [this.#frame?.xy[node * 2] ?? 0, this.#frame?.xy[node * 2 + 1] ?? 0]
    const { width, height } = this.#sigma.getDimensions()
    if (x > 40 && y > 40 && x < width - 40 && y < height - 40) return
    const middle = this.#sigma.viewportToFramedGraph({ x, y })
    this.#go({ ...this.camera, x: middle.x, y: middle.y })
  }

  /** The container has another size. */
  resize(): void {
    if (this.#sigma.getContainer().clientWidth > 0) this.#sigma.refresh({ skipIndexation: true, schedule: true })
  }

  kill(): void {
    clearTimeout(this.#restTimer)
    clearInterval(this.#pulseTimer)
    this.#tween = null
    this.#field?.kill()
    this.#sigma.kill()
  }

  #layer(name: string, where: { beforeLayer: string } | { afterLayer: string }, isSoftware: boolean): { canvas: HTMLCanvasElement; pen: CanvasPen } {
    const canvas = this.#sigma.createCanvas(name, where)
    canvas.style.pointerEvents = 'none'
    const context = canvas.getContext('2d', { willReadFrequently: isSoftware })
    if (context === null) throw new Error(texts.graph.noCanvas)
    return { canvas, pen: new CanvasPen(context) }
  }

  #listen(container: HTMLElement): void {
    this.#sigma.on('afterRender', () => this.#paint())
    this.#sigma.getCamera().on('updated', () => this.#moved())
    const pressed = (x: number, y: number): void => this.#events.select(this.#hitAt(x, y)?.key ?? '')
    this.#sigma.on('clickStage', ({ event }) => pressed(event.x, event.y))
    this.#sigma.on('clickNode', ({ event }) => pressed(event.x, event.y))
    this.#sigma.on('doubleClickNode', (payload) => {
      payload.preventSigmaDefault()
      this.#events.open(payload.node)
    })
    container.addEventListener('pointermove', (event) => {
      if (event.buttons !== 0) return
      const box = container.getBoundingClientRect()
      this.#hover(this.#hitAt(event.clientX - box.left, event.clientY - box.top))
    })
    container.addEventListener('pointerleave', () => this.#hover(null))
  }

  #hitAt(x: number, y: number): Hit | null {
    return this.#frame === null ? null : nearest(this.#frame, this.#curves, x, y)
  }

  #hover(hit: Hit | null): void {
    const key = hit?.key ?? ''
    if (key === this.#hovered) return
    this.#hovered = key
    this.#sigma.getContainer().style.cursor = key === '' ? 'grab' : 'pointer'
    this.#events.hover(hit)
  }

  #placeNodes(scene: Scene, positions: Float32Array): void {
    const { nodes } = scene
    const wanted: number[] = []
    for (let node = 0; node < nodes.count; node++) {
      if (nodes.shown[node] === 1 && !Number.isNaN(positions[node * 2] ?? Number.NaN)) wanted.push(node)
    }
    const shownKeys = wanted.map((node) => nodes.keys[node]).join('\n')
    if (shownKeys !== this.#shownKeys) {
      this.#shownKeys = shownKeys
      this.#graph.clear()
      for (const node of wanted) this.#graph.addNode(nodes.keys[node], this.#attributes(scene, positions, node))
      return
    }
    this.#graph.updateEachNodeAttributes((key) => this.#attributes(scene, positions, nodes.index.get(key) ?? 0), { attributes: ['x', 'y', 'size', 'color'] })
  }

  #attributes({ nodes, palette }: Scene, positions: Float32Array, node: number): NodeAttributes {
    const isDim = this.#emphasis !== null && this.#emphasis.nodes[node] !== 1
    const fill = nodes.fill[node] ?? 0
    return {
      x: positions[node * 2] ?? 0,
      y: positions[node * 2 + 1] ?? 0,
      size: nodes.radius[node] ?? 1,
      color: css(isDim ? mixed(fill, palette.ground, 0.6) : fill),
      hidden: false,
    }
  }

  #dimNodes(): void {
    const scene = this.#scene
    if (scene === null) return
    this.#graph.updateEachNodeAttributes((key) => this.#attributes(scene, this.#positions, scene.nodes.index.get(key) ?? 0), { attributes: ['color'] })
    this.#sigma.refresh({ skipIndexation: true })
  }

  #moved(): void {
    this.#isMoving = true
    clearTimeout(this.#restTimer)
    this.#restTimer = setTimeout(() => this.#rest(), this.#pace.restAfter(REST_MS))
    if (!this.#isFollowing) this.#events.move(this.camera)
  }

  #rest(): void {
    this.#isMoving = false
    this.#pace.rest()
    this.#paint()
    this.#events.rest(this.camera)
  }

  #go(camera: Camera): void {
    void this.#sigma.getCamera().animate({ x: camera.x, y: camera.y, ratio: camera.z }, { duration: reducesMotion() ? 0 : 200 })
  }

  /** Draw our own layers from where sigma's camera stands. */
  #paint(): void {
    const frame = this.#frameNow()
    if (frame === null) return
    this.#frame = frame
    if (this.#isMoving) this.#pace.frame(performance.now())
    const share = this.#isMoving ? this.#pace.share : null
    this.#curves = curvesOf(frame, share ?? 1)
    const ratio = window.devicePixelRatio || 1
    this.#fit(this.#fieldCanvas, frame, ratio)
    this.#field?.draw(this.#placing(), frame.width, frame.height, share)
    const { lines, marks } = this.#layers
    for (const layer of Object.values(this.#layers)) this.#fit(layer.canvas, frame, ratio)
    lines.pen.clear(frame.width, frame.height, ratio)
    drawPairs(lines.pen, frame, this.#curves)
    marks.pen.clear(frame.width, frame.height, ratio)
    drawMarks(marks.pen, frame, this.#curves)
    this.#glow()
  }

  #fit(canvas: HTMLCanvasElement, frame: Frame, ratio: number): void {
    const [width, height] = [Math.round(frame.width * ratio), Math.round(frame.height * ratio)]
    if (canvas.width !== width) canvas.width = width
    if (canvas.height !== height) canvas.height = height
  }

  #frameNow(): Frame | null {
    const scene = this.#scene
    if (scene === null) return null
    const { width, height } = this.#sigma.getDimensions()
    const place = this.#placing()
    const xy = new Float32Array(this.#positions.length)
    for (let node = 0; node < xy.length / 2; node++) {
      const [x, y] = [this.#positions[node * 2] ?? 0, this.#positions[node * 2 + 1] ?? 0]
      xy[node * 2] = (place[0] ?? 0) * x + (place[3] ?? 0) * y + (place[6] ?? 0)
      xy[node * 2 + 1] = (place[1] ?? 0) * x + (place[4] ?? 0) * y + (place[7] ?? 0)
    }
    const marked = [this.#selected, this.#hovered].filter((key) => key !== '')
    const { colour, width: lineWidth } = this.#tween?.now() ?? scene.pairs
    return { scene, xy, zoom: this.#sigma.scaleSize(1), width, height, loops: this.#loops, emphasis: this.#emphasis, marked, selected: this.#selected, colour, lineWidth }
  }

  /** Layout → pixels, read off three points: sigma keeps the matrix to itself in other units. */
  #placing(): Float32Array {
    const zero = this.#sigma.graphToViewport({ x: 0, y: 0 })
    const right = this.#sigma.graphToViewport({ x: 1000, y: 0 })
    const up = this.#sigma.graphToViewport({ x: 0, y: 1000 })
    return Float32Array.of(
      (right.x - zero.x) / 1000, (right.y - zero.y) / 1000, 0,
      (up.x - zero.x) / 1000, (up.y - zero.y) / 1000, 0,
      zero.x, zero.y, 1,
    )
  }

  /** One loop, however many scenes come while it runs: a second one would paint each frame twice. */
  #animate(): void {
    if (this.#isAnimating) return
    this.#isAnimating = true
    requestAnimationFrame(() => {
      this.#isAnimating = false
      if (this.#tween === null) return
      if (this.#tween.isOver()) this.#tween = null
      this.#paint()
      if (this.#tween !== null) this.#animate()
    })
  }

  /** Bottlenecks breathe, unless motion is unwanted; then their glow stands still. */
  #beat(): void {
    clearInterval(this.#pulseTimer)
    const scene = this.#scene
    if (scene === null || reducesMotion()) return
    if (!scene.nodes.alert.includes(1) && !scene.pairs.alert.includes(1)) return
    this.#pulseTimer = setInterval(() => {
      if (!document.hidden && !this.#isMoving) this.#glow()
    }, PULSE_FRAME_MS)
  }

  #glow(): void {
    const frame = this.#frame
    if (frame === null) return
    const beat = reducesMotion() ? 0.5 : 0.5 - 0.5 * Math.cos((performance.now() / PULSE_MS) * 2 * Math.PI)
    this.#layers.glow.pen.clear(frame.width, frame.height, window.devicePixelRatio || 1)
    drawGlow(this.#layers.glow.pen, frame, this.#curves, beat)
  }
}

export function reducesMotion(): boolean {
  return window.matchMedia('(prefers-reduced-motion: reduce)').matches
}
