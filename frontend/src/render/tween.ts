/** Leading colours and widths over from one scene to the next; places are never led. Pure but for the clock that is handed in. */
import { faded, mixed } from '../model/colours'
import type { Scene } from '../model/scene'

export const TWEEN_MS = 200
/** Beyond this many lines a change is shown at once: mixing them would take longer than it lasts. */
const TWEEN_MOST = 3_000

export interface Tween {
  now(): { readonly colour: Uint32Array; readonly width: Float32Array }
  isOver(): boolean
}

/** From one scene to another; null when nothing that both have differs, or there is too much. */
export function between(before: Scene, after: Scene, clock: () => number = () => performance.now()): Tween | null {
  const { pairs } = after
  if (pairs.count > TWEEN_MOST || before.pairs.count > TWEEN_MOST) return null
  const fromColour = pairs.colour.slice()
  const fromWidth = pairs.width.slice()
  let differs = false
  for (let pair = 0; pair < pairs.count; pair++) {
    const place = before.pairs.index.get(pairs.keys[pair] ?? '')
    fromColour[pair] = place === undefined ? faded(pairs.colour[pair] ?? 0, 0) : (before.pairs.colour[place] ?? 0)
    fromWidth[pair] = before.pairs.width[place ?? -1] ?? pairs.width[pair] ?? 0
    differs ||= fromColour[pair] !== pairs.colour[pair] || Math.abs((fromWidth[pair] ?? 0) - (pairs.width[pair] ?? 0)) > 0.1
  }
  if (!differs) return null
  const begun = clock()
  const share = (): number => Math.min((clock() - begun) / TWEEN_MS, 1)
  return {
    isOver: () => share() >= 1,
    now: () => {
      const part = easeOut(share())
      return {
        colour: pairs.colour.map((colour, pair) => mixed(fromColour[pair] ?? 0, colour, part)),
        width: pairs.width.map((width, pair) => (fromWidth[pair] ?? 0) + (width - (fromWidth[pair] ?? 0)) * part),
      }
    },
  }
}

const easeOut = (share: number): number => 1 - (1 - share) ** 3
