import { describe, expect, it } from 'vitest'
import { arrange } from './arrange'
import { settled, SPACING, startOf, type Place } from './layout'
import { adjacencyOf, within } from './neighbours'

const ends = (...pairs: readonly (readonly [number, number])[]): { count: number; sources: Uint32Array; targets: Uint32Array } => ({
  count: pairs.length,
  sources: Uint32Array.from(pairs, ([source]) => source),
  targets: Uint32Array.from(pairs, ([, target]) => target),
})
const place = (xy: Float32Array, node: number): [number, number] => [xy[node * 2] ?? Number.NaN, xy[node * 2 + 1] ?? Number.NaN]

describe('a start', () => {
  const star = adjacencyOf(4, ends([0, 1], [0, 2], [0, 3]))
  const keys = ['hub', 'one', 'two', 'three']

  it('is the same every time, with nothing in one place', () => {
    const [first, second] = [startOf(keys, star, new Map()), startOf(keys, star, new Map())]
    expect(first.xy).toEqual(second.xy)
    expect(new Set([0, 1, 2, 3].map((node) => place(first.xy, node).join())).size).toBe(4)
  })
  it('leaves known places as they are, to the last bit', () => {
    const known = new Map<string, Place>([['hub', [12.5, -7]], ['one', [112.5, -7]]])
    const start = startOf(keys, star, known)
    expect(place(start.xy, 0)).toEqual([12.5, -7])
    expect([...start.fixed]).toEqual([1, 1, 0, 0])
    expect(start.news).toBe(2)
  })
  it('puts a new node near its neighbours, not upon them', () => {
    const start = startOf(keys, star, new Map<string, Place>([['hub', [500, 500]], ['one', [600, 500]]]))
    const [x, y] = place(start.xy, 2)
    const far = Math.hypot(x - 500, y - 500)
    expect(far).toBeGreaterThan(SPACING / 4)
    expect(far).toBeLessThan(SPACING * 1.5)
  })
})

describe('an arrangement', () => {
  it('never moves what is fixed', () => {
    const job = { xy: Float32Array.of(0, 0, 1, 0, 2, 0), fixed: Uint8Array.of(1, 1, 0), ...ends([0, 1], [1, 2]) }
    const xy = arrange(job, (given) => given.xy.slice())
    expect(place(xy, 0)).toEqual([0, 0])
    expect(place(xy, 1)).toEqual([1, 0])
  })
  it('leaves a few new nodes between their neighbours, and calls on the forces only for many', () => {
    let calls = 0
    const run = (fixed: Uint8Array): void => {
      const job = { xy: Float32Array.from({ length: fixed.length * 2 }, (_, at) => at * 200), fixed, ...ends([0, 1]) }
      arrange(job, (given) => (calls++, given.xy.slice()))
    }
    run(Uint8Array.of(1, 1, 1, 1, 0))
    expect(calls).toBe(0)
    run(Uint8Array.of(1, 1, 0, 0, 0))
    expect(calls).toBe(1)
  })
  it('parts nodes that stand in one place', () => {
    const job = { xy: new Float32Array(10), fixed: Uint8Array.of(1, 0, 0, 0, 0), ...ends([0, 1]) }
    const xy = arrange(job, (given) => given.xy.slice())
    for (let one = 0; one < 5; one++) {
      for (let other = one + 1; other < 5; other++) {
        const [ax, ay] = place(xy, one)
        const [bx, by] = place(xy, other)
        expect(Math.hypot(ax - bx, ay - by)).toBeGreaterThan(SPACING / 4)
      }
    }
  })
  it('lies down, reads from the left, and is as large as its neighbours need', () => {
    const { sources, targets } = ends([0, 1], [1, 2])
    const xy = settled(Float32Array.of(0, 30, 0, 20, 0, 10), sources, targets)
    const [[x0, y0], [x1], [x2, y2]] = [place(xy, 0), place(xy, 1), place(xy, 2)]
    expect(Math.abs(y0 - y2)).toBeLessThan(1)
    expect(x1 - x0).toBeCloseTo(SPACING, 1)
    expect(x2).toBeGreaterThan(x1)
  })
})

describe('neighbours', () => {
  it('are found in both directions and by steps; loops are nobody’s', () => {
    const chain = adjacencyOf(5, ends([0, 1], [2, 1], [2, 3], [4, 4]))
    expect([...within(chain, [0], 1)]).toEqual([1, 1, 0, 0, 0])
    expect([...within(chain, [0], 2)]).toEqual([1, 1, 1, 0, 0])
    expect([...within(chain, [4], 3)]).toEqual([0, 0, 0, 0, 1])
  })
})
