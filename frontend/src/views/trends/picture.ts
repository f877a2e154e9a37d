/** All charts as one PNG, with the legend, the pins' times and the address: a picture that explains itself. */
import { trending } from '../../model/texts-trends'
import { wrapped } from '../../model/wrapping'
import type { Stroke } from '../../model/trends'
import type { Ink } from '../../ui/ink'

export interface Panel {
  readonly title: string
  readonly canvas: HTMLCanvasElement
  readonly legend: readonly { readonly name: string; readonly value: string; readonly stroke: Stroke }[]
}

export interface Caption {
  readonly title: string
  readonly lines: readonly string[]
}

const MARGIN = 16
const ROW = 20
const SWATCH = 24
const FONT = '12px system-ui, sans-serif'

/** Draw at the resolution of the charts themselves. */
export function pngOf(panels: readonly Panel[], caption: Caption, ink: Ink): Promise<Blob> {
  const ratio = window.devicePixelRatio
  const width = Math.max(...panels.map((panel) => panel.canvas.width)) / ratio + 2 * MARGIN
  const heights = panels.map((panel) => (panel.legend.length + 1) * ROW + panel.canvas.height / ratio)
  const canvas = document.createElement('canvas')
  const pen = canvas.getContext('2d')
  if (pen === null) return Promise.reject(new Error(trending.tooLarge))
  pen.font = FONT
  const lines = caption.lines.flatMap((line) => wrapped(line, width - 2 * MARGIN, (written) => pen.measureText(written).width))
  const height = heights.reduce((sum, each) => sum + each, 0) + (lines.length + 1) * ROW + 3 * MARGIN
  canvas.width = width * ratio
  canvas.height = height * ratio
  pen.scale(ratio, ratio)
  pen.fillStyle = ink.panel
  pen.fillRect(0, 0, width, height)
  pen.textBaseline = 'middle'
  let top = MARGIN
  text(pen, caption.title, MARGIN, top + ROW / 2, ink.text, true)
  top += ROW
  for (const line of lines) {
    text(pen, line, MARGIN, top + ROW / 2, ink.muted)
    top += ROW
  }
  top += MARGIN
  for (const panel of panels) top = drawPanel(pen, panel, top, ratio, ink)
  return blobOf(canvas)
}

function drawPanel(pen: CanvasRenderingContext2D, panel: Panel, from: number, ratio: number, ink: Ink): number {
  let top = from
  text(pen, panel.title, MARGIN, top + ROW / 2, ink.muted, true)
  top += ROW
  for (const { name, value, stroke } of panel.legend) {
    pen.strokeStyle = stroke.ink
    pen.lineWidth = 2
    pen.setLineDash([...stroke.dash])
    pen.beginPath()
    pen.moveTo(MARGIN, top + ROW / 2)
    pen.lineTo(MARGIN + SWATCH, top + ROW / 2)
    pen.stroke()
    pen.setLineDash([])
    text(pen, `${name}   ${value}`, MARGIN + SWATCH + 8, top + ROW / 2, ink.text)
    top += ROW
  }
  pen.drawImage(panel.canvas, MARGIN, top, panel.canvas.width / ratio, panel.canvas.height / ratio)
  return top + panel.canvas.height / ratio
}

function text(pen: CanvasRenderingContext2D, written: string, x: number, y: number, colour: string, isBold = false): void {
  pen.font = `${isBold ? 'bold ' : ''}${FONT}`
  pen.fillStyle = colour
  pen.fillText(written, x, y)
}

function blobOf(canvas: HTMLCanvasElement): Promise<Blob> {
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => {
      if (blob === null) reject(new Error(trending.tooLarge))
      else resolve(blob)
    }, 'image/png')
  })
}
