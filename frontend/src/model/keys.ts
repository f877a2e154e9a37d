/**
 * Stable identities, as the server writes them: a node is `name:Type`, an edge `source|TYPE|target(|discriminator)`.
 * A *pair* is what the graph draws as one line: all edges from one node to another, `source|target`.
 */

const inName = (text: string): string => text.replaceAll('%', '%25').replaceAll(':', '%3A').replaceAll('\0', '%00')
const inEdge = (text: string): string => text.replaceAll('|', '%7C')
const plain = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text // a lone % typed by hand into the address
  }
}

export function edgeKey(source: string, type: string, target: string, discriminator = ''): string {
  const parts = [inEdge(source), inEdge(inName(type)), inEdge(target)]
  if (discriminator !== '') parts.push(inEdge(inName(discriminator)))
  return parts.join('|')
}

export function pairKey(source: string, target: string): string {
  return `${inEdge(source)}|${inEdge(target)}`
}

export interface NodeName {
  readonly name: string
  readonly type: string
}

export function splitNodeKey(key: string): NodeName {
  const colon = key.indexOf(':')
  if (colon < 0) return { name: plain(key), type: '' }
  return { name: plain(key.slice(0, colon)), type: plain(key.slice(colon + 1)) }
}

/** What a key that stands in the address or in a change means. */
export type Element =
  | { readonly kind: 'node'; readonly key: string }
  | { readonly kind: 'pair'; readonly key: string; readonly source: string; readonly target: string }
  | {
      readonly kind: 'edge'
      readonly key: string
      readonly source: string
      readonly type: string
      readonly target: string
      readonly discriminator: string
    }

export function elementOf(key: string): Element {
  const parts = key.split('|')
  const ends = (text: string): string => text.replaceAll('%7C', '|')
  const [first = '', second = '', third, fourth = ''] = parts
  // a name may have a | in it, but its colons are written %3A: one colon is one node
  const colon = key.indexOf(':')
  if (parts.length < 2 || (colon >= 0 && colon === key.lastIndexOf(':'))) return { kind: 'node', key }
  if (third === undefined) return { kind: 'pair', key, source: ends(first), target: ends(second) }
  return { kind: 'edge', key, source: ends(first), type: plain(second), target: ends(third), discriminator: plain(fourth) }
}

/** The pair that an edge belongs to; a pair gives itself, a node nothing. */
export function pairOf(key: string): string | null {
  const element = elementOf(key)
  return element.kind === 'node' ? null : pairKey(element.source, element.target)
}

/** A key as people read it: `users`, `users → orders`; a loop by its node alone, as the sentences say it. */
export function labelOf(key: string): string {
  const element = elementOf(key)
  if (element.kind === 'node') return splitNodeKey(key).name
  const source = splitNodeKey(element.source).name
  return isLoop(element) ? source : `${source} → ${splitNodeKey(element.target).name}`
}

/** Whether an element leads from a node to itself. */
export function isLoop(element: Element): boolean {
  return element.kind !== 'node' && element.source === element.target
}
