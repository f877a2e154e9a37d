/** What stands out: a hovered or selected element with its neighbourhood, a critical path, what a search finds. Pure. */
import { elementOf, pairOf } from '../model/keys'
import type { Scene } from '../model/scene'
import type { Emphasis } from './drawing'

export interface Attention {
  readonly hovered: string
  readonly selected: string
  readonly q: string
  /** Keys of the pairs of a critical path. */
  readonly path: readonly string[]
}

/** The strongest wish wins: a path, then the pointer, then the search, then the selection. */
export function emphasisOf(scene: Scene, { hovered, selected, q, path }: Attention): Emphasis | null {
  if (path.length > 0) return ofPairs(scene, path.map((key) => scene.pairs.index.get(key)))
  return ofKey(scene, hovered) ?? ofSearch(scene, q) ?? ofKey(scene, selected)
}

/** Places of the nodes whose name contains the text. */
export function found(scene: Scene, q: string): number[] {
  const wanted = q.trim().toLowerCase()
  if (wanted === '') return []
  const places: number[] = []
  scene.nodes.names.forEach((name, node) => {
    if (scene.nodes.shown[node] === 1 && name.toLowerCase().includes(wanted)) places.push(node)
  })
  return places
}

function ofKey(scene: Scene, key: string): Emphasis | null {
  if (key === '') return null
  if (elementOf(key).kind !== 'node') {
    const pair = scene.pairs.index.get(pairOf(key) ?? key)
    return pair === undefined ? null : ofPairs(scene, [pair])
  }
  const node = scene.nodes.index.get(key)
  return node === undefined ? null : around(scene, [node])
}

function ofSearch(scene: Scene, q: string): Emphasis | null {
  return q.trim() === '' ? null : around(scene, found(scene, q))
}

function around(scene: Scene, centres: readonly number[]): Emphasis {
  const { pairs } = scene
  const emphasis = nothing(scene)
  const isCentre = new Uint8Array(scene.nodes.count)
  for (const node of centres) isCentre[node] = emphasis.nodes[node] = 1
  for (const pair of pairs.order) {
    const [source, target] = [pairs.sources[pair] ?? 0, pairs.targets[pair] ?? 0]
    if (isCentre[source] !== 1 && isCentre[target] !== 1) continue
    emphasis.pairs[pair] = emphasis.nodes[source] = emphasis.nodes[target] = 1
  }
  return emphasis
}

function ofPairs(scene: Scene, places: readonly (number | undefined)[]): Emphasis {
  const emphasis = nothing(scene)
  for (const pair of places) {
    if (pair === undefined) continue
    emphasis.pairs[pair] = 1
    emphasis.nodes[scene.pairs.sources[pair] ?? 0] = 1
    emphasis.nodes[scene.pairs.targets[pair] ?? 0] = 1
  }
  return emphasis
}

const nothing = (scene: Scene): Emphasis => ({ nodes: new Uint8Array(scene.nodes.count), pairs: new Uint8Array(scene.pairs.count) })
