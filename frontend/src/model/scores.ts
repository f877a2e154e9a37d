/** Which nodes of a graph are the worst: the score and the order of the server's `top`, held to it by `worst.cases.json`. Pure. */
import { numberOf, type GraphModel } from './graph'
import { metricOf, QPS } from './metrics'
import type { Union } from './union'

/** From which values on a metric is high and critical, by relationship type. */
export type Levels = Readonly<Record<string, { readonly high?: number | null; readonly critical?: number | null }>>

/** Per node. */
export interface Scores {
  /** How far the worst of its values is over the level at which a bottleneck begins (1); 0 where nothing is graded. */
  readonly score: Float64Array
  /** Queries per second at its fresh edges: what decides between equals. */
  readonly flow: Float64Array
}

/** Nobody is worse than anybody else. */
export const NO_SCORES: Scores = { score: new Float64Array(), flow: new Float64Array() }

/** The values of a node are those of its fresh edges, coming or going, and its own properties named like a metric in lower case. */
export function scoresOf({ nodes, edges }: GraphModel, levels: Levels): Scores {
  const score = new Float64Array(nodes.count)
  const flow = new Float64Array(nodes.count)
  const lowest = lowestOf(levels)
  for (let node = 0; node < nodes.count; node++) {
    if (nodes.stale[node] === 1) continue
    const properties = nodes.properties(node)
    for (const [type, level] of lowest) raise(score, node, numberOf(properties[type.toLowerCase()]) / level)
  }
  const byCode = edges.types.map((type) => lowest.get(type) ?? Number.NaN)
  const flowCode = edges.types.indexOf(QPS)
  for (let edge = 0; edge < edges.count; edge++) {
    const value = edges.values[edge] ?? Number.NaN
    if (edges.stale[edge] === 1 || Number.isNaN(value)) continue
    const code = edges.codes[edge] ?? 0
    for (const end of [edges.sources[edge] ?? 0, edges.targets[edge] ?? 0]) {
      raise(score, end, value / (byCode[code] ?? Number.NaN))
      if (code === flowCode) flow[end] = (flow[end] ?? 0) + value
    }
  }
  return { score, flow }
}

/** Of both sides of a comparison, in the order of their union: the worse of the two. */
export function scoresOfUnion({ nodes }: Union, sides: readonly (readonly [GraphModel, Levels])[]): Scores {
  const whole: Scores = { score: new Float64Array(nodes.count), flow: new Float64Array(nodes.count) }
  for (const [graph, levels] of sides) {
    const own = scoresOf(graph, levels)
    graph.nodes.keys.forEach((key, node) => {
      const place = nodes.index.get(key)
      if (place === undefined) return
      raise(whole.score, place, own.score[node] ?? 0)
      raise(whole.flow, place, own.flow[node] ?? 0)
    })
  }
  return whole
}

/** Places of the worst nodes, the worst first: by the first column, among equals by the next, at last in the order of the graph. */
export function worstFirst(...columns: readonly Float64Array[]): Uint32Array {
  return Uint32Array.from(columns[0] ?? [], (_, node) => node).sort((one, other) => {
    for (const column of columns) {
      const [a, b] = [column[one] ?? 0, column[other] ?? 0]
      if (a !== b) return b > a ? 1 : -1 // infinities: their difference is no number
    }
    return one - other
  })
}

/** The lowest level of each type that is graded; of what should be high, nothing is. */
function lowestOf(levels: Levels): ReadonlyMap<string, number> {
  const lowest = new Map<string, number>()
  for (const [type, { high, critical }] of Object.entries(levels)) {
    const given = [high, critical].filter((level) => typeof level === 'number' && level > 0) as number[]
    if (given.length > 0 && metricOf(type).worse !== 'lower') lowest.set(type, Math.min(...given))
  }
  return lowest
}

function raise(column: Float64Array, node: number, value: number): void {
  if (value > (column[node] ?? 0)) column[node] = value
}
