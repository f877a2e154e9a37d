/** The live graphs over REST: which there are, and one as it is now. */
import type { LiveGraph, Snapshot } from '../schema'
import { ask } from './http'

export async function listGraphs(signal?: AbortSignal): Promise<readonly LiveGraph[]> {
  const answer = await ask<{ readonly items: readonly LiveGraph[] }>('/api/performance/graphs', signal ? { signal } : {})
  return answer.items
}

export function readLiveGraph(graph: string, signal?: AbortSignal): Promise<Snapshot> {
  return ask('/api/performance/graph', { query: { graph }, ...(signal ? { signal } : {}) })
}
