import { describe, expect, it } from 'vitest'
import type { Change, Comparison } from '../schema'
import { isSupported, lineOf, significanceOf, telling, valueText } from './changes'

const change = (wish: Partial<Change>): Change => ({
  kind: 'edge',
  op: 'changed',
  element: { id: 'x', key: 'users:Table|AVG_LATENCY_MS|orders:Table', type: 'AVG_LATENCY_MS', source: 'users:Table', target: 'orders:Table' },
  field: 'value',
  before: 46,
  after: 1203,
  delta: 1157,
  relative_delta: 25.15,
  denominator: 46,
  direction: 'worse',
  severity: 'critical',
  absence: null,
  significance: 'real',
  ...wish,
})

describe('lineOf', () => {
  it('says a change by shape, number and word, and what the percentage is of', () => {
    const line = lineOf(change({}))
    expect([line.name, line.before, line.after, line.shape, line.word, line.tone]).toEqual(['users → orders', '46\u202fms', '1\u202f203\u202fms', '▲', 'worse', 'worse'])
    expect(line.text).toBe('×26.2')
    expect(line.title).toContain('of A (46\u202fms)')
  })

  it('gives the difference where there is no percentage', () => {
    expect(lineOf(change({ before: 0, after: 5, delta: 5, relative_delta: null })).text).toBe('+5\u202fms')
  })

  it('says how something is absent', () => {
    expect(lineOf(change({ op: 'removed', absence: 'not_observed', after: null, delta: null })).text).toBe('not observed')
    expect(lineOf(change({ op: 'added', before: null, delta: null })).text).toBe('new')
  })

  it('reads what JSON has no form for: integers that no double holds, moments, spans', () => {
    const integer = (value: string): unknown => ({ $type: 'Integer', value })
    const line = lineOf(change({ kind: 'node', field: 'seen_ns', before: integer('1000000000000000000'), after: integer('-1200000000000000001'), delta: -2.2e18, relative_delta: -2.2, denominator: 1e18 }))
    expect([line.before, line.isNumber]).toEqual(['1 000 000 000 000 000 000'.replaceAll(' ', '\u202f'), true])
    expect(line.after).toBe('−1 200 000 000 000 000 001'.replaceAll(' ', '\u202f'))
    expect(line.text).toBe('−220\u202f%')
    expect(valueText({ $type: 'DateTime', value: '2025-01-06T14:23:05Z' })).toBe('2025-01-06T14:23:05Z')
    expect(valueText({ $type: 'Duration', value: 'P1D' })).toBe('P1D')
    expect(valueText({ srid: 4326 })).toBe('{"srid":4326}')
  })

  it('says which index is gone', () => {
    const line = lineOf(change({ kind: 'node', field: 'indexes', before: ['a', 'b'], after: ['a'], delta: null, relative_delta: null, direction: 'none' }))
    expect(line.text).toBe('without b')
  })
})

describe('what is said of the value of an edge', () => {
  const key = change({}).element.key
  const of = (...changes: Change[]): Comparison => ({ changes }) as unknown as Comparison

  it('is that of its value, not of another property', () => {
    expect(significanceOf(of(change({ field: 'calls', significance: 'real' }), change({ significance: 'within_noise' })), key)).toBe('within_noise')
    expect(significanceOf(of(change({})), 'users:Table|QUERIES_PER_SEC|orders:Table')).toBeNull()
    expect(significanceOf(null, key)).toBeNull()
  })

  it('makes a total worse only when some edge is worse by more than its noise, or is gone', () => {
    expect(isSupported(of(change({})), 'AVG_LATENCY_MS', 'worse')).toBe(true)
    expect(isSupported(of(change({})), 'AVG_LATENCY_MS', 'better')).toBe(false)
    expect(isSupported(of(change({ significance: 'within_noise' })), 'AVG_LATENCY_MS', 'worse')).toBe(false)
    expect(isSupported(of(change({})), 'QUERIES_PER_SEC', 'worse')).toBe(false)
    expect(isSupported(of(change({ op: 'removed', direction: 'none' })), 'AVG_LATENCY_MS', 'worse')).toBe(true)
  })
})

describe('telling', () => {
  it('leaves noise and bookkeeping out, and puts the worst first', () => {
    const changes = [
      change({ direction: 'better', after: 1 }),
      change({ significance: 'within_noise' }),
      change({ kind: 'node', field: 'size_bytes', direction: 'none' }),
      change({ severity: 'medium', before: 1 }),
      change({ before: 2 }),
    ]
    const said = telling({ changes } as unknown as Comparison)
    expect(said.map((each) => each.before)).toEqual([2, 1, 46])
  })

  it('says a hotspot once, though it stands at the node and as its loop', () => {
    const loop = { id: 'y', key: 'users:Table|HOTSPOT_SCORE|users:Table', type: 'HOTSPOT_SCORE', source: 'users:Table', target: 'users:Table' }
    const node = { id: 'users', key: 'users:Table', type: 'Table', source: null, target: null }
    const changes = [change({ kind: 'node', element: node, field: 'hotspot_score' }), change({ element: loop }), change({})]
    expect(telling({ changes } as unknown as Comparison).map((each) => each.element.key)).toEqual(['users:Table', changes[2]?.element.key])
  })
})
