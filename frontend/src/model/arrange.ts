/** A whole layout job: attract, settle, part what overlaps. The attraction is handed in, so that this stays pure. */
import { SPACING, settled } from './layout'
import { adjacencyOf, type Ends } from './neighbours'

export interface Job {
  readonly xy: Float32Array
  readonly fixed: Uint8Array
  readonly sources: Uint32Array
  readonly targets: Uint32Array
}

export type Attract<Given extends Job> = (job: Given, iterations: number) => Float32Array

const NEWS_SHARE = 0.3
const PART_MOST = 2_500
/** Every node looks at every other: 300 nodes are 60 ms. */
const EVEN_MOST = 300
const EVEN_ROUNDS = 80
const NEAREST = SPACING * 0.75

/** Iterations that a graph of this size is worth: 10,000 nodes take some seconds. */
export function iterationsFor(nodes: number): number {
  if (nodes <= 300) return 800
  return nodes <= 2_000 ? 200 : 50
}

/** Final places, x and y per node; fixed ones do not move. */
export function arrange<Given extends Job>(job: Given, attract: Attract<Given>): Float32Array {
  const isFresh = !job.fixed.includes(1)
  const news = job.fixed.length - job.fixed.reduce((sum, each) => sum + each, 0)
  // A few new ones stand well where they start, between their neighbours; forces would only push them out.
  const attracted = news > job.fixed.length * NEWS_SHARE ? attract(job, iterationsFor(job.fixed.length)) : job.xy.slice()
  if (isFresh && job.fixed.length <= EVEN_MOST) even(attracted, job)
  const xy = isFresh ? aside(settled(attracted, job.sources, job.targets), job) : attracted
  if (job.fixed.length <= PART_MOST) part(xy, job.fixed)
  return xy
}

/** Nodes without neighbours stand in rows below the rest: attraction says nothing about them but "far away". */
function aside(xy: Float32Array, { sources, targets }: Job): Float32Array {
  const count = xy.length / 2
  const joined = new Uint8Array(count)
  for (let pair = 0; pair < sources.length; pair++) {
    if (sources[pair] === targets[pair]) continue
    joined[sources[pair] ?? 0] = joined[targets[pair] ?? 0] = 1
  }
  let [left, right, low] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
  for (let node = 0; node < count; node++) {
    if (joined[node] !== 1) continue
    left = Math.min(left, xy[node * 2] ?? 0)
    right = Math.max(right, xy[node * 2] ?? 0)
    low = Math.min(low, xy[node * 2 + 1] ?? 0)
  }
  if (left > right) return xy
  const inRow = Math.max(Math.floor((right - left) / SPACING) + 1, 3)
  let turn = 0
  for (let node = 0; node < count; node++) {
    if (joined[node] === 1) continue
    xy[node * 2] = right - (turn % inRow) * SPACING
    xy[node * 2 + 1] = low - SPACING * (0.8 + Math.floor(turn / inRow) * 0.6)
    turn++
  }
  return xy
}

/**
 * Stress majorisation (Gansner, Koren, North 2004): the distance on the screen follows the steps in the graph.
 * ForceAtlas2 finds the shape, this takes the knots and the crossings of nodes by lines out of it.
 */
function even(xy: Float32Array, { fixed, sources, targets }: Job): void {
  const count = fixed.length
  const steps = stepsBetween(count, { count: sources.length, sources, targets })
  const [sx, sy] = [spread(xy, 0), spread(xy, 1)]
  const scale = (SPACING * Math.sqrt(count)) / (Math.max(sx, sy) || 1)
  for (let place = 0; place < xy.length; place++) xy[place] = (xy[place] ?? 0) * scale
  for (let round = 0; round < EVEN_ROUNDS; round++) {
    for (let node = 0; node < count; node++) pull(xy, steps, node)
  }
}

function pull(xy: Float32Array, steps: Uint16Array, node: number): void {
  const count = xy.length / 2
  let [x, y, weights] = [0, 0, 0]
  for (let other = 0; other < count; other++) {
    const far = steps[node * count + other] ?? 0
    if (other === node || far === 0) continue
    const [dx, dy] = [(xy[node * 2] ?? 0) - (xy[other * 2] ?? 0), (xy[node * 2 + 1] ?? 0) - (xy[other * 2 + 1] ?? 0)]
    const apart = Math.max(Math.hypot(dx, dy), 0.01)
    const [ideal, weight] = [far * SPACING, 1 / (far * far)]
    x += weight * ((xy[other * 2] ?? 0) + (ideal * dx) / apart)
    y += weight * ((xy[other * 2 + 1] ?? 0) + (ideal * dy) / apart)
    weights += weight
  }
  if (weights === 0) return
  xy[node * 2] = x / weights
  xy[node * 2 + 1] = y / weights
}

/** Steps from each node to each other, row by row; 0 where there is no way. */
function stepsBetween(count: number, pairs: Ends): Uint16Array {
  const { starts, others } = adjacencyOf(count, pairs)
  const steps = new Uint16Array(count * count)
  for (let root = 0; root < count; root++) {
    const queue = [root]
    for (let head = 0; head < queue.length; head++) {
      const node = queue[head] ?? 0
      for (const other of others.subarray(starts[node] ?? 0, starts[node + 1] ?? 0)) {
        if (other === root || steps[root * count + other] !== 0) continue
        steps[root * count + other] = (steps[root * count + node] ?? 0) + 1
        queue.push(other)
      }
    }
  }
  return steps
}

function spread(xy: Float32Array, axis: 0 | 1): number {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (let place = axis; place < xy.length; place += 2) {
    least = Math.min(least, xy[place] ?? 0)
    most = Math.max(most, xy[place] ?? 0)
  }
  return most - least
}

/** Push apart what stands too near, some rounds long. */
function part(xy: Float32Array, fixed: Uint8Array): void {
  const count = fixed.length
  for (let round = 0; round < 30; round++) {
    let moved = false
    for (let one = 0; one < count; one++) {
      for (let other = one + 1; other < count; other++) moved = pushed(xy, fixed, one, other) || moved
    }
    if (!moved) return
  }
}

function pushed(xy: Float32Array, fixed: Uint8Array, one: number, other: number): boolean {
  const [dx, dy] = [(xy[other * 2] ?? 0) - (xy[one * 2] ?? 0), (xy[other * 2 + 1] ?? 0) - (xy[one * 2 + 1] ?? 0)]
  if (Math.abs(dx) >= NEAREST || Math.abs(dy) >= NEAREST) return false
  const apart = Math.hypot(dx, dy)
  const free = (fixed[one] === 1 ? 0 : 1) + (fixed[other] === 1 ? 0 : 1)
  if (apart >= NEAREST || free === 0) return false
  // Two in one place part along a direction of their own, the same every time.
  const angle = apart > 1e-6 ? Math.atan2(dy, dx) : one * 2.4 + other
  const step = (NEAREST - apart + 0.5) / free
  if (fixed[one] !== 1) move(xy, one, -Math.cos(angle) * step, -Math.sin(angle) * step)
  if (fixed[other] !== 1) move(xy, other, Math.cos(angle) * step, Math.sin(angle) * step)
  return true
}

function move(xy: Float32Array, node: number, dx: number, dy: number): void {
  xy[node * 2] = (xy[node * 2] ?? 0) + dx
  xy[node * 2 + 1] = (xy[node * 2 + 1] ?? 0) + dy
}
