/** Links that show the same to somebody else, later: times made absolute, nothing relative left but "live". */
import { typedMoment } from '../model/times'
import { momentOf } from '../model/timeline'
import { NOW, writeView, type View } from '../model/view'
import { graphs } from './graphs.svelte'
import { sides } from './sides.svelte'
import { view } from './view.svelte'

/** The address of a view, with relative times made absolute, and tags, versions and `latest~2` as the ids of what they show. */
export function linkTo(change: Partial<View> = {}): string {
  const now = Date.now()
  const whole = { ...view.whole, ...change }
  const absolute = (text: string): string => {
    const time = momentOf(text, now)
    return time === null ? text : new Date(time).toISOString()
  }
  const typed = (text: string): string => {
    const time = typedMoment(text, new Date(now))
    return time === null ? '' : new Date(time).toISOString()
  }
  const pinned = (pin: string): string => (pin === view.b ? sides.bId : pin === view.a ? (sides.aId ?? pin) : pin)
  const isLive = whole.b === NOW && whole.a === null
  const fixed: View = {
    ...whole,
    graph: graphs.name,
    a: whole.a === null ? null : pinned(whole.a),
    b: pinned(whole.b),
    from: isLive ? whole.from : absolute(whole.from),
    to: isLive ? whole.to : absolute(whole.to),
    since: typed(whole.since),
    until: typed(whole.until),
  }
  return `${window.location.origin}${window.location.pathname}${writeView(fixed)}`
}
