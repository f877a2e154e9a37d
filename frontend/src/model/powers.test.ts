import { describe, expect, it } from 'vitest'
import { backward, extentByPowers, forward, stepsByPowers, unitOf } from './powers'

describe('an axis by powers of ten', () => {
  it('begins at the power below the least magnitude', () => {
    expect(unitOf([[40, 1203, null], [0, 7]])).toBe(1)
    expect(unitOf([[-0.04, 12]])).toBeCloseTo(0.01)
    expect(unitOf([[0, null], []])).toBe(1)
  })

  it('gives each power the same room, and zero and what is below it a place', () => {
    const place = (value: number): number => forward(value, 1)
    expect(place(1000) - place(100)).toBeCloseTo(place(100_000) - place(10_000), 3)
    expect(place(0)).toBe(0)
    expect(place(-5)).toBe(-place(5))
    for (const value of [-300, 0, 0.2, 12, 9e9]) expect(backward(place(value), 1)).toBeCloseTo(value, 6)
  })

  it('goes up to a threshold that is near, and has an extent whatever there is', () => {
    expect(extentByPowers(40, 400, [{ name: 'high', value: 1000 }, { name: 'critical', value: 1e6 }], 10)).toEqual([10, 1250])
    expect(extentByPowers(0, 400, [], 10)).toEqual([0, 500])
    expect(extentByPowers(-8, -2, [], 1)).toEqual([-10, 0])
    expect(extentByPowers(0, 0, [], 1)).toEqual([0, 10])
    expect(extentByPowers(null, null, [], 1)).toEqual([0, 10])
  })

  it('writes as many steps as there is room for', () => {
    expect(stepsByPowers(1, 150, 1, 12)).toEqual([1, 2, 5, 10, 20, 50, 100])
    expect(stepsByPowers(1, 150, 1, 4)).toEqual([1, 10, 100])
    expect(stepsByPowers(1, 1e9, 1, 4)).toEqual([1, 1e3, 1e6, 1e9])
    expect(stepsByPowers(-15, 15, 1, 20)).toEqual([-10, -5, -2, -1, 0, 1, 2, 5, 10])
    expect(stepsByPowers(1, 1e300, 1, 0).length).toBeGreaterThan(0)
  })
})
