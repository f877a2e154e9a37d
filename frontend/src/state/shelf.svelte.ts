/** The list of the Snapshots tab: filters, pages by cursor, and the one that is looked at. */
import { ApiError, isAbort } from '../api/http'
import { deleteSnapshot, listSnapshots, readHeader, reviseSnapshot, type ListFilter } from '../api/snapshots'
import { typedMoment } from '../model/times'
import type { RevisionBody, SnapshotHeader, SnapshotPage } from '../schema'
import type { View } from '../model/view'
import { sides } from './sides.svelte'
import { snapshots } from './snapshots.svelte'
import { view } from './view.svelte'

const PAGE = 50
/** As many as the server gives at once. */
const PAGE_MOST = 1_000

/** What is typed and not saved; what is left out stands as it was saved. */
export interface Draft {
  readonly note?: string | undefined
  readonly tags?: string | undefined
}

const NO_DRAFT: Draft = {}

/** What the list is narrowed to; it stands in the address, so that a link shows the same list. */
export type ShelfFilter = Pick<View, 'trigger' | 'severity' | 'since' | 'until' | 'tag' | 'text'>

const NO_FILTER: ShelfFilter = { trigger: '', severity: '', since: '', until: '', tag: '', text: '' }

class Shelf {
  readonly filter: ShelfFilter = $derived.by(() => {
    const { trigger, severity, since, until, tag, text } = view.whole
    return { trigger, severity, since, until, tag, text }
  })
  /** The same as a text, which stays the same while something else of the view moves. */
  readonly wish: string = $derived(JSON.stringify(this.filter))
  items = $state.raw<readonly SnapshotHeader[]>([])
  total = $state(0)
  next = $state.raw<string | null>(null)
  loading = $state(false)
  loaded = $state(false)
  error = $state.raw<Error | null>(null)
  #drafts = $state.raw<Readonly<Record<string, Draft>>>({})
  /** The one of `view.details`, also when the list does not reach it. */
  #chosen = $state.raw<SnapshotHeader | null>(null)
  /** Of what is followed. */
  #signal: AbortSignal | null = null
  /** What the rows are of, and how many were asked for: what is begun anew meanwhile reads as many. */
  #listed = ''
  #wanted = PAGE

  /** The one that was chosen, else the one where B stands, else the newest. */
  readonly chosen: SnapshotHeader | null = $derived(
    this.#named(view.details) ?? (this.#chosen?.snapshot_id === view.details ? this.#chosen : null) ?? this.#named(sides.bId) ?? this.items[0] ?? null,
  )

  readonly isFiltered: boolean = $derived(Object.values(this.filter).some((each) => each !== ''))

  clear(): void {
    view.go(NO_FILTER)
  }

  /** Read a list: of another one the first page, of the same as many rows as stand; the returned function calls it off. */
  follow(graph: string): () => void {
    const abort = new AbortController()
    this.#signal = abort.signal
    const listed = `${graph} ${this.wish}`
    if (listed !== this.#listed) this.#wanted = PAGE
    void this.#load(graph, { most: this.#wanted, signal: abort.signal }, (items) => {
      this.#listed = listed
      this.items = items
    })
    return () => abort.abort()
  }

  async more(graph: string): Promise<void> {
    if (this.next === null || this.loading || this.#signal === null) return
    this.#wanted = this.items.length + PAGE
    await this.#load(graph, { most: PAGE, cursor: this.next, signal: this.#signal }, (items) => (this.items = [...this.items, ...items]))
  }

  /** Read the chosen one where the list does not reach it; one that is gone is chosen no longer. */
  choose(id: string, graph: string): () => void {
    const abort = new AbortController()
    if (id !== '') void this.#choose(id, graph, abort.signal)
    return () => abort.abort()
  }

  draftOf(id: string): Draft {
    return this.#drafts[id] ?? NO_DRAFT
  }

  /** Keep what is typed until it is saved, whatever the list does; whoever is written about stays chosen. */
  draft(id: string, change: Draft): void {
    this.#drafts = { ...this.#drafts, [id]: { ...this.draftOf(id), ...change } }
    if (view.details !== id) view.set({ details: id })
  }

  /** Change a snapshot; what was typed while it was saved is not saved yet. */
  async revise(header: SnapshotHeader, revision: RevisionBody): Promise<void> {
    const id = header.snapshot_id
    const sent = this.draftOf(id)
    this.#take(await reviseSnapshot(id, revision, header))
    if (revision.note !== undefined) {
      const { note, tags } = this.draftOf(id)
      this.#drafts = { ...this.#drafts, [id]: { note: note === sent.note ? undefined : note, tags: tags === sent.tags ? undefined : tags } }
    }
    snapshots.refresh()
  }

  /** Read a snapshot anew, which somebody else has changed. */
  async reread(id: string, graph: string): Promise<void> {
    this.#take(await readHeader(id, graph))
  }

  async delete(id: string): Promise<void> {
    await deleteSnapshot(id)
    this.items = this.items.filter((each) => each.snapshot_id !== id)
    this.total -= 1
    if (this.#chosen?.snapshot_id === id) this.#chosen = null
    if (view.details === id) view.set({ details: '' })
    snapshots.refresh()
  }

  #named(id: string): SnapshotHeader | null {
    return this.items.find((each) => each.snapshot_id === id) ?? null
  }

  #take(header: SnapshotHeader): void {
    this.items = this.items.map((each) => (each.snapshot_id === header.snapshot_id ? header : each))
    if (this.#chosen?.snapshot_id === header.snapshot_id) this.#chosen = header
  }

  async #choose(id: string, graph: string, signal: AbortSignal): Promise<void> {
    try {
      const header = await readHeader(id, graph, signal)
      if (!signal.aborted) this.#chosen = header
    } catch (error) {
      // what cannot be read now stays as it was; the list says why
      if (!signal.aborted && error instanceof ApiError && !error.isPassing) this.#chosen = null
    }
  }

  async #load(graph: string, wanted: Wanted, show: (items: readonly SnapshotHeader[]) => void): Promise<void> {
    const { signal } = wanted
    this.loading = true
    try {
      const page = await read(wish(graph, this.filter), wanted)
      if (signal.aborted) return
      show(page.items)
      this.total = page.total
      this.next = page.next
      this.error = null
    } catch (error) {
      if (isAbort(error) || signal.aborted) return
      this.error = error instanceof Error ? error : new Error(String(error))
    }
    this.loaded = true
    this.loading = false
  }
}

interface Wanted {
  readonly most: number
  readonly cursor?: string
  readonly signal: AbortSignal
}

/** So many rows, in as many pages as it takes. */
async function read(filter: ListFilter, { most, cursor, signal }: Wanted): Promise<Pick<SnapshotPage, 'items' | 'next' | 'total'>> {
  const page = await listSnapshots(filter, { limit: Math.min(most, PAGE_MOST), cursor: cursor ?? null, signal })
  const missing = most - page.items.length
  if (page.next === null || missing <= 0) return page
  const rest = await read(filter, { most: missing, cursor: page.next, signal })
  return { ...rest, items: [...page.items, ...rest.items] }
}

function wish(graph: string, filter: ShelfFilter): ListFilter {
  const some = (each: string): string[] => (each === '' ? [] : [each])
  const utc = (typed: string): string => {
    const time = typedMoment(typed, new Date())
    return time === null ? '' : new Date(time).toISOString()
  }
  return {
    graph,
    trigger: some(filter.trigger),
    severity: some(filter.severity),
    since: utc(filter.since),
    until: utc(filter.until),
    tag: filter.tag.trim(),
    q: filter.text.trim(),
  }
}

export const shelf = new Shelf()
