/** PNG and SVG of what is on the screen, with legend, the pins' times and the address: a picture that explains itself. */
import { css, onRamp } from '../model/colours'
import { quantity } from '../model/format'
import { DASH, type Legend, type Scene } from '../model/scene'
import { texts } from '../model/texts'
import { wrapped } from '../model/wrapping'
import { curvesOf, drawDiscs, drawGlow, drawMarks, drawMass, drawPairs, LEGIBLE_MOST, massAlpha, type Frame } from './drawing'
import { CanvasPen, SvgPen, type Pen } from './pen'

export interface Caption {
  readonly title: string
  /** Where the pins stand, and the address; lines too long for the picture go on below. */
  readonly lines: readonly string[]
}

/** Where the legend and the caption stand below the graph. */
interface Footer {
  readonly height: number
  readonly left: number
  readonly top: number
  readonly lines: readonly string[]
}

const LEGEND_HEIGHT = 84
const LEGEND_WIDTH = 480
const MARGIN = 18
const LINE = 16
const SIZE = 12
const SCALE = 2

/** An SVG document. */
export function svgOf(frames: readonly Frame[], caption: Caption): string {
  const pen = new SvgPen(new CanvasPen(contextOf(document.createElement('canvas'))))
  const footer = footerOf(pen, frames, caption)
  const { width, height } = sizeOf(frames, footer)
  draw(pen, frames, caption, footer)
  return pen.document(width, height, caption.title)
}

/** A canvas at twice the size of the screen. */
export function pictureOf(frames: readonly Frame[], caption: Caption): HTMLCanvasElement {
  const canvas = document.createElement('canvas')
  const pen = new CanvasPen(contextOf(canvas))
  const footer = footerOf(pen, frames, caption)
  const { width, height } = sizeOf(frames, footer)
  canvas.width = width * SCALE
  canvas.height = height * SCALE
  pen.clear(width, height, SCALE)
  draw(pen, frames, caption, footer)
  return canvas
}

/** A PNG at twice the size of the screen. */
export function pngOf(frames: readonly Frame[], caption: Caption): Promise<Blob> {
  const canvas = pictureOf(frames, caption)
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => {
      if (blob === null) reject(new Error(texts.graph.tooLarge))
      else resolve(blob)
    }, 'image/png')
  })
}

const widthOf = (frames: readonly Frame[]): number => frames.reduce((sum, frame) => sum + frame.width, 0)

function sizeOf(frames: readonly Frame[], footer: Footer): { width: number; height: number } {
  return { width: widthOf(frames), height: Math.max(...frames.map((frame) => frame.height)) + footer.height }
}

/** The caption stands beside the legend, in a narrow picture below it. */
function footerOf(pen: Pen, frames: readonly Frame[], caption: Caption): Footer {
  const width = widthOf(frames)
  const isBeside = width >= 2 * LEGEND_WIDTH
  const [left, top] = isBeside ? [Math.max(LEGEND_WIDTH, width / 3), 0] : [MARGIN, LEGEND_HEIGHT - LINE]
  const lines = caption.lines.flatMap((line) => wrapped(line, width - left - MARGIN, (text) => pen.measure(text, SIZE, false)))
  return { left, top, lines, height: Math.max(LEGEND_HEIGHT, top + 36 + lines.length * LINE) }
}

function draw(pen: Pen, frames: readonly Frame[], caption: Caption, footer: Footer): void {
  const first = frames[0]
  if (first === undefined) return
  const { width, height } = sizeOf(frames, footer)
  pen.rectangle(0, 0, width, height, first.scene.palette.background)
  let left = 0
  for (const frame of frames) {
    const moved = { ...frame, xy: frame.xy.map((value, place) => (place % 2 === 0 ? value + left : value)), width: frame.width + left }
    drawFrame(pen, moved)
    left += frame.width
  }
  drawFooter(pen, first.scene, caption.title, footer, height - footer.height, width)
}

function drawFrame(pen: Pen, frame: Frame): void {
  const curves = curvesOf(frame)
  const mass = Math.max(frame.scene.pairs.order.length - LEGIBLE_MOST, 0)
  if (mass > 0) drawMass(pen, frame, massAlpha(mass))
  drawGlow(pen, frame, curves, 0.5)
  drawPairs(pen, frame, curves)
  drawDiscs(pen, frame)
  drawMarks(pen, frame, curves)
}

function drawFooter(pen: Pen, { legend, palette }: Scene, title: string, footer: Footer, top: number, width: number): void {
  pen.rectangle(0, top, width, footer.height, palette.background)
  pen.rectangle(0, top, width, 1, css(palette.faint))
  const text = (x: number, y: number, content: string, bold = false): void =>
    pen.text(x, y, content, { colour: bold ? palette.text : palette.muted, size: SIZE, bold, halo: palette.background, align: 'start' })
  drawLegend(pen, legend, MARGIN, top, text)
  text(footer.left, top + footer.top + 22, title, true)
  footer.lines.forEach((line, place) => text(footer.left, top + footer.top + 40 + place * LINE, line))
}

function drawLegend(pen: Pen, legend: Legend, x: number, top: number, text: (x: number, y: number, content: string, bold?: boolean) => void): void {
  const warning = `▲ ${texts.graph.legendBottleneck}`
  if (legend.kind === 'metric') {
    const log = legend.scale.kind === 'log' ? ` (${texts.graph.log})` : ''
    text(x, top + 22, `${legend.name}${legend.unit === '' ? '' : `, ${legend.unit}`}${log}`, true)
    for (let step = 0; step < 50; step++) pen.rectangle(x + step * 4, top + 29, 4.3, 9, css(onRamp(legend.ramp, step / 49)))
    text(x, top + 52, quantity(legend.scale.low, legend.unit))
    const high = quantity(legend.scale.high, legend.unit)
    text(x + 200 - pen.measure(high, SIZE, false), top + 52, high)
    const breadth = `${texts.graph.legendWidth} ${quantity(legend.most, '/s')}`
    text(x, top + 70, breadth)
    text(x + pen.measure(breadth, SIZE, false) + 16, top + 70, warning)
    return
  }
  text(x, top + 22, texts.graph.legendOf(legend.name), true)
  const { worse, better, added, removed, same } = legend.colours
  const kinds = [[worse, DASH.solid, texts.graph.worse], [better, DASH.solid, texts.graph.better], [added, DASH.dashes, texts.graph.added], [removed, DASH.dots, texts.graph.removed], [same, DASH.solid, texts.graph.unchanged]] as const
  let left = x
  for (const [colour, dash, name] of kinds) {
    const [y, end] = [top + 46, left + 22]
    pen.curve({ x0: left, y0: y, x1: left + 7, y1: y, x2: left + 14, y2: y, x3: end, y3: y, tip: [end, y], left: [end, y], right: [end, y], middle: [left, y] }, colour, 4, dash)
    text(end + 5, y + 4, name)
    left = end + 12 + pen.measure(name, SIZE, false)
  }
  text(x, top + 70, warning)
}

function contextOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const context = canvas.getContext('2d')
  if (context === null) throw new Error(texts.graph.noCanvas)
  return context
}
