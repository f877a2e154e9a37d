import { describe, expect, it } from 'vitest'
import { EMPTY, graphOf, type GraphState } from './records'
import { totalsOf } from './summary'

const node = (key: string, properties: Record<string, unknown> = {}): GraphState['nodes'][number] => ({
  id: key, key, type: key.split(':')[1] ?? '', properties,
}) // prettier-ignore
const edge = (source: string, type: string, target: string, value: number, stale = false): GraphState['relationships'][number] => ({
  id: `${source}${type}${target}`, source, type, target, stale, properties: { value },
}) // prettier-ignore
const TABLES = [node('a:Table'), node('b:Table')]

describe('totals', () => {
  it('weigh the latency of each pair by its queries', () => {
    const relationships = [
      edge('a:Table', 'AVG_LATENCY_MS', 'b:Table', 100),
      edge('a:Table', 'QUERIES_PER_SEC', 'b:Table', 30),
      edge('b:Table', 'AVG_LATENCY_MS', 'a:Table', 20),
      edge('b:Table', 'QUERIES_PER_SEC', 'a:Table', 10),
    ]
    expect(totalsOf(graphOf({ nodes: TABLES, relationships }))).toEqual({ qps: 40, latency: 80 })
  })

  it('weigh every pair the same where there are no queries, and leave out what is stale', () => {
    const relationships = [
      edge('a:Table', 'AVG_LATENCY_MS', 'b:Table', 100),
      edge('b:Table', 'AVG_LATENCY_MS', 'a:Table', 20),
      edge('a:Table', 'AVG_LATENCY_MS', 'a:Table', 9_000, true),
    ]
    expect(totalsOf(graphOf({ nodes: TABLES, relationships }))).toEqual({ qps: null, latency: 60 })
  })

  it('take the queries that the database itself counts', () => {
    const nodes = [...TABLES, node('shop:Database', { queries_per_sec: 25 })]
    const relationships = [edge('a:Table', 'QUERIES_PER_SEC', 'b:Table', 30), edge('b:Table', 'QUERIES_PER_SEC', 'a:Table', 10)]
    expect(totalsOf(graphOf({ nodes, relationships })).qps).toBe(25)
  })

  it('are nothing where there is nothing', () => {
    expect(totalsOf(EMPTY)).toEqual({ qps: null, latency: null })
  })
})
