import { describe, expect, it } from 'vitest'
import { diverging, largest, linearScale, logScale, MAX_WIDTH_PX, MIN_NODE_PX, MIN_WIDTH_PX, radius, width } from './scales'

describe('scales', () => {
  it('are logarithmic for latency, with whole decades at their ends', () => {
    const scale = logScale([0.4, 12, 1203, Number.NaN, 0])
    expect([scale.low, scale.high]).toEqual([0.1, 10_000])
    expect(scale.at(0)).toBe(0)
    expect(scale.at(10_000)).toBe(1)
    expect(scale.at(100)).toBeCloseTo(0.6)
  })

  it('are one for both sides', () => {
    expect(logScale([1], [5000]).high).toBe(10_000)
  })

  it('hold without a value', () => {
    expect(logScale([]).at(1)).toBe(0)
    expect(linearScale([]).high).toBe(1)
    expect(largest([])).toBe(1)
  })

  it('draw the load by the square root of it', () => {
    expect(width(0, 100)).toBe(MIN_WIDTH_PX)
    expect(width(100, 100)).toBe(MAX_WIDTH_PX)
    expect(width(25, 100)).toBeCloseTo((MIN_WIDTH_PX + MAX_WIDTH_PX) / 2)
    expect(radius(Number.NaN, 10)).toBe(MIN_NODE_PX)
  })

  it('diverge towards worse and better alike', () => {
    expect(diverging(10, 20, 1)).toBeCloseTo(0.5)
    expect(diverging(20, 10, 1)).toBeCloseTo(-0.5)
    expect(diverging(10, 20, -1)).toBeCloseTo(-0.5)
    expect(diverging(0, 3, 1)).toBe(1)
    expect(diverging(1, 1000, 1)).toBe(1)
  })
})
