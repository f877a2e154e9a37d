import { describe, expect, it } from 'vitest'
import { bigFrom, momentOf, nearest, nextBig, rangeOf, ticks, zoomed } from './timeline'

const NOW = Date.parse('2026-11-22T12:00:00Z')

describe('the strip of time', () => {
  it('finds the nearest snapshot', () => {
    const times = [100, 200, 400]
    expect([0, 149, 151, 299, 301, 999].map((time) => nearest(times, time))).toEqual([0, 0, 1, 1, 2, 2])
    expect(nearest([], 5)).toBe(-1)
  })

  it('walks from one big change to the next, over what is not known', () => {
    const values = Float64Array.from([Number.NaN, 0.01, 0.6, 0.02, 0.5, 0.1])
    expect(bigFrom(values)).toBeCloseTo(0.3)
    expect([nextBig(values, -1, 1), nextBig(values, 2, 1), nextBig(values, 4, 1), nextBig(values, 4, -1)]).toEqual([2, 4, -1, 2])
  })

  it('calls nothing big where nothing moves', () => {
    expect(nextBig(Float64Array.from([0.001, 0.002]), -1, 1)).toBe(-1)
  })

  it('reads relative and absolute bounds', () => {
    expect(momentOf('now-4h', NOW)).toBe(NOW - 4 * 3_600_000)
    expect(momentOf('2026-11-22T11:00:00Z', NOW)).toBe(NOW - 3_600_000)
    expect([momentOf('', NOW), momentOf('yesterday-ish', NOW)]).toEqual([null, null])
  })

  it('shows all there is, with now at the right end', () => {
    const range = rangeOf('', '', [NOW - 600_000, NOW - 1000], NOW)
    expect(range.to).toBe(NOW)
    expect(range.from).toBeLessThan(NOW - 600_000)
    expect(rangeOf('', '', [], NOW).from).toBeLessThan(NOW)
  })

  it('zooms around what is under the pointer', () => {
    const range = zoomed({ from: 0, to: 100_000 }, 25_000, 0.5)
    expect(range).toEqual({ from: 12_500, to: 62_500 })
    expect(zoomed({ from: 0, to: 20_000 }, 0, 0.001).to).toBe(10_000)
  })

  it('marks round times, and not too many', () => {
    const marks = ticks({ from: NOW, to: NOW + 3_600_000 }, 8)
    expect(marks.length).toBeGreaterThan(2)
    expect(marks.length).toBeLessThanOrEqual(8)
    expect(marks.every((mark) => mark % 60_000 === 0)).toBe(true)
  })
})
