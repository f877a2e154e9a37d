/** Times that people type, in their own zone: `2026-11-22 14:00`, `14:00`, `now-6h`. Pure. */
import { momentOf } from './timeline'

const DAY_AND_TIME = /^(?:(\d{4})-(\d{1,2})-(\d{1,2}))?(?:[ T]?(\d{1,2}):(\d{2})(?::(\d{2}))?)?$/

/** Milliseconds; null where it is no time. A day alone is its midnight, a time alone is today's. */
export function typedMoment(text: string, now: Date): number | null {
  const typed = text.trim()
  if (typed === '') return null
  const found = DAY_AND_TIME.exec(typed)
  if (found === null) return momentOf(typed, now.getTime())
  const parts: (string | undefined)[] = found.slice(1)
  const [year, month, day, hour, minute, second] = parts.map((part) => (part === undefined ? undefined : Number(part)))
  if (year === undefined && hour === undefined) return null
  const date = [year ?? now.getFullYear(), (month ?? now.getMonth() + 1) - 1, day ?? now.getDate()] as const
  const time = new Date(...date, hour ?? 0, minute ?? 0, second ?? 0)
  const isReal = time.getMonth() === date[1] && time.getDate() === date[2] && (hour ?? 0) < 24 && (minute ?? 0) < 60 && (second ?? 0) < 60
  return isReal ? time.getTime() : null
}

/** The moment after this one: the server's `until` leaves its own moment out. */
export function justAfter(time: string): string {
  return new Date(Date.parse(time) + 1).toISOString()
}
