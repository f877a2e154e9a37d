/** Lines between circles: where a curve begins and ends, its arrowhead, its middle. Pixels; pure. */

export interface Curve {
  /** Start, control points (two: cubic), end of the line; the arrow goes on from there. */
  readonly x0: number
  readonly y0: number
  readonly x1: number
  readonly y1: number
  readonly x2: number
  readonly y2: number
  readonly x3: number
  readonly y3: number
  /** Arrowhead: tip and the two corners. */
  readonly tip: readonly [number, number]
  readonly left: readonly [number, number]
  readonly right: readonly [number, number]
  /** Where a label stands. */
  readonly middle: readonly [number, number]
}

/** How far a curve leaves the straight line, by its length. */
const BEND = 0.16
const GAP = 2
const ARROW_LEAST = 7

/** From the rim of one circle to the rim of another; null where they touch. Always bent to the same hand, so that there and back lie apart. */
export function curveBetween(
  sx: number, sy: number, sourceRadius: number, tx: number, ty: number, targetRadius: number, width: number,
): Curve | null {
  const [dx, dy] = [tx - sx, ty - sy]
  const length = Math.hypot(dx, dy)
  if (length < sourceRadius + targetRadius + 4) return null
  const bend = Math.min(BEND * length, 90)
  const [cx, cy] = [(sx + tx) / 2 - (dy / length) * bend, (sy + ty) / 2 + (dx / length) * bend]
  const start = towards(sx, sy, cx, cy, sourceRadius)
  const tip = towards(tx, ty, cx, cy, targetRadius + GAP)
  const arrow = arrowLength(width, length - sourceRadius - targetRadius)
  const end = towards(tip[0], tip[1], cx, cy, arrow * 0.8)
  return {
    x0: start[0], y0: start[1],
    x1: start[0] + ((cx - start[0]) * 2) / 3, y1: start[1] + ((cy - start[1]) * 2) / 3,
    x2: end[0] + ((cx - end[0]) * 2) / 3, y2: end[1] + ((cy - end[1]) * 2) / 3,
    x3: end[0], y3: end[1],
    middle: [(start[0] + end[0]) / 4 + cx / 2, (start[1] + end[1]) / 4 + cy / 2],
    ...head(tip, cx, cy, arrow, width),
  }
}

/** Loops are drawn thinner than this: a small arc has no room for a broad line. */
export const LOOP_WIDTH_MOST = 3.5

/** A small arc that leaves a circle and comes back, pointing away at an angle (radians). */
export function loopAt(x: number, y: number, radius: number, angle: number, width: number): Curve {
  const reach = 16 + radius * 0.9
  const spread = Math.min(0.32 + 5 / radius, 0.7)
  const at = (turn: number, far: number): [number, number] => [x + Math.cos(angle + turn) * far, y + Math.sin(angle + turn) * far]
  const start = at(-spread, radius)
  const [x1, y1] = at(-0.62, radius + reach)
  const [x2, y2] = at(0.62, radius + reach)
  const tip = at(spread, radius + GAP)
  const arrow = 6 + width * 0.7
  const end = towards(tip[0], tip[1], x2, y2, arrow * 0.8)
  return { x0: start[0], y0: start[1], x1, y1, x2, y2, x3: end[0], y3: end[1], middle: at(0, radius + reach * 0.8), ...head(tip, x2, y2, arrow, width) }
}

/** Where loops find most room: the angle farthest from all that leaves the node; never straight up or down, where marks and names stand. */
export function freeAngle(taken: readonly number[]): number {
  let best = LOOP_ANGLES[0] ?? 0
  let most = -1
  for (const angle of LOOP_ANGLES) {
    const room = taken.reduce((least, other) => Math.min(least, apart(angle, other)), Math.PI)
    if (room <= most + 0.05) continue
    most = room
    best = angle
  }
  return best
}

const LOOP_ANGLES = [-0.75, -Math.PI + 0.75, 0, Math.PI, -0.35, -Math.PI + 0.35]

function apart(one: number, other: number): number {
  const difference = Math.abs(one - other) % (2 * Math.PI)
  return Math.min(difference, 2 * Math.PI - difference)
}

/** Distance of a point from a curve, by its polyline of eight pieces. */
export function distanceTo(curve: Curve, x: number, y: number): number {
  let least = Number.POSITIVE_INFINITY
  let [px, py] = [curve.x0, curve.y0]
  for (let step = 1; step <= 8; step++) {
    const [qx, qy] = pointOn(curve, step / 8)
    least = Math.min(least, toSegment(x, y, px, py, qx, qy))
    px = qx
    py = qy
  }
  return least
}

export function pointOn(curve: Curve, share: number): [number, number] {
  const rest = 1 - share
  const [a, b, c, d] = [rest ** 3, 3 * rest * rest * share, 3 * rest * share * share, share ** 3]
  return [
    a * curve.x0 + b * curve.x1 + c * curve.x2 + d * curve.x3,
    a * curve.y0 + b * curve.y1 + c * curve.y2 + d * curve.y3,
  ]
}

/** Distance of a point from a straight piece. */
export function toSegment(x: number, y: number, ax: number, ay: number, bx: number, by: number): number {
  const [dx, dy] = [bx - ax, by - ay]
  const long = dx * dx + dy * dy
  const share = long === 0 ? 0 : Math.min(Math.max(((x - ax) * dx + (y - ay) * dy) / long, 0), 1)
  return Math.hypot(x - ax - share * dx, y - ay - share * dy)
}

function towards(x: number, y: number, goalX: number, goalY: number, far: number): [number, number] {
  const length = Math.hypot(goalX - x, goalY - y) || 1
  return [x + ((goalX - x) / length) * far, y + ((goalY - y) / length) * far]
}

function arrowLength(width: number, room: number): number {
  return Math.max(Math.min(ARROW_LEAST + width * 1.5, room * 0.45), 4)
}

function head(tip: readonly [number, number], fromX: number, fromY: number, length: number, width: number): Pick<Curve, 'tip' | 'left' | 'right'> {
  const [bx, by] = towards(tip[0], tip[1], fromX, fromY, length)
  const half = Math.max(width * 0.95 + 2.5, 3.5) * Math.min(1, length / 7)
  const [nx, ny] = [-(by - tip[1]) / length, (bx - tip[0]) / length]
  return { tip, left: [bx + nx * half, by + ny * half], right: [bx - nx * half, by - ny * half] }
}
