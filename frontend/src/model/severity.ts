/** How grave a value is: as it was written beside it, else by the levels, as the server grades. Pure. */
import { metricOf } from './metrics'

interface Level {
  readonly high?: number | null
  readonly critical?: number | null
}

/** `critical`, `high`, or what was written; the empty text where nothing says so. A metric that should be high is not graded. */
export function severityOf(type: string, value: number, written: unknown, level: Level | undefined): string {
  if (typeof written === 'string' && written !== '') return written
  if (level === undefined || metricOf(type).worse === 'lower') return ''
  const over = (bound: number | null | undefined): boolean => typeof bound === 'number' && value > bound
  if (over(level.critical)) return 'critical'
  return over(level.high) ? 'high' : ''
}
