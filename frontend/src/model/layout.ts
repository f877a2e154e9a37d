/** Where nodes stand: what is known stays, what is new begins between its neighbours. */
import type { Adjacency } from './neighbours'

export type Place = readonly [x: number, y: number]

export interface Start {
  /** x, y per node. */
  readonly xy: Float32Array
  /** 1 where the node keeps its known place. */
  readonly fixed: Uint8Array
  readonly news: number
}

/** Distance between neighbours that a fresh layout aims at, in units of the layout. */
export const SPACING = 100

/** Places to start a layout from: known ones fixed, new ones at the middle of their placed neighbours. */
export function startOf(keys: readonly string[], adjacency: Adjacency, known: ReadonlyMap<string, Place>): Start {
  const count = keys.length
  const xy = new Float32Array(count * 2)
  const fixed = new Uint8Array(count)
  const placed = new Uint8Array(count)
  keys.forEach((key, node) => {
    const place = known.get(key)
    if (place === undefined) return
    xy.set(place, node * 2)
    fixed[node] = placed[node] = 1
  })
  const hasKnown = placed.includes(1)
  const radius = hasKnown ? extentOf(xy, placed) : 0
  const order = inBreadth(adjacency, placed)
  order.forEach((node, turn) => {
    if (hasKnown) besideNeighbours(node, turn, xy, placed, adjacency, radius)
    else onSpiral(node, turn, xy)
    placed[node] = 1
  })
  return { xy, fixed, news: order.length }
}

/** New nodes, those beside placed ones first, then from the best connected outwards: the same order every time. */
function inBreadth(adjacency: Adjacency, placed: Uint8Array): number[] {
  const count = placed.length
  const degree = (node: number): number => (adjacency.starts[node + 1] ?? 0) - (adjacency.starts[node] ?? 0)
  const seen = placed.slice()
  const order: number[] = []
  const queue: number[] = []
  for (let node = 0; node < count; node++) if (placed[node] === 1) queue.push(node)
  const byDegree = Array.from({ length: count }, (_, node) => node).sort((one, other) => degree(other) - degree(one) || one - other)
  let root = 0
  for (let head = 0; ; head++) {
    if (head === queue.length) {
      while (root < count && seen[byDegree[root] ?? 0] === 1) root++
      if (root === count) return order
      const node = byDegree[root] ?? 0
      seen[node] = 1
      order.push(node)
      queue.push(node)
    }
    const node = queue[head] ?? 0
    for (let place = adjacency.starts[node] ?? 0; place < (adjacency.starts[node + 1] ?? 0); place++) {
      const other = adjacency.others[place] ?? 0
      if (seen[other] === 1) continue
      seen[other] = 1
      order.push(other)
      queue.push(other)
    }
  }
}

const GOLDEN = Math.PI * (3 - Math.sqrt(5))

/** Even over a disc, near ones in breadth-first order near each other. */
function onSpiral(node: number, turn: number, xy: Float32Array): void {
  const radius = SPACING * 0.6 * Math.sqrt(turn + 0.5)
  xy[node * 2] = radius * Math.cos(turn * GOLDEN)
  xy[node * 2 + 1] = radius * Math.sin(turn * GOLDEN)
}

function besideNeighbours(
  node: number, turn: number, xy: Float32Array, placed: Uint8Array, adjacency: Adjacency, radius: number,
): void {
  let [x, y, many] = [0, 0, 0]
  for (let place = adjacency.starts[node] ?? 0; place < (adjacency.starts[node + 1] ?? 0); place++) {
    const other = adjacency.others[place] ?? 0
    if (placed[other] !== 1) continue
    x += xy[other * 2] ?? 0
    y += xy[other * 2 + 1] ?? 0
    many++
  }
  // Beside, not upon: one neighbour alone would be covered; without any it goes to the rim.
  const aside = many === 0 ? radius + SPACING : many === 1 ? SPACING * 0.9 : SPACING * 0.4
  const [cx, cy] = many === 0 ? [0, 0] : [x / many, y / many]
  const angle = placed.length > LOOK_AROUND_MOST ? turn * GOLDEN : roomiest(cx, cy, aside, turn, xy, placed)
  xy[node * 2] = cx + aside * Math.cos(angle)
  xy[node * 2 + 1] = cy + aside * Math.sin(angle)
}

/** Looking for room costs a look at every node. */
const LOOK_AROUND_MOST = 2_500
const DIRECTIONS = 16

/** The direction in which a new node is farthest from all that stand already. */
function roomiest(cx: number, cy: number, aside: number, turn: number, xy: Float32Array, placed: Uint8Array): number {
  let [best, most] = [0, -1]
  for (let direction = 0; direction < DIRECTIONS; direction++) {
    const angle = turn * GOLDEN + (direction * 2 * Math.PI) / DIRECTIONS
    const [x, y] = [cx + aside * Math.cos(angle), cy + aside * Math.sin(angle)]
    let room = Number.POSITIVE_INFINITY // squared: Math.hypot of each takes seven times as long
    for (let node = 0; node < placed.length; node++) {
      if (placed[node] !== 1) continue
      const [dx, dy] = [(xy[node * 2] ?? 0) - x, (xy[node * 2 + 1] ?? 0) - y]
      room = Math.min(room, dx * dx + dy * dy)
    }
    if (room <= most) continue
    most = room
    best = angle
  }
  return best
}

function extentOf(xy: Float32Array, placed: Uint8Array): number {
  let most = 0
  for (let node = 0; node < placed.length; node++) {
    if (placed[node] === 1) most = Math.max(most, Math.hypot(xy[node * 2] ?? 0, xy[node * 2 + 1] ?? 0))
  }
  return most
}

/** A fresh layout, centred, its longest axis lying, most arrows to the right, its neighbours about `SPACING` apart. */
export function settled(xy: Float32Array, sources: Uint32Array, targets: Uint32Array): Float32Array {
  const count = xy.length / 2
  if (count === 0) return xy
  // Only what is joined says which way the graph lies.
  const joined = [...new Set([...sources, ...targets])]
  const [cx, cy] = [mean(joined, (node) => xy[node * 2] ?? 0), mean(joined, (node) => xy[node * 2 + 1] ?? 0)]
  const of = (node: number): [number, number] => [(xy[node * 2] ?? 0) - cx, (xy[node * 2 + 1] ?? 0) - cy]
  const xx = mean(joined, (node) => of(node)[0] ** 2)
  const yy = mean(joined, (node) => of(node)[1] ** 2)
  const xyMean = mean(joined, (node) => of(node)[0] * of(node)[1])
  const angle = -Math.atan2(2 * xyMean, xx - yy) / 2
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)]
  const scale = SPACING / (middleLength(xy, sources, targets) || SPACING)
  const result = new Float32Array(xy.length)
  for (let node = 0; node < count; node++) {
    const [x, y] = of(node)
    result[node * 2] = (x * cos - y * sin) * scale
    result[node * 2 + 1] = (x * sin + y * cos) * scale
  }
  return readFromLeft(result, sources, targets)
}

function readFromLeft(xy: Float32Array, sources: Uint32Array, targets: Uint32Array): Float32Array {
  const rightwards = sources.reduce((sum, source, pair) => sum + Math.sign((xy[(targets[pair] ?? 0) * 2] ?? 0) - (xy[source * 2] ?? 0)), 0)
  return rightwards >= 0 ? xy : xy.map((value, place) => (place % 2 === 0 ? -value : value))
}

function mean(nodes: readonly number[], value: (node: number) => number): number {
  return nodes.length === 0 ? 0 : nodes.reduce((sum, node) => sum + value(node), 0) / nodes.length
}

function middleLength(xy: Float32Array, sources: Uint32Array, targets: Uint32Array): number {
  const lengths = new Float64Array(sources.length)
  for (let pair = 0; pair < sources.length; pair++) {
    const [one, other] = [sources[pair] ?? 0, targets[pair] ?? 0]
    lengths[pair] = Math.hypot((xy[one * 2] ?? 0) - (xy[other * 2] ?? 0), (xy[one * 2 + 1] ?? 0) - (xy[other * 2 + 1] ?? 0))
  }
  const real = lengths.filter((length) => length > 0).sort()
  return real[real.length >> 1] ?? 0
}
