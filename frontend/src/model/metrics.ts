/** What the page knows of the metrics: their unit, and which direction is for the worse. */

export type Worse = 'higher' | 'lower' | 'neither'

export interface Metric {
  readonly type: string
  readonly name: string
  readonly unit: string
  readonly worse: Worse
}

export const LATENCY = 'AVG_LATENCY_MS'
export const QPS = 'QUERIES_PER_SEC'
export const HOTSPOT = 'HOTSPOT_SCORE'

const KNOWN: readonly Metric[] = [
  { type: LATENCY, name: 'latency', unit: 'ms', worse: 'higher' },
  { type: QPS, name: 'queries', unit: '/s', worse: 'lower' },
  { type: 'LOAD_FACTOR', name: 'load', unit: '', worse: 'higher' },
  { type: HOTSPOT, name: 'hotspot score', unit: '', worse: 'higher' },
  { type: 'ERROR_RATE', name: 'errors', unit: '%', worse: 'higher' },
  { type: 'INDEX_EFFICIENCY', name: 'index efficiency', unit: '', worse: 'lower' },
  { type: 'JOIN_FREQUENCY', name: 'joins', unit: '/s', worse: 'neither' },
]

const BY_TYPE = new Map(KNOWN.map((metric) => [metric.type, metric]))

/** The metric of a relationship type; a type of the user's own has no unit and no bad direction. */
export function metricOf(type: string): Metric {
  return BY_TYPE.get(type) ?? { type, name: type.toLowerCase().replaceAll('_', ' '), unit: '', worse: 'neither' }
}

/** Types in the order in which people ask for them: the known first, then by name. */
export function inOrder(types: Iterable<string>): string[] {
  const rank = (type: string): number => {
    const place = KNOWN.findIndex((metric) => metric.type === type)
    return place < 0 ? KNOWN.length : place
  }
  return [...new Set(types)].sort((one, other) => rank(one) - rank(other) || (one < other ? -1 : 1))
}
