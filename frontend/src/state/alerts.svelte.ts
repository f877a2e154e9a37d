/** Bottlenecks of the live graph that appear or go: said where they are not looked at. */
import type { Alert } from '../api/live'
import { quantity } from '../model/format'
import { labelOf, pairOf } from '../model/keys'
import { metricOf } from '../model/metrics'
import { texts } from '../model/texts'
import { NOW } from '../model/view'
import { live } from './live.svelte'
import { notices } from './notices.svelte'
import { view } from './view.svelte'

/** One tick tells each bottleneck by itself, and all of them within milliseconds: they are said together. */
const GATHER_MS = 200

/** Say them until the returned function is called. */
export function sayAlerts(): () => void {
  let gathered: Alert[] = []
  let timer: ReturnType<typeof setTimeout> | undefined
  let said: number[] = []
  const say = (): void => {
    timer = undefined
    said.forEach((id) => notices.drop(id)) // one that comes and goes each second is not said in a heap
    said = []
    const [appeared, gone] = (['appeared', 'gone'] as const).map((event) => gathered.filter((each) => each.event === event))
    gathered = []
    const [first] = appeared ?? []
    if (first !== undefined) said.push(notices.say(texts.alerts.appeared(appeared?.length ?? 1, ...saidOf(first)), 'trouble', wayTo(first)))
    const [last] = gone ?? []
    if (last !== undefined) said.push(notices.say(texts.alerts.gone(gone?.length ?? 1, saidOf(last)[0])))
  }
  const deaf = live.onAlert((alert) => {
    gathered.push(alert)
    timer ??= setTimeout(say, GATHER_MS)
  })
  return () => {
    clearTimeout(timer)
    deaf()
  }
}

function saidOf({ bottleneck: { key, metric, value } }: Alert): readonly [name: string, value: string] {
  const { name, unit } = metricOf(metric)
  return [labelOf(key), `${name} ${quantity(value, unit)}`]
}

function wayTo({ bottleneck: { key, kind, metric } }: Alert): { readonly text: string; readonly run: () => void } {
  const shown = { a: null, b: NOW, only: '', side: false, sel: pairOf(key) ?? key } as const
  const run = (): void => view.go({ ...shown, tab: view.tab === 'snapshots' ? 'graph' : view.tab, metric: kind === 'edge' ? metric : view.metric })
  return { text: texts.alerts.show, run }
}
