/**
 * An axis whose steps are powers of ten. Pure.
 *
 * `asinh` in place of the logarithm: far from zero it is one, and through zero it is straight, so that a rate that
 * falls to 0 and a slope below it keep their places.
 */
import type { Level } from './trends'

/** More steps than this to a power of ten are not written. */
const PARTS = [1, 2, 5]

/** Where the axis turns from straight to logarithmic: the power of ten at or below the least magnitude that is not zero. */
export function unitOf(columns: readonly (readonly (number | null)[])[]): number {
  let least = Infinity
  for (const column of columns) {
    for (const value of column) if (value !== null && value !== 0 && Math.abs(value) < least) least = Math.abs(value)
  }
  return Number.isFinite(least) ? 10 ** Math.floor(Math.log10(least)) : 1
}

export function forward(value: number, unit: number): number {
  return Math.asinh(value / unit)
}

export function backward(place: number, unit: number): number {
  return Math.sinh(place) * unit
}

/** Where the axis begins and ends: at the unit when nothing is below it, and up to a threshold that is near. */
export function extentByPowers(least: number | null, most: number | null, levels: readonly Level[], unit: number): readonly [number, number] {
  if (least === null || most === null || !Number.isFinite(least) || !Number.isFinite(most)) return [0, 10 * unit]
  const near = levels.map((level) => level.value).filter((value) => value > most && value <= most * 10)
  const from = least > 0 ? unit : least * 1.25
  const to = Math.max(most, ...near) > 0 ? Math.max(most, ...near) * 1.25 : 0
  return from < to ? [from, to] : [0, 10 * unit] // nothing but zeros
}

/** The steps between two values: 1, 2, 5 of each power while they are at most `room`, else the powers, else every n-th of them. */
export function stepsByPowers(from: number, to: number, unit: number, room: number): readonly number[] {
  const magnitude = Math.max(Math.abs(from), Math.abs(to), unit)
  const powers = Math.floor(Math.log10(magnitude / unit)) + 1
  const every = (parts: readonly number[], stride: number): readonly number[] => {
    const above: number[] = []
    for (let power = 0; power < powers; power += stride) above.push(...parts.map((part) => part * unit * 10 ** power))
    const all = [...above.map((each) => -each).reverse(), 0, ...above]
    return all.filter((each) => each >= from && each <= to)
  }
  const whole = every(PARTS, 1)
  if (whole.length <= room) return whole
  return every([1], Math.max(1, Math.ceil(every([1], 1).length / Math.max(room, 1))))
}
