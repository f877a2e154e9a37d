/** The session at a server that wants a token: begun once, ended by its age or by hand. */
import { listGraphs } from '../api/graphs'
import { ApiError } from '../api/http'
import { beginSession, endSession } from '../api/session'

/** Remembered beside the cookie, which no script can read. */
const KEY = 'snapgraph-session'

class Session {
  /** The server has said that it does not know this browser any more. */
  isOver = $state(false)
  /** This browser has exchanged a token, so that there is something to end. */
  isOurs = $state(window.localStorage.getItem(KEY) !== null)
  /** It is being ended by hand: what is refused meanwhile is no news, and the page is about to be loaded anew. */
  isEnding = $state(false)

  async begin(token: string): Promise<void> {
    await beginSession(token)
    window.localStorage.setItem(KEY, 'begun')
    this.isOurs = true
    this.isOver = false
  }

  /** Forget the cookie, and with it all that is on the screen. */
  async end(): Promise<void> {
    this.isEnding = true
    try {
      await endSession()
    } catch (error) {
      this.isEnding = false
      throw error
    }
    window.localStorage.removeItem(KEY)
    window.location.reload()
  }

  /** Find out whether a stream broke because the session is over: a browser does not tell why a websocket was refused. */
  async check(): Promise<void> {
    try {
      await listGraphs()
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) this.isOver = true
    }
  }
}

export const session = new Session()
