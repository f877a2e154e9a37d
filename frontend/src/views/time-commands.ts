/** What keys do to the pins. */
import { texts } from '../model/texts'
import { NOW } from '../model/view'
import { commands } from '../state/commands.svelte'
import { graphs } from '../state/graphs.svelte'
import { snapshots } from '../state/snapshots.svelte'
import { view } from '../state/view.svelte'
import { walk } from '../state/walk.svelte'

const some = (): boolean => snapshots.items.length > 0
const isLive = (): boolean => graphs.current?.is_configured ?? false

/** Offer them. Gives the way to take them back. */
export function registerTimeCommands(): () => void {
  const say = texts.commands
  const group = texts.groups.time
  return commands.register(
    { id: 'previous', title: say.previous, group, keys: ['ArrowLeft'], enabled: some, run: () => walk.step(-1) },
    { id: 'next', title: say.next, group, keys: ['ArrowRight'], enabled: some, run: () => walk.step(1) },
    { id: 'previous-ten', title: say.previousTen, group, keys: ['Shift+ArrowLeft'], enabled: some, run: () => walk.step(-10) },
    { id: 'next-ten', title: say.nextTen, group, keys: ['Shift+ArrowRight'], enabled: some, run: () => walk.step(10) },
    { id: 'next-change', title: say.nextChange, group, keys: ['n'], enabled: some, run: () => walk.toBigChange(1) },
    { id: 'previous-change', title: say.previousChange, group, keys: ['N', 'Shift+n'], enabled: some, run: () => walk.toBigChange(-1) },
    { id: 'play', title: say.play, group, keys: ['Space'], enabled: some, run: () => walk.toggle() },
    { id: 'live', title: say.live, group, keys: ['End'], enabled: isLive, run: () => view.go({ a: null, b: NOW, only: '', side: false }) },
    { id: 'set-a', title: say.setA, group, keys: ['['], run: () => view.go({ a: view.b }) },
    { id: 'set-b', title: say.setB, group, keys: [']'], enabled: () => view.a !== null, run: () => view.go({ b: view.a ?? NOW }) },
    { id: 'compare', title: say.compare, group, keys: ['d'], enabled: () => walk.canCompare || view.a !== null, run: () => void walk.toggleComparison() },
    { id: 'swap', title: say.swap, group, keys: ['x'], enabled: () => view.a !== null, run: () => view.go({ a: view.b, b: view.a ?? NOW }) },
  )
}
