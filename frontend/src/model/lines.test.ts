import { describe, expect, it } from 'vitest'
import { candidatesOf, groupsOf, lineOf, lineOfChange, linesOf, nameOf, textOf, topChanges, unitOf, type Line } from './lines'

const LATENCY = 'users:Table|AVG_LATENCY_MS|orders:Table'

describe('a line of the trends', () => {
  it.each([
    'total_qps',
    LATENCY,
    `${LATENCY}||calls`,
    `${LATENCY}|second`,
    `${LATENCY}|second|calls`,
    'users:Table',
    'users:Table:rows%7Cnow',
    'a%3Ab:Table',
  ])('is written in the address as it was read: %s', (text) => {
    const line = lineOf(text)
    expect(line).not.toBeNull()
    expect(textOf(line as Line)).toBe(text)
  })

  it.each(['', 'everything', 'a|b', 'users:Table:', ':Table', 'a|b|c|d|e|f'])('is left out when it cannot be read: %j', (text) => {
    expect(lineOf(text)).toBeNull()
  })

  it('is drawn once, and not more than can be told apart', () => {
    expect(linesOf(['edges', 'edges', 'nonsense', 'nodes']).map(textOf)).toEqual(['edges', 'nodes'])
    expect(linesOf(Array.from({ length: 20 }, (_, at) => `t${at}:Table`))).toHaveLength(8)
  })

  it('has a name and a unit', () => {
    const lines = linesOf([LATENCY, 'users:Table|LOAD_FACTOR|users:Table', 'users:Table', 'total_qps', 'change_magnitude'])
    expect(lines.map(nameOf)).toEqual([
      'users → orders · latency',
      'users · load',
      'users · hotspot score',
      'queries, all together',
      'change from the one before',
    ])
    expect(lines.map(unitOf)).toEqual(['ms', '', '', '/s', '%'])
  })

  it('never shares an axis with another unit, nor a bare number with another kind', () => {
    const lines = linesOf([
      LATENCY,
      'avg_latency',
      'total_qps',
      'users:Table|QUERIES_PER_SEC|orders:Table',
      'users:Table',
      'users:Table|HOTSPOT_SCORE|users:Table',
      'users:Table|LOAD_FACTOR|users:Table',
      'edges',
    ])
    expect(groupsOf(lines).map((group) => [group.title, group.lines.length])).toEqual([
      ['ms', 2],
      ['/s', 2],
      ['hotspot score', 2],
      ['load', 1],
      ['edges', 1],
    ])
  })

  it('is made of a change that is a number', () => {
    const element = { id: 'x', key: LATENCY, type: 'AVG_LATENCY_MS', source: 'users:Table', target: 'orders:Table' }
    const change = { kind: 'edge', element, field: 'value', before: 1, after: 2 } as const
    const node = { kind: 'node', element: { ...element, key: 'users:Table' }, field: 'indexes', before: ['a'], after: [] } as const
    expect(lineOfChange(change)).toEqual({ kind: 'edge', key: LATENCY, field: 'value' })
    expect(lineOfChange({ ...change, field: null, before: null, after: null })).toEqual({ kind: 'edge', key: LATENCY, field: 'value' })
    expect(lineOfChange(node)).toBeNull()
    expect(topChanges([node, change, change, { ...node, field: 'rows', before: 1, after: 2 }]).map(textOf)).toEqual([LATENCY, 'users:Table:rows'])
  })

  it('is found among the summary, the edges and the numbers of nodes; further numbers only of what is selected', () => {
    const other = 'orders:Table|ERROR_RATE|payments:Table'
    const graph = {
      nodes: { keys: ['users:Table'], properties: () => ({ hotspot_score: 3, rows: 10, name: 'users' }) },
      edges: { count: 2, key: (place: number) => [LATENCY, other][place] ?? '', properties: () => ({ value: 1, timestamp: 5, calls: 7 }) },
    }
    const offered = candidatesOf([graph, graph], 'users:Table|orders:Table')
    expect(offered.slice(6).map((each) => each.id)).toEqual([LATENCY, `${LATENCY}||calls`, other, 'users:Table', 'users:Table:rows'])
    expect(offered.find((each) => each.id === other)?.title).toBe('orders → payments · errors · ERROR_RATE')
  })
})
