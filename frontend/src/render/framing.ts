/** How a graph is fitted into a view so that nothing of it hides under the legend, the buttons or the edge. Pure. */
import type { Scene } from '../model/scene'

/** Pixels at each side of the view that are not the graph's. */
export interface Margins {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

export const NO_MARGINS: Margins = { left: 0, right: 0, top: 0, bottom: 0 }

/** Pixels that something takes in the lower left corner of the view. */
export interface Corner {
  readonly width: number
  readonly height: number
}

/** In units of the layout; y points up. */
export interface Extent {
  readonly x: readonly [least: number, most: number]
  readonly y: readonly [least: number, most: number]
}

export interface View {
  readonly width: number
  readonly height: number
  /** Pixels that are kept free on every side. */
  readonly padding: number
}

/** The least of a view that a graph keeps, however large the margins are: half. */
const LEAST_SHARE = 0.5

/** The extent that a view has to show so that the given one stands inside of its margins. */
export function widened({ x, y }: Extent, view: View, margins: Margins): Extent {
  const [across, down] = [roomOf(view.width, view.padding, margins.left + margins.right), roomOf(view.height, view.padding, margins.top + margins.bottom)]
  if (across.room <= 0 || down.room <= 0) return { x, y }
  const unit = Math.max((x[1] - x[0]) / across.room, (y[1] - y[0]) / down.room)
  return {
    x: [x[0] - margins.left * across.share * unit, x[1] + margins.right * across.share * unit],
    y: [y[0] - margins.bottom * down.share * unit, y[1] + margins.top * down.share * unit],
  }
}

/** The same beside a corner: the graph goes above it or to the right of it, wherever it is larger. */
export function widenedBeside(extent: Extent, view: View, margins: Margins, corner: Corner): Extent {
  const above = widened(extent, view, { ...margins, bottom: margins.bottom + corner.height })
  const aside = widened(extent, view, { ...margins, left: margins.left + corner.width })
  return unitOf(above, view) <= unitOf(aside, view) ? above : aside
}

/** Units of the layout per pixel when all of an extent is shown. */
function unitOf({ x, y }: Extent, { width, height, padding }: View): number {
  return Math.max((x[1] - x[0]) / (width - 2 * padding), (y[1] - y[0]) / (height - 2 * padding))
}

/** What is left of a side, and which share of its margins can be had. */
function roomOf(size: number, padding: number, margins: number): { readonly room: number; readonly share: number } {
  const whole = size - 2 * padding
  const taken = Math.min(margins, whole * (1 - LEAST_SHARE))
  return { room: whole - taken, share: margins === 0 ? 0 : taken / margins }
}

/** From the least to the most of an axis. A single node, or a row of them, still needs a box with an inside. */
export function extentOf(positions: Float32Array, axis: 0 | 1): readonly [number, number] {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (let place = axis; place < positions.length; place += 2) {
    const value = positions[place] ?? Number.NaN
    if (Number.isNaN(value)) continue
    least = Math.min(least, value)
    most = Math.max(most, value)
  }
  return most - least < 100 ? [(least + most) / 2 - 50, (least + most) / 2 + 50] : [least, most]
}

const FILLED_LEAST = 0.66

/** A box that has grown to what is shown, or begins anew where that would fill little of it; null when it stays. */
export function grownTo({ x, y }: Extent, before: Extent | null): Extent | null {
  const share = (one: readonly [number, number], other: readonly [number, number]): number => (one[1] - one[0]) / (other[1] - other[0])
  if (before === null || Math.max(share(x, before.x), share(y, before.y)) < FILLED_LEAST) return { x, y }
  if (before.x[0] <= x[0] && before.x[1] >= x[1] && before.y[0] <= y[0] && before.y[1] >= y[1]) return null
  return {
    x: [Math.min(x[0], before.x[0]), Math.max(x[1], before.x[1])],
    y: [Math.min(y[0], before.y[0]), Math.max(y[1], before.y[1])],
  }
}

/** Where the drawn nodes stand, from pixels, which point down; null when there are none. */
export function shownExtent({ nodes }: Pick<Scene, 'nodes'>, xy: Float32Array): Extent | null {
  let [left, right, top, bottom] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (let node = 0; node < nodes.count; node++) {
    const [x, y] = [xy[node * 2] ?? Number.NaN, xy[node * 2 + 1] ?? Number.NaN]
    if (nodes.shown[node] !== 1 || Number.isNaN(x)) continue
    ;[left, right, top, bottom] = [Math.min(left, x), Math.max(right, x), Math.min(top, y), Math.max(bottom, y)]
  }
  return left > right ? null : { x: [left, right], y: [-bottom, -top] }
}
