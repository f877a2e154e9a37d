/**
 * Numbers, times and changes as people read them: three significant digits, real − and +, units beside the number.
 * The server's sentences and the shell have the same rule (`snapgraph/model/numbers.py`); `numbers.cases.json` holds both.
 */

const THIN = '\u202f'
const MINUS = '\u2212'
const NONE = '–'

const DIGITS = 3
/** More zeros than these after the point are an exponent. */
const ZEROS_MOST = 5

/** Three significant digits, thousands separated by a thin space, never scientific: `1 203`, `0.12`, `46`. */
export function number(value: number | null | undefined, significant = DIGITS): string {
  if (value === null || value === undefined || Number.isNaN(value)) return NONE
  if (!Number.isFinite(value)) return value > 0 ? '∞' : `${MINUS}∞`
  const size = Math.abs(value)
  if (size === 0) return '0'
  if (size >= 1e12 || size < 1e-6) return (value < 0 ? MINUS : '') + size.toExponential(2).replace('-', MINUS)
  const digits = Math.min(Math.max(significant - 1 - Math.floor(Math.log10(size)), 0), significant + ZEROS_MOST)
  return (value < 0 ? MINUS : '') + grouped(size.toFixed(digits))
}

function grouped(text: string): string {
  const [whole = '', part = ''] = text.split('.')
  const trimmed = part.replace(/0+$/, '')
  return whole.replace(/\B(?=(\d{3})+$)/g, THIN) + (trimmed === '' ? '' : `.${trimmed}`)
}

/** A number with its unit: `1 203 ms`, `863 /s`, `0.12`. Long latencies change to seconds. */
export function quantity(value: number | null | undefined, unit: string): string {
  if (value === null || value === undefined || Number.isNaN(value)) return NONE
  if (unit === 'ms' && Math.abs(value) >= 10_000) return `${number(value / 1000)}${THIN}s`
  return unit === '' ? number(value) : `${number(value)}${THIN}${unit}`
}

/** A whole number with separators. */
export function count(value: number): string {
  return (value < 0 ? MINUS : '') + grouped(Math.abs(Math.round(value)).toString())
}

/** A whole number of any length, as decimal text, with separators. */
export function wholeText(decimal: string): string {
  return decimal.startsWith('-') ? MINUS + grouped(decimal.slice(1)) : grouped(decimal)
}

/** `1 edge`, `3 edges`. */
export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`
}

/** A change with its sign: `+12.3 ms`. */
export function signed(delta: number | null | undefined, unit = ''): string {
  if (delta === null || delta === undefined || Number.isNaN(delta)) return NONE
  return (delta > 0 ? '+' : '') + quantity(delta, unit)
}

/** A fall is told from the end by at most so many digits: `−99.999999 %`. */
const FALL_DIGITS = 8

/** A share in percent, with its sign: 0.314 → `+31.4 %`. A fall that leaves something is never `−100 %`. */
export function percent(relative: number | null | undefined): string {
  if (relative === null || relative === undefined || Number.isNaN(relative)) return NONE
  return `${relative > 0 ? '+' : ''}${relative > -1 && relative < 0 ? fallen(relative * 100) : number(relative * 100)}${THIN}%`
}

/** As many digits as it takes to see that something is left. */
function fallen(size: number): string {
  const all = number(-100)
  for (let digits = DIGITS; digits <= FALL_DIGITS; digits++) {
    const text = number(size, digits)
    if (text !== all) return text
  }
  return number(-(100 - 10 ** (2 - FALL_DIGITS)), FALL_DIGITS)
}

/** From this factor on, +1 000 %, "×195" says more than "+19 400 %". */
const TIMES_FROM = 11

/** How one number became the other: `+31.4 %`, from +1 000 % on `×195`; from nothing there is neither. */
export function change(before: number | null | undefined, after: number | null | undefined): string {
  if (before === null || before === undefined || after === null || after === undefined) return NONE
  if (before === 0 || Number.isNaN(before) || Number.isNaN(after)) return NONE
  return before > 0 && after / before >= TIMES_FROM ? `×${number(after / before)}` : percent((after - before) / Math.abs(before))
}

const STEPS: readonly (readonly [number, string])[] = [
  [86_400, 'd'],
  [3_600, 'h'],
  [60, 'min'],
  [1, 's'],
]

/** A duration in its largest whole unit: `14 min`. */
export function duration(seconds: number): string {
  const size = Math.abs(seconds)
  const [unit, name] = STEPS.find(([each]) => size >= each) ?? [1, 's']
  const amount = unit === 1 ? Math.round(size) : Math.floor(size / unit)
  return `${count(amount)}${THIN}${name}`
}

/** How long ago: `14 min ago`, `just now`. */
export function ago(time: Date, now: Date): string {
  const seconds = (now.getTime() - time.getTime()) / 1000
  if (seconds < 2) return 'just now'
  return `${duration(seconds)} ago`
}

const two = (value: number): string => String(value).padStart(2, '0')

/** Local time of day: `10:28:05`. */
export function clock(time: Date, seconds = true): string {
  return `${two(time.getHours())}:${two(time.getMinutes())}${seconds ? `:${two(time.getSeconds())}` : ''}`
}

/** Local date: `2026-11-22`. */
export function date(time: Date): string {
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`
}

/** Local date and time; today's without the date. */
export function moment(time: Date, now: Date): string {
  return date(time) === date(now) ? clock(time) : `${date(time)} ${clock(time, false)}`
}

/** For a title: UTC to the second, said so. */
export function utc(time: Date): string {
  return `${time.toISOString().slice(0, 19).replace('T', ' ')} UTC`
}
