import { describe, expect, it } from 'vitest'
import { linesOf } from './lines'
import { graphOf } from './records'
import { breaksOf, extentOf, INKS, levelsOf, liveMoment, liveValueOf, lonely, strokeOf, trendsInCsv, valuesOf, versionOf, whenOf, wishOf } from './trends'

const LATENCY = 'users:Table|AVG_LATENCY_MS|orders:Table'

describe('trends', () => {
  it('are asked for in one request', () => {
    expect(wishOf(linesOf([LATENCY, `${LATENCY}||calls`, 'users:Table', 'edges']))).toEqual({
      edge: [LATENCY],
      edge_field: ['value', 'calls'],
      node: ['users:Table'],
      node_field: ['hotspot_score'],
      summary: ['edges'],
    })
  })

  it('take each line its own column of the answer, shares in percent, and nothing where there is none', () => {
    const [edge, share, other] = linesOf([LATENCY, 'change_magnitude', 'users:Table'])
    const series = [
      { kind: 'summary', key: null, field: 'change_magnitude', values: [null, 0.25] },
      { kind: 'edge', key: LATENCY, field: 'calls', values: [7, 8] },
      { kind: 'edge', key: LATENCY, field: 'value', values: [1, 2] },
    ] as const
    expect([edge, share, other].map((line) => line && valuesOf(line, series, 2))).toEqual([[1, 2], [null, 25], [null, null]])
  })

  it('break where scheduled snapshots are missing, and mark a point that no line would show', () => {
    const minute = (at: number): string => new Date(at * 60_000).toISOString()
    const times = [0, 1, 2, 9, 10].map((at) => at * 60_000)
    expect(breaksOf(times, [{ since: minute(2), until: minute(9) }])).toEqual([3])
    expect(lonely([1, null, 2, null, 3, 4])).toEqual([0, 2])
    expect(lonely([1, 2, 3], [1])).toEqual([0])
    expect(lonely([5])).toEqual([0])
  })

  it('begin at zero unless that would flatten them, and reach up to a near threshold', () => {
    expect(extentOf(10, 100, [])[0]).toBe(0)
    expect(extentOf(1000, 1010, [])[0]).toBeGreaterThan(990)
    expect(extentOf(-5, 5, [])[0]).toBeLessThan(-5)
    expect(extentOf(10, 100, [{ name: 'high', value: 120 }])[1]).toBeGreaterThan(120)
    expect(extentOf(10, 100, [{ name: 'high', value: 500 }])[1]).toBeLessThan(120)
    expect([extentOf(0, 0, []), extentOf(null, null, [])]).toEqual([[0, 1], [0, 1]])
    expect(extentOf(7, 7, [])).toEqual([0, 8.4])
  })

  it('know the thresholds of their metrics, each once', () => {
    const lines = linesOf([LATENCY, 'users:Table|AVG_LATENCY_MS|payments:Table', 'avg_latency'])
    expect(levelsOf(lines, { AVG_LATENCY_MS: { high: 100, critical: 200 } })).toEqual([
      { name: 'high', value: 100 },
      { name: 'critical', value: 200 },
    ])
    expect(levelsOf(lines, undefined)).toEqual([])
  })

  it('end in the live graph, by the rules of a snapshot: stale is not observed, and no snapshot stands before it', () => {
    const graph = graphOf({
      nodes: [
        { id: 'u', key: 'users:Table', type: 'Table', properties: { hotspot_score: 0.5, rows: 9 } },
        { id: 'o', key: 'orders:Table', type: 'Table', properties: {} },
      ],
      relationships: [
        { id: '1', source: 'users:Table', type: 'AVG_LATENCY_MS', target: 'orders:Table', stale: false, properties: { value: 7, calls: 3 } },
        { id: '2', source: 'orders:Table', type: 'AVG_LATENCY_MS', target: 'users:Table', stale: true, properties: { value: 8 } },
      ],
    })
    const now = (text: string): number | null | undefined => linesOf([text]).map((line) => liveValueOf(line, graph, { AVG_LATENCY_MS: { high: 5 } }))[0]
    expect([LATENCY, `${LATENCY}||calls`, `${LATENCY}||nothing`, 'orders:Table|AVG_LATENCY_MS|users:Table', 'x:Table|AVG_LATENCY_MS|y:Table'].map(now)).toEqual([
      7, 3, null, null, null,
    ]) // prettier-ignore
    expect(['users:Table', 'users:Table:rows', 'orders:Table', 'x:Table'].map(now)).toEqual([0.5, 9, null, null])
    expect(['total_qps', 'avg_latency', 'bottlenecks_count', 'change_magnitude', 'nodes', 'edges'].map(now)).toEqual([null, 7, 1, null, 2, 2])
    const at = liveMoment(new Date('2026-11-22T12:00:00Z'))
    expect([at.snapshot_id, versionOf(at), whenOf(at, new Date())]).toEqual(['now', 'now', 'now'])
  })

  it('are written as CSV, a column for each line and an empty cell for a gap', () => {
    const [line] = linesOf([LATENCY])
    const moments = [
      { snapshot_id: 's1', version: 1, captured_at: '2026-11-22T12:00:00Z', trigger: 'manual' },
      { snapshot_id: 's2', version: 2, captured_at: '2026-11-22T12:01:00Z', trigger: 'manual' },
    ]
    expect(line && trendsInCsv(moments, [{ line, values: [1.5, null] }])).toBe(
      `captured_at,version,snapshot_id,trigger,${LATENCY}\r\n2026-11-22T12:00:00Z,1,s1,manual,1.5\r\n2026-11-22T12:01:00Z,2,s2,manual,\r\n`,
    )
  })

  it('have colours that are seen on their ground, and dashes that say the same', () => {
    const grounds = { light: '#ffffff', dark: '#171d23' } as const
    for (const ground of ['light', 'dark'] as const) {
      expect(new Set(INKS[ground]).size).toBe(8)
      for (const ink of INKS[ground]) expect(contrast(ink, grounds[ground])).toBeGreaterThan(4.5)
    }
    expect(strokeOf(0, true).dash).not.toEqual(strokeOf(1, true).dash)
  })
})

function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [one, other].map(luminance).sort((a, b) => b - a)
  return (light + 0.05) / (dark + 0.05)
}

function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
