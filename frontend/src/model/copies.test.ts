import { describe, expect, it } from 'vitest'
import { cypherName, cypherText, elementInCypher, inCsv, inCurl, inMarkdown } from './copies'

describe('what is copied', () => {
  it('keeps a name inside its backticks in Cypher', () => {
    expect(cypherName('a`}) DETACH DELETE n //')).toBe('`a``}) DETACH DELETE n //`')
    expect(cypherName(String.raw`\u0060`)).toBe('`' + String.raw`\u005Cu0060` + '`')
    expect(cypherText("it's \\ so\n")).toBe(String.raw`'it\'s \\ so\n'`)
  })

  it('finds an element by its names, decoded', () => {
    expect(elementInCypher('a%3Ab:Table|AVG_LATENCY_MS|c:Table')).toBe(
      "MATCH (a:`Table` {name: 'a:b'})-[r:`AVG_LATENCY_MS`]->(b:`Table` {name: 'c'})\nRETURN a, r, b",
    )
  })

  it('ends no shell quotation', () => {
    expect(inCurl("http://x/?q='; rm -rf ~; '")).toBe(String.raw`curl --fail --silent --show-error 'http://x/?q='\''; rm -rf ~; '\'''`)
  })

  it('lets no spreadsheet run a formula, and quotes by RFC 4180', () => {
    expect(inCsv([['=1+1', '\t=1', 'a"b', 'c,d', -1.5, Number.NaN, null]])).toBe(`'=1+1,'\t=1,"a""b","c,d",-1.5,,\r\n`)
  })

  it('lets Markdown show no image, link or tag', () => {
    expect(inMarkdown('![x](http://e)<b>|\n@all')).toBe(String.raw`\!\[x\]\(http://e\)\<b\>\| \@all`)
  })
})
