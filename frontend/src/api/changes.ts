/** A page of the changes between two references, filtered and sorted by the server. */
import type { Comparison } from '../schema'
import { ask } from './http'

export interface ChangesWish {
  readonly graph: string
  readonly baseline: string
  readonly target: string
  readonly limit: number
  readonly cursor?: string
  readonly sort: 'default' | 'delta' | 'canonical'
  readonly op?: readonly string[]
  readonly direction?: readonly string[]
  readonly significance?: readonly string[]
  readonly q?: string
}

export function readChanges(wish: ChangesWish, signal: AbortSignal): Promise<Comparison> {
  return ask('/api/performance/snapshots/compare', { query: { ...wish }, signal })
}
