import { describe, expect, it } from 'vitest'
import { DARK, faded } from './colours'
import type { GraphModel } from './graph'
import { graphOf, type EdgeRecord } from './records'
import { pairKey } from './keys'
import { HOTSPOT, LATENCY, QPS } from './metrics'
import { NO_SCORES, scoresOf } from './scores'
import { DASH, isChanged, sceneOf, type Scene, type Verdict } from './scene'
import { PRESENCE, single, union, type Union } from './union'
import { visible, type Wish } from './visible'

const edge = (source: string, target: string, type: string, value: number, more: Partial<EdgeRecord> = {}): EdgeRecord => ({
  id: '', source: `${source}:T`, target: `${target}:T`, type, properties: { value }, ...more,
})
const graph = (names: readonly string[], ...relationships: EdgeRecord[]): GraphModel =>
  graphOf({ nodes: names.map((name) => ({ id: `${name}:T`, type: 'T', properties: {} })), relationships })
const pair = (source: string, target: string): string => pairKey(`${source}:T`, `${target}:T`)

const WISH: Wish = {
  only: '', hops: 0, selection: '', bottlenecks: new Set(), changed: () => false, nodesMost: 1_000, scores: NO_SCORES, hiddenTypes: [],
}
const drawn = (all: Union, verdicts: ReadonlyMap<string, Verdict> = new Map(), wish: Partial<Wish> = {}): Scene =>
  sceneOf(all, {
    palette: DARK, bottlenecks: wish.bottlenecks ?? new Set(), verdicts,
    shown: visible(all, { ...WISH, changed: (place) => isChanged(all, verdicts, place), ...wish }),
  })
const at = (scene: Scene, source: string, target: string): number => scene.pairs.index.get(pair(source, target)) ?? -1

describe('one graph', () => {
  const one = graph(
    ['a', 'b', 'c'],
    edge('a', 'b', LATENCY, 1), edge('a', 'b', QPS, 100), edge('b', 'c', LATENCY, 1_000), edge('b', 'c', QPS, 1), edge('a', 'a', HOTSPOT, 40),
  )
  const scene = drawn(single(one, LATENCY))

  it('draws several relationships between two nodes as one line', () => {
    expect(scene.pairs.order).toHaveLength(2)
  })
  it('takes the width from the queries and the order from the metric', () => {
    expect(scene.pairs.width[at(scene, 'a', 'b')]).toBeGreaterThan(scene.pairs.width[at(scene, 'b', 'c')] ?? 0)
    expect(scene.pairs.order[0]).toBe(at(scene, 'b', 'c'))
  })
  it('makes a slow line brighter on dark ground', () => {
    const light = (colour = 0): number => (colour & 255) + ((colour >> 8) & 255) + ((colour >> 16) & 255)
    expect(light(scene.pairs.colour[at(scene, 'b', 'c')])).toBeGreaterThan(light(scene.pairs.colour[at(scene, 'a', 'b')]))
  })
  it('leaves out a loop that carries nothing of the metric, and sizes its node by it', () => {
    expect([...scene.pairs.order]).not.toContain(at(scene, 'a', 'a'))
    expect(scene.nodes.radius[0]).toBeGreaterThan(scene.nodes.radius[1] ?? 0)
  })
  it('names the unit and the ends of the scale', () => {
    expect(scene.legend).toMatchObject({ kind: 'metric', unit: 'ms', scale: { low: 1, high: 1_000 } })
  })
  it('labels bottlenecks only', () => {
    const marked = drawn(single(one, LATENCY), new Map(), { bottlenecks: new Set([pair('b', 'c')]) })
    expect([scene.pairs.labelled, marked.pairs.labelled]).toEqual([0, 1])
    expect(marked.label(at(marked, 'b', 'c'))).toBe('1\u202f000\u202fms')
  })
})

describe('a comparison', () => {
  const a = graph(['a', 'b', 'gone'], edge('a', 'b', LATENCY, 10), edge('a', 'gone', LATENCY, 5), edge('b', 'a', LATENCY, 10), edge('b', 'b', LATENCY, 1))
  const b = graph(
    ['a', 'b', 'fresh'],
    edge('a', 'b', LATENCY, 51.9), edge('a', 'fresh', LATENCY, 5), edge('b', 'a', LATENCY, 10.1), edge('b', 'b', LATENCY, 1, { stale: true }),
  )
  const both = union(a, b, LATENCY)

  it('has what either has, B first', () => {
    expect(both.nodes.keys).toEqual(['a:T', 'b:T', 'fresh:T', 'gone:T'])
    expect([...both.nodes.presence]).toEqual([PRESENCE.both, PRESENCE.both, PRESENCE.added, PRESENCE.removed])
  })
  it('says the change with its sign, what is new, gone and not observed', () => {
    const scene = drawn(both)
    const label = (source: string, target: string): string => scene.label(at(scene, source, target))
    expect(label('a', 'b')).toBe('▲ +419\u202f%')
    expect(label('a', 'fresh')).toBe('+ new')
    expect(label('a', 'gone')).toBe('gone')
    expect(label('b', 'b')).toBe('not observed')
    expect(label('b', 'a')).toBe('same')
  })
  it('says the same by dashes, dots and colour', () => {
    const { pairs } = drawn(both)
    const place = (source: string, target: string): number => pairs.index.get(pair(source, target)) ?? -1
    expect([pairs.dash[place('a', 'fresh')], pairs.dash[place('a', 'gone')]]).toEqual([DASH.dashes, DASH.dots])
    expect(pairs.colour[place('a', 'b')]).toBe(DARK.worse)
    expect(pairs.colour[place('b', 'a')]).toBe(faded(DARK.faint, 0.5))
  })
  it('fades what the server calls noise', () => {
    const verdicts = new Map([[pair('a', 'b'), { isNoise: true, absence: null }]])
    const scene = drawn(both, verdicts)
    expect(scene.label(at(scene, 'a', 'b'))).toBe('same')
  })
  it('says multiples of a hundred as such', () => {
    const far = union(graph(['a', 'b'], edge('a', 'b', LATENCY, 0.02)), graph(['a', 'b'], edge('a', 'b', LATENCY, 11.2)), LATENCY)
    const scene = drawn(far)
    expect(scene.label(at(scene, 'a', 'b'))).toBe('▲ ×560')
  })
  it.each([
    ['changed', ['a|b', 'a|fresh', 'b|b', 'a|gone']],
    ['added', ['a|fresh']],
    ['removed', ['b|b', 'a|gone']],
  ] as const)('shows only what is %s', (only, expected) => {
    const scene = drawn(both, new Map(), { only })
    const keys = [...scene.pairs.order].map((place) => (scene.pairs.keys[place] ?? '').replaceAll(':T', ''))
    expect(keys.sort()).toEqual([...expected].sort())
  })
})

describe('what is drawn of a large graph', () => {
  const names = Array.from({ length: 30 }, (_, place) => `t${place}`)
  const large = graph(names, ...names.slice(1).map((name, place) => edge(`t${place}`, name, LATENCY, place + 1)))
  const all = single(large, LATENCY)

  it('is its worst part, and says that it is a part', () => {
    const shown = visible(all, { ...WISH, nodesMost: 5, scores: scoresOf(large, { [LATENCY]: { high: 100 } }) })
    expect(shown.drawnNodes).toBe(5)
    expect(shown.isCut).toBe(true)
    expect(shown.nodes[29]).toBe(1)
    expect(shown.nodes[0]).toBe(0)
  })
  it('has the bottlenecks in it however small they are', () => {
    expect(visible(all, { ...WISH, nodesMost: 5, bottlenecks: new Set(['t3:T']) }).nodes[3]).toBe(1)
  })
  it('is the neighbourhood of the selection when one is asked for', () => {
    const shown = visible(all, { ...WISH, selection: 't10:T', hops: 2 })
    expect([...shown.nodes.keys()].filter((node) => shown.nodes[node] === 1)).toEqual([8, 9, 10, 11, 12])
  })
  it('keeps its places when a filter hides nodes', () => {
    const shown = visible(all, { ...WISH, only: 'bottlenecks' })
    expect(shown.drawnNodes).toBe(0)
    expect(shown.placed.every((each) => each === 1)).toBe(true)
  })
})
