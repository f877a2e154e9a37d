/** Where a value lies between the ends of a scale (0 to 1), and the ends that a legend names. */

export interface Scale {
  readonly low: number
  readonly high: number
  readonly kind: 'log' | 'linear'
  /** 0 at the low end, 1 at the high end; NaN stays NaN. */
  at(value: number): number
}

export const MIN_WIDTH_PX = 1.5
export const MAX_WIDTH_PX = 10
export const MIN_NODE_PX = 11
export const MAX_NODE_PX = 27

/** A logarithmic scale over what is positive, with whole decades at its ends so that it does not tremble. */
export function logScale(...columns: readonly ArrayLike<number>[]): Scale {
  const [least, most] = extent(columns, (value) => value > 0)
  const low = 10 ** Math.floor(Math.log10(least))
  const high = Math.max(10 ** Math.ceil(Math.log10(most)), low * 10)
  const span = Math.log10(high) - Math.log10(low)
  return {
    low,
    high,
    kind: 'log',
    at: (value) => (value <= 0 ? 0 : clamp((Math.log10(value) - Math.log10(low)) / span)),
  }
}

/** A linear scale from 0 (or the least, below it) to the largest value, rounded up to 1, 2 or 5 of its decade. */
export function linearScale(...columns: readonly ArrayLike<number>[]): Scale {
  const [least, most] = extent(columns, () => true)
  const low = Math.min(least, 0)
  const high = niceAbove(Math.max(most, low + 1e-9))
  return { low, high, kind: 'linear', at: (value) => clamp((value - low) / (high - low)) }
}

/** The scale of a metric: logarithmic for what has a unit of time, linear for shares and scores. */
export function scaleOf(unit: string, ...columns: readonly ArrayLike<number>[]): Scale {
  return unit === 'ms' || unit === '/s' ? logScale(...columns) : linearScale(...columns)
}

/** Queries per second → pixels: by the square root, so that the area of the line speaks. */
export function width(value: number, high: number): number {
  if (Number.isNaN(value) || value <= 0 || high <= 0) return MIN_WIDTH_PX
  return MIN_WIDTH_PX + (MAX_WIDTH_PX - MIN_WIDTH_PX) * Math.sqrt(clamp(value / high))
}

/** Hotspot score → radius in pixels. */
export function radius(score: number, high: number): number {
  if (Number.isNaN(score) || score <= 0 || high <= 0) return MIN_NODE_PX
  return MIN_NODE_PX + (MAX_NODE_PX - MIN_NODE_PX) * Math.sqrt(clamp(score / high))
}

/**
 * A relative change → −1 (better) to 1 (worse): symmetric in its logarithm, full at ×4 and ÷4.
 * @param towardsWorse 1 when more is worse, −1 when less is worse, 0 when neither
 */
export function diverging(before: number, after: number, towardsWorse: number): number {
  if (!(before > 0) || !(after > 0)) return Math.sign(after - before) * towardsWorse
  return Math.min(Math.max(Math.log(after / before) / Math.log(4), -1), 1) * towardsWorse
}

/** The largest number of a column; 0 when there is none. */
export function largest(...columns: readonly ArrayLike<number>[]): number {
  return Math.max(extent(columns, () => true)[1], 0)
}

function extent(columns: readonly ArrayLike<number>[], takes: (value: number) => boolean): readonly [number, number] {
  let least = Number.POSITIVE_INFINITY
  let most = Number.NEGATIVE_INFINITY
  for (const column of columns) {
    for (let place = 0; place < column.length; place++) {
      const value = column[place] ?? Number.NaN
      if (!Number.isFinite(value) || !takes(value)) continue
      if (value < least) least = value
      if (value > most) most = value
    }
  }
  return most < least ? [1, 1] : [least, most]
}

function niceAbove(value: number): number {
  if (value <= 0) return 1
  const decade = 10 ** Math.floor(Math.log10(value))
  return ([1, 2, 5, 10].find((step) => step * decade >= value * (1 - 1e-12)) ?? 10) * decade
}

function clamp(share: number): number {
  return Math.min(Math.max(share, 0), 1)
}
