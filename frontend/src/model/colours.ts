/** Colours as packed numbers (0xAABBGGRR, as WebGL reads four bytes) and the ramps of both themes; the tones are those of app.css. */

export interface Palette {
  readonly background: string
  /** The background as a number, to mix with. */
  readonly ground: number
  readonly text: string
  readonly muted: string
  readonly faint: number
  readonly node: number
  readonly nodeRim: number
  readonly worse: number
  readonly better: number
  readonly added: number
  readonly removed: number
  readonly accent: number
  /** From little to much: bright is slow on dark ground, dark is slow on light ground. */
  readonly ramp: readonly number[]
}

const rgb = (hex: string): number => {
  const value = Number.parseInt(hex.slice(1), 16)
  return pack(value >> 16, (value >> 8) & 255, value & 255, 255)
}

export const DARK: Palette = {
  background: '#0f1418',
  ground: rgb('#0f1418'),
  text: '#e6edf3',
  muted: '#9aa8b5',
  faint: rgb('#3b4854'),
  node: rgb('#30404d'),
  nodeRim: rgb('#5d7386'),
  worse: rgb('#ff9f43'),
  better: rgb('#4aa3ff'),
  added: rgb('#2ec4a6'),
  removed: rgb('#b08cff'),
  accent: rgb('#4aa3ff'),
  ramp: ['#3a5f80', '#4d83b5', '#8d7fd6', '#e07bb0', '#ffb27a', '#ffe9b8'].map(rgb),
}

export const LIGHT: Palette = {
  background: '#f6f8fa',
  ground: rgb('#f6f8fa'),
  text: '#1b2630',
  muted: '#55616d',
  faint: rgb('#b4bec8'),
  node: rgb('#e3e8ee'),
  nodeRim: rgb('#7b8fa3'),
  worse: rgb('#c65d00'),
  better: rgb('#0b6bcb'),
  added: rgb('#0b7a66'),
  removed: rgb('#6f42c1'),
  accent: rgb('#0b6bcb'),
  ramp: ['#8fbcd8', '#5a9bcf', '#4a74bd', '#6f4aa3', '#86267a', '#6b0f3c'].map(rgb),
}

export function pack(red: number, green: number, blue: number, alpha: number): number {
  return ((alpha << 24) | (blue << 16) | (green << 8) | red) >>> 0
}

/** The same colour with another opacity (0 to 1). */
export function faded(colour: number, alpha: number): number {
  return ((colour & 0xffffff) | (Math.round(alpha * 255) << 24)) >>> 0
}

/** Between two colours, opacity included. */
export function mixed(one: number, other: number, share: number): number {
  const part = (shift: number): number => {
    const [from, to] = [(one >>> shift) & 255, (other >>> shift) & 255]
    return Math.round(from + (to - from) * share)
  }
  return pack(part(0), part(8), part(16), part(24))
}

/** A place on a ramp, 0 to 1. */
export function onRamp(ramp: readonly number[], share: number): number {
  const last = ramp.length - 1
  const place = Math.min(Math.max(share, 0), 1) * last
  const below = Math.min(Math.floor(place), last - 1)
  return mixed(ramp[below] ?? 0, ramp[below + 1] ?? 0, place - below)
}

const written = new Map<number, string>()

/** As CSS and SVG write it; kept, since the same few colours are asked for in every frame. */
export function css(colour: number): string {
  let text = written.get(colour)
  if (text === undefined) {
    const alpha = Math.round(((colour >>> 24) / 255) * 1000) / 1000
    text = `rgba(${colour & 255},${(colour >>> 8) & 255},${(colour >>> 16) & 255},${alpha})`
    if (written.size > 4096) written.clear() // two tweens of a large graph make thousands
    written.set(colour, text)
  }
  return text
}
