/** Short messages at the edge of the page: what was done, or why not. */

export interface Notice {
  readonly id: number
  readonly text: string
  readonly tone: 'done' | 'trouble'
  readonly way?: { readonly text: string; readonly run: () => void }
}

const SHOWN_MS = 6000

class Notices {
  items = $state.raw<readonly Notice[]>([])
  #last = 0

  /** Show a message for a while. Gives its id, by which it can be dropped before. */
  say(text: string, tone: Notice['tone'] = 'done', way?: Notice['way']): number {
    const id = (this.#last += 1)
    this.items = [...this.items, { id, text, tone, ...(way === undefined ? {} : { way }) }]
    setTimeout(() => this.drop(id), SHOWN_MS)
    return id
  }

  drop(id: number): void {
    this.items = this.items.filter((each) => each.id !== id)
  }
}

export const notices = new Notices()
