import { describe, expect, it } from 'vitest'
import { graphOf, type EdgeRecord } from './records'
import { scoresOf, scoresOfUnion, worstFirst } from './scores'
import { union } from './union'
import cases from './worst.cases.json'

type Case = (typeof cases)[number] & { readonly stale_nodes?: readonly string[]; readonly stale_edges?: readonly number[] }

function graphOfCase({ nodes, edges, stale_nodes = [], stale_edges = [] }: Case): ReturnType<typeof graphOf> {
  return graphOf({
    nodes: Object.entries(nodes).map(([id, properties]) => ({ id, type: 'T', properties, stale: stale_nodes.includes(id) })),
    relationships: edges.map(([source, type, target, value], place) => ({
      id: String(place), source, type, target, properties: { value }, stale: stale_edges.includes(place),
    }) as EdgeRecord),
  })
}

describe('the worst nodes', () => {
  it.each(cases as readonly Case[])('are those of the server: $name', (given) => {
    const graph = graphOfCase(given)
    const { score, flow } = scoresOf(graph, given.levels)
    expect(Object.fromEntries(graph.nodes.keys.map((key, node) => [key, score[node]]))).toEqual(given.scores)
    expect([...worstFirst(score, flow)].map((node) => graph.nodes.keys[node])).toEqual(given.worst)
  })

  it('of a comparison are those that are bad on either side', () => {
    const [a, b] = [120, 10].map((value) => graphOf({
      nodes: [{ id: 'a:T', type: 'T', properties: {} }, { id: `only${value}:T`, type: 'T', properties: {} }],
      relationships: [{ id: '1', source: 'a:T', type: 'AVG_LATENCY_MS', target: `only${value}:T`, properties: { value } }],
    }))
    if (a === undefined || b === undefined) throw new Error('two graphs')
    const whole = union(a, b, 'AVG_LATENCY_MS')
    const levels = { AVG_LATENCY_MS: { high: 100 } }
    const { score } = scoresOfUnion(whole, [[a, levels], [b, levels]])
    expect(whole.nodes.keys.map((key, node) => [key, score[node]])).toEqual([['a:T', 1.2], ['only10:T', 0.1], ['only120:T', 1.2]])
  })
})
