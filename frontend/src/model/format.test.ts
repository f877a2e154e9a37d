import { describe, expect, it } from 'vitest'
import { ago, count, duration, number, percent, plural, quantity, signed, utc } from './format'

const THIN = '\u202f'

describe('numbers', () => {
  it.each([
    [1203, `1${THIN}203`],
    [863.4, '863'],
    [46.25, '46.3'],
    [0.1234, '0.123'],
    [0.00012345, '0.000123'],
    [-5, '\u22125'],
    [0, '0'],
    [-0, '0'],
    [999.6, `1${THIN}000`],
    [1_234_567, `1${THIN}234${THIN}567`],
  ])('%d has three significant digits', (value, text) => {
    expect(number(value)).toBe(text)
  })

  it('says nothing where there is nothing', () => {
    expect([number(null), number(undefined), number(Number.NaN), percent(null)]).toEqual(['–', '–', '–', '–'])
    expect(number(Number.POSITIVE_INFINITY)).toBe('∞')
  })

  it('stands beside its unit, long latencies in seconds', () => {
    expect(quantity(1203, 'ms')).toBe(`1${THIN}203${THIN}ms`)
    expect(quantity(12_030, 'ms')).toBe(`12${THIN}s`)
    expect(quantity(0.12, '')).toBe('0.12')
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
