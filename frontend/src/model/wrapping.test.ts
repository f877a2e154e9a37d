import { describe, expect, it } from 'vitest'
import { wrapped } from './wrapping'

const perCharacter = (text: string): number => Array.from(text).length * 10

describe('a text that is too long for its room', () => {
  it('is cut into lines that fit, with nothing lost', () => {
    const address = `https://host/?b=${'snap_20250106'.repeat(9)}&q=🚀é`
    const lines = wrapped(address, 200, perCharacter)
    expect(lines.join('')).toBe(address)
    expect(lines.every((line) => perCharacter(line) <= 200)).toBe(true)
    expect(lines.slice(0, -1).every((line) => perCharacter(line) === 200)).toBe(true)
  })

  it('is one line when it fits, none when empty, and a character a line when nothing does', () => {
    expect(wrapped('short', 200, perCharacter)).toEqual(['short'])
    expect(wrapped('', 200, perCharacter)).toEqual([])
    expect(wrapped('ab', 1, perCharacter)).toEqual(['a', 'b'])
  })
})
