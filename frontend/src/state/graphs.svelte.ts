/** The live graphs that can be chosen. */
import type { Levels } from '../model/scores'
import type { LiveGraph } from '../schema'
import { listGraphs } from '../api/graphs'
import { ApiError } from '../api/http'
import { NOW, type Pin } from '../model/view'
import { view } from './view.svelte'

const NO_LEVELS: Levels = {}

class Graphs {
  items = $state.raw<readonly LiveGraph[]>([])
  error = $state.raw<Error | null>(null)
  loaded = $state(false)

  /** The one that is shown: that of the address, else the first with history, else the first. */
  readonly name: string = $derived.by(() => {
    if (view.graph !== '') return view.graph
    const best = this.items.find((each) => each.is_configured) ?? this.items[0]
    return best?.name ?? 'default'
  })
  readonly current: LiveGraph | null = $derived(this.items.find((each) => each.name === this.name) ?? null)
  /** From which values on a metric of it is high and critical, as it holds now. */
  readonly levels: Levels = $derived(this.current?.thresholds ?? NO_LEVELS)

  /** Where B of the shown graph stands when nothing else is said. */
  readonly restingPin: Pin = $derived(restingPinOf(this.current))

  async load(): Promise<void> {
    try {
      this.items = await listGraphs()
      this.error = null
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) return // the token is asked for, and then this again
      this.error = error instanceof Error ? error : new Error(String(error))
    }
    this.loaded = true
  }
}

/** Where B rests: now, and in a graph that only history knows at its newest snapshot. */
export function restingPinOf(graph: LiveGraph | null): Pin {
  return graph !== null && !graph.is_configured ? 'latest' : NOW
}

export const graphs = new Graphs()
