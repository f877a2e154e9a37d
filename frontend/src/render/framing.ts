/** How a graph is fitted into a view so that nothing of it hides under the legend, the buttons or the edge. Pure. */

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
