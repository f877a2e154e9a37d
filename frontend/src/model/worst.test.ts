import { describe, expect, it } from 'vitest'
import type { SnapshotHeader } from '../schema'
import { graphOf, type EdgeRecord } from './records'
import { bottlenecksOf } from './verdicts'
import { bottlenecks, overLevels } from './worst'
import cases from './worst.cases.json'

type Case = (typeof cases)[number] & { readonly stale_nodes?: readonly string[]; readonly stale_edges?: readonly number[] }

function graphOfCase({ nodes, edges, stale_nodes = [], stale_edges = [] }: Case): ReturnType<typeof graphOf> {
  return graphOf({
    nodes: Object.entries(nodes).map(([id, properties]) => ({ id, type: 'T', properties, stale: stale_nodes.includes(id) })),
    relationships: edges.map(([source, type, target, value], place) => ({
      id: String(place), source, type, target, properties: { value, severity: 'critical' }, stale: stale_edges.includes(place),
    }) as EdgeRecord),
  })
}

/** As the header of a snapshot of the same graph says them. */
function headerOf({ bottlenecks: found }: Case): SnapshotHeader {
  const said = found.map(([kind, key, metric, value, severity]) => ({ kind, key, metric, value, severity }))
  return { performance_summary: { bottlenecks: said, bottlenecks_count: said.length } } as unknown as SnapshotHeader
}

describe('bottlenecks of the live graph', () => {
  it.each(cases as readonly Case[])('are those of a snapshot of it, whatever severity was written: $name', (given) => {
    const graph = graphOfCase(given)
    const inOrder = (rows: readonly object[]): string[] => rows.map((row) => JSON.stringify(row)).sort()
    expect(inOrder(bottlenecks(graph, null, given.levels))).toEqual(inOrder(bottlenecks(graph, headerOf(given), {})))
    expect(bottlenecksOf(graph, null, given.levels)).toEqual(bottlenecksOf(graph, headerOf(given), {}))
  })

  it('are worked out once for all who ask, and anew when the levels change', () => {
    const graph = graphOfCase(cases[0] as Case)
    const levels = { AVG_LATENCY_MS: { high: 100 } }
    expect(overLevels(graph, levels)).toBe(overLevels(graph, levels))
    expect(overLevels(graph, { AVG_LATENCY_MS: { high: 50 } })).toHaveLength(2)
    expect(overLevels(graph, {})).toEqual([])
  })
})
