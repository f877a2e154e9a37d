/** A graph from the objects of the wire: the stream brings them, and small graphs in tests. */
import { modelOf, numberOf, revalued, type GraphModel, type Properties } from './graph'
import { edgeKey } from './keys'

/** A node as the wire carries it (graph_state, `state`, `delta`). */
export interface NodeRecord {
  readonly id: string
  readonly key?: string
  readonly type: string
  readonly labels?: readonly string[]
  readonly stale?: boolean
  readonly properties: Properties
}

/** A relationship as the wire carries it; graph_state leaves the key out, the stream brings it. */
export interface EdgeRecord {
  readonly id: string
  readonly key?: string
  readonly source: string
  readonly target: string
  readonly type: string
  readonly discriminator?: string
  readonly stale?: boolean
  readonly properties: Properties
}

export interface GraphState {
  readonly nodes: readonly NodeRecord[]
  readonly relationships: readonly EdgeRecord[]
}

/** The columns of a graph from its elements, in the order given; edges whose end is not there are left out. */
export function graphOf({ nodes, relationships }: GraphState): GraphModel {
  const index = new Map(nodes.map((node, place) => [node.key ?? node.id, place]))
  const edges = relationships.filter((edge) => index.has(edge.source) && index.has(edge.target))
  const types = [...new Set(edges.map((edge) => edge.type))]
  const codes = new Map(types.map((type, code) => [type, code]))
  return modelOf({
    nodes: { keys: [...index.keys()], ...nodeValues(nodes) },
    edges: {
      count: edges.length,
      types,
      codes: Uint32Array.from(edges, (edge) => codes.get(edge.type) ?? 0),
      sources: Uint32Array.from(edges, (edge) => index.get(edge.source) ?? 0),
      targets: Uint32Array.from(edges, (edge) => index.get(edge.target) ?? 0),
      ...edgeValues(edges),
      id: (place) => edges[place]?.id ?? '',
      discriminator: (place) => edges[place]?.discriminator ?? '',
    },
  })
}

/** The same elements as in a graph that was made of records, in the same order; those at some places have other properties. */
export function withChanged(
  graph: GraphModel, { nodes, relationships }: GraphState, changed: { readonly nodes: readonly number[]; readonly edges: readonly number[] },
): GraphModel {
  return revalued(
    graph,
    {
      own: replaced(graph.nodes.own, nodes, changed.nodes, scoreOf),
      stale: replaced(graph.nodes.stale, nodes, changed.nodes, staleOf),
      properties: (place) => nodes[place]?.properties ?? {},
    },
    {
      values: replaced(graph.edges.values, relationships, changed.edges, valueOf),
      stale: replaced(graph.edges.stale, relationships, changed.edges, staleOf),
      properties: (place) => relationships[place]?.properties ?? {},
    },
  )
}

/** A copy of a column, read again at some places; the column itself when there are none. */
function replaced<Column extends Float64Array | Uint8Array, Item>(
  column: Column, items: readonly Item[], places: readonly number[], read: (item: Item) => number,
): Column {
  if (places.length === 0) return column
  const copy = column.slice() as Column
  for (const place of places) {
    const item = items[place]
    if (item !== undefined) copy[place] = read(item)
  }
  return copy
}

function nodeValues(nodes: readonly NodeRecord[]): Pick<GraphModel['nodes'], 'own' | 'stale' | 'properties'> {
  return {
    own: Float64Array.from(nodes, scoreOf),
    stale: Uint8Array.from(nodes, staleOf),
    properties: (place) => nodes[place]?.properties ?? {},
  }
}

function edgeValues(edges: readonly EdgeRecord[]): Pick<GraphModel['edges'], 'values' | 'stale' | 'properties'> {
  return {
    values: Float64Array.from(edges, valueOf),
    stale: Uint8Array.from(edges, staleOf),
    properties: (place) => edges[place]?.properties ?? {},
  }
}

const scoreOf = ({ properties }: NodeRecord): number => numberOf(properties['hotspot_score'])
const valueOf = ({ properties }: EdgeRecord): number => numberOf(properties['value'])
const staleOf = ({ stale }: { readonly stale?: boolean }): number => (stale === true ? 1 : 0)

export function keyOf(edge: EdgeRecord): string {
  return edge.key ?? edgeKey(edge.source, edge.type, edge.target, edge.discriminator)
}

export const EMPTY: GraphModel = graphOf({ nodes: [], relationships: [] })
