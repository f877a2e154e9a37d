/** The totals of a graph, by the rule of the server's summaries, for a live graph that has no header. Pure. */
import type { GraphModel } from './graph'
import { LATENCY, QPS } from './metrics'

export interface Totals {
  /** Queries per second; null where nothing tells it. */
  readonly qps: number | null
  /** Milliseconds, each pair weighted by its queries per second. */
  readonly latency: number | null
}

/** A Database node knows best: a statement that joins three tables is one query, and three edges. */
export function totalsOf(graph: GraphModel): Totals {
  return { qps: ofDatabases(graph) ?? ofEdges(graph), latency: latencyOf(graph) }
}

function ofDatabases({ nodes }: GraphModel): number | null {
  let total: number | null = null
  nodes.types.forEach((type, node) => {
    const told = type === 'Database' ? nodes.properties(node)['queries_per_sec'] : null
    if (nodes.stale[node] !== 1 && typeof told === 'number' && Number.isFinite(told)) total = (total ?? 0) + told
  })
  return total
}

/** Places of the fresh relationships of a type that have a value. */
function rowsOf({ edges }: GraphModel, type: string): number[] {
  const code = edges.types.indexOf(type)
  const rows: number[] = []
  for (let edge = 0; code >= 0 && edge < edges.count; edge++) {
    if (edges.codes[edge] === code && edges.stale[edge] !== 1 && !Number.isNaN(edges.values[edge])) rows.push(edge)
  }
  return rows
}

function ofEdges(graph: GraphModel): number | null {
  const rows = rowsOf(graph, QPS)
  return rows.length === 0 ? null : rows.reduce((sum, edge) => sum + (graph.edges.values[edge] ?? 0), 0)
}

function latencyOf(graph: GraphModel): number | null {
  const { values, pairs } = graph.edges
  const rows = rowsOf(graph, LATENCY)
  if (rows.length === 0) return null
  const flows = new Float64Array(graph.pairs.count)
  for (const edge of rowsOf(graph, QPS)) flows[pairs[edge] ?? 0] = (flows[pairs[edge] ?? 0] ?? 0) + (values[edge] ?? 0)
  const weights = rows.map((edge) => Math.max(flows[pairs[edge] ?? 0] ?? 0, 0))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const average = (weightOf: (place: number) => number, sum: number): number =>
    rows.reduce((all, edge, place) => all + (values[edge] ?? 0) * weightOf(place), 0) / sum
  return total > 0 ? average((place) => weights[place] ?? 0, total) : average(() => 1, rows.length)
}
