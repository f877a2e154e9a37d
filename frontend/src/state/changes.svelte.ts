/** The change table: pages of the comparison as the server filters and sorts them. */
import { readChanges, type ChangesWish } from '../api/changes'
import { isAbort } from '../api/http'
import type { Change } from '../schema'
import { view } from './view.svelte'

const PAGE = 100
export const SORTS = ['default', 'delta', 'canonical'] as const
export type Sort = (typeof SORTS)[number]

class Changes {
  items = $state.raw<readonly Change[]>([])
  matching = $state(0)
  total = $state(0)
  loaded = $state(false)
  loading = $state(false)
  error = $state.raw<Error | null>(null)
  #next = $state<string | null>(null)
  #wish: ChangesWish | null = null
  #signal: AbortSignal | null = null

  /** Filters stand in the address as words. */
  readonly onlyWorse: boolean = $derived(words().includes('worse'))
  readonly hideNoise: boolean = $derived(words().includes('real'))
  readonly sort: Sort = $derived(SORTS.find((each) => words().includes(each)) ?? 'default')

  get hasMore(): boolean {
    return this.#next !== null
  }

  toggle(word: 'worse' | 'real'): void {
    const now = words()
    view.go({ rows: (now.includes(word) ? now.filter((each) => each !== word) : [...now, word]).join(' ') })
  }

  sortBy(sort: Sort): void {
    const others = words().filter((each) => !SORTS.some((known) => known === each))
    view.go({ rows: (sort === 'default' ? others : [...others, sort]).join(' ') })
  }

  /** Read the first page, until the returned function is called. */
  follow(wish: Omit<ChangesWish, 'limit' | 'sort'>): () => void {
    const abort = new AbortController()
    this.#signal = abort.signal
    this.#wish = {
      ...wish,
      limit: PAGE,
      sort: this.sort,
      direction: this.onlyWorse ? ['worse'] : [],
      significance: this.hideNoise ? ['real', 'too_little_data'] : [],
    }
    this.error = null
    void this.#load(this.#wish, false)
    return () => abort.abort()
  }

  more(): void {
    if (this.#wish !== null && this.#next !== null && !this.loading) void this.#load({ ...this.#wish, cursor: this.#next }, true)
  }

  async #load(wish: ChangesWish, further: boolean): Promise<void> {
    const signal = this.#signal
    if (signal === null) return
    this.loading = true
    try {
      const answer = await readChanges(wish, signal)
      if (signal.aborted) return
      this.items = further ? [...this.items, ...answer.changes] : answer.changes
      this.matching = answer.matching
      this.total = answer.summary.counts.total
      this.#next = answer.next
      this.loaded = true
      this.error = null
    } catch (error) {
      if (isAbort(error) || signal.aborted) return
      this.error = error instanceof Error ? error : new Error(String(error))
    }
    this.loading = false
  }
}

const words = (): string[] => view.rows.split(' ').filter((each) => each !== '')

export const changes = new Changes()
