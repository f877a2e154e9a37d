/** Short messages at the edge of the page: what was done, or why not. */

export interface Notice {
  readonly id: number
  readonly text: string
  readonly tone: 'done' | 'trouble'
  readonly way?: { readonly text: string; readonly run: () => void }
}

const SHOWN_MS = 6_000
/** With a way there is something to decide, and a key or a mouse has to get there. */
const SHOWN_WITH_WAY_MS = 20_000

class Notices {
  items = $state.raw<readonly Notice[]>([])
  /** The newest of those that lead somewhere. */
  readonly leading: Notice | null = $derived(this.items.findLast((each) => each.way !== undefined) ?? null)
  #last = 0
  readonly #timers = new Map<number, ReturnType<typeof setTimeout>>()

  /** Show a message for a while. Gives its id, by which it can be dropped before. */
  say(text: string, tone: Notice['tone'] = 'done', way?: Notice['way']): number {
    const notice: Notice = { id: (this.#last += 1), text, tone, ...(way === undefined ? {} : { way }) }
    this.items = [...this.items, notice]
    this.release(notice)
    return notice.id
  }

  /** Keep a message that somebody points at or is in, until it is released. */
  hold({ id }: Notice): void {
    clearTimeout(this.#timers.get(id))
  }

  /** Let a message go, when its time is over. */
  release(notice: Notice): void {
    this.hold(notice)
    const shown = notice.way === undefined ? SHOWN_MS : SHOWN_WITH_WAY_MS
    this.#timers.set(notice.id, setTimeout(() => this.drop(notice.id), shown))
  }

  drop(id: number): void {
    clearTimeout(this.#timers.get(id))
    this.#timers.delete(id)
    this.items = this.items.filter((each) => each.id !== id)
  }
}

export const notices = new Notices()
