/** What is drawn: a union seen by one metric, with every colour, width and label decided. Pure; no canvas. */
import { faded, mixed, onRamp, type Palette } from './colours'
import { change, quantity } from './format'
import type { Places } from './lookup'
import { metricOf } from './metrics'
import { diverging, largest, radius, scaleOf, width, type Scale } from './scales'
import { texts } from './texts'
import { PRESENCE, type Union } from './union'
import type { Shown } from './visible'

export const DASH = { solid: 0, dashes: 1, dots: 2 } as const

/** What the server says of a pair's change by the chosen metric. */
export interface Verdict {
  readonly isNoise: boolean
  readonly absence: 'removed' | 'not_observed' | 'not_captured' | null
}

export interface SceneOptions {
  readonly palette: Palette
  /** Keys of nodes and pairs that are bottlenecks. */
  readonly bottlenecks: ReadonlySet<string>
  readonly verdicts: ReadonlyMap<string, Verdict>
  readonly shown: Shown
  /** The other side of a side-by-side view: both share one scale. */
  readonly twin?: Union
}

export interface SceneNodes {
  readonly count: number
  readonly keys: readonly string[]
  readonly names: readonly string[]
  /** Radius in pixels. */
  readonly radius: Float32Array
  readonly fill: Uint32Array
  readonly rim: Uint32Array
  /** 0: plain, 1: dashes (new), 2: dots (gone, idle). */
  readonly dash: Uint8Array
  readonly alert: Uint8Array
  readonly shown: Uint8Array
  readonly index: Places
}

export interface ScenePairs {
  readonly count: number
  readonly keys: readonly string[]
  readonly sources: Uint32Array
  readonly targets: Uint32Array
  readonly colour: Uint32Array
  /** Pixels. */
  readonly width: Float32Array
  readonly dash: Uint8Array
  readonly alert: Uint8Array
  /** The pairs that are drawn, those that matter most first. */
  readonly order: Uint32Array
  /** How much each matters; for labels and thinning. */
  readonly weight: Float64Array
  /** How many of `order` carry their label without being asked. */
  readonly labelled: number
  readonly index: Places
}

export type Legend =
  | { readonly kind: 'metric'; readonly name: string; readonly unit: string; readonly scale: Scale; readonly ramp: readonly number[]; readonly most: number }
  | { readonly kind: 'change'; readonly name: string; readonly colours: Readonly<Record<'worse' | 'better' | 'added' | 'removed' | 'same', number>> }

export interface Scene {
  readonly nodes: SceneNodes
  readonly pairs: ScenePairs
  readonly legend: Legend
  readonly palette: Palette
  /** Short text of a pair: its value, or its change with a sign. */
  label(pair: number): string
}

/** Whether a pair differs by the chosen metric: there, gone, or changed by more than noise. */
export function isChanged(union: Union, verdicts: ReadonlyMap<string, Verdict>, pair: number): boolean {
  return union.isComparison && (union.pairs.presence[pair] !== PRESENCE.both || changeOf(union, { verdicts }, pair, 1) !== 0)
}

/** Changes smaller than this are nothing to see when the server has not judged them. */
const LEAST_CHANGE = 0.05
const LABELS_MOST = 10
const GHOST = 0.8
const QUIET = 0.5

/** Decide how everything looks. */
export function sceneOf(union: Union, options: SceneOptions): Scene {
  return union.isComparison ? changeScene(union, options) : metricScene(union, options)
}

function metricScene(union: Union, options: SceneOptions): Scene {
  const { palette, bottlenecks } = options
  const { pairs, metric } = union
  const { unit, name } = metricOf(metric)
  const scale = scaleOf(unit, pairs.after, options.twin?.pairs.after ?? [])
  const looks = looksOf(union, options)
  const isCrowd = options.shown.drawnPairs > CROWD_FROM
  for (let pair = 0; pair < pairs.count; pair++) {
    const value = pairs.after[pair] ?? Number.NaN
    const isStale = pairs.stale[pair] === 1
    const colour = Number.isNaN(value) ? palette.faint : onRamp(palette.ramp, scale.at(value))
    looks.alert[pair] = bottlenecks.has(pairs.keys[pair] ?? '') ? 1 : 0
    looks.colour[pair] = isStale ? faded(palette.faint, GHOST) : isCrowd && looks.alert[pair] !== 1 ? calm(palette, colour, scale.at(value)) : colour
    looks.dash[pair] = isStale ? DASH.dots : DASH.solid
    looks.weight[pair] = (looks.alert[pair] === 1 ? 2 : 0) + (Number.isNaN(value) || isStale ? -1 : scale.at(value))
  }
  const order = orderOf(union, options, looks.weight)
  return {
    nodes: nodesOf(union, options),
    pairs: { ...ends(union), ...looks, order, labelled: leading(order, (pair) => looks.alert[pair] === 1) },
    legend: { kind: 'metric', name, unit, scale, ramp: palette.ramp, most: looks.most },
    palette,
    label: (pair) => quantity(pairs.after[pair], unit),
  }
}

/** More lines than this are a crowd: grey but for what is slow, so that what matters can be seen. */
const CROWD_FROM = 1_200

function calm(palette: Palette, colour: number, at: number): number {
  const share = Number.isNaN(at) ? 0 : at
  return faded(mixed(palette.faint, colour, share * share), 0.35 + 0.45 * share)
}

function changeScene(union: Union, options: SceneOptions): Scene {
  const { palette } = options
  const { pairs, metric } = union
  const known = metricOf(metric)
  const towardsWorse = known.worse === 'higher' ? 1 : known.worse === 'lower' ? -1 : 0
  const looks = looksOf(union, options)
  for (let pair = 0; pair < pairs.count; pair++) {
    const presence = pairs.presence[pair]
    const size = changeOf(union, options, pair, towardsWorse || 1)
    const quiet = faded(palette.faint, QUIET)
    const direction = (towardsWorse === 0 ? palette.accent : size > 0 ? palette.worse : palette.better)
    looks.colour[pair] =
      presence === PRESENCE.added ? palette.added
      : presence === PRESENCE.removed ? faded(palette.removed, GHOST)
      : size === 0 ? quiet
      : mixed(palette.faint, direction, 0.45 + 0.55 * Math.abs(size))
    looks.dash[pair] = presence === PRESENCE.added ? DASH.dashes : presence === PRESENCE.removed ? DASH.dots : DASH.solid
    looks.alert[pair] = options.bottlenecks.has(pairs.keys[pair] ?? '') ? 1 : 0
    looks.weight[pair] = presence === PRESENCE.both ? Math.abs(size) : 0.9
  }
  const order = orderOf(union, options, looks.weight)
  const colours = { worse: palette.worse, better: palette.better, added: palette.added, removed: palette.removed, same: palette.faint }
  return {
    nodes: nodesOf(union, options),
    pairs: { ...ends(union), ...looks, order, labelled: leading(order, (pair) => (looks.weight[pair] ?? 0) > 0) },
    legend: { kind: 'change', name: known.name, colours },
    palette,
    label: (pair) => changeLabel(union, options, pair),
  }
}

/** −1 to 1, towards the worse; 0 for what did not change or is noise. */
function changeOf(union: Union, options: Pick<SceneOptions, 'verdicts'>, pair: number, towardsWorse: number): number {
  const { pairs } = union
  const [before, after] = [pairs.before[pair] ?? Number.NaN, pairs.after[pair] ?? Number.NaN]
  if (Number.isNaN(before) || Number.isNaN(after) || before === after) return 0
  if (options.verdicts.get(pairs.keys[pair] ?? '')?.isNoise === true) return 0
  if (before !== 0 && Math.abs(after / before - 1) < LEAST_CHANGE) return 0
  return diverging(before, after, towardsWorse)
}

function changeLabel(union: Union, options: SceneOptions, pair: number): string {
  const { pairs } = union
  const verdict = options.verdicts.get(pairs.keys[pair] ?? '')
  if (pairs.presence[pair] === PRESENCE.added) return texts.graph.isNew
  if (pairs.presence[pair] === PRESENCE.removed) return texts.graph.absence[verdict?.absence ?? (pairs.stale[pair] === 1 ? 'not_observed' : 'removed')]
  const [before, after] = [pairs.before[pair] ?? Number.NaN, pairs.after[pair] ?? Number.NaN]
  if (Number.isNaN(before) && Number.isNaN(after)) return ''
  if (changeOf(union, options, pair, 1) === 0) return texts.graph.same
  const { unit } = metricOf(union.metric)
  const sign = after > before ? '▲' : '▼'
  if (!(before > 0)) return `${sign} ${quantity(after, unit)}`
  return `${sign} ${change(before, after)}`
}

interface Looks {
  readonly colour: Uint32Array
  readonly width: Float32Array
  readonly dash: Uint8Array
  readonly alert: Uint8Array
  readonly weight: Float64Array
  /** Queries per second at full width. */
  readonly most: number
}

function looksOf({ pairs }: Union, { twin, shown }: SceneOptions): Looks {
  const most = largest(pairs.flow, twin?.pairs.flow ?? [])
  return {
    colour: new Uint32Array(pairs.count),
    width: Float32Array.from(pairs.flow, (value) => width(value, most) * lineShare(shown.drawnPairs)),
    dash: new Uint8Array(pairs.count),
    alert: new Uint8Array(pairs.count),
    weight: new Float64Array(pairs.count),
    most,
  }
}

const ends = ({ pairs }: Union): Pick<ScenePairs, 'count' | 'keys' | 'sources' | 'targets' | 'index'> => ({
  count: pairs.count, keys: pairs.keys, sources: pairs.sources, targets: pairs.targets, index: pairs.index,
})

function nodesOf({ nodes, isComparison }: Union, { palette, bottlenecks, shown, twin }: SceneOptions): SceneNodes {
  const count = nodes.count
  const most = Math.max(largest(nodes.hotspot, twin?.nodes.hotspot ?? []), 25) // a quiet graph has no giants
  const fill = new Uint32Array(count).fill(palette.node)
  const rim = new Uint32Array(count).fill(palette.nodeRim)
  const dash = new Uint8Array(count)
  const alert = new Uint8Array(count)
  const share = nodeShare(shown.drawnNodes)
  for (let node = 0; node < count; node++) {
    const presence = isComparison ? nodes.presence[node] : PRESENCE.both
    if (presence === PRESENCE.added) {
      rim[node] = palette.added
      dash[node] = DASH.dashes
    } else if (presence === PRESENCE.removed || nodes.stale[node] === 1) {
      fill[node] = mixed(palette.node, palette.ground, 0.75)
      rim[node] = presence === PRESENCE.removed ? palette.removed : faded(palette.nodeRim, GHOST)
      dash[node] = DASH.dots
    }
    if (bottlenecks.has(nodes.keys[node] ?? '')) {
      alert[node] = 1
      rim[node] = palette.worse
    }
  }
  return {
    count, keys: nodes.keys, names: nodes.names, index: nodes.index,
    radius: Float32Array.from(nodes.hotspot, (score, node) => radius(score, most) * (alert[node] === 1 ? Math.max(share, ALERT_SHARE) : share)),
    fill, rim, dash, alert, shown: shown.nodes,
  }
}

/** In a crowd everything is smaller: from 1,500 nodes on dots of a few pixels, or they would hide the lines, which tell more. */
const nodeShare = (nodes: number): number => Math.min(Math.max((90 / (nodes + 1)) ** 0.75, 0.095), 1)
/** What matters stays visible in any crowd. */
const ALERT_SHARE = 0.3
const lineShare = (pairs: number): number => Math.min(Math.max(Math.sqrt(150 / (pairs + 1)), 0.25), 1)

/** The drawn pairs, the weightiest first; loops and lines that carry nothing of the metric are left out when they only repeat a node. */
function orderOf({ pairs }: Union, { shown }: SceneOptions, weight: Float64Array): Uint32Array {
  const drawn: number[] = []
  for (let pair = 0; pair < pairs.count; pair++) {
    if (shown.pairs[pair] !== 1) continue
    const isLoop = pairs.sources[pair] === pairs.targets[pair]
    if (isLoop && Number.isNaN(pairs.after[pair] ?? Number.NaN) && Number.isNaN(pairs.before[pair] ?? Number.NaN)) continue
    drawn.push(pair)
  }
  return Uint32Array.from(drawn).sort((one, other) => (weight[other] ?? 0) - (weight[one] ?? 0) || one - other)
}

function leading(order: Uint32Array, isSo: (pair: number) => boolean): number {
  let many = 0
  while (many < Math.min(order.length, LABELS_MOST) && isSo(order[many] ?? 0)) many++
  return many
}
