/** The lines of the Trends tab: which they are, and their values across snapshots. */
import { ApiError, isAbort } from '../api/http'
import { readSeries, type SeriesAnswer } from '../api/series'
import { telling } from '../model/changes'
import { DEFAULT_SUMMARY, linesOf, textOf, topChanges, type Line } from '../model/lines'
import { elementOf, isLoop } from '../model/keys'
import { inOrder } from '../model/metrics'
import { trending } from '../model/texts-trends'
import { wishOf } from '../model/trends'
import { SERIES_MOST } from '../model/view'
import { notices } from './notices.svelte'
import { edgesAt, edgesOf } from './selection'
import { sides } from './sides.svelte'
import { view } from './view.svelte'

/** As many snapshots as a chart shows apart on a wide screen. */
const SNAPSHOTS_MOST = 1000

export type DefaultKind = 'summary' | 'selection' | 'comparison'

class Trends {
  answer = $state.raw<SeriesAnswer | null>(null)
  /** Lines that no snapshot has, as the address writes them. */
  never = $state.raw<readonly string[]>([])
  /** The lines of the answer, as the address writes them; others are still on their way. */
  answered = $state.raw<readonly string[]>([])
  loading = $state(false)
  error = $state.raw<Error | null>(null)
  #attempt = $state(0)

  /** What stands in the address; empty: what suits is shown. */
  readonly chosen: readonly Line[] = $derived(linesOf(view.series))
  readonly #suits = $derived.by((): { readonly kind: DefaultKind | null; readonly lines: readonly Line[] } => {
    if (this.chosen.length > 0) return { kind: null, lines: this.chosen }
    const selected = view.sel === '' ? [] : this.#ofSelection()
    if (selected.length > 0) return { kind: 'selection', lines: selected }
    const changed = sides.comparison === null || !view.isComparison ? [] : topChanges(telling(sides.comparison))
    if (changed.length > 0) return { kind: 'comparison', lines: changed }
    if (view.isComparison && sides.comparing) return { kind: 'comparison', lines: [] }
    return { kind: 'summary', lines: DEFAULT_SUMMARY.map((field) => ({ kind: 'summary', field })) }
  })
  /** What the lines are when none was chosen. */
  readonly defaultKind: DefaultKind | null = $derived(this.#suits.kind)
  /** A text, so that what reads the lines only runs when they change. */
  readonly #texts: string = $derived(this.#suits.lines.map(textOf).join('\n'))
  readonly lines: readonly Line[] = $derived(linesOf(this.#texts.split('\n')))

  get attempt(): number {
    return this.#attempt
  }

  retry(): void {
    this.#attempt += 1
  }

  /** Show a line beside those that were chosen (or beside others that are seen); says so when there is no room. */
  add(line: Line, beside: readonly Line[] = this.chosen): void {
    const series = [...new Set([...beside, line].map(textOf))]
    if (series.length > SERIES_MOST) notices.say(trending.full(SERIES_MOST), 'trouble')
    else view.go({ series, tab: 'trends' })
  }

  remove(line: Line): void {
    const text = textOf(line)
    view.go({ series: this.lines.map(textOf).filter((each) => each !== text) })
  }

  /** Select the element of a line; what is shown stays. */
  select(line: Line): void {
    if (line.kind !== 'summary') view.go({ sel: line.key, series: this.lines.map(textOf) })
  }

  /** Read the lines of a graph and a range until the returned function is called. */
  follow(graph: string, lines: readonly Line[], since: string, until: string): () => void {
    const abort = new AbortController()
    void this.#load(graph, lines, { since, until }, abort.signal)
    return () => {
      abort.abort()
      this.loading = false
    }
  }

  /** Each metric of what is selected: of a pair its edges, of a node its loops and its score. */
  #ofSelection(): readonly Line[] {
    const element = elementOf(view.sel)
    const node = sides.b.nodes.index.get(view.sel)
    if (element.kind === 'node' && node === undefined) return []
    const edges = node === undefined ? edgesOf(view.sel, sides.b) : edgesAt(node, sides.b).filter((each) => isLoop(elementOf(each.key)))
    const order = inOrder(edges.map((each) => each.type))
    const rank = (edge: { key: string; type: string }): number => (edge.key === view.sel ? -1 : order.indexOf(edge.type))
    const keys = [...edges].sort((one, other) => rank(one) - rank(other)).map((each) => each.key)
    const score = node === undefined ? undefined : sides.b.nodes.properties(node)['hotspot_score']
    return linesOf(typeof score === 'number' ? [view.sel, ...keys] : keys)
  }

  async #load(graph: string, lines: readonly Line[], bounds: { since: string; until: string }, signal: AbortSignal): Promise<void> {
    this.loading = true
    try {
      const { answer, never } = await readAll(graph, lines, bounds, signal)
      if (signal.aborted) return
      this.answer = answer
      this.never = never
      this.answered = lines.map(textOf)
      this.error = null
    } catch (error) {
      if (isAbort(error) || signal.aborted) return
      this.error = error instanceof Error ? error : new Error(String(error))
    }
    this.loading = false
  }
}

/** The values; elements that were never captured are left out and named, since one of them must not hide the others. */
async function readAll(
  graph: string,
  lines: readonly Line[],
  bounds: { since: string; until: string },
  signal: AbortSignal,
): Promise<{ answer: SeriesAnswer; never: readonly string[] }> {
  let never: readonly string[] = []
  for (;;) {
    const wish = wishOf(lines.filter((line) => !never.includes(textOf(line))))
    try {
      return { answer: await readSeries({ graph, ...bounds, ...wish, limit: SNAPSHOTS_MOST }, signal), never }
    } catch (error) {
      const unknown = unknownOf(error, wish)
      if (unknown.length === 0) throw error
      never = [...never, ...lines.filter((line) => line.kind !== 'summary' && unknown.includes(line.key)).map(textOf)]
    }
  }
}

/** The keys that a refusal points at: `?edge/2`. */
function unknownOf(error: unknown, wish: ReturnType<typeof wishOf>): readonly string[] {
  if (!(error instanceof ApiError) || error.status !== 404) return []
  const keys = (error.problem?.problems ?? []).map(({ pointer }) => {
    const [, kind, place] = /^\?(edge|node)\/(\d+)$/.exec(pointer) ?? []
    return (kind === 'edge' ? wish.edge : kind === 'node' ? wish.node : [])[Number(place)] ?? ''
  })
  return keys.filter((key) => key !== '')
}

export const trends = new Trends()
