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

/** Units of the server that are written in another way, or not at all. */
const UNITS: Readonly<Record<string, string>> = { '1/s': '/s', percent: '%', ratio: '', score: '' }
const WORSE: Readonly<Record<'higher' | 'lower' | 'neither', Worse>> = { higher: 'lower', lower: 'higher', neither: 'neither' }

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

/** What the settings of a live graph say of a relationship type. */
export interface Definition {
  readonly unit?: string
  readonly desirable?: 'higher' | 'lower' | 'neither'
}

/** By type, of the graph that is shown: one for the page, since every number that it writes has a unit. */
let defined: Readonly<Record<string, Definition>> = {}

/** Take the definitions of the graph that is shown; before anything of it is drawn. */
export function defineMetrics(definitions: Readonly<Record<string, Definition>>): void {
  defined = definitions
}

/** The metric of a relationship type; one that nobody has defined has no unit and no bad direction. */
export function metricOf(type: string): Metric {
  const known = BY_TYPE.get(type) ?? { type, name: type.toLowerCase().replaceAll('_', ' '), unit: '', worse: 'neither' }
  const own = defined[type]
  if (own === undefined) return known
  return { ...known, unit: UNITS[own.unit ?? ''] ?? own.unit ?? '', worse: WORSE[own.desirable ?? 'neither'] }
}

/** Types in the order in which people ask for them: the known first, then by name. */
export function inOrder(types: Iterable<string>): string[] {
  const rank = (type: string): number => {
    const place = KNOWN.findIndex((metric) => metric.type === type)
    return place < 0 ? KNOWN.length : place
  }
  return [...new Set(types)].sort((one, other) => rank(one) - rank(other) || (one < other ? -1 : 1))
}
