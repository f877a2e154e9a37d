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

export interface Camera {
  readonly x: number
  readonly y: number
  /** Sigma's ratio: smaller is nearer. */
  readonly z: number
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
  /** Range of the strip; `now-4h` or RFC 3339; empty: what fits. */
  readonly from: string
  readonly to: string
  readonly tab: Tab
  readonly theme: Theme
  readonly camera: Camera | null
  /** A and B beside each other in place of over each other. */
  readonly side: boolean
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
  /** Lines of the trends, as `model/lines` writes them: keys of edges and nodes, names of the summary. Empty: what suits. */
  readonly series: readonly string[]
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
  from: '',
  to: '',
  tab: 'graph',
  theme: 'system',
  camera: null,
  side: false,
  rows: '',
  trigger: '',
  severity: '',
  tag: '',
  text: '',
  since: '',
  until: '',
  series: [],
}

const MAX_HOPS = 5
/** More lines than this are not told apart. */
export const SERIES_MOST = 8

/** Read an address; what cannot be read is left at its default, since an old link should still open. */
export function readView(search: string): View {
  const given = new URLSearchParams(search)
  const text = (name: string): string => (given.get(name) ?? '').slice(0, 2000)
  const hops = Number.parseInt(text('hops'), 10)
  return {
    graph: text('graph'),
    a: text('a') === '' ? null : text('a'),
    b: text('b') === '' ? NOW : text('b'),
    metric: text('metric'),
    sel: text('sel'),
    q: text('q'),
    hops: Number.isFinite(hops) ? Math.min(Math.max(hops, 0), MAX_HOPS) : 0,
    only: oneOf(ONLY, text('only'), ''),
    from: text('from'),
    to: text('to'),
    tab: oneOf(TABS, text('tab'), 'graph'),
    theme: oneOf(THEMES, text('theme'), 'system'),
    camera: cameraOf(text('x'), text('y'), text('z')),
    side: text('side') === '1',
    rows: text('rows'),
    trigger: text('trigger'),
    severity: text('severity'),
    tag: text('tag'),
    text: text('text'),
    since: text('since'),
    until: text('until'),
    series: given.getAll('series').slice(0, SERIES_MOST).map((each) => each.slice(0, 2000)),
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
  put('from', view.from)
  put('to', view.to)
  put('tab', view.tab, 'graph')
  put('theme', view.theme, 'system')
  put('side', view.side ? '1' : '')
  put('rows', view.rows)
  put('trigger', view.trigger)
  put('severity', view.severity)
  put('tag', view.tag)
  put('text', view.text)
  put('since', view.since)
  put('until', view.until)
  view.series.forEach((each) => query.append('series', each))
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
