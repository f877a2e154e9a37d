import { describe, expect, it } from 'vitest'
import { ago, change, count, duration, number, percent, plural, quantity, signed, utc } from './format'
import cases from './numbers.cases.json'

const THIN = '\u202f'

describe('numbers', () => {
  it.each(cases.number as [number, string][])('%d has three significant digits', (value, text) => {
    expect(number(value)).toBe(text)
  })

  it.each(cases.quantity as [number, string, string][])('%d %s stands beside its unit, long latencies in seconds', (value, unit, text) => {
    expect(quantity(value, unit)).toBe(text)
  })

  it.each(cases.change as [number, number, string][])('from %d to %d is said in percent, and as a factor where that says more', (before, after, text) => {
    expect(change(before, after)).toBe(text)
  })

  it('says nothing where there is nothing', () => {
    expect([number(null), number(undefined), number(Number.NaN), percent(null), change(null, 1), change(1, Number.NaN)]).toEqual(Array(6).fill('–'))
    expect(number(-0)).toBe('0')
    expect(number(Number.POSITIVE_INFINITY)).toBe('∞')
  })

  it('carries its sign as a real character', () => {
    expect(signed(12.3, 'ms')).toBe(`+12.3${THIN}ms`)
    expect(signed(-12.3)).toBe('\u221212.3')
    expect(percent(7.04)).toBe(`+704${THIN}%`)
    expect(percent(-0.3)).toBe(`\u221230${THIN}%`)
  })

  it('counts things', () => {
    expect(count(15_420)).toBe(`15${THIN}420`)
    expect([plural(1, 'edge'), plural(3, 'edge')]).toEqual(['1 edge', '3 edges'])
  })
})

describe('times', () => {
  it('are said from now', () => {
    const now = new Date('2026-11-22T12:00:00Z')
    expect(ago(now, now)).toBe('just now')
    expect(ago(new Date('2026-11-22T11:46:00Z'), now)).toBe(`14${THIN}min ago`)
    expect(duration(3 * 86_400 + 5)).toBe(`3${THIN}d`)
    expect(duration(0.4)).toBe(`0${THIN}s`)
  })

  it('say UTC where it is UTC', () => {
    expect(utc(new Date('2026-11-22T11:46:00.123Z'))).toBe('2026-11-22 11:46:00 UTC')
  })
})
