/** A change of a comparison as a line that is read: value, value, what happened, and how sure that is. Pure. */
import type { Change, Comparison } from '../schema'
import { change as changeText, number, quantity, signed, wholeText } from './format'
import { elementOf, labelOf, splitNodeKey } from './keys'
import { HOTSPOT, metricOf } from './metrics'
import { reading } from './texts-reading'

export type Tone = 'worse' | 'better' | 'new' | 'gone' | 'none'

export interface ChangeLine {
  /** Of this line among the others. */
  readonly id: string
  /** Key of the element, for the selection. */
  readonly key: string
  readonly name: string
  /** Metric or property. */
  readonly detail: string
  readonly before: string
  readonly after: string
  /** Whether A and B are numbers, which are never cut; texts and lists are. */
  readonly isNumber: boolean
  /** ▲, ▼, +, ×; the same as the colour says. */
  readonly shape: string
  readonly text: string
  readonly title: string
  readonly tone: Tone
  /** `worse`, `better` or nothing. */
  readonly word: string
  readonly significance: Change['significance']
}

const words = reading.changes

export function lineOf(change: Change): ChangeLine {
  const { element, field } = change
  const isMetric = change.kind === 'edge' && (field === 'value' || field === null)
  const unit = isMetric ? metricOf(element.type).unit : ''
  const said = saidOf(change, unit)
  return {
    id: `${change.kind} ${change.op} ${element.key} ${field ?? ''}`,
    key: element.key,
    name: labelOf(element.key) || element.id,
    detail: detailOf(change, isMetric),
    before: valueText(change.before, unit),
    after: valueText(change.after, unit),
    isNumber: change.op !== 'changed' || change.delta !== null || (isNumeric(change.before) && isNumeric(change.after)),
    word: words.direction[change.direction],
    significance: change.significance,
    ...said,
  }
}

function detailOf({ kind, element, field }: Change, isMetric: boolean): string {
  if (isMetric) return element.type
  if (kind === 'edge') return `${element.type} · ${field ?? ''}`
  return field === null ? splitNodeKey(element.key).type : field
}

type Said = Pick<ChangeLine, 'shape' | 'text' | 'title' | 'tone'>

function saidOf(change: Change, unit: string): Said {
  if (change.op === 'added') return { shape: '+', text: words.isNew, title: '', tone: 'new' }
  if (change.op === 'removed') {
    const absence = change.absence ?? 'removed'
    return { shape: '×', text: words.absence[absence], title: words.absenceTitles[absence], tone: 'gone' }
  }
  const tone: Tone = change.direction === 'none' ? 'none' : change.direction
  if (change.delta === null) return { shape: '', text: listText(change.before, change.after), title: '', tone }
  const shape = change.delta > 0 ? '▲' : '▼'
  if (change.relative_delta === null) return { shape, text: signed(change.delta, unit), title: words.fromNothing, tone }
  const share = changeText(numberOf(change.before), numberOf(change.after))
  return { shape, text: share, title: words.ofA(share, quantity(change.denominator, unit)), tone }
}

const isNumeric = (value: unknown): boolean => value === null || numberOf(value) !== null

/** A number that JSON has, or an integer that it has not: near enough for a share of it. */
function numberOf(value: unknown): number | null {
  if (typeof value === 'number') return value
  const text = textOfTagged(value)
  return text !== null && /^-?\d+$/.test(text) ? Number(text) : null
}

/** What the server writes for dates, durations, bytes and integers that no double holds: the text of `{$type, value}`. */
function textOfTagged(value: unknown): string | null {
  if (typeof value !== 'object' || value === null || !('$type' in value) || !('value' in value)) return null
  return typeof value.value === 'string' ? value.value : null
}

/** What of two lists is only in one of them; nothing for other values. */
function listText(before: unknown, after: unknown): string {
  if (!Array.isArray(before) || !Array.isArray(after)) return ''
  const gone = before.filter((each) => !after.includes(each)).map(String)
  const added = after.filter((each) => !before.includes(each)).map(String)
  const parts = [gone.length > 0 ? words.listGone(gone.join(', ')) : '', added.length > 0 ? words.listNew(added.join(', ')) : '']
  return parts.filter((each) => each !== '').join('; ')
}

/** Any property in a few words. */
export function valueText(value: unknown, unit = ''): string {
  if (value === null || value === undefined) return '–'
  if (typeof value === 'number') return quantity(value, unit)
  if (Array.isArray(value)) return number(value.length)
  if (typeof value === 'string') return value
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  const text = textOfTagged(value)
  if (text !== null) return numberOf(value) === null ? text : wholeText(text)
  return JSON.stringify(value)
}

/** What is said of the value of an edge; null where it did not change, or is not known. */
export function significanceOf(comparison: Comparison | null, key: string): Change['significance'] | null {
  const found = comparison?.changes.find((each) => each.kind === 'edge' && each.element.key === key && each.op === 'changed' && each.field === 'value')
  return found?.significance ?? null
}

/** Whether a total may be called worse or better: some edge of this metric is, by more than its noise. */
export function isSupported(comparison: Comparison, type: string, tone: 'worse' | 'better'): boolean {
  return comparison.changes.some(
    (each) => each.kind === 'edge' && each.element.type === type && (each.op !== 'changed' || each.direction === tone) && each.significance !== 'within_noise',
  )
}

const GRAVITY = { critical: 3, high: 2, medium: 1, low: 0 } as const

/** The lines that answer "what changed": noise and bookkeeping left out, the worse before the rest, the gravest first. */
export function telling(comparison: Comparison): readonly Change[] {
  const rank = (change: Change): number =>
    (change.direction === 'worse' ? 10 : change.op === 'changed' ? 0 : 5) + (change.direction === 'worse' ? GRAVITY[change.severity] : 0)
  return comparison.changes
    .filter((change) => change.significance !== 'within_noise' && (isMeasure(change) || change.op !== 'changed' || isList(change)))
    .map((change, place) => ({ change, place }))
    .sort((one, other) => rank(other.change) - rank(one.change) || one.place - other.place)
    .map(({ change }) => change)
    .filter(isFirstOfItsNode())
}

/** A hotspot stands twice in the data, at its node and as its loop: said once. */
function isFirstOfItsNode(): (change: Change) => boolean {
  const seen = new Set<string>()
  return (change) => {
    const node = change.kind === 'node' ? (change.field === 'hotspot_score' ? change.element.key : null) : hotspotOf(change)
    if (node === null) return true
    if (seen.has(node)) return false
    seen.add(node)
    return true
  }
}

function hotspotOf({ element, op }: Change): string | null {
  return op === 'changed' && element.type === HOTSPOT && element.source === element.target ? (element.source ?? null) : null
}

const isMeasure = (change: Change): boolean => change.direction !== 'none' || (change.kind === 'edge' && change.field === 'value')

/** An index that comes or goes is worth a line; a row estimate is not. */
const isList = (change: Change): boolean => Array.isArray(change.before) && Array.isArray(change.after)

/** The relationship type that shows a change in the graph; nothing for a node's. */
export function metricToShow(change: Pick<Change, 'kind' | 'element'>): string | null {
  return change.kind === 'edge' && elementOf(change.element.key).kind === 'edge' ? change.element.type : null
}
