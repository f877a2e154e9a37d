/** ForceAtlas2, one iteration at a time, so that whoever waits can be told how far it is. Pure. */
import Graph from 'graphology'
import forceAtlas2 from 'graphology-layout-forceatlas2'
import defaults from 'graphology-layout-forceatlas2/defaults.js'
import { assignLayoutChanges, graphToByteArrays } from 'graphology-layout-forceatlas2/helpers.js'
import iterate from 'graphology-layout-forceatlas2/iterate.js'
import type { Job } from '../model/arrange'
import { SPACING } from '../model/layout'

/** Places after so many iterations, fixed nodes staying where they are; `told` hears the share (0 to 1) that is done. */
export function attracted(job: Job, iterations: number, told: (share: number) => void): Float32Array {
  const { graph, settings } = prepared(job)
  const { nodes, edges } = graphToByteArrays(graph, () => 1)
  for (let done = 0; done < iterations; done++) {
    iterate(settings, nodes, edges)
    told((done + 1) / iterations)
  }
  assignLayoutChanges(graph, nodes, null)
  const result = new Float32Array(job.fixed.length * 2)
  graph.forEachNode((node, place) => result.set([Number(place['x']), Number(place['y'])], Number(node) * 2))
  return result
}

/** The graph and the settings of a job, as the package wants them. */
export function prepared({ xy, fixed, sources, targets }: Job): { graph: Graph; settings: typeof defaults } {
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
  const own = { barnesHutOptimize: count > 500, gravity: count <= 300 ? 0.08 : 0.6, scalingRatio, slowDown: 4 }
  return { graph, settings: { ...defaults, ...forceAtlas2.inferSettings(graph), ...own } }
}
