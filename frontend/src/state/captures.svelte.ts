/** Captures that this page asks for. */
import { captureSnapshot, type CaptureWish } from '../api/snapshots'
import type { SnapshotHeader } from '../schema'
import { graphs } from './graphs.svelte'
import { snapshots } from './snapshots.svelte'

/** Capture the live graph that is shown; the strip hears of it at once. */
export async function capture(wish: CaptureWish): Promise<SnapshotHeader> {
  const header = await captureSnapshot({ ...wish, graph: graphs.name }, newKey())
  snapshots.refresh()
  return header
}

/** `crypto.randomUUID` exists on secure origins only; random bytes do everywhere. */
function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (each) => each.toString(16).padStart(2, '0')).join('')
}
