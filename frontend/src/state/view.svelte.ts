/** The whole view, one field a rune, and the address as its mirror. */
import { DEFAULT_VIEW, NOW, readView, writeView, type View } from '../model/view'

const DRAG_WRITE_MS = 120

class ViewState {
  /** Replaced as a whole: its fields are read-only, so that nothing changes without the address. */
  #now = $state.raw<View>(DEFAULT_VIEW)
  #timer: ReturnType<typeof setTimeout> | undefined
  #dragFrom: View | null = null

  // Each field apart: the view is replaced as a whole, and what reads one must not follow all.
  readonly graph: string = $derived(this.#now.graph)
  readonly a: string | null = $derived(this.#now.a)
  readonly b: string = $derived(this.#now.b)
  readonly metric: string = $derived(this.#now.metric)
  readonly sel: string = $derived(this.#now.sel)
  readonly q: string = $derived(this.#now.q)
  readonly hops: number = $derived(this.#now.hops)
  readonly only: View['only'] = $derived(this.#now.only)
  readonly hide: readonly string[] = $derived(this.#now.hide)
  readonly most: number = $derived(this.#now.most)
  readonly from: string = $derived(this.#now.from)
  readonly to: string = $derived(this.#now.to)
  readonly tab: View['tab'] = $derived(this.#now.tab)
  readonly theme: View['theme'] = $derived(this.#now.theme)
  readonly camera: View['camera'] = $derived(this.#now.camera)
  readonly side: boolean = $derived(this.#now.side)
  readonly kind: View['kind'] = $derived(this.#now.kind)
  readonly order: string = $derived(this.#now.order)
  readonly rows: string = $derived(this.#now.rows)
  readonly trigger: string = $derived(this.#now.trigger)
  readonly severity: string = $derived(this.#now.severity)
  readonly details: string = $derived(this.#now.details)
  readonly values: boolean = $derived(this.#now.values)
  readonly powers: boolean = $derived(this.#now.powers)
  readonly series: readonly string[] = $derived(this.#now.series)

  /** Everything at once, for links. */
  get whole(): View {
    return this.#now
  }

  readonly isLive: boolean = $derived(this.b === NOW && this.a === null)
  readonly isComparison: boolean = $derived(this.a !== null)

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
