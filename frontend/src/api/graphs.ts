/** The live graphs over REST: which there are, and one as it is now. */
import type { LiveGraph } from '../schema'
import { ask } from './http'
import { COLUMNS, captured, type Captured, type ColumnsDocument } from './columns'

export async function listGraphs(signal?: AbortSignal): Promise<readonly LiveGraph[]> {
  const answer = await ask<{ readonly items: readonly LiveGraph[] }>('/api/performance/graphs', signal ? { signal } : {})
  return answer.items
}

export async function readLiveGraph(graph: string, signal?: AbortSignal): Promise<Captured> {
  return captured(await ask<ColumnsDocument>('/api/performance/graph', { query: { graph, ...COLUMNS }, ...(signal ? { signal } : {}) }))
}
