/** Walking through time: one snapshot on or back, to the next big change, and playing. */
import { readBefore } from '../api/snapshots'
import { texts } from '../model/texts'
import { nextBig, panned, placeBeside } from '../model/timeline'
import { NOW } from '../model/view'
import { axis } from './axis.svelte'
import { graphs } from './graphs.svelte'
import { notices } from './notices.svelte'
import { sides } from './sides.svelte'
import { snapshots } from './snapshots.svelte'
import { view } from './view.svelte'

/** Seconds that a snapshot is shown for, at speed 1. */
const SECONDS_EACH = 1
/** How often it is looked whether what a step shows has come. */
const LOOK_MS = 50
export const SPEEDS = [1, 2, 5] as const

class Walk {
  playing = $state(false)
  speed = $state<(typeof SPEEDS)[number]>(1)
  #timer: ReturnType<typeof setTimeout> | undefined

  /** Where B stands among the snapshots of the strip; now stands behind the last. */
  get place(): number {
    return view.b === NOW ? snapshots.items.length : snapshots.placeOf(sides.bId)
  }

  /** Move B by a number of snapshots; behind the newest comes now. At an end of a chosen range the strip moves on first. */
  step(by: number): void {
    const goal = this.#from(axis.b, this.place, by) + by
    const { range, now } = axis
    const half = (range.to - range.from) / 2
    if (goal >= snapshots.items.length && view.to !== '') axis.settle(panned(range, half, now))
    else if (goal < 0 && view.from !== '') axis.settle(panned(range, -half, now))
    else this.goTo(goal)
  }

  /** Move A by a number of snapshots; without A it begins beside B. */
  stepA(by: number): void {
    const start = view.a === null ? this.place : view.a === NOW ? snapshots.items.length : snapshots.placeOf(sides.aId ?? '')
    const goal = this.#from(axis.a ?? axis.b, start, by) + by
    const mark = snapshots.items[Math.min(Math.max(goal, 0), snapshots.items.length - 1)]
    if (mark !== undefined) view.go({ a: mark.snapshot_id })
  }

  /** The place that a step goes out from; a pin that is not on the strip stands beside a place. */
  #from(time: number | null, place: number, by: number): number {
    if (place >= 0) return place
    return time === null ? snapshots.items.length : placeBeside(snapshots.times, time, by)
  }

  goTo(place: number): void {
    const last = snapshots.items.length
    const isLive = graphs.current?.is_configured ?? false
    const goal = Math.min(Math.max(place, 0), isLive ? last : last - 1)
    const header = snapshots.items[goal]
    if (header !== undefined) view.go({ b: header.snapshot_id })
    else if (isLive) view.go({ b: NOW })
  }

  /** To the next (or previous) big change, and round again. */
  toBigChange(step: 1 | -1): void {
    const from = this.#from(axis.b, this.place, step)
    let goal = nextBig(snapshots.magnitudes, from, step)
    if (goal < 0) goal = nextBig(snapshots.magnitudes, step === 1 ? -1 : snapshots.items.length, step) // round again
    const header = snapshots.items[goal]
    if (header !== undefined) view.go({ b: header.snapshot_id })
  }

  /** Whether there is a snapshot before B; of now that is the newest, which a narrow strip need not show. */
  get canCompare(): boolean {
    if (view.a !== null) return false
    if (view.b !== NOW) return (sides.bHeader?.previous_id ?? null) !== null
    return snapshots.items.length > 0 || view.from !== '' || view.to !== '' || view.trigger !== '' || view.severity !== ''
  }

  /** Compare with the snapshot before B, whatever of the strip is seen, or end the comparison. */
  async toggleComparison(): Promise<void> {
    if (view.a !== null) {
      view.go({ a: null, only: '', side: false })
      return
    }
    const [b, header, stood] = [view.b, sides.bHeader, view.whole]
    if (b !== NOW && header === null) return // not read yet
    try {
      const before = await readBefore(header, graphs.name)
      if (view.whole.a !== stood.a || view.whole.b !== b) return // moved on meanwhile
      if (before === null) notices.say(texts.pins.noneBefore, 'done')
      else view.go({ a: before.snapshot_id })
    } catch (error) {
      notices.say(error instanceof Error ? error.message : texts.errors.title, 'trouble')
    }
  }

  toggle(): void {
    if (this.playing) this.stop()
    else this.play()
  }

  play(): void {
    if (snapshots.items.length === 0) return
    this.playing = true
    if (this.place < 0 || this.place >= snapshots.items.length - 1) this.goTo(0)
    this.#timer = setTimeout(() => this.#later())
  }

  stop(): void {
    this.playing = false
    clearTimeout(this.#timer)
  }

  /** A step is seen for its time, counted from when it is there: a load that takes longer is not overtaken. */
  #later(): void {
    if (sides.loading) {
      this.#timer = setTimeout(() => this.#later(), LOOK_MS)
      return
    }
    this.#timer = setTimeout(() => {
      if (this.place >= snapshots.items.length - 1) {
        this.stop()
        return
      }
      const header = snapshots.items[this.place + 1]
      if (header !== undefined) view.set({ b: header.snapshot_id }) // playing leaves no trail in the history
      this.#timer = setTimeout(() => this.#later()) // when the load has begun
    }, (SECONDS_EACH * 1000) / this.speed)
  }
}

export const walk = new Walk()
