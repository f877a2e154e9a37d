import { describe, expect, it } from 'vitest'
import { modelOf } from './graph'
import { LATENCY } from './metrics'
import { NO_SCORES, scoresOf } from './scores'
import { graphOf } from './records'
import { single, union } from './union'
import { PAIRS_MOST, partOf, visible, type Wish } from './visible'

const NODES = 400
const EDGES = PAIRS_MOST + 500
const WISH: Wish = { only: '', hops: 0, selection: '', bottlenecks: new Set(), changed: () => false, nodesMost: NODES, scores: NO_SCORES, hiddenTypes: [] }

/** Edge n goes from n / 400 to n % 400 and takes n ms. */
const graph = modelOf({
  nodes: {
    keys: Array.from({ length: NODES }, (_, node) => `n${node}:T`),
    own: new Float64Array(NODES).fill(Number.NaN),
    stale: new Uint8Array(NODES),
    properties: () => ({}),
  },
  edges: {
    count: EDGES,
    types: [LATENCY],
    codes: new Uint32Array(EDGES),
    sources: Uint32Array.from({ length: EDGES }, (_, edge) => Math.floor(edge / NODES)),
    targets: Uint32Array.from({ length: EDGES }, (_, edge) => edge % NODES),
    values: Float64Array.from({ length: EDGES }, (_, edge) => edge),
    stale: new Uint8Array(EDGES),
    id: () => '',
    discriminator: () => '',
    properties: () => ({}),
  },
})
const large = single(graph, LATENCY)

describe('what one side has of what is drawn of both', () => {
  it('is there by its key, wherever it stands', () => {
    const records = (names: readonly string[]) => graphOf({
      nodes: names.map((name) => ({ id: name, type: 'T', properties: {} })),
      relationships: names.slice(1).map((name, place) => ({ id: name, source: names[place] ?? '', target: name, type: LATENCY, properties: { value: 1 } })),
    })
    const [a, b] = [records(['x', 'y', 'z']), records(['z', 'y'])]
    const both = union(a, b, LATENCY)
    const shown = visible(both, { ...WISH, only: 'removed' })
    const [inA, inB] = [partOf(single(a, LATENCY), both, shown), partOf(single(b, LATENCY), both, shown)]
    expect([inA.drawnNodes, inA.drawnPairs]).toEqual([3, 2])
    expect([inB.drawnNodes, inB.drawnPairs]).toEqual([2, 0])
  })
})

describe('what is drawn of a large graph', () => {
  it('has at most 100,000 lines, the weightiest and the bottlenecks, and says that some are left out', () => {
    const shown = visible(large, { ...WISH, bottlenecks: new Set(['n0:T|n3:T']) })
    expect([shown.drawnPairs, shown.isCut]).toEqual([PAIRS_MOST, true])
    expect([...shown.pairs.subarray(0, 5)]).toEqual([0, 0, 0, 1, 0])
    expect(shown.pairs[EDGES - 1]).toBe(1)
  })

  it('has only so many nodes as are asked for, those at the worst edges', () => {
    const shown = visible(large, { ...WISH, nodesMost: 10, scores: scoresOf(graph, { [LATENCY]: { high: 1e6 } }) })
    expect([shown.drawnNodes, shown.isCut]).toEqual([10, true])
    expect(shown.nodes[Math.floor((EDGES - 1) / NODES)]).toBe(1)
  })
})
