import { describe, expect, it } from 'vitest'
import { readOrder, sorted, writeOrder, type Row } from './rows'

const row = (name: string, ...values: number[]): Row => ({ key: name, name, type: '', values, isStale: false, isBottleneck: false })
const names = (rows: readonly Row[]): string => rows.map((each) => each.name).join(' ')

describe('the order of the table', () => {
  it('gives back exactly what was written, whatever a type is called', () => {
    for (const column of ['', 'AVG_LATENCY_MS', 'up:down', 'a\nb'])
      for (const down of [true, false]) expect(readOrder(writeOrder({ column, down }), ['AVG_LATENCY_MS', 'up:down', 'a\nb'])).toEqual({ column, down })
  })

  it('is left open by a link that names no column, or one that is gone', () => {
    expect(['', 'down', 'sideways:X', 'up:GONE'].map((text) => readOrder(text, ['X']))).toEqual([null, null, null, null])
  })

  it('puts rows without a value last, whichever way', () => {
    const rows = [row('b', 2), row('none', Number.NaN), row('a', 1)]
    expect(names(sorted(rows, 0, true))).toBe('b a none')
    expect(names(sorted(rows, 0, false))).toBe('a b none')
    expect(names(sorted(rows, -1, false))).toBe('a b none')
  })
})
