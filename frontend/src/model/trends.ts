/** Values across snapshots as a chart and a table want them: columns on one axis of time, levels, extents. Pure. */
import { inCsv } from './copies'
import { moment } from './format'
import { numberOf, placesBetween, type GraphModel } from './graph'
import { elementOf } from './keys'
import { metricOfLine, scaleOf, textOf, VALUE, type Line, type SummaryField } from './lines'
import type { Levels } from './scores'
import { totalsOf } from './summary'
import { texts } from './texts'
import type { Gap } from './timeline'
import { NOW } from './view'
import { overLevels } from './worst'

/** A snapshot on the axis; the live graph is one without a version. */
export interface Moment {
  /** What a pin on it is called. */
  readonly snapshot_id: string
  readonly version: number | null
  readonly captured_at: string
  readonly trigger: string
}

/** The live graph as the last moment of the axis. */
export function liveMoment(at: Date): Moment {
  return { snapshot_id: NOW, version: null, captured_at: at.toISOString(), trigger: 'live' }
}

/** `v12`, `now` */
export function versionOf(at: Moment): string {
  return at.version === null ? texts.pins.now : `v${at.version}`
}

/** `v12, 10:28:05`, `now` */
export function whenOf(at: Moment, now: Date): string {
  return at.version === null ? texts.pins.now : `${versionOf(at)}, ${moment(new Date(at.captured_at), now)}`
}

/** What the server says of one line. */
export interface Answered {
  readonly kind: 'edge' | 'node' | 'summary'
  readonly key: string | null
  readonly field: string
  readonly values: readonly (number | null)[]
}

/** The lines as one request; keys and fields each once. */
export function wishOf(lines: readonly Line[]): {
  readonly edge: readonly string[]
  readonly edge_field: readonly string[]
  readonly node: readonly string[]
  readonly node_field: readonly string[]
  readonly summary: readonly string[]
} {
  const keys = (kind: 'edge' | 'node'): string[] => once(lines.map((line) => (line.kind === kind ? line.key : '')))
  const fields = (kind: Line['kind']): string[] => once(lines.map((line) => (line.kind === kind ? line.field : '')))
  return { edge: keys('edge'), edge_field: fields('edge'), node: keys('node'), node_field: fields('node'), summary: fields('summary') }
}

function once(texts: readonly string[]): string[] {
  return [...new Set(texts.filter((each) => each !== ''))]
}

/** The values of one line, beside the snapshots; nulls when the answer has none of it. */
export function valuesOf(line: Line, series: readonly Answered[], count: number): readonly (number | null)[] {
  const key = line.kind === 'summary' ? null : line.key
  const found = series.find((each) => each.kind === line.kind && each.key === key && each.field === line.field)
  const scale = scaleOf(line)
  if (found === undefined) return new Array<null>(count).fill(null)
  return scale === 1 ? found.values : found.values.map((value) => (value === null ? null : value * scale))
}

/** The value of a line in the live graph, by the rules of a snapshot's series and the levels that hold now; null where there is none, or a stale one. */
export function liveValueOf(line: Line, graph: GraphModel, levels: Levels): number | null {
  const value = line.kind === 'summary' ? ofSummary(line.field, graph, levels) : line.kind === 'node' ? ofNode(line, graph) : ofEdge(line, graph)
  return value === null || Number.isNaN(value) ? null : value
}

function ofSummary(field: SummaryField, graph: GraphModel, levels: Levels): number | null {
  const measures: Readonly<Record<SummaryField, () => number | null>> = {
    total_qps: () => totalsOf(graph).qps,
    avg_latency: () => totalsOf(graph).latency,
    bottlenecks_count: () => overLevels(graph, levels).length,
    change_magnitude: () => null, // of snapshots alone: it is the difference from the one before
    nodes: () => graph.nodes.count,
    edges: () => graph.edges.count,
  }
  return measures[field]()
}

function ofNode({ key, field }: { readonly key: string; readonly field: string }, { nodes }: GraphModel): number | null {
  const node = nodes.index.get(key)
  return node === undefined || nodes.stale[node] === 1 ? null : numberOf(nodes.properties(node)[field])
}

function ofEdge({ key, field }: { readonly key: string; readonly field: string }, graph: GraphModel): number | null {
  const element = elementOf(key)
  if (element.kind !== 'edge') return null
  const { nodes, edges } = graph
  const [source, target] = [nodes.index.get(element.source), nodes.index.get(element.target)]
  if (source === undefined || target === undefined) return null
  const place = placesBetween(source, target, edges).find((each) => edges.key(each) === key)
  if (place === undefined || edges.stale[place] === 1) return null
  return field === VALUE ? (edges.values[place] ?? null) : numberOf(edges.properties(place)[field])
}

/** Pairs of neighbouring places between which scheduled snapshots are missing: no line is drawn there. */
export function breaksOf(times: readonly number[], gaps: readonly Gap[]): readonly number[] {
  const spans = gaps.map((gap) => ({ from: Date.parse(gap.since), to: Date.parse(gap.until) }))
  const breaks: number[] = []
  for (let place = 1; place < times.length; place++) {
    const [before, after] = [times[place - 1] ?? 0, times[place] ?? 0]
    if (spans.some((span) => before >= span.from && after <= span.to)) breaks.push(place)
  }
  return breaks
}

/** Places whose neighbours are both missing: a line would not show them. */
export function lonely(values: ArrayLike<number | null | undefined>, breaks: readonly number[] = []): readonly number[] {
  const cut = new Set(breaks)
  const missing = (place: number): boolean => values[place] === null || values[place] === undefined
  const found: number[] = []
  for (let place = 0; place < values.length; place++) {
    const isAlone = (missing(place - 1) || cut.has(place)) && (missing(place + 1) || cut.has(place + 1))
    if (!missing(place) && isAlone) found.push(place)
  }
  return found
}

export interface Level {
  readonly name: 'high' | 'critical'
  readonly value: number
}

/** The thresholds of the metrics that are drawn, each once. */
export function levelsOf(lines: readonly Line[], thresholds: Levels | undefined): readonly Level[] {
  const levels: Level[] = []
  for (const metric of once(lines.map(metricOfLine))) {
    const { high, critical } = thresholds?.[metric] ?? {}
    if (typeof high === 'number') levels.push({ name: 'high', value: high })
    if (typeof critical === 'number') levels.push({ name: 'critical', value: critical })
  }
  return levels.filter((level, place) => levels.findIndex((each) => each.name === level.name && each.value === level.value) === place)
}

/** Where an axis begins and ends: at zero unless that would flatten the line, and up to a threshold that is near. */
export function extentOf(least: number | null, most: number | null, levels: readonly Level[]): readonly [number, number] {
  if (least === null || most === null || !Number.isFinite(least) || !Number.isFinite(most)) return [0, 1]
  const near = levels.map((level) => level.value).filter((value) => value > most && value <= most * 1.6)
  const top = Math.max(most, ...near)
  const floor = least >= 0 && least < most * 0.7 ? 0 : least
  const air = (top - floor) * 0.08
  if (air === 0) return most === 0 ? [0, 1] : [Math.min(0, most * 1.2), Math.max(0, most * 1.2)]
  return [floor === 0 ? 0 : floor - air, top + air]
}

/** Every snapshot a row, every line a column. */
export function trendsInCsv(moments: readonly Moment[], columns: readonly { readonly line: Line; readonly values: readonly (number | null)[] }[]): string {
  const head = ['captured_at', 'version', 'snapshot_id', 'trigger', ...columns.map(({ line }) => textOf(line))]
  const rows = moments.map((each, place) => [
    each.captured_at,
    each.version,
    each.snapshot_id,
    each.trigger,
    ...columns.map(({ values }) => values[place] ?? null),
  ])
  return inCsv([head, ...rows])
}

/** Colours of lines on each ground, told apart by the colour-blind too; the dashes say the same. */
export const INKS = {
  light: ['#0b6bcb', '#ad5000', '#0b7a66', '#8a3ab0', '#a61e4d', '#5c6b00', '#33414e', '#7a4b1e'],
  dark: ['#4aa3ff', '#ff9f43', '#2ec4a6', '#c39bff', '#ff8fb3', '#c5cf5a', '#e6edf3', '#d2a679'],
} as const

/** Dashes in pixels; the first is a whole line. */
export const DASHES: readonly (readonly number[])[] = [[], [7, 4], [2, 3], [9, 3, 2, 3]]

export interface Stroke {
  readonly ink: string
  readonly dash: readonly number[]
}

/** How the n-th line is drawn. */
export function strokeOf(place: number, dark: boolean): Stroke {
  const inks = dark ? INKS.dark : INKS.light
  return { ink: inks[place % inks.length] ?? inks[0], dash: DASHES[place % DASHES.length] ?? [] }
}
