/** The graph as rows: one per pair or node, a column per metric, sorted and filtered. Pure. */
import type { GraphModel } from './graph'
import { labelOf } from './keys'
import { HOTSPOT, inOrder } from './metrics'
import type { Kind } from './view'


export interface Row {
  readonly key: string
  readonly name: string
  readonly type: string
  /** One for each of the table's columns; NaN where there is none. */
  readonly values: readonly number[]
  readonly isStale: boolean
  readonly isBottleneck: boolean
}

export interface Rows {
  readonly kind: Kind
  /** Relationship types; of nodes the hotspot score and how many edges end there. */
  readonly columns: readonly string[]
  readonly rows: readonly Row[]
}

/** A column that rows are sorted by; the empty one is the name. */
export interface Order {
  readonly column: string
  readonly down: boolean
}

/** Read `up:COLUMN` or `down:COLUMN`; null for anything else, and for a column that is not there. */
export function readOrder(text: string, columns: readonly string[]): Order | null {
  const [, way, column] = /^(up|down):(.*)$/s.exec(text) ?? []
  if (way === undefined || column === undefined || (column !== '' && !columns.includes(column))) return null
  return { column, down: way === 'down' }
}

export function writeOrder({ column, down }: Order): string {
  return `${down ? 'down' : 'up'}:${column}`
}

/** Column of nodes that is no metric: how many edges begin or end there. */
export const DEGREE = 'degree'

export function rowsOf(graph: GraphModel, kind: Kind, bottlenecks: ReadonlySet<string>): Rows {
  return kind === 'edges' ? pairRows(graph, bottlenecks) : nodeRows(graph, bottlenecks)
}

function pairRows({ pairs }: GraphModel, bottlenecks: ReadonlySet<string>): Rows {
  const columns = inOrder(pairs.metrics.keys())
  const rows = pairs.keys.map((key, pair) => ({
    key,
    name: labelOf(key),
    type: '',
    values: columns.map((type) => pairs.metrics.get(type)?.[pair] ?? Number.NaN),
    isStale: pairs.stale[pair] === 1,
    isBottleneck: bottlenecks.has(key),
  }))
  return { kind: 'edges', columns, rows }
}

function nodeRows({ nodes, pairs }: GraphModel, bottlenecks: ReadonlySet<string>): Rows {
  const degree = new Float64Array(nodes.count)
  for (let pair = 0; pair < pairs.count; pair++) {
    const [source, target] = [pairs.sources[pair] ?? 0, pairs.targets[pair] ?? 0]
    degree[source] = (degree[source] ?? 0) + 1
    if (target !== source) degree[target] = (degree[target] ?? 0) + 1
  }
  const rows = nodes.keys.map((key, node) => ({
    key,
    name: nodes.names[node] ?? key,
    type: nodes.types[node] ?? '',
    values: [nodes.hotspot[node] ?? Number.NaN, degree[node] ?? 0],
    isStale: nodes.stale[node] === 1,
    isBottleneck: bottlenecks.has(key),
  }))
  return { kind: 'nodes', columns: [HOTSPOT, DEGREE], rows }
}

/** Rows whose name or type has every word of a text in it, whatever the case. */
export function matching(rows: readonly Row[], text: string, onlyBottlenecks: boolean): readonly Row[] {
  const words = text.toLowerCase().split(/\s+/).filter((each) => each !== '')
  return rows.filter((row) => {
    if (onlyBottlenecks && !row.isBottleneck) return false
    const name = `${row.name} ${row.type}`.toLowerCase()
    return words.every((word) => name.includes(word))
  })
}

/** By a column (−1: the name); rows without a value come last, whichever way. */
export function sorted(rows: readonly Row[], column: number, down: boolean): readonly Row[] {
  const sign = down ? -1 : 1
  if (column < 0) return [...rows].sort((one, other) => sign * (one.name < other.name ? -1 : one.name > other.name ? 1 : 0))
  return [...rows].sort((one, other) => {
    const [a, b] = [one.values[column] ?? Number.NaN, other.values[column] ?? Number.NaN]
    if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b))
    return sign * (a - b)
  })
}
