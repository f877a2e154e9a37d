/** The list of the Snapshots tab: filters, pages by cursor, and the one that is looked at. */
import { isAbort } from '../api/http'
import { deleteSnapshot, listSnapshots, reviseSnapshot, type ListFilter } from '../api/snapshots'
import { typedMoment } from '../model/times'
import type { RevisionBody, SnapshotHeader } from '../schema'
import type { View } from '../model/view'
import { snapshots } from './snapshots.svelte'
import { view } from './view.svelte'

const PAGE = 50

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

  readonly isFiltered: boolean = $derived(Object.values(this.filter).some((each) => each !== ''))

  clear(): void {
    view.go(NO_FILTER)
  }

  /** Read the first page of a graph; the returned function calls it off. */
  follow(graph: string): () => void {
    const abort = new AbortController()
    void this.#load(graph, null, abort.signal)
    return () => abort.abort()
  }

  async more(graph: string): Promise<void> {
    if (this.next !== null && !this.loading) await this.#load(graph, this.next, new AbortController().signal)
  }

  async revise(header: SnapshotHeader, revision: RevisionBody): Promise<SnapshotHeader> {
    const revised = await reviseSnapshot(header.snapshot_id, revision, header)
    this.items = this.items.map((each) => (each.snapshot_id === revised.snapshot_id ? revised : each))
    snapshots.refresh()
    return revised
  }

  async delete(id: string): Promise<void> {
    await deleteSnapshot(id)
    this.items = this.items.filter((each) => each.snapshot_id !== id)
    this.total -= 1
    snapshots.refresh()
  }

  async #load(graph: string, cursor: string | null, signal: AbortSignal): Promise<void> {
    this.loading = true
    try {
      const page = await listSnapshots(wish(graph, this.filter), { limit: PAGE, cursor, signal })
      if (signal.aborted) return
      this.items = cursor === null ? page.items : [...this.items, ...page.items]
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
