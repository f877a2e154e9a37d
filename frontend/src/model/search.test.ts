import { describe, expect, it } from 'vitest'
import { found } from './search'

const titles = (texts: readonly string[]): readonly { title: string }[] => texts.map((title) => ({ title }))

describe('found', () => {
  const items = titles(['Show Table', 'users → orders', 'orders', 'Orders of users'])

  it('wants every word, whatever the case and order', () => {
    expect(found(items, 'ORDERS users', 9).map((each) => each.title)).toEqual(['users → orders', 'Orders of users'])
  })

  it('puts those first that begin with the text', () => {
    expect(found(items, 'orders', 9).map((each) => each.title)).toEqual(['orders', 'Orders of users', 'users → orders'])
  })

  it('gives the first few for the empty text', () => {
    expect(found(items, ' ', 2).map((each) => each.title)).toEqual(['Show Table', 'users → orders'])
  })
})
