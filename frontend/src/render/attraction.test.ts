import forceAtlas2 from 'graphology-layout-forceatlas2'
import { describe, expect, it } from 'vitest'
import { attracted, prepared } from './attraction'

const COUNT = 60
const JOB = {
  xy: Float32Array.from({ length: COUNT * 2 }, (_, place) => (place * 37) % 101),
  fixed: Uint8Array.from({ length: COUNT }, (_, node) => (node === 7 ? 1 : 0)),
  sources: Uint32Array.from({ length: COUNT }, (_, pair) => pair),
  targets: Uint32Array.from({ length: COUNT }, (_, pair) => (pair * 7 + 1) % COUNT),
}

describe('the attraction', () => {
  it('ends where the package by itself ends, and tells how far it is', () => {
    const shares: number[] = []
    const places = attracted(JOB, 20, (share) => shares.push(share))
    const { graph, settings } = prepared(JOB)
    forceAtlas2.assign(graph, { iterations: 20, settings })
    expect([...places]).toEqual(graph.mapNodes((_, { x, y }) => [x, y] as number[]).flat())
    expect(shares).toEqual(Array.from({ length: 20 }, (_, done) => (done + 1) / 20))
  })

  it('leaves a fixed node where it is', () => {
    expect([...attracted(JOB, 5, () => undefined).subarray(14, 16)]).toEqual([...JOB.xy.subarray(14, 16)])
  })
})
