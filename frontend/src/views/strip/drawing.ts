/** The strip of time on a canvas: bars as high as what changed, marks above, gaps, pins and the band between them. */
import { shortened } from '../../model/pins'
import { bigFrom, flagsOf, isSevere, ticks, tickText, timeOf, type FlagShape, type Range, type Timeline } from '../../model/timeline'
import type { Ink } from '../../ui/ink'

export const HEIGHT = 96
const AXIS = 18
const TOP = 26
const BASE = HEIGHT - AXIS - 6
const BAR_MOST = BASE - TOP
const BAR_LEAST = 4
const PIN_RADIUS = 9
const LABEL_GAP = 8

export interface Pins {
  /** Milliseconds; null where there is none, or it is not known yet. */
  readonly a: number | null
  readonly b: number | null
  readonly isLive: boolean
}

export interface Scene {
  readonly width: number
  readonly range: Range
  readonly timeline: Timeline
  readonly magnitudes: Float64Array
  readonly pins: Pins
  /** Place of the mark under the pointer; −1: none. */
  readonly hovered: number
  readonly ink: Ink
}

export function place(range: Range, width: number, time: number): number {
  return ((time - range.from) / (range.to - range.from || 1)) * width
}

export function momentAt(range: Range, width: number, x: number): number {
  return range.from + (x / (width || 1)) * (range.to - range.from)
}

/** Draw all of it; the context is scaled to CSS pixels. */
export function draw(pen: CanvasRenderingContext2D, scene: Scene): void {
  pen.clearRect(0, 0, scene.width, HEIGHT)
  pen.font = '11px system-ui, sans-serif'
  pen.textBaseline = 'middle'
  drawAxis(pen, scene)
  drawGaps(pen, scene)
  if (!scene.timeline.complete) drawBuckets(pen, scene)
  drawBars(pen, scene)
  drawMarks(pen, scene)
  drawPins(pen, scene)
}

function drawAxis(pen: CanvasRenderingContext2D, { width, range, ink }: Scene): void {
  pen.fillStyle = ink.muted
  pen.strokeStyle = ink.line
  pen.lineWidth = 1
  pen.textAlign = 'center'
  pen.beginPath()
  pen.moveTo(0, BASE + 0.5)
  pen.lineTo(width, BASE + 0.5)
  for (const time of ticks(range, width / 110)) {
    const x = Math.round(place(range, width, time)) + 0.5
    pen.moveTo(x, BASE)
    pen.lineTo(x, BASE + 5)
    if (x > 24 && x < width - 24) pen.fillText(tickText(range, time), x, HEIGHT - AXIS / 2)
  }
  pen.stroke()
}

function drawGaps(pen: CanvasRenderingContext2D, { width, range, timeline, ink }: Scene): void {
  pen.strokeStyle = ink.muted
  pen.setLineDash([2, 4])
  pen.beginPath()
  for (const gap of timeline.gaps) {
    const [from, to] = [place(range, width, Date.parse(gap.since)), place(range, width, Date.parse(gap.until))]
    if (to < 0 || from > width) continue
    pen.moveTo(Math.max(from, 0), BASE - 2.5)
    pen.lineTo(Math.min(to, width), BASE - 2.5)
  }
  pen.stroke()
  pen.setLineDash([])
}

/** All snapshots of a crowded strip, in grey behind the marks that tell most. */
function drawBuckets(pen: CanvasRenderingContext2D, { width, range, timeline, magnitudes, ink }: Scene): void {
  const most = largest(magnitudes)
  const size = Math.max(place(range, width, range.from + timeline.bucket_seconds * 1000) - 1, 1)
  pen.globalAlpha = 0.35
  pen.fillStyle = ink.bar
  for (const bucket of timeline.buckets) {
    const x = place(range, width, Date.parse(bucket.at))
    const height = barHeight(bucket.magnitude ?? Number.NaN, most)
    pen.fillRect(x, BASE - height, size, height)
  }
  pen.globalAlpha = 1
}

function drawBars(pen: CanvasRenderingContext2D, scene: Scene): void {
  const { width, range, timeline, magnitudes, ink, hovered } = scene
  const most = largest(magnitudes)
  const big = bigFrom(magnitudes)
  const size = barWidth(timeline, range, width)
  timeline.marks.forEach((mark, at) => {
    const x = place(range, width, timeOf(mark))
    if (x < -size || x > width + size) return
    const magnitude = magnitudes[at] ?? Number.NaN
    const height = barHeight(magnitude, most)
    const severe = isSevere(mark)
    pen.fillStyle = severe ? ink.worse : magnitude >= big ? ink.text : ink.bar
    pen.globalAlpha = at === hovered || severe ? 1 : 0.7
    pen.beginPath()
    pen.roundRect(x - size / 2, BASE - height, size, height, Math.min(1.5, size / 2))
    pen.fill()
  })
  pen.globalAlpha = 1
}

function barWidth(timeline: Timeline, range: Range, width: number): number {
  const [first, last] = [timeline.marks[0], timeline.marks.at(-1)]
  if (first === undefined || last === undefined || first === last) return 6
  const span = place(range, width, timeOf(last)) - place(range, width, timeOf(first))
  return Math.min(Math.max((span / timeline.marks.length) * 0.6, 1.5), 6)
}

function barHeight(magnitude: number, most: number): number {
  if (Number.isNaN(magnitude) || most <= 0) return BAR_LEAST
  return BAR_LEAST + (BAR_MOST - BAR_LEAST) * Math.sqrt(Math.min(magnitude / most, 1))
}

function largest(values: Float64Array): number {
  let most = 0
  for (const value of values) if (value > most) most = value
  return most
}

/** Above the bars: what is worth a flag, and where a tag begins its name. */
function drawMarks(pen: CanvasRenderingContext2D, { width, range, timeline, magnitudes, pins, ink }: Scene): void {
  const most = largest(magnitudes)
  let free = -Infinity
  pen.textAlign = 'left'
  for (const flag of flagsOf(timeline.marks)) {
    const mark = timeline.marks[flag.place]
    if (mark === undefined) continue
    const x = place(range, width, timeOf(mark))
    if (x < 0 || x > width) continue
    const y = BASE - barHeight(magnitudes[flag.place] ?? Number.NaN, most) - 7
    drawFlag(pen, flag.shape, x, y, flag.shape === 'gone' ? ink.better : flag.isSevere ? ink.worse : ink.muted)
    const isUnderPin = [pins.a, pins.b].some((pin) => pin !== null && Math.abs(place(range, width, pin) - x - 20) < 60)
    if (flag.text === '' || x < free || x > width - 100 || isUnderPin) continue
    const shown = shortened(flag.text, 18)
    pen.fillStyle = ink.muted
    pen.fillText(shown, x + 5, 8)
    free = x + pen.measureText(shown).width + LABEL_GAP + 5
  }
}

/** Each shape another meaning, in whatever colour: filled ▲ worse, hollow ▽ over, ◆ threshold, ○ smart, a stroke for a name. */
function drawFlag(pen: CanvasRenderingContext2D, shape: FlagShape, x: number, y: number, colour: string): void {
  const path = FLAGS[shape]
  pen.fillStyle = colour
  pen.strokeStyle = colour
  pen.lineWidth = 1.3
  pen.beginPath()
  path.forEach(([dx, dy], at) => (at === 0 ? pen.moveTo(x + dx, y + dy) : pen.lineTo(x + dx, y + dy)))
  if (shape === 'smart') pen.arc(x, y, 3, 0, 2 * Math.PI)
  pen.closePath()
  if (shape === 'gone' || shape === 'smart') pen.stroke()
  else pen.fill()
}

const UP = [[0, -4], [4, 3], [-4, 3]] as const // prettier-ignore
const FLAGS: Readonly<Record<FlagShape, readonly (readonly [number, number])[]>> = {
  incident: UP,
  appeared: UP,
  gone: [[0, 4], [4, -3], [-4, -3]], // prettier-ignore
  threshold: [[0, -4], [4, 0], [0, 4], [-4, 0]], // prettier-ignore
  smart: [],
  named: [[-1, -3], [1, -3], [1, 3], [-1, 3]], // prettier-ignore
}

function drawPins(pen: CanvasRenderingContext2D, { width, range, pins, ink }: Scene): void {
  const at = (time: number): number => Math.min(Math.max(place(range, width, time), 0), width)
  if (pins.a !== null && pins.b !== null) {
    const [from, to] = [at(Math.min(pins.a, pins.b)), at(Math.max(pins.a, pins.b))]
    pen.fillStyle = ink.better
    pen.globalAlpha = 0.12
    pen.fillRect(from, TOP - 8, to - from, BASE - TOP + 8)
    pen.globalAlpha = 1
    pen.fillRect(from, BASE - 1, to - from, 3)
  }
  const [a, b] = [pins.a === null ? null : at(pins.a), pins.b === null ? null : at(pins.b)]
  // letters of pins that stand close stand beside each other
  const near = a !== null && b !== null && Math.abs(a - b) < 2 * PIN_RADIUS + 2
  const aside = near ? (a <= b ? 1 : -1) * (PIN_RADIUS + 1) : 0
  const middle = near ? (a + b) / 2 : null
  if (a !== null) drawPin(pen, a, (middle ?? a) - aside, 'A', ink.better, ink.panel)
  if (b !== null) drawPin(pen, b, (middle ?? b) + aside, 'B', pins.isLive ? ink.live : ink.worse, ink.panel)
}

function drawPin(pen: CanvasRenderingContext2D, x: number, head: number, letter: string, colour: string, on: string): void {
  const inside = Math.max(PIN_RADIUS, Math.min(head, pen.canvas.clientWidth - PIN_RADIUS))
  pen.strokeStyle = colour
  pen.lineWidth = 1.5
  pen.beginPath()
  pen.moveTo(x, PIN_RADIUS * 2)
  pen.lineTo(x, BASE + 6)
  pen.stroke()
  pen.fillStyle = colour
  pen.beginPath()
  pen.arc(inside, PIN_RADIUS + 1, PIN_RADIUS, 0, 2 * Math.PI)
  pen.fill()
  pen.fillStyle = on
  pen.font = 'bold 11px system-ui, sans-serif'
  pen.textAlign = 'center'
  pen.fillText(letter, inside, PIN_RADIUS + 1.5)
  pen.font = '11px system-ui, sans-serif'
}
