/** The drawing itself: lines, circles, marks and labels of one frame, with any pen. */
import { css, faded, mixed } from '../model/colours'
import { heaviest } from '../model/graph'
import { DASH, type Scene } from '../model/scene'
import { curveBetween, freeAngle, LOOP_WIDTH_MOST, loopAt, pointOn, type Curve } from './geometry'
import { inside, Room, type Box } from './labels'
import type { Pen } from './pen'

/** More pairs than this are a mass: straight, without arrows, in one buffer. */
export const LEGIBLE_MOST = 1_200
/** With more curves than this on the screen, only those that matter have an arrowhead. */
const ARROWS_MOST = 400
/** So many curves are drawn in any frame. */
const MOVING_LEAST = 80
/** Below this size on the screen, a name is noise unless its node matters. */
const NAMES_MOST = 400
/** In a crowd only so many names, of what matters most: the rest would be a carpet of letters. */
const NAMES_IN_CROWD = 30
const NAME_SIZE = 13
const VALUE_SIZE = 12.5
/** Where on a curve something may stand: at its middle, else a little before or after it. */
const ALONG = [0.5, 0.38, 0.62, 0.28, 0.72] as const
/** Half the breadth of a triangle, in pixels. */
const WARNING = 6
const WARNING_IN_CROWD = 3.5
const DIMMED = 0.16
/** Names that step back are still said when there are so few. */
const DIM_NAMES_MOST = 60

/** What stands out; everything else steps back. */
export interface Emphasis {
  readonly nodes: Uint8Array
  readonly pairs: Uint8Array
}

export interface Frame {
  readonly scene: Scene
  /** x, y per node in pixels of the view. */
  readonly xy: Float32Array
  /** Sizes are multiplied by this (nearer is larger). */
  readonly zoom: number
  readonly width: number
  readonly height: number
  /** Angle of each pair that is a loop. */
  readonly loops: ReadonlyMap<number, number>
  readonly emphasis: Emphasis | null
  /** Keys that are hovered or selected: their labels are always drawn. */
  readonly marked: readonly string[]
  readonly selected: string
  /** Colours and widths while something changes; else those of the scene. */
  readonly colour: Uint32Array
  readonly lineWidth: Float32Array
}

export interface DrawnPair {
  readonly pair: number
  readonly curve: Curve
}

/** The curves of the legible pairs, those that matter most first; while it moves, a share (0 to 1) of a large graph's. */
export function curvesOf(frame: Frame, share = 1): DrawnPair[] {
  const { scene, xy, zoom } = frame
  const { pairs, nodes } = scene
  const drawn: DrawnPair[] = []
  for (const pair of pairs.order.subarray(0, Math.max(LEGIBLE_MOST * share, MOVING_LEAST))) {
    const [source, target] = [pairs.sources[pair] ?? 0, pairs.targets[pair] ?? 0]
    const [sx, sy] = [xy[source * 2] ?? 0, xy[source * 2 + 1] ?? 0]
    const [tx, ty] = [xy[target * 2] ?? 0, xy[target * 2 + 1] ?? 0]
    if (isOutside(frame, Math.min(sx, tx), Math.min(sy, ty), Math.max(sx, tx), Math.max(sy, ty))) continue
    const width = lineWidthOf(frame, pair)
    const around = (nodes.radius[source] ?? 0) * zoom
    const curve =
      source === target
        ? loopAt(sx, sy, around, frame.loops.get(pair) ?? 0, width)
        : curveBetween(sx, sy, around, tx, ty, (nodes.radius[target] ?? 0) * zoom, width)
    if (curve !== null) drawn.push({ pair, curve })
  }
  return drawn
}

/** Width of a line on the screen, in pixels. */
export function lineWidthOf({ scene: { pairs }, lineWidth, zoom }: Frame, pair: number): number {
  const width = (lineWidth[pair] ?? 1) * zoom
  return pairs.sources[pair] === pairs.targets[pair] ? Math.min(width, LOOP_WIDTH_MOST) : width
}

/** Which way each loop points: where its node has room. Depends on the layout only, not on the camera. */
export function loopAngles(scene: Scene, positions: Float32Array): Map<number, number> {
  const { pairs } = scene
  const taken = new Map<number, number[]>()
  const angles = new Map<number, number>()
  for (const pair of pairs.order) if (pairs.sources[pair] === pairs.targets[pair]) taken.set(pairs.sources[pair] ?? 0, [])
  if (taken.size === 0) return angles
  for (const pair of pairs.order) {
    const [source, target] = [pairs.sources[pair] ?? 0, pairs.targets[pair] ?? 0]
    if (source === target) continue
    // The screen's y points down, the layout's up.
    const angle = Math.atan2((positions[source * 2 + 1] ?? 0) - (positions[target * 2 + 1] ?? 0), (positions[target * 2] ?? 0) - (positions[source * 2] ?? 0))
    taken.get(source)?.push(angle)
    taken.get(target)?.push(angle + Math.PI)
  }
  for (const pair of pairs.order) {
    const source = pairs.sources[pair] ?? 0
    if (source === pairs.targets[pair]) angles.set(pair, freeAngle(taken.get(source) ?? []))
  }
  return angles
}

/** Lines with their arrowheads, the least first, so that what matters lies on top. */
export function drawPairs(pen: Pen, frame: Frame, curves: readonly DrawnPair[]): void {
  const { emphasis } = frame
  for (let place = curves.length - 1; place >= 0; place--) {
    const drawn = curves[place]
    if (drawn === undefined) continue
    const { pair, curve } = drawn
    const isDim = emphasis !== null && emphasis.pairs[pair] !== 1
    const own = frame.colour[pair] ?? 0
    const colour = isDim ? faded(own, DIMMED) : own
    pen.curve(curve, colour, lineWidthOf(frame, pair), frame.scene.pairs.dash[pair] ?? 0)
    const isTold = frame.scene.pairs.alert[pair] === 1 || emphasis?.pairs[pair] === 1
    if (isTold || curves.length <= ARROWS_MOST) pen.polygon([curve.tip, curve.left, curve.right], colour)
  }
}

/** The soft glow behind bottlenecks and behind the selection; `beat` 0 to 1. */
export function drawGlow(pen: Pen, frame: Frame, curves: readonly DrawnPair[], beat: number): void {
  const { scene, xy, zoom, selected } = frame
  const { pairs, nodes, palette } = scene
  for (const { pair, curve } of curves) {
    const isSelected = pairs.keys[pair] === selected
    if (isSelected) pen.curve(curve, faded(palette.accent, 0.35), lineWidthOf(frame, pair) + 8, DASH.solid)
    else if (pairs.alert[pair] === 1) pen.curve(curve, faded(palette.worse, 0.12 + 0.2 * beat), lineWidthOf(frame, pair) + 5 + 5 * beat, DASH.solid)
  }
  for (let node = 0; node < nodes.count; node++) {
    if (nodes.alert[node] !== 1 || nodes.shown[node] !== 1) continue
    pen.circle(xy[node * 2] ?? 0, xy[node * 2 + 1] ?? 0, (nodes.radius[node] ?? 0) * zoom + 4 + 6 * beat, faded(palette.worse, 0.1 + 0.16 * beat), 0, 0, 0)
  }
}

/** Filled circles; on the screen sigma draws them, in an export this does. */
export function drawDiscs(pen: Pen, frame: Frame): void {
  const { scene, xy, zoom } = frame
  const { nodes } = scene
  for (let node = 0; node < nodes.count; node++) {
    if (nodes.shown[node] !== 1) continue
    const isDim = frame.emphasis !== null && frame.emphasis.nodes[node] !== 1
    const fill = nodes.fill[node] ?? 0
    pen.circle(xy[node * 2] ?? 0, xy[node * 2 + 1] ?? 0, (nodes.radius[node] ?? 0) * zoom, isDim ? mixed(fill, scene.palette.ground, 0.6) : fill, 0, 0, 0)
  }
}

/** Rims, triangles above nodes and at lines that are bottlenecks, names and values. */
export function drawMarks(pen: Pen, frame: Frame, curves: readonly DrawnPair[]): void {
  const inView = nodesInView(frame)
  const isCrowd = inView.length > NAMES_MOST
  for (const node of inView) if (!isCrowd || frame.scene.nodes.alert[node] === 1) drawRim(pen, frame, node)
  const room = new Room()
  const letters = new Room()
  if (!isCrowd) inView.forEach((node) => keepClear(room, frame, node))
  drawNames(pen, frame, inView, [room, letters], isCrowd ? NAMES_IN_CROWD : NAMES_MOST)
  drawValues(pen, frame, curves, [room, letters])
  drawWarnings(pen, frame, curves, [room, letters], isCrowd ? WARNING_IN_CROWD : WARNING)
}

function drawRim(pen: Pen, frame: Frame, node: number): void {
  const { nodes, palette } = frame.scene
  const [x, y, radius] = placeOf(frame, node)
  const isDim = frame.emphasis !== null && frame.emphasis.nodes[node] !== 1
  const isAlert = nodes.alert[node] === 1
  const rim = nodes.rim[node] ?? 0
  pen.circle(x, y, radius, 0, isDim ? faded(rim, 0.3) : rim, isAlert ? 3 : 1.5, nodes.dash[node] ?? 0)
  if (nodes.keys[node] === frame.selected) pen.circle(x, y, radius + 4, 0, palette.accent, 2, DASH.solid)
  if (!isAlert) return
  drawTriangle(pen, x, y - radius - 10, WARNING, palette.worse)
}

/** Upright, around its middle; high for its breadth, as a sign at the road is. */
function drawTriangle(pen: Pen, x: number, y: number, half: number, colour: number): void {
  const high = half * (5 / 6)
  pen.polygon([[x - half, y + high], [x, y - high], [x + half, y + high]], colour)
}

/** The triangles at lines, on the inner side: a glow and a colour alone would not tell a bottleneck to everybody. Letters are not covered. */
function drawWarnings(pen: Pen, frame: Frame, curves: readonly DrawnPair[], [room, letters]: Rooms, half: number): void {
  const { pairs, palette } = frame.scene
  for (const { pair, curve } of curves) {
    if (pairs.alert[pair] !== 1) continue
    const isDim = frame.emphasis !== null && frame.emphasis.pairs[pair] !== 1
    const box = ([x, y]: readonly [number, number]): Box => ({ x: x - half, y: y - half, width: half * 2, height: half * 2 })
    const places = besides(curve, lineWidthOf(frame, pair), half * 2, half * 2, -1)
    const place = places.find((each) => room.isFree(box(each))) ?? places.find((each) => letters.isFree(box(each))) ?? curve.middle
    room.put(box(place))
    letters.put(box(place))
    if (!isDim) drawTriangle(pen, place[0], place[1] - half * 0.2, half + 4, palette.ground) // apart from what it lies upon
    drawTriangle(pen, place[0], place[1], half, isDim ? faded(palette.worse, 0.3) : palette.worse)
  }
}

/** What is taken by anything, and what is taken by letters. */
type Rooms = readonly [room: Room, letters: Room]

/** A value never lies upon a circle; names do not either, but may touch their own. */
function keepClear(room: Room, frame: Frame, node: number): void {
  const [x, y, radius] = placeOf(frame, node)
  room.take({ x: x - radius * 0.8, y: y - radius * 0.8, width: radius * 1.6, height: radius * 1.6 })
}

function drawNames(pen: Pen, frame: Frame, inView: readonly number[], [room, letters]: Rooms, most: number): void {
  const { nodes, palette } = frame.scene
  const isMarked = (node: number): boolean => frame.marked.includes(nodes.keys[node] ?? '')
  const ranks = Float64Array.from(inView, (node) =>
    (isMarked(node) ? 1e9 : 0) + (nodes.alert[node] === 1 ? 1e6 : 0) + (frame.emphasis?.nodes[node] === 1 ? 1e3 : 0) + (nodes.radius[node] ?? 0))
  for (const place of heaviest(ranks, most)) {
    const node = inView[place] ?? 0
    const isDim = frame.emphasis !== null && frame.emphasis.nodes[node] !== 1
    if (isDim && inView.length > DIM_NAMES_MOST) continue
    const [x, y, radius] = placeOf(frame, node)
    const name = nodes.names[node] ?? ''
    const isBold = isMarked(node)
    const text = name.length > 40 ? `${name.slice(0, 39)}…` : name
    const width = pen.measure(text, NAME_SIZE, isBold)
    const below = y + radius + NAME_SIZE + 3
    const middle = inside(x, width + 8, frame.width)
    const box = { x: middle - width / 2 - 2, y: below - NAME_SIZE, width: width + 4, height: NAME_SIZE + 4 }
    if (!room.isFree(box) && !isBold) continue
    room.put(box)
    letters.put(box)
    const isGone = nodes.dash[node] === DASH.dots
    const colour = isDim ? css(mixed(palette.nodeRim, palette.ground, 0.4)) : isGone ? css(nodes.rim[node] ?? 0) : palette.text
    pen.text(middle, below, text, { colour, size: NAME_SIZE, bold: isBold, halo: palette.background, align: 'middle' })
  }
}

function drawValues(pen: Pen, frame: Frame, curves: readonly DrawnPair[], [room, letters]: Rooms): void {
  const { pairs, palette, legend } = frame.scene
  const labelled = new Set(pairs.order.subarray(0, pairs.labelled))
  const isEmphasised = (pair: number): boolean => frame.emphasis?.pairs[pair] === 1 && curves.length <= 60
  const isMarked = (pair: number): boolean => frame.marked.includes(pairs.keys[pair] ?? '')
  const wanted = curves.filter(({ pair }) => isMarked(pair) || isEmphasised(pair) || (frame.emphasis === null && labelled.has(pair)))
  const marked = wanted.filter(({ pair }) => isMarked(pair))
  for (const { pair, curve } of [...marked, ...wanted.filter(({ pair }) => !isMarked(pair))]) {
    const text = frame.scene.label(pair)
    if (text === '') continue
    const width = pen.measure(text, VALUE_SIZE, true)
    const isQuiet = legend.kind === 'metric' || pairs.weight[pair] === 0
    const colour = isQuiet ? palette.text : css(faded(frame.colour[pair] ?? 0, 1))
    const places = besides(curve, lineWidthOf(frame, pair), width, VALUE_SIZE).map(
      ([x, y]): [number, number] => [inside(x, width + 8, frame.width), inside(y, VALUE_SIZE + 8, frame.height)],
    )
    const box = ([x, y]: readonly [number, number]): Box => ({ x: x - width / 2 - 3, y: y - VALUE_SIZE / 2 - 2, width: width + 6, height: VALUE_SIZE + 4 })
    // Rather upon a circle than not at all; never upon letters.
    const place = places.find((each) => room.isFree(box(each))) ?? places.find((each) => letters.isFree(box(each))) ?? (isMarked(pair) ? places[0] : undefined)
    if (place === undefined) continue
    room.put(box(place))
    letters.put(box(place))
    pen.text(place[0], place[1] + VALUE_SIZE / 2 - 2, text, { colour, size: VALUE_SIZE, bold: true, halo: palette.background, align: 'middle' })
  }
}

/** Where something of this size may stand: beside a line, on its outer side first (or the inner: -1), at the middle and a little before and after it. */
function besides(curve: Curve, lineWidth: number, width: number, height: number, first: 1 | -1 = 1): [number, number][] {
  const [along, across] = [curve.x3 - curve.x0, curve.y3 - curve.y0]
  const length = Math.hypot(along, across) || 1
  const [nx, ny] = [across / length, -along / length]
  const [mx, my] = [(curve.x0 + curve.x3) / 2, (curve.y0 + curve.y3) / 2]
  const outer = (curve.middle[0] - mx) * nx + (curve.middle[1] - my) * ny >= 0 ? 1 : -1
  const far = lineWidth / 2 + 4 + (Math.abs(nx) * width) / 2 + (Math.abs(ny) * height) / 2
  const places: [number, number][] = []
  for (const share of ALONG) {
    const [x, y] = pointOn(curve, share)
    for (const side of [outer * first, -outer * first]) places.push([x + nx * far * side, y + ny * far * side])
  }
  return places
}

/** All pairs beyond the legible ones, straight: for exports, where no buffer draws them. */
export function drawMass(pen: Pen, frame: Frame, alpha: number): void {
  const { pairs } = frame.scene
  for (let place = pairs.order.length - 1; place >= LEGIBLE_MOST; place--) {
    const pair = pairs.order[place] ?? 0
    const [source, target] = [pairs.sources[pair] ?? 0, pairs.targets[pair] ?? 0]
    const [ax = 0, ay = 0, bx = 0, by = 0] = [frame.xy[source * 2], frame.xy[source * 2 + 1], frame.xy[target * 2], frame.xy[target * 2 + 1]]
    pen.straight(ax, ay, bx, by, faded(frame.colour[pair] ?? 0, alpha), 1)
  }
}

/** How see-through the mass is: the more lines, the more. */
export function massAlpha(lines: number): number {
  return Math.min(0.55, Math.max(0.12, 14 / Math.sqrt(lines + 1)))
}

function placeOf(frame: Frame, node: number): readonly [number, number, number] {
  return [frame.xy[node * 2] ?? 0, frame.xy[node * 2 + 1] ?? 0, (frame.scene.nodes.radius[node] ?? 0) * frame.zoom]
}

function nodesInView(frame: Frame): number[] {
  const { nodes } = frame.scene
  const found: number[] = []
  for (let node = 0; node < nodes.count; node++) {
    if (nodes.shown[node] !== 1) continue
    const [x, y, radius] = placeOf(frame, node)
    if (!isOutside(frame, x - radius, y - radius, x + radius, y + radius)) found.push(node)
  }
  return found
}

const MARGIN = 60

function isOutside(frame: Frame, left: number, top: number, right: number, bottom: number): boolean {
  return right < -MARGIN || bottom < -MARGIN || left > frame.width + MARGIN || top > frame.height + MARGIN
}
