import { describe, expect, it } from 'vitest'
import { heaviest, ranked, valueOf } from './graph'
import { graphOf, type EdgeRecord, type GraphState } from './records'

const edge = (source: string, type: string, target: string, value: number, more: Partial<EdgeRecord> = {}): EdgeRecord => ({
  id: `${source}_${target}_${type}`,
  source: `${source}:Table`,
  target: `${target}:Table`,
  type,
  properties: { value },
  ...more,
})
const STATE: GraphState = {
  nodes: ['users', 'orders', 'idle'].map((name) => ({ id: `${name}:Table`, type: 'Table', properties: { hotspot_score: 2 } })),
  relationships: [
    edge('users', 'AVG_LATENCY_MS', 'orders', 12),
    edge('users', 'QUERIES_PER_SEC', 'orders', 80, { stale: true }),
    edge('orders', 'AVG_LATENCY_MS', 'users', 40),
    edge('orders', 'HOTSPOT_SCORE', 'orders', 90),
    edge('users', 'QUERIES_PER_SEC', 'nowhere', 1),
  ],
}

describe('a graph', () => {
  const graph = graphOf(STATE)

  it('has one pair per direction, with a column per metric', () => {
    expect(graph.pairs.keys).toEqual(['users:Table|orders:Table', 'orders:Table|users:Table', 'orders:Table|orders:Table'])
    expect(valueOf(graph, 'AVG_LATENCY_MS', 0)).toBe(12)
    expect(valueOf(graph, 'QUERIES_PER_SEC', 0)).toBe(80)
    expect(valueOf(graph, 'QUERIES_PER_SEC', 1)).toBeNaN()
  })

  it('leaves out edges whose end is not shown', () => {
    expect(graph.edges.count).toBe(4)
  })

  it('sizes nodes by the larger of their property and their own edge', () => {
    expect([...graph.nodes.hotspot]).toEqual([2, 90, 2])
  })

  it('calls a pair stale only when all of it is', () => {
    expect([...graph.pairs.stale]).toEqual([0, 0, 0])
    const stale = graphOf({ ...STATE, relationships: STATE.relationships.map((each) => ({ ...each, stale: true })) })
    expect([...stale.pairs.stale]).toEqual([1, 1, 1])
  })

  it('ranks pairs by a metric, those without it last', () => {
    expect([...ranked(graph, 'AVG_LATENCY_MS', 9)]).toEqual([1, 0, 2])
    expect([...ranked(graph, 'AVG_LATENCY_MS', 1)]).toEqual([1])
    expect([...ranked(graph, 'NEVER_MEASURED', 2)]).toEqual([0, 1])
  })

  it('finds the heaviest in order, equals in their own', () => {
    const weight = Float64Array.of(2, Number.NEGATIVE_INFINITY, 7, 2, 2, -1)
    expect([0, 1, 2, 3, 9].map((most) => [...heaviest(weight, most)])).toEqual([[], [2], [2, 0], [2, 0, 3], [2, 0, 3, 4, 5, 1]])
  })

  it('keeps the worst of parallel edges', () => {
    const twice = graphOf({
      nodes: STATE.nodes,
      relationships: [edge('users', 'T', 'orders', 1, { discriminator: 'a' }), edge('users', 'T', 'orders', 3, { discriminator: 'b' })],
    })
    expect(twice.edges.count).toBe(2)
    expect(valueOf(twice, 'T', 0)).toBe(3)
  })
})
