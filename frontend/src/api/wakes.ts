/** When a connection may have died without a word: the network is back, the page is looked at again, the machine slept. */

const TICK_MS = 1_000
/** A tick that is this late, or early: the machine slept, or somebody set its clock. A busy page is late by less. */
const JUMP_MS = 5_000

/** Hear of it. Gives the way to stop. */
export function onWake(listener: () => void): () => void {
  let due = Date.now() + TICK_MS
  const timer = setInterval(() => {
    const isJump = Math.abs(Date.now() - due) > JUMP_MS
    due = Date.now() + TICK_MS
    if (isJump) listener()
  }, TICK_MS)
  const seen = (): void => {
    if (!document.hidden) listener()
  }
  window.addEventListener('online', listener)
  document.addEventListener('visibilitychange', seen)
  return () => {
    clearInterval(timer)
    window.removeEventListener('online', listener)
    document.removeEventListener('visibilitychange', seen)
  }
}
