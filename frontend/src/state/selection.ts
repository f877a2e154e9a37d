/** The elements behind a selected key, as the server writes them. */
import type { GraphModel, Properties } from '../model/graph'
import { elementOf } from '../model/keys'

/** A relationship of the selection. */
export interface SelectedEdge {
  readonly key: string
  readonly type: string
  readonly value: number
  readonly stale: boolean
  readonly properties: Properties
}

/** The relationships that a key stands for: of a pair all of them, of an edge those of its pair, of a node none. */
export function edgesOf(key: string, graph: GraphModel): readonly SelectedEdge[] {
  const element = elementOf(key)
  if (element.kind === 'node') return []
  const source = graph.nodes.index.get(element.source)
  const target = graph.nodes.index.get(element.target)
  if (source === undefined || target === undefined) return []
  const found: SelectedEdge[] = []
  for (let place = 0; place < graph.edges.count; place++) {
    if (graph.edges.sources[place] !== source || graph.edges.targets[place] !== target) continue
    found.push(edgeAt(graph, place))
  }
  return found
}

/** The relationships at a node, its loops first. */
export function edgesAt(node: number, graph: GraphModel): readonly SelectedEdge[] {
  const loops: SelectedEdge[] = []
  const others: SelectedEdge[] = []
  for (let place = 0; place < graph.edges.count; place++) {
    const [source, target] = [graph.edges.sources[place], graph.edges.targets[place]]
    if (source !== node && target !== node) continue
    const edge = edgeAt(graph, place)
    if (source === target) loops.push(edge)
    else others.push(edge)
  }
  return [...loops, ...others]
}

function edgeAt(graph: GraphModel, place: number): SelectedEdge {
  return {
    key: graph.edges.keys[place] ?? '',
    type: graph.edges.types[place] ?? '',
    value: graph.edges.values[place] ?? Number.NaN,
    stale: graph.edges.stale[place] === 1,
    properties: graph.edges.properties[place] ?? {},
  }
}

/** As JSON: the node or the relationships; for the empty key the whole graph. */
export function recordsOf(key: string, graph: GraphModel): unknown {
  const { nodes, edges } = graph
  const node = (place: number): unknown => ({ id: nodes.keys[place], type: nodes.types[place], properties: nodes.properties[place] })
  const edge = (place: number): unknown => ({
    id: edges.ids[place],
    key: edges.keys[place],
    source: nodes.keys[edges.sources[place] ?? 0],
    target: nodes.keys[edges.targets[place] ?? 0],
    type: edges.types[place],
    properties: edges.properties[place],
  })
  if (key === '') return { nodes: nodes.keys.map((_, place) => node(place)), relationships: edges.keys.map((_, place) => edge(place)) }
  const place = nodes.index.get(key)
  if (place !== undefined) return node(place)
  return edgesOf(key, graph).map((each) => edge(edges.index.get(each.key) ?? 0))
}
