/** Captures that this page asks for. */
import { captureSnapshot, type CaptureWish } from '../api/snapshots'
import type { SnapshotHeader } from '../schema'
import { graphs } from './graphs.svelte'
import { snapshots } from './snapshots.svelte'

/** After this the same wish means another moment. */
const SAME_MS = 60_000

/** A wish that may be pressed again when its answer was lost, and is then the same snapshot. */
export class Capturing {
  #wish = ''
  #key = ''
  #begun = 0

  /** Capture the live graph that is shown; the strip hears of it at once. */
  async go(wish: CaptureWish): Promise<SnapshotHeader> {
    const whole = { ...wish, graph: graphs.name }
    const said = JSON.stringify(whole)
    if (said !== this.#wish || Date.now() - this.#begun > SAME_MS) {
      this.#wish = said
      this.#key = newKey()
      this.#begun = Date.now()
    }
    const header = await captureSnapshot(whole, this.#key)
    this.#wish = ''
    snapshots.refresh()
    return header
  }
}

/** `crypto.randomUUID` exists on secure origins only; random bytes do everywhere. */
function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (each) => each.toString(16).padStart(2, '0')).join('')
}
