import { describe, expect, it } from 'vitest'
import { edgeKey, elementOf, isLoop, labelOf, pairKey, pairOf, splitNodeKey } from './keys'

describe('keys', () => {
  it('are written as the server writes them', () => {
    expect(edgeKey('users:Table', 'QUERIES_PER_SEC', 'products:Table')).toBe('users:Table|QUERIES_PER_SEC|products:Table')
    expect(edgeKey('a|b:Table', 'T', 'c:Table', 'x:1')).toBe('a%7Cb:Table|T|c:Table|x%3A1')
  })

  it('split back into what they were made of', () => {
    const key = edgeKey('a|b:Table', 'T|Y', 'c%25:Table', 'd|1')
    expect(elementOf(key)).toEqual({
      kind: 'edge',
      key,
      source: 'a|b:Table',
      type: 'T|Y',
      target: 'c%25:Table',
      discriminator: 'd|1',
    })
    expect(pairOf(key)).toBe(pairKey('a|b:Table', 'c%25:Table'))
    expect(pairOf('users:Table')).toBeNull()
    expect(elementOf('a|b:Table')).toEqual({ kind: 'node', key: 'a|b:Table' })
    expect(elementOf(pairKey('a|b:Table', 'c:Table')).kind).toBe('pair')
  })

  it('are read by people', () => {
    expect(labelOf('users:Table|QUERIES_PER_SEC|orders:Table')).toBe('users → orders')
    expect(labelOf('users:Table|QUERIES_PER_SEC|users:Table')).toBe('users')
    expect([isLoop(elementOf('users:Table|users:Table')), isLoop(elementOf('users:Table|users:View')), isLoop(elementOf('users:Table'))]).toEqual([true, false, false])
    expect(labelOf('a%3Ab:Table')).toBe('a:b')
    expect(splitNodeKey('half%')).toEqual({ name: 'half%', type: '' })
  })
})
