import { describe, expect, it } from 'vitest'
import { graphOfColumns, unpacked, type GraphColumns, type Packed } from './columns'
import { graphOf } from './records'

const packed = (type: Packed['type'], values: ArrayBufferView): Packed => ({
  type,
  data: btoa(String.fromCharCode(...new Uint8Array(values.buffer))),
})
const bytes = (...values: number[]): Packed => packed('u1', Uint8Array.from(values))
const ABSENT = -(2n ** 63n)

const DOCUMENT: GraphColumns = {
  nodes: {
    count: 2,
    keys: ['users:Table', 'or%3Aders:Table'],
    columns: {
      hotspot_score: { kind: 'float', values: packed('f8', Float64Array.of(80, Number.NaN)) },
      indexes: { kind: 'json', values: bytes(1, 0), categories: [['users_pkey']] },
    },
  },
  relationships: {
    count: 3,
    types: ['AVG_LATENCY_MS', 'QUERIES_PER_SEC'],
    short_names: ['latency', 'qps'],
    source: bytes(0, 0, 0),
    target: bytes(1, 1, 1),
    type: bytes(0, 0, 1),
    ordinal: bytes(1, 2, 1),
    discriminator: { kind: 'text', values: bytes(1, 2, 0), categories: ['read', 'write'] },
    stale: bytes(0, 0, 1),
    columns: {
      value: { kind: 'float', values: packed('f8', Float64Array.of(12.5, 1200, 3)) },
      calls: { kind: 'integer', values: packed('f8', Float64Array.of(7, Number.NaN, 9)) },
      cached: { kind: 'boolean', values: bytes(1, 0, 2) },
      severity: { kind: 'text', values: bytes(2, 1, 0), categories: ['critical', 'low'] },
      timestamp: { kind: 'time', values: packed('i8', BigInt64Array.of(1_736_173_385_000_000n, -1n, ABSENT)) },
    },
  },
}

describe('a graph from columns', () => {
  const graph = graphOfColumns(DOCUMENT)

  it('is the graph that the same elements as records make', () => {
    const ends = { source: 'users:Table', target: 'or%3Aders:Table' }
    const records = graphOf({
      nodes: [
        { id: 'users:Table', type: 'Table', properties: { hotspot_score: 80 } },
        { id: 'or%3Aders:Table', type: 'Table', properties: {} },
      ],
      relationships: [
        { id: '', ...ends, type: 'AVG_LATENCY_MS', discriminator: 'read', properties: { value: 12.5, severity: 'low' } },
        { id: '', ...ends, type: 'AVG_LATENCY_MS', discriminator: 'write', properties: { value: 1200, severity: 'critical' } },
        { id: '', ...ends, type: 'QUERIES_PER_SEC', stale: true, properties: { value: 3 } },
      ],
    })
    expect(graph.pairs).toEqual(records.pairs)
    expect([...graph.nodes.hotspot]).toEqual([80, Number.NaN])
    expect(graph.nodes.names).toEqual(['users', 'or:ders'])
    expect([0, 1, 2].map(graph.edges.key)).toEqual([0, 1, 2].map(records.edges.key))
  })

  it('gives the properties of an element as the JSON document has them', () => {
    expect(graph.edges.properties(0)).toEqual({ value: 12.5, calls: 7, cached: true, severity: 'low', timestamp: '2025-01-06T14:23:05Z' })
    expect(graph.edges.properties(1)).toEqual({ value: 1200, cached: false, severity: 'critical', timestamp: '1969-12-31T23:59:59.999999Z' })
    expect(graph.edges.properties(2)).toEqual({ value: 3, calls: 9 })
    expect(graph.nodes.properties(0)).toEqual({ hotspot_score: 80, indexes: ['users_pkey'] })
  })

  it('makes the ids that the server writes', () => {
    expect([0, 1, 2].map(graph.edges.id)).toEqual(['users_or:ders_latency', 'users_or:ders_latency_2', 'users_or:ders_qps'])
  })

  it('unpacks numbers wider than a byte', () => {
    expect([...unpacked(packed('u2', Uint16Array.of(1, 513)))]).toEqual([1, 513])
    expect([...unpacked(packed('u4', Uint32Array.of(70_000)))]).toEqual([70_000])
  })
})
