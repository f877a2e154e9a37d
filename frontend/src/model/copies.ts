/** What is seen, written for other places: Markdown, Cypher, cURL, CSV. Pure; everything foreign is escaped. */
import type { Comparison } from '../schema'
import { lineOf, telling } from './changes'
import { elementOf, splitNodeKey } from './keys'
import { reading } from './texts-reading'

const MARKDOWN_ROWS = 20

/** A text that Markdown shows as it is, on one line; Chat programs read angle brackets and @ too. */
export function inMarkdown(text: string): string {
  return text.replaceAll(/[\r\n]+/g, ' ').replaceAll(/[\\`*_{}[\]<>()#+!|@~-]/g, (mark) => `\\${mark}`)
}

/** A comparison for the incident channel: the sentence, what is worst, and the link. */
export function comparisonInMarkdown(comparison: Comparison, link: string): string {
  const head = reading.copy.table
  const rows = telling(comparison)
    .slice(0, MARKDOWN_ROWS)
    .map((change) => {
      const line = lineOf(change)
      const sure = line.significance === null ? '' : reading.changes.significance[line.significance]
      const cells = [line.name, line.detail, line.before, line.after, `${line.shape} ${line.text} ${line.word}`.trim(), sure]
      return `| ${cells.map(inMarkdown).join(' | ')} |`
    })
  const sides = (['before', 'after'] as const).map((side) => {
    const { version, timestamp } = comparison[side]
    return (version ?? 0) === 0 ? reading.copy.live : `v${version} (${timestamp})`
  })
  return [
    `**${inMarkdown(comparison.summary.sentence)}**`,
    '',
    `A: ${sides[0] ?? ''} · B: ${sides[1] ?? ''}`,
    '',
    `| ${Object.values(head).join(' | ')} |`,
    `|${Object.keys(head).map(() => '---').join('|')}|`,
    ...rows,
    '',
    link,
    '',
  ].join('\n')
}

/** A name between backticks, whatever stands in it; Neo4j 4 reads `\u0060` there, so no backslash is left. */
export function cypherName(name: string): string {
  return `\`${name.replaceAll('\\', String.raw`\u005C`).replaceAll('`', '``')}\``
}

export function cypherText(text: string): string {
  const escaped = text.replaceAll('\\', '\\\\').replaceAll("'", String.raw`\'`).replaceAll('\n', String.raw`\n`).replaceAll('\r', String.raw`\r`)
  return `'${escaped}'`
}

function cypherNode(variable: string, key: string): string {
  const { name, type } = splitNodeKey(key)
  return `(${variable}${type === '' ? '' : `:${cypherName(type)}`} {name: ${cypherText(name)}})`
}

/** The query that finds an element in the live graph. */
export function elementInCypher(key: string): string {
  const element = elementOf(key)
  if (element.kind === 'node') return `MATCH ${cypherNode('n', key)}\nOPTIONAL MATCH (n)-[r]-(m)\nRETURN n, r, m`
  const type = element.kind === 'edge' ? `:${cypherName(element.type)}` : ''
  return `MATCH ${cypherNode('a', element.source)}-[r${type}]->${cypherNode('b', element.target)}\nRETURN a, r, b`
}

/** The query that finds the worst of a metric. */
export function worstInCypher(metric: string): string {
  return `MATCH (a)-[r:${cypherName(metric)}]->(b)\nRETURN a.name, b.name, r.value, r.trend, r.severity\nORDER BY r.value DESC\nLIMIT 20`
}

/** For a POSIX shell. */
export function inCurl(url: string): string {
  return `curl --fail --silent --show-error '${url.replaceAll("'", String.raw`'\''`)}'`
}

/** Rows as CSV by RFC 4180; a text that a spreadsheet would run as a formula gets an apostrophe before it. */
export function inCsv(rows: readonly (readonly (string | number | null)[])[]): string {
  return rows.map((row) => row.map(csvCell).join(',')).join('\r\n') + '\r\n'
}

function csvCell(value: string | number | null): string {
  if (value === null || Number.isNaN(value)) return ''
  if (typeof value === 'number') return String(value)
  const safe = /^[\s]*[=+\-@＝＋－＠]|^[\t\r]/u.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
