/** Pins in words. */
import type { SnapshotHeader } from '../schema'
import { moment } from './format'
import { texts } from './texts'
import { NOW, type Pin } from './view'

/** `now`, or `10:28:05 before deploy 4.2 · v123`; the reference itself until the header is there. */
export function labelled(pin: Pin, header: SnapshotHeader | null, now: Date): string {
  if (pin === NOW) return texts.pins.now
  if (header === null) return pin
  const why = whyOf(header)
  return `${moment(new Date(header.timestamp), now)}${why === '' ? '' : ` ${shortened(why, 40)}`} · v${header.version ?? 0}`
}

/** Why a snapshot was made: its description, else what triggered it. */
export function whyOf(header: SnapshotHeader): string {
  const described = header.description ?? ''
  if (described !== '') return described
  return header.trigger_reason === header.trigger_type ? '' : header.trigger_reason
}

/** The first characters of a text, cut with an ellipsis. */
export function shortened(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`
}
