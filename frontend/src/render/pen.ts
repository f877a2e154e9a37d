/** What a drawing is made with. The same drawing goes to the screen, to a PNG and to an SVG. */
import { css } from '../model/colours'
import { DASH } from '../model/scene'
import type { Curve } from './geometry'

export const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, sans-serif'

export interface Lettering {
  readonly colour: string
  /** Pixels. */
  readonly size: number
  readonly bold: boolean
  readonly halo: string
  readonly align: 'start' | 'middle'
}

export interface Pen {
  curve(curve: Curve, colour: number, width: number, dash: number): void
  polygon(points: readonly (readonly [number, number])[], colour: number): void
  /** A circle; `fill` or `rim` of 0 is left out. */
  circle(x: number, y: number, radius: number, fill: number, rim: number, rimWidth: number, dash: number): void
  straight(ax: number, ay: number, bx: number, by: number, colour: number, width: number): void
  rectangle(x: number, y: number, width: number, height: number, fill: string): void
  text(x: number, y: number, text: string, lettering: Lettering): void
  /** Width of a text in pixels. */
  measure(text: string, size: number, bold: boolean): number
}

/** Lengths of strokes and gaps. */
export function dashesOf(dash: number, width: number): readonly number[] {
  if (dash === DASH.dashes) return [4 + width * 1.6, 3 + width]
  if (dash === DASH.dots) return [1 + width * 0.4, 2.5 + width * 1.4]
  return []
}

export class CanvasPen implements Pen {
  readonly #context: CanvasRenderingContext2D
  readonly #widths = new Map<string, number>()

  constructor(context: CanvasRenderingContext2D) {
    this.#context = context
  }

  /** Wipe everything; measures are CSS pixels. */
  clear(width: number, height: number, pixelRatio: number): void {
    this.#context.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0)
    this.#context.clearRect(0, 0, width, height)
  }

  curve(curve: Curve, colour: number, width: number, dash: number): void {
    const context = this.#context
    context.beginPath()
    context.moveTo(curve.x0, curve.y0)
    context.bezierCurveTo(curve.x1, curve.y1, curve.x2, curve.y2, curve.x3, curve.y3)
    this.#stroke(colour, width, dash)
  }

  polygon(points: readonly (readonly [number, number])[], colour: number): void {
    const context = this.#context
    context.beginPath()
    points.forEach(([x, y], place) => (place === 0 ? context.moveTo(x, y) : context.lineTo(x, y)))
    context.closePath()
    context.fillStyle = css(colour)
    context.fill()
  }

  circle(x: number, y: number, radius: number, fill: number, rim: number, rimWidth: number, dash: number): void {
    const context = this.#context
    context.beginPath()
    context.arc(x, y, radius, 0, Math.PI * 2)
    if (fill !== 0) {
      context.fillStyle = css(fill)
      context.fill()
    }
    if (rim !== 0) this.#stroke(rim, rimWidth, dash)
  }

  straight(ax: number, ay: number, bx: number, by: number, colour: number, width: number): void {
    this.#context.beginPath()
    this.#context.moveTo(ax, ay)
    this.#context.lineTo(bx, by)
    this.#stroke(colour, width, DASH.solid)
  }

  rectangle(x: number, y: number, width: number, height: number, fill: string): void {
    this.#context.fillStyle = fill
    this.#context.fillRect(x, y, width, height)
  }

  text(x: number, y: number, text: string, lettering: Lettering): void {
    const context = this.#context
    context.font = fontOf(lettering.size, lettering.bold)
    context.textAlign = lettering.align === 'middle' ? 'center' : 'start'
    context.textBaseline = 'alphabetic'
    context.lineJoin = 'round'
    context.setLineDash([])
    context.strokeStyle = lettering.halo
    context.lineWidth = 4
    context.strokeText(text, x, y)
    context.fillStyle = lettering.colour
    context.fillText(text, x, y)
  }

  measure(text: string, size: number, bold: boolean): number {
    const font = fontOf(size, bold)
    const name = `${font}${text}`
    let width = this.#widths.get(name)
    if (width === undefined) {
      this.#context.font = font
      width = this.#context.measureText(text).width
      if (this.#widths.size > 20_000) this.#widths.clear()
      this.#widths.set(name, width)
    }
    return width
  }

  #stroke(colour: number, width: number, dash: number): void {
    const context = this.#context
    context.strokeStyle = css(colour)
    context.lineWidth = width
    context.lineCap = dash === DASH.dots ? 'round' : 'butt'
    context.setLineDash(dashesOf(dash, width) as number[])
    context.stroke()
  }
}

/** Writes SVG; texts are escaped, names come from databases. */
export class SvgPen implements Pen {
  readonly #parts: string[] = []
  readonly #ruler: Pen

  constructor(ruler: Pen) {
    this.#ruler = ruler
  }

  /** The whole document. */
  document(width: number, height: number, title: string): string {
    return [
      `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${escaped(FONT)}">`,
      `<title>${escaped(title)}</title>`,
      ...this.#parts,
      '</svg>',
      '',
    ].join('\n')
  }

  curve(curve: Curve, colour: number, width: number, dash: number): void {
    const points = [curve.x1, curve.y1, curve.x2, curve.y2, curve.x3, curve.y3].map(short).join(' ')
    this.#parts.push(`<path d="M${short(curve.x0)} ${short(curve.y0)}C${points}" fill="none"${stroke(colour, width, dash)}/>`)
  }

  polygon(points: readonly (readonly [number, number])[], colour: number): void {
    this.#parts.push(`<polygon points="${points.map(([x, y]) => `${short(x)},${short(y)}`).join(' ')}" fill="${css(colour)}"/>`)
  }

  circle(x: number, y: number, radius: number, fill: number, rim: number, rimWidth: number, dash: number): void {
    const line = rim === 0 ? '' : stroke(rim, rimWidth, dash)
    this.#parts.push(`<circle cx="${short(x)}" cy="${short(y)}" r="${short(radius)}" fill="${fill === 0 ? 'none' : css(fill)}"${line}/>`)
  }

  straight(ax: number, ay: number, bx: number, by: number, colour: number, width: number): void {
    this.#parts.push(`<path d="M${short(ax)} ${short(ay)}L${short(bx)} ${short(by)}"${stroke(colour, width, DASH.solid)}/>`)
  }

  rectangle(x: number, y: number, width: number, height: number, fill: string): void {
    this.#parts.push(`<rect x="${short(x)}" y="${short(y)}" width="${short(width)}" height="${short(height)}" fill="${fill}"/>`)
  }

  text(x: number, y: number, text: string, lettering: Lettering): void {
    const weight = lettering.bold ? ' font-weight="600"' : ''
    const halo = ` paint-order="stroke" stroke="${lettering.halo}" stroke-width="4" stroke-linejoin="round"`
    this.#parts.push(
      `<text x="${short(x)}" y="${short(y)}" font-size="${lettering.size}" text-anchor="${lettering.align}" fill="${lettering.colour}"${weight}${halo}>${escaped(text)}</text>`,
    )
  }

  measure(text: string, size: number, bold: boolean): number {
    return this.#ruler.measure(text, size, bold)
  }
}

const fontOf = (size: number, bold: boolean): string => `${bold ? '600 ' : ''}${size}px ${FONT}`

const short = (value: number): string => String(Math.round(value * 10) / 10)

function stroke(colour: number, width: number, dash: number): string {
  const dashes = dashesOf(dash, width)
  const pattern = dashes.length === 0 ? '' : ` stroke-dasharray="${dashes.map(short).join(' ')}"`
  const cap = dash === DASH.dots ? ' stroke-linecap="round"' : ''
  return ` stroke="${css(colour)}" stroke-width="${short(width)}"${pattern}${cap}`
}

/** Safe inside an element and inside a double-quoted attribute; control characters that XML cannot hold are left out. */
export function escaped(text: string): string {
  return text
    // eslint-disable-next-line no-control-regex -- exactly the characters that XML 1.0 forbids
    .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
