/** Views with a name, which everybody of a live graph sees. */
import type { SavedView } from '../schema'
import { ask } from './http'

const VIEWS = '/api/performance/views'

/** All of a graph, by name. */
export async function listViews(graph: string): Promise<readonly SavedView[]> {
  const answer = await ask<{ readonly items: readonly SavedView[] }>(VIEWS, { query: { graph } })
  return answer.items
}

/** @param query The query string of the page. */
export function saveView(graph: string, name: string, query: string): Promise<SavedView> {
  return ask(VIEWS, { method: 'POST', body: { graph, name, query } })
}

export async function deleteView(id: string): Promise<void> {
  await ask(`${VIEWS}/${encodeURIComponent(id)}`, { method: 'DELETE' })
}
