import { describe, expect, it } from 'vitest'
import { bigFrom, boundsOf, flagsOf, momentOf, nearest, nextBig, panned, placeBeside, rangeOf, ticks, wheeled, zoomed, type Mark } from './timeline'

const NOW = Date.parse('2026-11-22T12:00:00Z')
const HOUR = { from: NOW - 3_600_000, to: NOW }
const STILL = { deltaX: 0, deltaY: 0, deltaMode: 0, shiftKey: false }
const QUIET: Mark = {
  snapshot_id: 'snap', version: 1, captured_at: '2026-11-22T11:00:00Z', trigger: 'scheduled', severity: null, quality: 'clean',
  description: '', tags: [], pinned: false, bottlenecks_count: 0, change_magnitude: 0,
} // prettier-ignore

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

  it('pans without becoming narrower, and never into the future', () => {
    expect(panned(HOUR, 60_000, NOW)).toEqual(HOUR)
    expect(panned({ from: 0, to: 100 }, -50, NOW)).toEqual({ from: -50, to: 50 })
    expect(panned({ from: NOW - 200, to: NOW - 100 }, 5000, NOW)).toEqual({ from: NOW - 100, to: NOW })
  })

  it('zooms by the wheel around the pointer, and keeps now where it ends at now', () => {
    const nearer = wheeled(HOUR, { ...STILL, deltaY: -400 }, 0.5, 1000, NOW)
    expect(nearer.to - nearer.from).toBeCloseTo(3_600_000 / Math.E, 0)
    expect((nearer.from + nearer.to) / 2).toBeCloseTo(NOW - 1_800_000, 0)
    expect(wheeled(HOUR, { ...STILL, deltaY: -400 }, 0.97, 1000, NOW).to).toBe(NOW)
    expect(wheeled(HOUR, { ...STILL, deltaY: -25, deltaMode: 1 }, 0.5, 1000, NOW)).toEqual(nearer)
  })

  it('pans by a wheel that turns sideways or with Shift', () => {
    const back = { from: HOUR.from - 360_000, to: HOUR.to - 360_000 }
    expect(wheeled(HOUR, { ...STILL, deltaX: -100, deltaY: 3 }, 0.5, 1000, NOW)).toEqual(back)
    expect(wheeled(HOUR, { ...STILL, deltaY: -100, shiftKey: true }, 0.5, 1000, NOW)).toEqual(back)
  })

  it('writes a range that reaches now as one that follows it, and others as they are', () => {
    expect(boundsOf(HOUR, NOW)).toEqual({ from: 'now-3600s', to: '' })
    expect(boundsOf({ from: NOW - 7_200_000, to: NOW - 3_600_000 }, NOW)).toEqual({ from: '2026-11-22T10:00:00Z', to: '2026-11-22T11:00:00Z' })
  })

  it('steps from where a pin stands between snapshots', () => {
    const times = [100, 200, 300]
    const goal = (time: number, step: number): number => placeBeside(times, time, step) + step
    expect([goal(250, 1), goal(250, -1), goal(200, 1), goal(200, -1), goal(50, 1), goal(999, -1)]).toEqual([2, 1, 2, 0, 0, 2])
  })

  it('flags bottlenecks where they appear and go, not while they last', () => {
    const marks = [0, 2, 2, 3, 0, 0].map((bottlenecks_count) => ({ ...QUIET, bottlenecks_count }))
    expect(flagsOf(marks).map(({ place, shape }) => [place, shape])).toEqual([[1, 'appeared'], [3, 'appeared'], [4, 'gone']])
  })

  it('flags by trigger and severity, and writes a tag where it begins', () => {
    const marks: Mark[] = [
      { ...QUIET, trigger: 'manual', tags: ['demo'] },
      { ...QUIET, trigger: 'manual', tags: ['demo', 'release-4.2'] },
      { ...QUIET, trigger: 'threshold', severity: 'medium', tags: ['demo'] },
      { ...QUIET, trigger: 'incident', severity: 'critical' },
      { ...QUIET, trigger: 'smart' },
      { ...QUIET, pinned: true },
      QUIET,
    ]
    expect(flagsOf(marks).map(({ shape, isSevere, text }) => [shape, isSevere, text])).toEqual([
      ['named', false, 'demo'],
      ['named', false, 'release-4.2'],
      ['threshold', false, ''],
      ['incident', true, ''],
      ['smart', false, ''],
      ['named', false, ''],
    ])
  })
})
