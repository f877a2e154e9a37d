/** Values across snapshots over REST, as columns: what a chart wants. */
import { ask } from './http'

export interface SeriesSnapshot {
  readonly snapshot_id: string
  readonly version: number
  readonly captured_at: string
  readonly trigger: string
}

export interface Series {
  readonly kind: 'edge' | 'node' | 'summary'
  readonly key: string | null
  readonly field: string
  readonly label: string
  readonly metric: string | null
  readonly unit: string | null
  /** One for each snapshot; null where it was not observed. */
  readonly values: readonly (number | null)[]
}

export interface SeriesAnswer {
  readonly complete: boolean
  readonly total: number
  /** Rising by time. */
  readonly snapshots: readonly SeriesSnapshot[]
  /** Ids of the snapshots whose payload has been removed. */
  readonly gone: readonly string[]
  readonly series: readonly Series[]
}

export interface SeriesWish {
  readonly graph: string
  readonly since?: string
  readonly until?: string
  readonly limit?: number
  readonly edge?: readonly string[]
  readonly edge_field?: readonly string[]
  readonly node?: readonly string[]
  readonly node_field?: readonly string[]
  readonly summary?: readonly string[]
}

export function readSeries(wish: SeriesWish, signal: AbortSignal): Promise<SeriesAnswer> {
  return ask('/api/performance/series', { query: { ...wish }, signal })
}
