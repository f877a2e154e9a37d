/** ForceAtlas2 beside the page: a module worker of our own, since the package's supervisor starts a blob, which the CSP refuses. */
import Graph from 'graphology'
import forceAtlas2 from 'graphology-layout-forceatlas2'
import { arrange } from '../model/arrange'
import { SPACING } from '../model/layout'

export interface LayoutJob {
  readonly id: number
  readonly xy: Float32Array
  readonly fixed: Uint8Array
  readonly sources: Uint32Array
  readonly targets: Uint32Array
}

export interface LayoutDone {
  readonly id: number
  readonly xy: Float32Array
}

/** By ForceAtlas2, fixed nodes staying where they are. */
function attracted({ xy, fixed, sources, targets }: LayoutJob, iterations: number): Float32Array {
  const count = fixed.length
  const graph = new Graph({ type: 'undirected', allowSelfLoops: false, multi: false })
  for (let node = 0; node < count; node++) {
    graph.addNode(node, { x: xy[node * 2], y: xy[node * 2 + 1], fixed: fixed[node] === 1 })
  }
  for (let pair = 0; pair < sources.length; pair++) {
    const [source, target] = [sources[pair] ?? 0, targets[pair] ?? 0]
    if (source !== target) graph.mergeEdge(source, target)
  }
  // Two nodes of degree k balance at (k + 1)·√ratio: aim at the spacing, so that new nodes fit between fixed ones.
  const scalingRatio = (SPACING / (1 + (2 * graph.size) / Math.max(count, 1))) ** 2
  forceAtlas2.assign(graph, {
    iterations,
    settings: { ...forceAtlas2.inferSettings(graph), barnesHutOptimize: count > 500, gravity: count <= 300 ? 0.08 : 0.6, scalingRatio, slowDown: 4 },
  })
  const result = new Float32Array(count * 2)
  graph.forEachNode((node, place) => result.set([Number(place['x']), Number(place['y'])], Number(node) * 2))
  return result
}

self.addEventListener('message', (event: MessageEvent<LayoutJob>) => {
  const job = event.data
  const xy = arrange(job, attracted)
  const done: LayoutDone = { id: job.id, xy }
  self.postMessage(done, { transfer: [xy.buffer] })
})
