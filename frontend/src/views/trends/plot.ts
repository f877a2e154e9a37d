/** One chart: uPlot with the axis of time of the strip, thresholds, marks and pins drawn into it. */
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { number } from '../../model/format'
import { backward, extentByPowers, forward, stepsByPowers, unitOf } from '../../model/powers'
import { ticks, tickText, type Flag, type Range } from '../../model/timeline'
import { extentOf, lonely, type Level, type Stroke } from '../../model/trends'
import { trending } from '../../model/texts-trends'
import type { Ink } from '../../ui/ink'

/** Pixels left of the plot for its numbers, and right of it for half a pin. */
export const LEFT = 56
export const RIGHT = 14
const FONT = '11px system-ui, sans-serif'
const PIN_RADIUS = 8
const HEADROOM = 24
/** Points nearer to each other than this are not drawn one by one. */
const POINT_SPACE_PX = 7
const DRAG_LEAST_PX = 4
const STEP_SPACE_PX = 30
/** Steps of an axis that counts. */
const WHOLE = Array.from({ length: 10 }, (_, power) => [1, 2, 5].map((step) => step * 10 ** power)).flat()

export interface Overlay {
  readonly pins: { readonly a: number | null; readonly b: number | null; readonly isLive: boolean }
  readonly levels: readonly Level[]
  /** Marks at their times, rising. */
  readonly flags: readonly (Flag & { readonly at: number })[]
}

export interface PlotWish {
  readonly strokes: readonly Stroke[]
  readonly ink: Ink
  /** Whether the axis of values has no fractions. */
  readonly isCount: boolean
  /** Whether the steps of the axis of values are powers of ten. */
  readonly byPowers: boolean
  /** Whether there is room for the pins' letters and the marks' names above. */
  readonly hasHead: boolean
  readonly oncursor: (place: number) => void
  readonly onopen: (place: number, isA: boolean) => void
  readonly onrange: (range: Range) => void
}

const GLYPHS: Readonly<Record<Flag['shape'], string>> = { incident: '▲', appeared: '▲', gone: '▽', threshold: '◆', smart: '○', named: '' }

export class Plot {
  readonly #plot: uPlot
  readonly #wish: PlotWish
  #range: Range = { from: 0, to: 1 }
  #overlay: Overlay = { pins: { a: null, b: null, isLive: false }, levels: [], flags: [] }
  #breaks: readonly number[] = []
  #unit = 1

  constructor(host: HTMLElement, wish: PlotWish) {
    this.#wish = wish
    this.#plot = new uPlot(this.#options(), [[], ...wish.strokes.map(() => [])], host)
    this.#plot.over.addEventListener('click', (event) => {
      const place = this.#plot.cursor.idx
      if (typeof place === 'number') wish.onopen(place, event.shiftKey)
    })
  }

  get canvas(): HTMLCanvasElement {
    return this.#plot.ctx.canvas
  }

  /** The values of each line beside the times; at a break no line is drawn from the place before. */
  show(times: readonly number[], columns: readonly (readonly (number | null)[])[], breaks: readonly number[], range: Range): void {
    this.#breaks = breaks
    this.#range = range
    this.#unit = unitOf(columns)
    this.#plot.setData([[...times], ...columns.map((each) => [...each])])
  }

  overlay(overlay: Overlay): void {
    this.#overlay = overlay
    this.#plot.redraw(false, true)
  }

  resize(width: number, height: number): void {
    this.#plot.setSize({ width, height })
  }

  /** Put the cursor where another chart, or a key, has it; −1: nowhere. */
  point(place: number): void {
    if ((this.#plot.cursor.idx ?? -1) === place) return
    const time = this.#plot.data[0][place]
    const left = time === undefined ? -10 : this.#plot.valToPos(time, 'x')
    this.#plot.setCursor({ left, top: time === undefined ? -10 : 0 }, false)
  }

  destroy(): void {
    this.#plot.destroy()
  }

  #options(): uPlot.Options {
    const { ink, strokes, hasHead } = this.#wish
    const axis = { stroke: ink.muted, font: FONT, grid: { stroke: ink.line, width: 1 }, ticks: { stroke: ink.line, width: 1, size: 4 } }
    return {
      width: 100,
      height: 100,
      ms: 1,
      legend: { show: false },
      padding: [hasHead ? HEADROOM : 8, RIGHT, 0, 0],
      scales: {
        x: { time: false, range: () => [this.#range.from, this.#range.to] },
        y: this.#scale(),
      },
      axes: [
        {
          ...axis,
          size: 24,
          gap: 3,
          splits: (plot) => [...ticks(this.#range, Math.max(plot.width / 110, 2))],
          values: (_, splits) => splits.map((time) => tickText(this.#range, time)),
        },
        { ...axis, ...this.#steps(), size: LEFT, space: STEP_SPACE_PX, values: (_, splits) => splits.map((value) => number(value)) },
      ],
      series: [{}, ...strokes.map((stroke) => this.#series(stroke))],
      cursor: {
        y: false,
        drag: { x: true, y: false, setScale: false },
        points: { size: 8 },
        bind: { dblclick: () => null },
      },
      hooks: {
        drawClear: [(plot) => this.#under(plot)],
        draw: [(plot) => this.#over(plot)],
        setCursor: [(plot) => this.#wish.oncursor(plot.cursor.idx ?? -1)],
        setSelect: [(plot) => this.#selected(plot)],
      },
    }
  }

  /** The scale of values, straight or by powers of ten. */
  #scale(): uPlot.Scale {
    const extent = (least: number | null, most: number | null): readonly [number, number] =>
      this.#wish.byPowers ? extentByPowers(least, most, this.#overlay.levels, this.#unit) : extentOf(least, most, this.#overlay.levels)
    const range: uPlot.Range.Function = (_, least, most) => [...extent(least, most)] as [number, number]
    if (!this.#wish.byPowers) return { range }
    // eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment -- a `const enum` of a declaration has no value when each module is compiled alone
    return { range, distr: 100, fwd: (value) => forward(value, this.#unit), bwd: (place) => backward(place, this.#unit) }
  }

  #steps(): uPlot.Axis {
    if (!this.#wish.byPowers) return this.#wish.isCount ? { incrs: WHOLE } : {}
    return {
      splits: (plot, _, from, to) => [...stepsByPowers(from, to, this.#unit, plot.height / STEP_SPACE_PX)],
      filter: (_, splits) => splits,
    }
  }

  #series({ ink, dash }: Stroke): uPlot.Series {
    const ratio = window.devicePixelRatio
    return {
      stroke: ink,
      width: 1.7,
      dash: dash.map((each) => each * ratio),
      points: {
        size: 5,
        fill: ink,
        stroke: ink,
        show: (plot, _, first, last) => (last - first) * POINT_SPACE_PX < plot.width - LEFT - RIGHT,
        filter: (plot, place, isShown) => (isShown ? null : [...lonely(plot.data[place] ?? [], this.#breaks)]),
      },
      gaps: (plot, _, first, last, gaps) => [...gaps, ...this.#gapsOf(plot, first, last)],
    }
  }

  #gapsOf(plot: uPlot, first: number, last: number): [number, number][] {
    const at = (place: number): number => Math.round(plot.valToPos(plot.data[0][place] ?? 0, 'x', true))
    return this.#breaks.filter((place) => place > first && place <= last).map((place) => [at(place - 1), at(place)])
  }

  #selected(plot: uPlot): void {
    const { left, width } = plot.select
    if (width < DRAG_LEAST_PX) return
    const range = { from: plot.posToVal(left, 'x'), to: plot.posToVal(left + width, 'x') }
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
    this.#wish.onrange(range)
  }

  /** Thresholds and marks, under the lines. */
  #under(plot: uPlot): void {
    const { ctx, bbox } = plot
    const { ink } = this.#wish
    const ratio = window.devicePixelRatio
    ctx.save()
    ctx.font = scaled(FONT, ratio)
    ctx.textBaseline = 'bottom'
    ctx.lineWidth = ratio
    ctx.strokeStyle = ink.muted
    ctx.fillStyle = ink.muted
    ctx.textAlign = 'right'
    ctx.setLineDash([5 * ratio, 5 * ratio])
    for (const level of this.#overlay.levels) {
      const y = plot.valToPos(level.value, 'y', true)
      if (y < bbox.top || y > bbox.top + bbox.height) continue
      line(ctx, bbox.left, y, bbox.left + bbox.width, y)
      ctx.fillText(trending[level.name], bbox.left + bbox.width - 4 * ratio, y - 2 * ratio)
    }
    this.#flags(plot, ratio)
    ctx.restore()
  }

  #flags(plot: uPlot, ratio: number): void {
    const { ctx, bbox } = plot
    const { ink, hasHead } = this.#wish
    let free = -Infinity
    ctx.textAlign = 'left'
    ctx.setLineDash([1.5 * ratio, 3 * ratio])
    for (const flag of this.#overlay.flags) {
      const x = Math.round(plot.valToPos(flag.at, 'x', true))
      if (x < bbox.left || x > bbox.left + bbox.width) continue
      const colour = flag.shape === 'gone' ? ink.better : flag.isSevere ? ink.worse : ink.muted
      ctx.strokeStyle = colour
      line(ctx, x, bbox.top, x, bbox.top + bbox.height)
      const text = [GLYPHS[flag.shape], flag.text].filter((each) => each !== '').join(' ')
      const end = x + ctx.measureText(text).width + 10 * ratio
      if (!hasHead || text === '' || x < free || this.#isUnderPin(plot, x, end)) continue
      ctx.fillStyle = colour
      ctx.fillText(text, x + 3 * ratio, bbox.top - 2 * ratio)
      free = end
    }
  }

  #isUnderPin(plot: uPlot, from: number, to: number): boolean {
    const { a, b } = this.#overlay.pins
    const radius = PIN_RADIUS * window.devicePixelRatio
    return [a, b].some((pin) => {
      const x = pin === null ? -Infinity : plot.valToPos(pin, 'x', true)
      return x > from - radius && x < to + radius
    })
  }

  /** The pins, over the lines. */
  #over(plot: uPlot): void {
    const { pins } = this.#overlay
    const { ink } = this.#wish
    if (pins.a !== null) this.#pin(plot, pins.a, 'A', ink.better, -1)
    if (pins.b !== null) this.#pin(plot, pins.b, 'B', pins.isLive ? ink.live : ink.worse, 1)
  }

  #pin(plot: uPlot, time: number, letter: string, colour: string, side: 1 | -1): void {
    const { ctx, bbox } = plot
    const { a, b } = this.#overlay.pins
    const ratio = window.devicePixelRatio
    const x = Math.round(plot.valToPos(time, 'x', true))
    if (x < bbox.left - ratio || x > bbox.left + bbox.width + ratio) return
    const distance = a === null || b === null ? Infinity : Math.abs(plot.valToPos(a, 'x', true) - plot.valToPos(b, 'x', true))
    const isClose = distance < 2 * PIN_RADIUS * ratio
    const aside = isClose && a !== null && b !== null ? (a <= b ? side : -side) * (PIN_RADIUS * ratio - distance / 2) : 0
    ctx.save()
    ctx.strokeStyle = colour
    ctx.lineWidth = 1.5 * ratio
    line(ctx, x, bbox.top, x, bbox.top + bbox.height)
    if (this.#wish.hasHead) {
      const y = bbox.top - (PIN_RADIUS + 3) * ratio
      ctx.beginPath()
      ctx.arc(x + aside, y, PIN_RADIUS * ratio, 0, 2 * Math.PI)
      ctx.fillStyle = colour
      ctx.fill()
      ctx.fillStyle = this.#wish.ink.panel
      ctx.font = scaled(`bold ${FONT}`, ratio)
      ctx.textAlign = 'center'
      ctx.textBaseline = 'middle'
      ctx.fillText(letter, x + aside, y + ratio)
    }
    ctx.restore()
  }
}

function line(pen: CanvasRenderingContext2D, x: number, y: number, toX: number, toY: number): void {
  pen.beginPath()
  pen.moveTo(x, y)
  pen.lineTo(toX, toY)
  pen.stroke()
}

function scaled(font: string, ratio: number): string {
  return font.replace('11px', `${11 * ratio}px`)
}
