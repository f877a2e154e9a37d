import { describe, expect, it } from 'vitest'
import { keyOf } from './presses'

/** A press of a key with what is held down meanwhile. */
function pressed(key: string, ...held: ('alt' | 'ctrl' | 'meta' | 'shift' | 'AltGraph')[]): string {
  const is = (name: (typeof held)[number]): boolean => held.includes(name)
  return keyOf({
    key,
    altKey: is('alt'),
    ctrlKey: is('ctrl'),
    metaKey: is('meta'),
    shiftKey: is('shift'),
    getModifierState: (name) => name === 'AltGraph' && is('AltGraph'),
  })
}

describe('a key press', () => {
  it('counts ⌘ as Ctrl', () => {
    expect([pressed('k', 'ctrl'), pressed('k', 'meta')]).toEqual(['Ctrl+K', 'Ctrl+K'])
    expect([pressed('S', 'ctrl', 'shift'), pressed('s', 'meta', 'shift')]).toEqual(['Ctrl+Shift+S', 'Ctrl+Shift+S'])
  })

  it('is the sign itself, however the keyboard has it', () => {
    const held = [[], ['AltGraph'], ['ctrl', 'alt'], ['ctrl', 'alt', 'AltGraph'], ['alt']] as const
    expect(held.map((each) => pressed('[', ...each))).toEqual(['[', '[', '[', '[', '['])
    expect([pressed('?', 'shift'), pressed('N', 'shift'), pressed('n')]).toEqual(['?', 'N', 'n'])
  })

  it('keeps what is held down with a letter, a space or a named key', () => {
    expect([pressed('d', 'alt'), pressed('ArrowLeft', 'alt'), pressed('ArrowLeft', 'shift')]).toEqual(['Alt+d', 'Alt+ArrowLeft', 'Shift+ArrowLeft'])
    expect([pressed(' '), pressed(' ', 'alt'), pressed('1', 'alt'), pressed('[', 'ctrl')]).toEqual(['Space', 'Alt+Space', 'Alt+1', 'Ctrl+['])
  })
})
