/** The axis of time that the strip and the charts share: its range, and where the pins stand on it. */
import { boundsOf, momentOf, rangeOf, wheeled, type Range, type Turn } from '../model/timeline'
import { NOW } from '../model/view'
import { clock } from './clock.svelte'
import { sides } from './sides.svelte'
import { snapshots } from './snapshots.svelte'
import { view } from './view.svelte'

class Axis {
  /** Milliseconds; moves with the clock. */
  readonly now: number = $derived(clock.now.getTime())
  readonly range: Range = $derived(rangeOf(view.from, view.to, snapshots.times, this.now))
  /** Where A stands, in milliseconds; null without A, or while that is not known. */
  readonly a: number | null = $derived(this.#timeOf(sides.aId, sides.aHeader))
  readonly b: number | null = $derived(this.#timeOf(sides.bId, sides.bHeader))

  /** Show another range while something turns or is dragged. */
  show(range: Range): void {
    view.set(boundsOf(range, this.now))
  }

  /** Show another range for good: "back" comes back. */
  settle(range: Range): void {
    view.go(boundsOf(range, this.now))
  }

  /** A turn of the wheel over a place (0: left, 1: right) of something as wide as this. */
  turn(event: Turn, share: number, width: number): void {
    this.show(wheeled(this.range, event, share, width, this.now))
  }

  #timeOf(pin: string | null, header: { readonly timestamp: string } | null): number | null {
    if (pin === null) return null
    if (pin === NOW) return this.now
    const known = snapshots.times[snapshots.placeOf(pin)]
    return known ?? (header === null ? momentOf(pin.replace('@', ''), this.now) : Date.parse(header.timestamp))
  }
}

export const axis = new Axis()
