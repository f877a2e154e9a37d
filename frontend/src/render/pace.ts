/** How much may be drawn while something moves, learnt from how long the last frames took. Pure. */

/** A frame longer than this feels like a jerk: less is drawn in the next. */
const SMOOTH_MS = 40
/** A pause longer than this is not a frame. */
const PAUSE_MS = 10_000
const FIRST_MOST = 0.25
/** A processor draws some ten thousand long lines a second. */
const FIRST_LINES = 800
/** Until a frame was measured, one of a large graph is taken to last this long. */
const FIRST_TOOK_MS = 300
const LEAST = 0.01

export class Pace {
  #share: number
  #last = Number.NEGATIVE_INFINITY
  #took = 0

  /** Begin with a share (0 to 1) of what there is. */
  constructor(share = FIRST_MOST) {
    this.#share = share
  }

  /** There are so many lines now: begin anew with few of them, since the first frame cannot know how slow the machine is. */
  begin(lines: number): void {
    this.#share = Math.min(FIRST_MOST, FIRST_LINES / Math.max(lines, 1))
    this.#took = lines > FIRST_LINES ? FIRST_TOOK_MS : 0
  }

  /** Share of everything that the next frame may draw. */
  get share(): number {
    return this.#share
  }

  /** A frame begins now (ms): quick ones allow more, slow ones less. */
  frame(now: number): void {
    const took = now - this.#last
    this.#last = now
    if (took > PAUSE_MS) return
    this.#took = took
    const next = took > SMOOTH_MS ? this.#share * Math.max(SMOOTH_MS / took, 0.4) : this.#share * 1.15
    this.#share = Math.min(Math.max(next, LEAST), 1)
  }

  /** How long after the last movement it counts as over, ms: where frames are slow, the next may still be on its way. */
  restAfter(least: number): number {
    return Math.max(least, Math.min(this.#took * 2.5, PAUSE_MS))
  }

  /** The movement is over: the time until the next is no frame. */
  rest(): void {
    this.#last = Number.NEGATIVE_INFINITY
  }
}
