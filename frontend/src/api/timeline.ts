/** The strip of time over REST: density, marks and gaps. */
import type { Timeline } from '../model/timeline'
import { ask } from './http'

export interface TimelineFilter {
  readonly graph: string
  readonly since: string
  readonly until: string
  readonly trigger: string
  readonly severity: string
}

/** As many marks as the strip takes; a bar is then about a pixel wide. */
export const MARKS_MOST = 1000

export function readTimeline(filter: TimelineFilter, signal: AbortSignal): Promise<Timeline> {
  return ask('/api/performance/snapshots/timeline', { query: { ...filter, marks: MARKS_MOST }, signal })
}
