/** The session at a server that wants a token: begun once, ended by its age or by hand. */
import { listGraphs } from '../api/graphs'
import { hearOfUnknown } from '../api/http'
import { beginSession, endSession } from '../api/session'

/** Remembered beside the cookie, which no script can read. */
const KEY = 'snapgraph-session'
/** A dead network answers nothing, and a browser has six connections to a server. */
const CHECK_MS = 5_000

class Session {
  /** The server has said that it does not know this browser, or not any more. */
  isOver = $state(false)
  /** This browser has exchanged a token, so that there is something to end. */
  isOurs = $state(window.localStorage.getItem(KEY) !== null)
  /** It is being ended by hand: what is refused meanwhile is no news, and the page is about to be loaded anew. */
  isEnding = $state(false)
  #begunAt = 0
  #isChecking = false

  constructor() {
    hearOfUnknown((sentAt) => {
      if (sentAt >= this.#begunAt) this.isOver = true // what was sent before says nothing about this session
    })
  }

  async begin(token: string): Promise<void> {
    await beginSession(token)
    this.#begunAt = performance.now()
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
    if (this.#isChecking) return
    this.#isChecking = true
    try {
      await listGraphs(AbortSignal.timeout(CHECK_MS))
    } catch {
      // a refusal has been heard of already (see the constructor), and that the server is away is what led here
    }
    this.#isChecking = false
  }
}

export const session = new Session()
