/** The whole view, one field a rune, and the address as its mirror. */
import { DEFAULT_VIEW, NOW, readView, writeView, type View } from '../model/view'

const DRAG_WRITE_MS = 120

class ViewState {
  /** Replaced as a whole: its fields are read-only, so that nothing changes without the address. */
  #now = $state.raw<View>(DEFAULT_VIEW)
  #timer: ReturnType<typeof setTimeout> | undefined
  #dragFrom: View | null = null

  get graph(): string { return this.#now.graph } // prettier-ignore
  get a(): string | null { return this.#now.a } // prettier-ignore
  get b(): string { return this.#now.b } // prettier-ignore
  get metric(): string { return this.#now.metric } // prettier-ignore
  get sel(): string { return this.#now.sel } // prettier-ignore
  get q(): string { return this.#now.q } // prettier-ignore
  get hops(): number { return this.#now.hops } // prettier-ignore
  get only(): View['only'] { return this.#now.only } // prettier-ignore
  get hide(): readonly string[] { return this.#now.hide } // prettier-ignore
  get most(): number { return this.#now.most } // prettier-ignore
  get from(): string { return this.#now.from } // prettier-ignore
  get to(): string { return this.#now.to } // prettier-ignore
  get tab(): View['tab'] { return this.#now.tab } // prettier-ignore
  get theme(): View['theme'] { return this.#now.theme } // prettier-ignore
  get camera(): View['camera'] { return this.#now.camera } // prettier-ignore
  get side(): boolean { return this.#now.side } // prettier-ignore
  get kind(): View['kind'] { return this.#now.kind } // prettier-ignore
  get order(): string { return this.#now.order } // prettier-ignore
  get rows(): string { return this.#now.rows } // prettier-ignore
  get trigger(): string { return this.#now.trigger } // prettier-ignore
  get severity(): string { return this.#now.severity } // prettier-ignore
  get details(): string { return this.#now.details } // prettier-ignore
  get values(): boolean { return this.#now.values } // prettier-ignore
  get series(): readonly string[] { return this.#now.series } // prettier-ignore

  /** Everything at once, for links. */
  get whole(): View {
    return this.#now
  }

  get isLive(): boolean {
    return this.#now.b === NOW && this.#now.a === null
  }

  get isComparison(): boolean {
    return this.#now.a !== null
  }

  /** Change while something is dragged or typed: the address follows without a new entry in the history. */
  set(change: Partial<View>): void {
    this.#now = { ...this.#now, ...change }
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#write('replace'), DRAG_WRITE_MS) // browsers refuse more than 200 in 30 s
  }

  /** Change while a pin is dragged; {@link drop} makes one step in the history of all of it. */
  drag(change: Partial<View>): void {
    this.#dragFrom ??= this.#now
    this.set(change)
  }

  /** Let go: "back" comes back to where the dragging began. */
  drop(): void {
    const from = this.#dragFrom
    const to = this.#now
    this.#dragFrom = null
    if (from === null || writeView(from) === writeView(to)) return
    this.#now = from
    this.go({})
    this.go(to)
  }

  /** Change for good: "back" comes back to what was before. */
  go(change: Partial<View>): void {
    const before = this.#written()
    this.#now = { ...this.#now, ...change }
    clearTimeout(this.#timer)
    this.#write(before === this.#written() ? 'replace' : 'push')
  }

  /** Read the address; follow it from then on. Gives the way to stop. */
  follow(): () => void {
    const read = (): void => {
      this.#now = readView(window.location.search)
    }
    read()
    window.addEventListener('popstate', read)
    return () => window.removeEventListener('popstate', read)
  }

  #written(): string {
    return writeView(this.#now)
  }

  #write(how: 'replace' | 'push'): void {
    const url = `${window.location.pathname}${this.#written()}`
    if (how === 'push') window.history.pushState(null, '', url)
    else window.history.replaceState(null, '', url)
  }
}

export const view = new ViewState()
