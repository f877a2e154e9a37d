import { describe, expect, it } from 'vitest'
import { typedMoment } from './times'

const NOW = new Date(2026, 10, 22, 12, 0, 0)

describe('typedMoment', () => {
  it.each([
    ['2026-11-20', new Date(2026, 10, 20)],
    ['2026-11-20 14:05', new Date(2026, 10, 20, 14, 5)],
    ['2026-11-20T14:05:09', new Date(2026, 10, 20, 14, 5, 9)],
    [' 9:30 ', new Date(2026, 10, 22, 9, 30)],
    ['now-6h', new Date(2026, 10, 22, 6)],
    ['2026-11-20T14:05:00Z', new Date('2026-11-20T14:05:00Z')],
  ])('%s is a time, in the zone of who types it', (text, time) => {
    expect(typedMoment(text, NOW)).toBe(time.getTime())
  })

  it.each(['', 'yesterday', '2026-02-30', '25:00', '12:60', '-'])('%s is none', (text) => {
    expect(typedMoment(text, NOW)).toBeNull()
  })
})
