/** What the charts, their legends and the table of one Trends tab share: columns, and the snapshot that is pointed at. */
import { textOf, type Line } from '../../model/lines'
import { trending } from '../../model/texts-trends'
import { flagsOf, type Flag } from '../../model/timeline'
import { breaksOf, levelsOf, liveMoment, liveValueOf, valuesOf, whenOf, type Level, type Moment } from '../../model/trends'
import { axis } from '../../state/axis.svelte'
import { clock } from '../../state/clock.svelte'
import { graphs } from '../../state/graphs.svelte'
import { live } from '../../state/live.svelte'
import { sides } from '../../state/sides.svelte'
import { snapshots } from '../../state/snapshots.svelte'
import { trends } from '../../state/trends.svelte'
import { view } from '../../state/view.svelte'

const NOTHING: readonly never[] = []

export class Chosen {
  /** Place among the moments that is pointed at in all charts; −1: none. */
  cursor = $state(-1)

  readonly #captured: readonly Moment[] = $derived(trends.answer?.snapshots ?? NOTHING)
  /** The live graph, when the range reaches it and it is newer than each snapshot. */
  readonly #live: Moment | null = $derived.by(() => {
    const isLive = live.badge === 'live' || live.badge === 'polling'
    const at = isLive && live.at !== null ? clock.now : live.at
    const last = this.#captured.at(-1)
    if (at === null || last === undefined || axis.range.to < axis.now) return null
    return at.getTime() > Date.parse(last.captured_at) ? liveMoment(at) : null
  })
  readonly isLive: boolean = $derived(this.#live !== null)
  /** Snapshots, rising by time, and the live graph after them. */
  readonly moments: readonly Moment[] = $derived(this.#live === null ? this.#captured : [...this.#captured, this.#live])
  readonly times: readonly number[] = $derived(this.moments.map((each) => Date.parse(each.captured_at)))
  readonly breaks: readonly number[] = $derived(breaksOf(this.times, snapshots.timeline.gaps))
  readonly flags: readonly (Flag & { readonly at: number })[] = $derived(
    flagsOf(snapshots.items).map((flag) => ({ ...flag, at: snapshots.times[flag.place] ?? 0 })),
  )
  readonly #now: Readonly<Record<string, number | null>> = $derived(
    Object.fromEntries(trends.lines.map((line) => [textOf(line), liveValueOf(line, live.graph, graphs.levels)])),
  )
  readonly #columns: Readonly<Record<string, readonly (number | null)[]>> = $derived(
    Object.fromEntries(
      trends.lines.map((line) => {
        const values = valuesOf(line, trends.answer?.series ?? NOTHING, this.#captured.length)
        return [textOf(line), this.isLive ? [...values, this.#now[textOf(line)] ?? null] : values]
      }),
    ),
  )

  /** Where the legends stand while nothing is pointed at: at B, else at the newest. */
  readonly restingPlace: number = $derived.by(() => {
    const place = this.moments.findIndex((each) => each.snapshot_id === sides.bId)
    return place < 0 ? this.moments.length - 1 : place
  })
  readonly place: number = $derived(this.cursor < 0 ? this.restingPlace : this.cursor)

  point(place: number): void {
    this.cursor = place
  }

  /** Put a pin on a snapshot. */
  open(place: number, isA: boolean): void {
    const at = this.moments[place]
    if (at !== undefined) view.go(isA ? { a: at.snapshot_id } : { b: at.snapshot_id })
  }

  placeOf(line: Line): number {
    const text = textOf(line)
    return trends.lines.findIndex((each) => textOf(each) === text)
  }

  valuesOf(line: Line): readonly (number | null)[] {
    return this.#columns[textOf(line)] ?? NOTHING
  }

  /** The thresholds as they were at B; now as they are. */
  levelsOf(lines: readonly Line[]): readonly Level[] {
    return levelsOf(lines, (sides.bHeader ?? graphs.current)?.thresholds)
  }

  /** Why there is no value at a place; null when there is one. */
  missing(line: Line, place: number): { readonly text: string; readonly title: string } | null {
    const at = this.moments[place]
    if (typeof this.valuesOf(line)[place] === 'number') return null
    if (!trends.answered.includes(textOf(line))) return { text: trending.coming, title: trending.loading }
    if (trends.never.includes(textOf(line))) return { text: trending.never, title: trending.neverTitle }
    if (at?.version === null) return { text: trending.notObserved, title: line.kind === 'summary' && line.field === 'change_magnitude' ? trending.notLiveTitle : '' }
    if (at !== undefined && line.kind !== 'summary' && trends.answer?.gone.includes(at.snapshot_id) === true) return { text: trending.gone, title: trending.goneTitle }
    return { text: trending.notObserved, title: '' }
  }

  /** `v12, 10:28:05` */
  when(place: number): string {
    const at = this.moments[place]
    return at === undefined ? '' : whenOf(at, clock.now)
  }
}
