/** What lies under the pointer: nodes before lines, the nearest first. Pure. */
import { distanceTo, toSegment } from './geometry'
import { LEGIBLE_MOST, type DrawnPair, type Frame } from './drawing'

export interface Hit {
  readonly key: string
  readonly x: number
  readonly y: number
}

const NODE_SLACK = 4
const LINE_SLACK = 6

export function nearest(frame: Frame, curves: readonly DrawnPair[], x: number, y: number): Hit | null {
  const key = nodeAt(frame, x, y) ?? curveAt(frame, curves, x, y) ?? lineAt(frame, x, y)
  return key === null ? null : { key, x, y }
}

function nodeAt({ scene, xy, zoom }: Frame, x: number, y: number): string | null {
  const { nodes } = scene
  let found: string | null = null
  let least = Number.POSITIVE_INFINITY
  for (let node = 0; node < nodes.count; node++) {
    if (nodes.shown[node] !== 1) continue
    const far = Math.hypot((xy[node * 2] ?? 0) - x, (xy[node * 2 + 1] ?? 0) - y) - (nodes.radius[node] ?? 0) * zoom
    if (far > NODE_SLACK || far >= least) continue
    least = far
    found = nodes.keys[node] ?? null
  }
  return found
}

function curveAt(frame: Frame, curves: readonly DrawnPair[], x: number, y: number): string | null {
  let found: string | null = null
  let least = LINE_SLACK
  for (const { pair, curve } of curves) {
    const far = distanceTo(curve, x, y) - ((frame.lineWidth[pair] ?? 1) * frame.zoom) / 2
    if (far >= least) continue
    least = far
    found = frame.scene.pairs.keys[pair] ?? null
  }
  return found
}

function lineAt({ scene, xy }: Frame, x: number, y: number): string | null {
  const { pairs } = scene
  let found: string | null = null
  let least = LINE_SLACK / 2
  for (const pair of pairs.order.subarray(LEGIBLE_MOST)) {
    const [source, target] = [(pairs.sources[pair] ?? 0) * 2, (pairs.targets[pair] ?? 0) * 2]
    const far = toSegment(x, y, xy[source] ?? 0, xy[source + 1] ?? 0, xy[target] ?? 0, xy[target + 1] ?? 0)
    if (far >= least) continue
    least = far
    found = pairs.keys[pair] ?? null
  }
  return found
}
