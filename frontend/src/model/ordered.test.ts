import { describe, expect, it } from 'vitest'
import { Ordered } from './ordered'

interface Item {
  readonly key: string
  readonly value: number
}
const of = (text: string): Item => ({ key: text.slice(0, 1), value: Number(text.slice(1)) })
const begun = (): Ordered<Item> => {
  const ordered = new Ordered<Item>(({ key }) => key)
  ordered.begin(['a1', 'b2', 'c3'].map(of))
  ordered.touched()
  return ordered
}
const written = (ordered: Ordered<Item>): string => ordered.items.map(({ key, value }) => `${key}${value}`).join(' ')

describe('elements in order', () => {
  it('are replaced where they stand, and say where', () => {
    const ordered = begun()
    ordered.put(of('b7'))
    expect(written(ordered)).toBe('a1 b7 c3')
    expect(ordered.touched()).toEqual({ changed: [1], isMoved: false })
    expect(ordered.touched()).toEqual({ changed: [], isMoved: false })
  })

  it('come at the end and close up when one goes', () => {
    const ordered = begun()
    ordered.put(of('d4'))
    ordered.remove(['a', 'never there'])
    ordered.put(of('c9'))
    expect(written(ordered)).toBe('b2 c9 d4')
    expect(ordered.touched().isMoved).toBe(true)
    ordered.remove(['never there'])
    expect(ordered.touched().isMoved).toBe(false)
  })

  it('stand still for whoever took them before', () => {
    const ordered = begun()
    const before = ordered.items
    ordered.put(of('a8'))
    expect(before[0]?.value).toBe(1)
  })
})
