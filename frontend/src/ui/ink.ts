/** The colours of the theme for what is drawn on a canvas, by the names of the style sheet. */

const NAMES = {
  bar: '--bar',
  line: '--line',
  muted: '--muted',
  text: '--text',
  worse: '--worse-fill',
  better: '--better',
  live: '--live-fill',
  panel: '--panel',
  raised: '--raised',
} as const

export type Ink = Readonly<Record<keyof typeof NAMES, string>>

/** As they are now: a theme that turns needs them anew. */
export function inkOf(): Ink {
  const style = getComputedStyle(document.documentElement)
  const entries = Object.entries(NAMES).map(([name, variable]) => [name, style.getPropertyValue(variable).trim()])
  return Object.fromEntries(entries) as Ink
}
