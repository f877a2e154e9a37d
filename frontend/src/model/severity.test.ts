import { describe, expect, it } from 'vitest'
import { severityOf } from './severity'

const LEVEL = { high: 80, critical: 95 }

describe('the severity of a value', () => {
  it('is what was written', () => {
    expect(severityOf('HOTSPOT_SCORE', 99, 'low', LEVEL)).toBe('low')
  })

  it('is graded by the levels where nothing was written; a level itself is not over', () => {
    expect([80, 80.1, 95, 95.1].map((value) => severityOf('HOTSPOT_SCORE', value, undefined, LEVEL))).toEqual(['', 'high', 'high', 'critical'])
    expect(severityOf('AVG_LATENCY_MS', 120, undefined, { high: 100, critical: null })).toBe('high')
  })

  it('is not graded without levels, without a value, and where more is better', () => {
    expect(severityOf('AVG_LATENCY_MS', 120, undefined, undefined)).toBe('')
    expect(severityOf('AVG_LATENCY_MS', Number.NaN, undefined, LEVEL)).toBe('')
    expect(severityOf('QUERIES_PER_SEC', 1000, undefined, LEVEL)).toBe('')
  })
})
