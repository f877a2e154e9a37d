/** A line of the trends: one number of an edge, a node or the summary; how the address writes it, its name and its unit. Pure. */
import type { Change } from '../schema'
import { elementOf, labelOf, pairOf } from './keys'
import { HOTSPOT, metricOf } from './metrics'
import { trending } from './texts-trends'
import { SERIES_MOST } from './view'

export const SUMMARY = ['total_qps', 'avg_latency', 'bottlenecks_count', 'change_magnitude', 'nodes', 'edges'] as const
export type SummaryField = (typeof SUMMARY)[number]

/** What is shown when nothing is chosen. */
export const DEFAULT_SUMMARY: readonly SummaryField[] = ['total_qps', 'avg_latency', 'bottlenecks_count']

/** What is meant when an edge is named without a field. */
export const VALUE = 'value'
const HOTSPOT_FIELD = 'hotspot_score'
const TOP_CHANGES = 3

export type Line =
  | { readonly kind: 'summary'; readonly field: SummaryField }
  | { readonly kind: 'edge' | 'node'; readonly key: string; readonly field: string }

/**
 * What the address calls a line: a name of the summary, `node:Type` for its hotspot score, an edge's key for its value;
 * another property is one part more: `node:Type:rows`, `source|TYPE|target||calls`.
 */
export function lineOf(text: string): Line | null {
  const summary = SUMMARY.find((each) => each === text)
  if (summary !== undefined) return { kind: 'summary', field: summary }
  const parts = text.split('|')
  if (parts.length >= 3 && parts.length <= 5) {
    const key = parts.slice(0, parts[3] === '' ? 3 : 4).join('|')
    return { kind: 'edge', key, field: plain(parts[4] ?? VALUE) }
  }
  const [name = '', type = '', field = HOTSPOT_FIELD, more] = text.split(':')
  if (parts.length > 1 || more !== undefined || name === '' || !text.includes(':') || field === '') return null
  return { kind: 'node', key: `${name}:${type}`, field: plain(field) }
}

export function textOf(line: Line): string {
  if (line.kind === 'summary') return line.field
  if (line.kind === 'node') return line.field === HOTSPOT_FIELD ? line.key : `${line.key}:${inPart(line.field)}`
  if (line.field === VALUE) return line.key
  const isParallel = line.key.split('|').length > 3
  return `${line.key}${isParallel ? '' : '|'}|${inPart(line.field)}`
}

const inPart = (text: string): string => text.replaceAll('%', '%25').replaceAll(':', '%3A').replaceAll('|', '%7C')

function plain(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text // typed by hand
  }
}

/** The lines of an address, each once; what cannot be read is left out, as everywhere in an address. */
export function linesOf(texts: readonly string[]): readonly Line[] {
  return [...new Set(texts)].map(lineOf).filter((line) => line !== null).slice(0, SERIES_MOST)
}

/** `users → orders · latency`, `users · hotspot score`, `queries, all together`. */
export function nameOf(line: Line): string {
  if (line.kind === 'summary') return trending.summary[line.field]
  if (line.kind === 'node') return `${labelOf(line.key)} · ${line.field === HOTSPOT_FIELD ? metricOf(HOTSPOT).name : line.field}`
  const element = elementOf(line.key)
  if (element.kind !== 'edge') return line.key
  const which = element.discriminator === '' ? '' : ` (${element.discriminator})`
  return `${labelOf(line.key)}${which} · ${metricOf(element.type).name}${line.field === VALUE ? '' : ` · ${line.field}`}`
}

/** The relationship type whose thresholds hold for a line; empty: none. */
export function metricOfLine(line: Line): string {
  if (line.kind === 'summary') return ''
  if (line.kind === 'node') return line.field === HOTSPOT_FIELD ? HOTSPOT : ''
  const element = elementOf(line.key)
  return element.kind === 'edge' && line.field === VALUE ? element.type : ''
}

const SUMMARY_UNITS: Readonly<Record<SummaryField, string>> = {
  total_qps: '/s',
  avg_latency: 'ms',
  bottlenecks_count: '',
  change_magnitude: '%',
  nodes: '',
  edges: '',
}

export function unitOf(line: Line): string {
  if (line.kind === 'summary') return SUMMARY_UNITS[line.field]
  return metricOf(metricOfLine(line)).unit
}

/** What a value of the server is multiplied by: shares are read in percent. */
export function scaleOf(line: Line): number {
  return line.kind === 'summary' && line.field === 'change_magnitude' ? 100 : 1
}

/** Units that mean the same wherever they stand; others only share an axis with their own kind. */
const SHARED_UNITS = new Set(['ms', '/s'])

export interface Group {
  /** Of the axis: a unit, or what is counted. */
  readonly title: string
  readonly unit: string
  /** Whether whole things are counted, so that the axis has no fractions. */
  readonly isCount: boolean
  readonly lines: readonly Line[]
}

const COUNTS: readonly string[] = ['bottlenecks_count', 'nodes', 'edges']


/** Lines that may share an axis together, in the order in which they were asked for: never two units on one. */
export function groupsOf(lines: readonly Line[]): readonly Group[] {
  const groups = new Map<string, Line[]>()
  for (const line of lines) {
    const title = quantityOf(line)
    groups.set(title, [...(groups.get(title) ?? []), line])
  }
  return [...groups].map(([title, inside]) => ({
    title,
    unit: inside[0] === undefined ? '' : unitOf(inside[0]),
    isCount: inside.every((line) => line.kind === 'summary' && COUNTS.includes(line.field)),
    lines: inside,
  }))
}

function quantityOf(line: Line): string {
  const unit = unitOf(line)
  if (SHARED_UNITS.has(unit)) return unit
  if (line.kind === 'summary') return trending.summary[line.field]
  const metric = metricOfLine(line)
  const name = metric === '' ? line.field : metricOf(metric).name
  return unit === '' ? name : `${name}, ${unit}`
}

/** The line that shows a change; null for what is no number over time. */
export function lineOfChange(change: Pick<Change, 'kind' | 'element' | 'field' | 'before' | 'after'>): Line | null {
  const isNumber = [change.before, change.after].some((each) => typeof each === 'number')
  if (change.kind === 'edge' && (change.field === null || change.field === VALUE)) {
    return elementOf(change.element.key).kind === 'edge' ? { kind: 'edge', key: change.element.key, field: VALUE } : null
  }
  if (!isNumber || change.field === null) return null
  return { kind: change.kind, key: change.element.key, field: change.field }
}

/** The first different lines of a list of changes. */
export function topChanges(changes: readonly Parameters<typeof lineOfChange>[0][]): readonly Line[] {
  const texts = changes.map(lineOfChange).filter((line) => line !== null).map(textOf)
  return linesOf([...new Set(texts)].slice(0, TOP_CHANGES))
}

export interface Candidate {
  /** As the address writes it. */
  readonly id: string
  readonly title: string
}

type Numbers = (place: number) => Readonly<Record<string, unknown>>

/** As much of a graph as can be drawn over time. */
interface Elements {
  readonly nodes: { readonly keys: readonly string[]; readonly properties: Numbers }
  readonly edges: { readonly count: number; readonly key: (place: number) => string; readonly properties: Numbers }
}

/** What stands beside the value of an edge and says when, not how much. */
const NO_MEASURE = new Set([VALUE, 'timestamp', 'updated_at'])

/**
 * All that can be drawn: the summary, each edge's value, each node's numbers; an edge's further numbers only for the
 * selected element, since a large graph has hundreds of thousands of them.
 */
export function candidatesOf(graphs: readonly Elements[], selected: string): readonly Candidate[] {
  const found = new Map<string, Candidate>()
  const offer = (line: Line): void => {
    const id = textOf(line)
    if (!found.has(id)) found.set(id, { id, title: titleOf(line) })
  }
  SUMMARY.forEach((field) => offer({ kind: 'summary', field }))
  const pair = pairOf(selected)
  const keys = graphs.map(({ edges }) => Array.from({ length: edges.count }, (_, place) => edges.key(place)))
  if (pair !== null) {
    graphs.forEach(({ edges }, graph) => {
      keys[graph]?.forEach((key, place) => {
        if (pairOf(key) !== pair) return
        offer({ kind: 'edge', key, field: VALUE })
        for (const field of numbersOf(edges.properties(place))) offer({ kind: 'edge', key, field })
      })
    })
  }
  graphs.forEach(({ nodes }, graph) => {
    keys[graph]?.forEach((key) => offer({ kind: 'edge', key, field: VALUE }))
    nodes.keys.forEach((key, place) => {
      for (const field of numbersOf(nodes.properties(place))) offer({ kind: 'node', key, field })
    })
  })
  return [...found.values()]
}

function numbersOf(properties: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(properties).filter(([name, value]) => typeof value === 'number' && !NO_MEASURE.has(name)).map(([name]) => name)
}

/** The name, and the type as the database has it: both are typed by those who look for it. */
function titleOf(line: Line): string {
  const metric = metricOfLine(line)
  return metric === '' || line.kind === 'node' ? nameOf(line) : `${nameOf(line)} · ${metric}`
}
