/** A row of values as a line in a small box. Pure. */

export interface Spot {
  readonly at: number
  readonly value: number
}

export interface Spark {
  /** For `points` of an SVG polyline. */
  readonly points: string
  readonly least: number
  readonly most: number
  readonly last: { readonly x: number; readonly y: number } | null
}

/** Scale spots into a box; evenly along x, since snapshots are minutes apart and live values seconds. */
export function sparkOf(spots: readonly Spot[], width: number, height: number, padding = 3): Spark {
  const values = spots.map((spot) => spot.value)
  const least = Math.min(...values)
  const most = Math.max(...values)
  const span = most - least
  const places = values.map((value, place) => ({
    x: padding + (spots.length < 2 ? 1 : place / (spots.length - 1)) * (width - 2 * padding),
    y: span === 0 ? height / 2 : height - padding - ((value - least) / span) * (height - 2 * padding),
  }))
  return {
    points: places.map(({ x, y }) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' '),
    least,
    most,
    last: places.at(-1) ?? null,
  }
}
