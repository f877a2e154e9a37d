/** The elements behind a selected key, as the server writes them. */
import { placesBetween, type GraphModel, type Properties } from '../model/graph'
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
  return placesBetween(source, target, graph.edges).map((place) => edgeAt(graph, place))
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
    key: graph.edges.key(place),
    type: graph.edges.types[graph.edges.codes[place] ?? 0] ?? '',
    value: graph.edges.values[place] ?? Number.NaN,
    stale: graph.edges.stale[place] === 1,
    properties: graph.edges.properties(place),
  }
}

/** As JSON: the node or the relationships; for the empty key the whole graph. */
export function recordsOf(key: string, graph: GraphModel): unknown {
  const { nodes, edges } = graph
  const node = (place: number): unknown => ({ id: nodes.keys[place], type: nodes.types[place], properties: nodes.properties(place) })
  const edge = (place: number): unknown => ({
    id: edges.id(place),
    key: edges.key(place),
    source: nodes.keys[edges.sources[place] ?? 0],
    target: nodes.keys[edges.targets[place] ?? 0],
    type: edges.types[edges.codes[place] ?? 0],
    properties: edges.properties(place),
  })
  if (key === '') return { nodes: nodes.keys.map((_, place) => node(place)), relationships: Array.from(edges.values, (_, place) => edge(place)) }
  const place = nodes.index.get(key)
  if (place !== undefined) return node(place)
  const element = elementOf(key)
  if (element.kind === 'node') return []
  const [source, target] = [nodes.index.get(element.source), nodes.index.get(element.target)]
  return source === undefined || target === undefined ? [] : placesBetween(source, target, edges).map(edge)
}
