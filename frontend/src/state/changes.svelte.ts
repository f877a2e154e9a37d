/** The change table: pages of the comparison as the server filters and sorts them. */
import { readChanges, type ChangesWish } from '../api/changes'
import { isAbort } from '../api/http'
import type { Change } from '../schema'
import { referenceOf, NOW } from '../model/view'
import { CHANGES_MOST } from './sides.svelte'
import { view } from './view.svelte'

const PAGE = 100
const LIVE = referenceOf(NOW)
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
  /** What was asked for, as a text, and how many rows of it; a comparison with now is asked for again and again. */
  #asked = ''
  #most = PAGE

  /** Filters stand in the address as words. */
  readonly onlyWorse: boolean = $derived(words().includes('worse'))
  readonly hideNoise: boolean = $derived(words().includes('real'))
  readonly sort: Sort = $derived(SORTS.find((each) => words().includes(each)) ?? 'default')

  get hasMore(): boolean {
    return this.#next !== null && (!this.#isLive || this.#most < CHANGES_MOST)
  }

  toggle(word: 'worse' | 'real'): void {
    const now = words()
    view.go({ rows: (now.includes(word) ? now.filter((each) => each !== word) : [...now, word]).join(' ') })
  }

  sortBy(sort: Sort): void {
    const others = words().filter((each) => !SORTS.some((known) => known === each))
    view.go({ rows: (sort === 'default' ? others : [...others, sort]).join(' ') })
  }

  /** With now there is no going on from where one was: the list is another one each time. */
  get #isLive(): boolean {
    return this.#wish?.baseline === LIVE || this.#wish?.target === LIVE
  }

  /** Read the first page, of the same comparison as many rows as stand, until the returned function is called. */
  follow(wish: Omit<ChangesWish, 'limit' | 'sort'>): () => void {
    const abort = new AbortController()
    this.#signal = abort.signal
    const asked = JSON.stringify([wish, view.rows])
    if (asked !== this.#asked) this.#most = PAGE
    this.#asked = asked
    this.#wish = {
      ...wish,
      limit: this.#most,
      sort: this.sort,
      direction: this.onlyWorse ? ['worse'] : [],
      significance: this.hideNoise ? ['real', 'too_little_data'] : [],
    }
    this.error = null
    void this.#load(this.#wish, false)
    return () => abort.abort()
  }

  more(): void {
    if (this.#wish === null || this.#next === null || this.loading) return
    this.#most = Math.min(this.#most + PAGE, CHANGES_MOST)
    if (this.#isLive) {
      this.#wish = { ...this.#wish, limit: this.#most }
      void this.#load(this.#wish, false)
    } else {
      void this.#load({ ...this.#wish, limit: PAGE, cursor: this.#next }, true)
    }
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
