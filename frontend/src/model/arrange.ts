/** A whole layout job: attract, settle, part what overlaps. The attraction is handed in, so that this stays pure. */
import { SPACING, settled } from './layout'

export interface Job {
  readonly xy: Float32Array
  readonly fixed: Uint8Array
  readonly sources: Uint32Array
  readonly targets: Uint32Array
}

export type Attract<Given extends Job> = (job: Given, iterations: number) => Float32Array

const PART_MOST = 2_500
const NEAREST = SPACING * 0.75

/** Iterations that a graph of this size is worth: 10,000 nodes take some seconds. */
export function iterationsFor(nodes: number): number {
  if (nodes <= 300) return 800
  return nodes <= 2_000 ? 200 : 50
}

/** Final places, x and y per node; fixed ones do not move. */
export function arrange<Given extends Job>(job: Given, attract: Attract<Given>): Float32Array {
  const isFresh = !job.fixed.includes(1)
  const attracted = attract(job, iterationsFor(job.fixed.length))
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
