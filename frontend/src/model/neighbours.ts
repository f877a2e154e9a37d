/** Who is beside whom, on typed arrays. */
import type { UnionPairs } from './union'

export interface Adjacency {
  /** Start of each node's row in `others`; one longer than the nodes. */
  readonly starts: Uint32Array
  readonly others: Uint32Array
}

export type Ends = Pick<UnionPairs, 'count' | 'sources' | 'targets'>

/** Neighbours in both directions, without loops. */
export function adjacencyOf(nodes: number, pairs: Ends): Adjacency {
  const starts = new Uint32Array(nodes + 1)
  const each = (take: (one: number, other: number) => void): void => {
    for (let pair = 0; pair < pairs.count; pair++) {
      const [one, other] = [pairs.sources[pair] ?? 0, pairs.targets[pair] ?? 0]
      if (one === other) continue
      take(one, other)
      take(other, one)
    }
  }
  each((one) => (starts[one + 1] = (starts[one + 1] ?? 0) + 1))
  for (let node = 0; node < nodes; node++) starts[node + 1] = (starts[node + 1] ?? 0) + (starts[node] ?? 0)
  const next = starts.slice()
  const others = new Uint32Array(starts[nodes] ?? 0)
  each((one, other) => {
    const place = next[one] ?? 0
    others[place] = other
    next[one] = place + 1
  })
  return { starts, others }
}

/** 1 for every node within `hops` steps of one of the seeds. */
export function within(adjacency: Adjacency, seeds: Iterable<number>, hops: number): Uint8Array {
  const reached = new Uint8Array(adjacency.starts.length - 1)
  let edge = [...seeds]
  for (const seed of edge) reached[seed] = 1
  for (let hop = 0; hop < hops && edge.length > 0; hop++) {
    const beyond: number[] = []
    for (const node of edge) {
      for (let place = adjacency.starts[node] ?? 0; place < (adjacency.starts[node + 1] ?? 0); place++) {
        const other = adjacency.others[place] ?? 0
        if (reached[other] === 1) continue
        reached[other] = 1
        beyond.push(other)
      }
    }
    edge = beyond
  }
  return reached
}
