/** The whole view as a value, and its writing in the address. Pure: no window, no history. */

export const TABS = ['graph', 'table', 'trends', 'snapshots'] as const
export type Tab = (typeof TABS)[number]

export const THEMES = ['system', 'dark', 'light'] as const
export type Theme = (typeof THEMES)[number]

export const ONLY = ['', 'changed', 'added', 'removed', 'bottlenecks'] as const
export type Only = (typeof ONLY)[number]

/**
 * Where a pin stands: `now` (the live graph), a snapshot's reference (id, `v17`, tag, `latest~3`), or `@time`
 * (RFC 3339: the snapshot at or before it).
 */
export type Pin = string
export const NOW: Pin = 'now'

export const KINDS = ['edges', 'nodes'] as const
/** What the table of one side lists. */
export type Kind = (typeof KINDS)[number]

export interface Camera {
  readonly x: number
  readonly y: number
  /** Sigma's ratio: smaller is nearer. */
  readonly z: number
}

/** Whether two cameras see the same. */
export function isSame(one: Camera, other: Camera): boolean {
  return one.x === other.x && one.y === other.y && one.z === other.z
}

export interface View {
  readonly graph: string
  /** The side before; null without a comparison. */
  readonly a: Pin | null
  readonly b: Pin
  /** Relationship type that colours the edges. */
  readonly metric: string
  /** Key of the selected node, pair or edge. */
  readonly sel: string
  readonly q: string
  /** Focus on the selection's neighbourhood; 0: everything. */
  readonly hops: number
  readonly only: Only
  /** Types of nodes that are not drawn. */
  readonly hide: readonly string[]
  /** How many nodes of a large graph are drawn; 0: as many as at first. */
  readonly most: number
  /** Range of the strip; `now-4h` or RFC 3339; empty: what fits. */
  readonly from: string
  readonly to: string
  readonly tab: Tab
  readonly theme: Theme
  readonly camera: Camera | null
  /** A and B beside each other in place of over each other. */
  readonly side: boolean
  /** Of the table of one side: what it lists, and its order, as `model/rows` writes it. */
  readonly kind: Kind
  readonly order: string
  /** Filters and order of the change table, as words: `worse real delta`. */
  readonly rows: string
  /** Which snapshots the strip and the list show; empty: all. */
  readonly trigger: string
  readonly severity: string
  /** The list alone: a tag, a text or id, and the moments between which it was captured, as typed. */
  readonly tag: string
  readonly text: string
  readonly since: string
  readonly until: string
  /** Id of the snapshot whose details stand beside the list. Empty: what suits. */
  readonly details: string
  /** Lines of the trends, as `model/lines` writes them: keys of edges and nodes, names of the summary. Empty: what suits. */
  readonly series: readonly string[]
  /** Whether the values of the trends stand below them as a table. */
  readonly values: boolean
  /** Whether the steps of their axes are powers of ten. */
  readonly powers: boolean
}

export const DEFAULT_VIEW: View = {
  graph: '',
  a: null,
  b: NOW,
  metric: '',
  sel: '',
  q: '',
  hops: 0,
  only: '',
  hide: [],
  most: 0,
  from: '',
  to: '',
  tab: 'graph',
  theme: 'system',
  camera: null,
  side: false,
  kind: 'edges',
  order: '',
  rows: '',
  trigger: '',
  severity: '',
  tag: '',
  text: '',
  since: '',
  until: '',
  details: '',
  series: [],
  values: false,
  powers: false,
}

const MAX_HOPS = 5
/** More types than this are not asked for by name. */
const HIDE_MOST = 100
const NODES_MOST = 10_000
/** More lines than this are not told apart. */
export const SERIES_MOST = 8

/** Read an address; what cannot be read is left at its default, since an old link should still open. */
export function readView(search: string): View {
  const given = new URLSearchParams(search)
  const text = (name: string): string => (given.get(name) ?? '').slice(0, 2000)
  const texts = (name: string, most: number): string[] => given.getAll(name).slice(0, most).map((each) => each.slice(0, 2000))
  return {
    graph: text('graph'),
    a: text('a') === '' ? null : text('a'),
    b: text('b') === '' ? NOW : text('b'),
    metric: text('metric'),
    sel: text('sel'),
    q: text('q'),
    hops: wholeNumber(text('hops'), MAX_HOPS),
    only: oneOf(ONLY, text('only'), ''),
    hide: texts('hide', HIDE_MOST),
    most: wholeNumber(text('most'), NODES_MOST),
    from: text('from'),
    to: text('to'),
    tab: oneOf(TABS, text('tab'), 'graph'),
    theme: oneOf(THEMES, text('theme'), 'system'),
    camera: cameraOf(text('x'), text('y'), text('z')),
    side: text('side') === '1',
    kind: oneOf(KINDS, text('kind'), 'edges'),
    order: text('order'),
    rows: text('rows'),
    trigger: text('trigger'),
    severity: text('severity'),
    tag: text('tag'),
    text: text('text'),
    since: text('since'),
    until: text('until'),
    details: text('details'),
    series: texts('series', SERIES_MOST),
    values: text('values') === '1',
    powers: text('axis') === 'log',
  }
}

/** Write a view as `?…`, leaving out what is at its default; the empty text for the default view. */
export function writeView(view: View): string {
  const query = new URLSearchParams()
  const put = (name: string, value: string, unless = ''): void => {
    if (value !== unless) query.set(name, value)
  }
  put('graph', view.graph)
  put('a', view.a ?? '')
  put('b', view.b, NOW)
  put('metric', view.metric)
  put('sel', view.sel)
  put('q', view.q)
  put('hops', String(view.hops), '0')
  put('only', view.only)
  view.hide.forEach((each) => query.append('hide', each))
  put('most', String(view.most), '0')
  put('from', view.from)
  put('to', view.to)
  put('tab', view.tab, 'graph')
  put('theme', view.theme, 'system')
  put('side', view.side ? '1' : '')
  put('kind', view.kind, 'edges')
  put('order', view.order)
  put('rows', view.rows)
  put('trigger', view.trigger)
  put('severity', view.severity)
  put('tag', view.tag)
  put('text', view.text)
  put('since', view.since)
  put('until', view.until)
  put('details', view.details)
  view.series.forEach((each) => query.append('series', each))
  put('values', view.values ? '1' : '')
  put('axis', view.powers ? 'log' : '')
  if (view.camera !== null) {
    put('x', short(view.camera.x))
    put('y', short(view.camera.y))
    put('z', short(view.camera.z))
  }
  const written = query.toString().replaceAll('%3A', ':').replaceAll('%40', '@').replaceAll('%2C', ',')
  return written === '' ? '' : `?${written}`
}

function short(value: number): string {
  return String(Math.round(value * 10_000) / 10_000)
}

function wholeNumber(text: string, most: number): number {
  const read = Number.parseInt(text, 10)
  return Number.isFinite(read) ? Math.min(Math.max(read, 0), most) : 0
}

function cameraOf(x: string, y: string, z: string): Camera | null {
  const [left, top, ratio] = [x, y, z].map((text) => (text === '' ? Number.NaN : Number(text)))
  if (left === undefined || top === undefined || ratio === undefined) return null
  if (!Number.isFinite(left) || !Number.isFinite(top) || !Number.isFinite(ratio) || ratio <= 0) return null
  return { x: left, y: top, z: ratio }
}

function oneOf<Word extends string>(words: readonly Word[], text: string, otherwise: Word): Word {
  return words.find((word) => word === text) ?? otherwise
}

/** A reference that the server understands for a pin that stands in the past; `live` for now. */
export function referenceOf(pin: Pin): string {
  return pin === NOW ? 'live' : pin
}
