/** What failed because something was away is asked for again by itself, until it answers or cannot. */
import { ApiError } from '../api/http'
import { changes } from './changes.svelte'
import { graphs } from './graphs.svelte'
import { history } from './history.svelte'
import { shelf } from './shelf.svelte'
import { sides } from './sides.svelte'
import { snapshots } from './snapshots.svelte'
import { trends } from './trends.svelte'

/** A restart of Postgres or of the server takes seconds; the buttons do not wait for it. */
const AGAIN_MS = 3_000

const parts = [
  { error: () => graphs.error, retry: () => void graphs.load() },
  { error: () => snapshots.error ?? shelf.error, retry: () => snapshots.refresh() },
  { error: () => sides.error ?? changes.error ?? history.error, retry: () => sides.retry() },
  { error: () => trends.error, retry: () => trends.retry() },
] as const

/** Ask anew for all that is shown: a session has begun, and whatever was asked without one was refused. */
export function askAnew(): void {
  parts.forEach(({ retry }) => retry())
}

/** Wait and ask again for what is away, as an effect: each new failure runs it anew. */
export function recover(): (() => void) | undefined {
  const away = parts.flatMap((part) => {
    const error = part.error()
    return error instanceof ApiError && error.isPassing ? [{ error, retry: part.retry }] : []
  })
  if (away.length === 0) return undefined
  const wait = Math.max(AGAIN_MS, ...away.map(({ error }) => (error.retryAfterSeconds ?? 0) * 1000))
  const timer = setTimeout(() => away.forEach(({ retry }) => retry()), wait)
  return () => clearTimeout(timer)
}
