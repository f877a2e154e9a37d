/** The strip of time as numbers: where a moment stands, how high a bar is, which one is a big change. Pure. */
import type { SnapshotHeader } from '../schema'
import { clock, date } from './format'

/** A range of time in milliseconds. */
export interface Range {
  readonly from: number
  readonly to: number
}

/** A bar as high as this (and the highest quarter of what is seen) is a big change. */
const BIG_LEAST = 0.08
const BIG_SHARE = 0.5

/** A snapshot on the strip. */
export interface Mark {
  readonly snapshot_id: string
  readonly version: number
  readonly captured_at: string
  readonly trigger: SnapshotHeader['trigger_type']
  readonly severity: string | null
  readonly quality: string
  readonly description: string
  readonly tags: readonly string[]
  readonly pinned: boolean
  readonly bottlenecks_count: number
  /** How much it differs from the one before: 0 the same, 1 nothing in common; null where that is not known. */
  readonly change_magnitude: number | null
}

/** All snapshots of a part of the strip in one. */
export interface Bucket {
  readonly at: string
  readonly snapshots: number
  readonly severity: string | null
  readonly magnitude: number | null
  readonly bottlenecks: number
}

export interface Gap {
  readonly since: string
  readonly until: string
}

export interface Timeline {
  readonly total: number
  /** Whether every snapshot is among the marks; else the most telling ones are. */
  readonly complete: boolean
  readonly bucket_seconds: number
  readonly buckets: readonly Bucket[]
  /** Rising by time. */
  readonly marks: readonly Mark[]
  readonly gaps: readonly Gap[]
}

export const NO_TIMELINE: Timeline = { total: 0, complete: true, bucket_seconds: 0, buckets: [], marks: [], gaps: [] }

const SEVERE = new Set(['high', 'critical'])

const isGrave = (mark: Pick<Mark, 'severity'>): boolean => mark.severity !== null && SEVERE.has(mark.severity)

/** Whether a mark is drawn in the colour of what is worse. */
export function isSevere(mark: Pick<Mark, 'severity' | 'bottlenecks_count'>): boolean {
  return mark.bottlenecks_count > 0 || isGrave(mark)
}

export function timeOf(mark: Mark): number {
  return Date.parse(mark.captured_at)
}

export function magnitudesOf(marks: readonly Mark[]): Float64Array {
  return Float64Array.from(marks, (mark) => mark.change_magnitude ?? Number.NaN)
}

/** A snapshot's header as a mark, for what came by an event. */
export function markOf(header: SnapshotHeader): Mark {
  return {
    snapshot_id: header.snapshot_id,
    version: header.version ?? 0,
    captured_at: header.timestamp,
    trigger: header.trigger_type,
    severity: header.severity ?? null,
    quality: header.quality?.grade ?? 'clean',
    description: header.description ?? '',
    tags: header.tags ?? [],
    pinned: header.pinned ?? false,
    bottlenecks_count: header.performance_summary.bottlenecks_count,
    change_magnitude: (header as { change_magnitude?: number | null }).change_magnitude ?? null,
  }
}

/** From which magnitude on a change is a big one, among those that are seen. */
export function bigFrom(values: Float64Array): number {
  let most = 0
  for (const value of values) if (value > most) most = value
  return Math.max(most * BIG_SHARE, BIG_LEAST)
}

/** The nearest big change after (or with `step` −1 before) a place; −1 when there is none. */
export function nextBig(values: Float64Array, place: number, step: 1 | -1): number {
  const from = bigFrom(values)
  for (let at = place + step; at >= 0 && at < values.length; at += step) {
    if ((values[at] ?? Number.NaN) >= from) return at
  }
  return -1
}

/** From which place a step goes out when its pin stands between two snapshots: `step` 1 from the one before it. */
export function placeBeside(times: readonly number[], time: number, step: number): number {
  const after = times.findIndex((each) => each > time)
  const before = (after < 0 ? times.length : after) - 1
  if (step > 0) return before
  return times[before] === time ? before : before + 1
}

/** What is drawn above a bar, and by which shape. */
export type FlagShape = 'incident' | 'appeared' | 'gone' | 'threshold' | 'smart' | 'named'

export interface Flag {
  /** Place among the marks. */
  readonly place: number
  readonly shape: FlagShape
  readonly isSevere: boolean
  /** A tag that begins here; empty: none. */
  readonly text: string
}

/**
 * What is worth a flag: incidents, what a threshold or the smart rule caught, bottlenecks that appear or go (not each
 * snapshot that still has them), and what somebody named or pinned. A tag that every snapshot carries says nothing, so it
 * is written where it begins.
 */
export function flagsOf(marks: readonly Mark[]): readonly Flag[] {
  const known = new Set<string>()
  const flags: Flag[] = []
  marks.forEach((mark, place) => {
    const text = mark.tags.find((tag) => !known.has(tag)) ?? ''
    mark.tags.forEach((tag) => known.add(tag))
    const shape = shapeOf(mark, marks[place - 1]?.bottlenecks_count ?? 0, text)
    if (shape !== null) flags.push({ place, shape, isSevere: shape === 'appeared' || isGrave(mark), text })
  })
  return flags
}

function shapeOf(mark: Mark, bottlenecksBefore: number, text: string): FlagShape | null {
  if (mark.trigger === 'incident' || isGrave(mark)) return 'incident'
  if (mark.bottlenecks_count > bottlenecksBefore) return 'appeared'
  if (mark.trigger === 'threshold') return 'threshold'
  if (mark.trigger === 'smart') return 'smart'
  if (mark.bottlenecks_count === 0 && bottlenecksBefore > 0) return 'gone'
  return mark.pinned || text !== '' ? 'named' : null
}

/** The place whose time is nearest; −1 for an empty strip. Times rise. */
export function nearest(times: readonly number[], time: number): number {
  if (times.length === 0) return -1
  let low = 0
  let high = times.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if ((times[middle] ?? 0) < time) low = middle + 1
    else high = middle
  }
  const before = low - 1
  if (before >= 0 && time - (times[before] ?? 0) <= (times[low] ?? 0) - time) return before
  return low
}

/** Zoom around a moment: a factor below 1 goes nearer. Never under 10 s or over 20 years. */
export function zoomed(range: Range, around: number, factor: number): Range {
  const span = Math.min(Math.max((range.to - range.from) * factor, 10_000), 20 * 365 * 86_400_000)
  const share = (around - range.from) / (range.to - range.from || 1)
  const from = around - span * share
  return { from, to: from + span }
}

/** Another part of time, as wide as before; the future is not shown, so that a pan ends at now. */
export function panned(range: Range, by: number, now: number): Range {
  const to = Math.min(range.to + by, Math.max(now, range.to))
  return { from: to - (range.to - range.from), to }
}

/** A turn of the wheel, of a mouse or a touch pad. */
export interface Turn {
  readonly deltaX: number
  readonly deltaY: number
  /** 1: deltas are lines, as in Firefox. */
  readonly deltaMode: number
  readonly shiftKey: boolean
}

const LINE_PX = 16
/** So near to its right end (as a share) a strip that ends at now stays there while it is zoomed. */
const LIVE_EDGE = 0.92

/** What a turn of the wheel makes of a range: up and down zoom around the pointer, sideways (or with Shift) pans. */
export function wheeled(range: Range, turn: Turn, share: number, width: number, now: number): Range {
  const size = turn.deltaMode === 1 ? LINE_PX : 1
  const sideways = (turn.shiftKey && turn.deltaX === 0 ? turn.deltaY : turn.deltaX) * size
  const upright = turn.shiftKey ? 0 : turn.deltaY * size
  if (Math.abs(sideways) > Math.abs(upright)) return panned(range, (sideways / (width || 1)) * (range.to - range.from), now)
  const around = share > LIVE_EDGE && range.to >= now ? range.to : range.from + share * (range.to - range.from)
  return zoomed(range, around, Math.exp(upright / 400))
}

/** A range as the address has it; one that reaches now follows it. */
export function boundsOf(range: Range, now: number): { readonly from: string; readonly to: string } {
  if (range.to >= now) return { from: `now-${Math.max(Math.round((now - range.from) / 1000), 10)}s`, to: '' }
  return { from: rfc3339(range.from), to: rfc3339(range.to) }
}

function rfc3339(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`
}

const STEPS_SECONDS = [1, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800, 2_592_000, 7_776_000, 31_536_000]

/** Times of the marks of the axis, at round local times; at most about `most` of them. */
export function ticks(range: Range, most: number): readonly number[] {
  const span = (range.to - range.from) / 1000
  const step = (STEPS_SECONDS.find((each) => span / each <= most) ?? span) * 1000
  const offset = new Date(range.from).getTimezoneOffset() * 60_000
  const marks: number[] = []
  for (let at = Math.ceil((range.from - offset) / step) * step + offset; at <= range.to; at += step) marks.push(at)
  return marks
}

/** A mark of the axis in words: the day where days matter, else the time of day. */
export function tickText(range: Range, time: number): string {
  const moment = new Date(time)
  const isMidnight = moment.getHours() === 0 && moment.getMinutes() === 0 && moment.getSeconds() === 0
  if (isMidnight || range.to - range.from > 2 * 86_400_000) return date(moment).slice(5)
  return clock(moment, range.to - range.from < 10 * 60_000)
}

/** `now-4h`, RFC 3339 or nothing as milliseconds. */
export function momentOf(text: string, now: number): number | null {
  if (text === '') return null
  if (text === 'now') return now
  const relative = /^now-(\d{1,6})(s|m|h|d)$/.exec(text)
  if (relative !== null) {
    const unit = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }[relative[2] ?? 's'] ?? 0
    return now - Number(relative[1]) * unit
  }
  const time = Date.parse(text)
  return Number.isNaN(time) ? null : time
}

/** What the strip shows: as chosen, else all snapshots with some air, else the last hour. */
export function rangeOf(from: string, to: string, times: readonly number[], now: number): Range {
  const [first] = times
  const end = momentOf(to, now) ?? now
  const start = momentOf(from, now) ?? (first === undefined ? now - 3_600_000 : Math.min(first, now - 60_000))
  const wide = Math.max(end - start, 10_000)
  return momentOf(from, now) === null ? { from: end - wide * 1.02, to: end } : { from: start, to: Math.max(end, start + 10_000) }
}
