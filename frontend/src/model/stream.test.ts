import { describe, expect, it } from 'vitest'
import type { EdgeRecord, NodeRecord } from './records'
import { LiveStream, type DeltaMessage } from './stream'

const node = (name: string): NodeRecord => ({ id: `${name}:T`, type: 'T', properties: { name } })
const edge = (source: string, target: string, value: number): EdgeRecord => ({
  id: 'x',
  key: `${source}:T|L|${target}:T`,
  source: `${source}:T`,
  target: `${target}:T`,
  type: 'L',
  properties: { value },
})
const delta = (from: number, to: number, more: Partial<DeltaMessage> = {}): DeltaMessage => ({
  type: 'delta',
  topic: 't',
  graph: 'default',
  seq_from: from,
  seq_to: to,
  at: '2026-11-22T12:00:00Z',
  interval_seconds: 1,
  nodes: { added: [], changed: [], removed: [] },
  relationships: { added: [], changed: [], removed: [] },
  ...more,
})
const begun = (): LiveStream => {
  const stream = new LiveStream()
  stream.begin(5, '2026-11-22T12:00:00Z', [node('a'), node('b')], [edge('a', 'b', 1)])
  return stream
}

describe('the live stream', () => {
  it('merges what was added, changed and removed', () => {
    const stream = begun()
    const outcome = stream.apply(
      delta(5, 6, {
        nodes: { added: [node('c')], changed: [], removed: [] },
        relationships: { added: [edge('b', 'c', 7)], changed: [edge('a', 'b', 2)], removed: [] },
      }),
    )
    expect(outcome).toBe('applied')
    expect(stream.seq).toBe(6)
    expect([...stream.graph().edges.values]).toEqual([2, 7])
    stream.apply(
      delta(6, 7, { nodes: { added: [], changed: [], removed: ['c:T'] }, relationships: { added: [], changed: [], removed: ['b:T|L|c:T'] } }),
    )
    expect(stream.graph().nodes.keys).toEqual(['a:T', 'b:T'])
  })

  it('keeps names and pairs when only values change, and never changes what it gave before', () => {
    const stream = begun()
    const before = stream.graph()
    stream.apply(delta(5, 6, { relationships: { added: [], changed: [edge('a', 'b', 2)], removed: [] } }))
    const after = stream.graph()
    expect(after.pairs.keys).toBe(before.pairs.keys)
    expect([before.edges.values[0], after.edges.values[0]]).toEqual([1, 2])
    expect([before.pairs.metrics.get('L')?.[0], after.pairs.metrics.get('L')?.[0]]).toEqual([1, 2])
    expect([before.edges.properties(0), after.edges.properties(0)]).toEqual([{ value: 1 }, { value: 2 }])
  })

  it('takes a delta over several steps, and none twice', () => {
    const stream = begun()
    expect(stream.apply(delta(5, 9))).toBe('applied')
    expect(stream.apply(delta(5, 9))).toBe('old')
    expect(stream.apply(delta(8, 9))).toBe('old')
  })

  it('proves that nothing is missing', () => {
    expect(begun().apply(delta(6, 7))).toBe('gap')
    expect(new LiveStream().apply(delta(0, 1))).toBe('gap')
  })

  it('applies the parts of a delta together', () => {
    const stream = begun()
    const first = delta(5, 6, { part: 1, parts: 2, relationships: { added: [], changed: [edge('a', 'b', 9)], removed: [] } })
    expect(stream.apply(first)).toBe('waiting')
    expect([...stream.graph().edges.values]).toEqual([1])
    expect(stream.apply(delta(5, 6, { part: 2, parts: 2 }))).toBe('applied')
    expect([...stream.graph().edges.values]).toEqual([9])
  })

  it('asks anew when a part is missing', () => {
    expect(begun().apply(delta(5, 6, { part: 2, parts: 2 }))).toBe('gap')
  })

  it('keeps what comes while a whole state is on its way, and goes on from it', () => {
    const stream = begun()
    const changed = (value: number): Partial<DeltaMessage> => ({ relationships: { added: [], changed: [edge('a', 'b', value)], removed: [] } })
    stream.awaitState()
    expect([delta(6, 7, changed(7)), delta(7, 8, changed(8)), delta(8, 9, changed(9))].map((each) => stream.apply(each))).toEqual(['waiting', 'waiting', 'waiting'])
    expect(stream.begin(7, '2026-11-22T12:00:00Z', [node('a'), node('b')], [edge('a', 'b', 7)])).toBe('applied')
    expect([stream.seq, ...stream.graph().edges.values]).toEqual([9, 9])
  })

  it('notices that what was kept does not go on from the state', () => {
    const stream = begun()
    stream.awaitState()
    stream.apply(delta(8, 12))
    expect(stream.begin(10, '2026-11-22T12:00:00Z', [node('a')], [])).toBe('gap')
  })

  it('asks once, and takes nothing until the state comes', () => {
    const stream = begun()
    expect([delta(6, 7), delta(7, 8), delta(5, 6)].map((each) => stream.apply(each))).toEqual(['gap', 'waiting', 'waiting'])
    stream.begin(8, '2026-11-22T12:00:00Z', [node('a')], [])
    expect(stream.apply(delta(8, 9))).toBe('applied')
    expect(stream.apply(delta(10, 11))).toBe('gap')
  })

  it('never joins half of a delta with half of another, over a reconnect or a gap', () => {
    const [half, other] = [delta(5, 6, { part: 1, parts: 2 }), delta(5, 8, { part: 2, parts: 2 })]
    const stream = begun()
    stream.apply(half)
    expect(stream.apply(other)).toBe('gap')
    stream.begin(5, '2026-11-22T12:00:00Z', [node('a')], [])
    expect(stream.apply(delta(5, 8, { part: 2, parts: 2 }))).toBe('gap')

    const resumed = begun()
    resumed.apply(half)
    resumed.resume()
    expect(resumed.apply(delta(5, 8, { part: 1, parts: 2 }))).toBe('waiting')
    expect(resumed.apply(other)).toBe('applied')
    expect(resumed.seq).toBe(8)
  })
})
