/** From the state of the page to what is drawn: derived step by step, so that only what depends on a change is done again. */
import { DARK, LIGHT } from '../../model/colours'
import type { GraphModel } from '../../model/graph'
import { EMPTY } from '../../model/records'
import { inOrder, LATENCY } from '../../model/metrics'
import { isChanged, sceneOf, type Scene } from '../../model/scene'
import { NO_SCORES, scoresOf, scoresOfUnion, type Levels, type Scores } from '../../model/scores'
import { single, union, type Union } from '../../model/union'
import { bottlenecksOf, pathsOf, verdictsOf } from '../../model/verdicts'
import { nodesMost, partOf, typesOf, visible, type Shown } from '../../model/visible'
import type { SnapshotHeader } from '../../schema'
import { graphs } from '../../state/graphs.svelte'
import { sides } from '../../state/sides.svelte'
import { theme } from '../../state/theme.svelte'
import { view } from '../../state/view.svelte'

/** A scene, and what of the graph is in it. */
export interface Drawn {
  readonly scene: Scene
  readonly shown: Shown
}

export class Picture {
  readonly hiddenTypes: readonly string[] = $derived(view.hide)
  /** How many nodes are drawn at most. */
  readonly nodesMost: number = $derived(nodesMost(view.most))
  readonly #selection = $derived(view.hops > 0 ? view.sel : '')
  readonly isComparison: boolean = $derived(view.isComparison)
  /** Half a comparison would show everything as gone, or as new. */
  readonly #isHalf: boolean = $derived(
    this.isComparison &&
      ((sides.sideA.loading && sides.a.nodes.count === 0) || (sides.sideB.loading && sides.b.nodes.count === 0)),
  )
  readonly metric: string = $derived(view.metric === '' ? LATENCY : view.metric)
  readonly metrics: readonly string[] = $derived(inOrder([...sides.b.pairs.metrics.keys(), ...sides.a.pairs.metrics.keys(), LATENCY]))
  readonly types: readonly string[] = $derived(typesOf(sides.a, sides.b))
  readonly isSideBySide: boolean = $derived(this.isComparison && view.side)

  /** Everything in either side; the layout is made of it, so that both views share it. */
  readonly whole: Union = $derived(
    this.#isHalf
      ? single(EMPTY, this.metric)
      : this.isComparison
        ? union(sides.a, sides.b, this.metric)
        : single(sides.b, this.metric),
  )
  readonly bottlenecks: ReadonlySet<string> = $derived(bottlenecksOf(sides.b, sides.bHeader, graphs.levels))
  readonly verdicts = $derived(verdictsOf(sides.comparison, this.metric))
  readonly palette = $derived(theme.dark ? DARK : LIGHT)

  /** As long as all nodes are drawn, nobody asks which are the worst. */
  readonly #scores: Scores = $derived(
    this.whole.nodes.count <= this.nodesMost
      ? NO_SCORES
      : this.isComparison
        ? scoresOfUnion(this.whole, [[sides.a, levelsOf(sides.aHeader)], [sides.b, levelsOf(sides.bHeader)]])
        : scoresOf(sides.b, levelsOf(sides.bHeader)),
  )
  readonly shown: Shown = $derived(this.#shownOf(this.whole, this.bottlenecks))
  readonly scene: Scene = $derived(
    sceneOf(this.whole, { palette: this.palette, bottlenecks: this.bottlenecks, verdicts: this.verdicts, shown: this.shown }),
  )
  readonly #sideA: Drawn = $derived(this.#sideOf(sides.a, sides.aHeader, sides.b))
  readonly #sideB: Drawn = $derived(this.#sideOf(sides.b, sides.bHeader, sides.a))
  /** What is drawn: A and B beside each other, or all in one. */
  readonly drawn: readonly { readonly side: 'a' | 'b'; readonly drawn: Drawn }[] = $derived(
    this.isSideBySide
      ? [{ side: 'a', drawn: this.#sideA }, { side: 'b', drawn: this.#sideB }]
      : [{ side: 'b', drawn: { scene: this.scene, shown: this.shown } }],
  )

  /** Critical paths of B as keys of pairs, with their texts. */
  readonly paths = $derived.by(() => {
    const texts = sides.bHeader?.performance_summary.critical_paths ?? []
    const keys = pathsOf(texts, sides.b)
    return texts.map((text, place) => ({ text, keys: keys[place] ?? [] })).filter((path) => path.keys.length > 0)
  })

  #shownOf(all: Union, bottlenecks: ReadonlySet<string>): Shown {
    return visible(all, {
      only: view.only,
      hops: view.hops,
      selection: this.#selection,
      bottlenecks,
      changed: (pair) => isChanged(all, this.verdicts, pair),
      nodesMost: this.nodesMost,
      scores: this.#scores,
      hiddenTypes: this.hiddenTypes,
    })
  }

  /** A side has its own bottlenecks; all other filters are of both together, so that what is gone is seen in A alone. */
  #sideOf(graph: GraphModel, header: SnapshotHeader | null, other: GraphModel): Drawn {
    const bottlenecks = bottlenecksOf(graph, header, graphs.levels)
    const own = single(graph, this.metric)
    const both = view.only === 'bottlenecks' ? this.#shownOf(this.whole, bottlenecks) : this.shown
    const shown = partOf(own, this.whole, both)
    return { scene: sceneOf(own, { palette: this.palette, bottlenecks, verdicts: this.verdicts, shown, twin: single(other, this.metric) }), shown }
  }
}

/** The levels of that moment; of the live graph those that hold now. */
function levelsOf(header: SnapshotHeader | null): Levels {
  return header?.thresholds ?? graphs.levels
}
