/** The exchange of a token for a cookie, where the server wants one. */
import { ask } from './http'

export function beginSession(token: string): Promise<null> {
  return ask('/api/performance/session', { method: 'POST', body: { token } })
}

/** Take the cookie back. */
export function endSession(): Promise<null> {
  return ask('/api/performance/session', { method: 'DELETE' })
}
