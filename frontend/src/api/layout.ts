/** Places of the nodes of a live graph over REST, so that everybody sees them where they were. */
import { ask } from './http'

const LAYOUT = '/api/performance/layout'

/** What the server keeps of a key; one beyond it would have all the others refused with it. */
const KEY_MOST = 2_000

export type Places = Readonly<Record<string, readonly [x: number, y: number]>>

/** What the server keeps; empty when nobody has looked at this graph yet. */
export async function readLayout(graph: string): Promise<Places> {
  const answer = await ask<{ readonly positions: Places }>(LAYOUT, { query: { graph } })
  return answer.positions
}

/** Set these places, and keep the others. */
export async function writeLayout(graph: string, positions: Places): Promise<void> {
  const kept = Object.fromEntries(Object.entries(positions).filter(([key]) => key.length <= KEY_MOST))
  await ask(LAYOUT, { method: 'PUT', body: { graph, positions: kept } })
}
