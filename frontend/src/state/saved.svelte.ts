/** Views with a name: saved from what is seen, opened, deleted. Read when somebody asks for them. */
import { deleteView, listViews, saveView } from '../api/saved'
import { DEFAULT_VIEW, readView, writeView } from '../model/view'
import type { SavedView } from '../schema'
import { graphs } from './graphs.svelte'
import { view } from './view.svelte'

class Saved {
  items = $state.raw<readonly SavedView[]>([])
  loaded = $state(false)
  error = $state.raw<Error | null>(null)
  #asked = 0

  /** Read the list; an answer that was overtaken by a later question is dropped, or it would bring back what is deleted. */
  async load(): Promise<void> {
    const question = ++this.#asked
    try {
      const items = await listViews(graphs.name)
      if (question !== this.#asked) return
      this.items = items
      this.error = null
    } catch (error) {
      if (question !== this.#asked) return
      this.error = error instanceof Error ? error : new Error(String(error))
    }
    this.loaded = true
  }

  /** Save what is seen now. "Live" and "the last hour" stay what they say; the theme stays everybody's own. */
  async save(name: string): Promise<void> {
    await saveView(graphs.name, name, writeView({ ...view.whole, graph: graphs.name, theme: DEFAULT_VIEW.theme }))
    await this.load()
  }

  open(saved: SavedView): void {
    view.go({ ...readView(saved.query), theme: view.theme })
  }

  async delete(id: string): Promise<void> {
    await deleteView(id)
    await this.load()
  }
}

export const saved = new Saved()
