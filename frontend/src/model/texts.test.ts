import { readdirSync, readFileSync } from 'node:fs'
import { parse } from 'svelte/compiler'
import { expect, it } from 'vitest'

/** All that a person reads stands in `texts*.ts`; this finds what stands elsewhere. */

const SOURCE = new URL('../', import.meta.url)
/** Attributes that are read, aloud or by the eye; those of our own components among them. */
const READ = new Set(['title', 'aria-label', 'aria-description', 'aria-valuetext', 'placeholder', 'alt', 'label', 'text', 'caption'])
/** A word: letters, two at least (`v12` and `A` are signs). */
const WORD = /\p{L}{2,}/u
/** A sentence in a script: it begins with a capital, and words follow. */
const SENTENCE = /^\p{Lu}\p{Ll}+ .*\p{Ll}{2,}/u

type Tree = Record<string, unknown>
const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null

/** The literal texts of a component that people would read. */
function literalsOf(component: string): string[] {
  const found: string[] = []
  walk(parse(component, { modern: true }).fragment as unknown as Tree, found)
  return found
}

function walk(tree: Tree, found: string[]): void {
  if (tree['type'] === 'Text' && WORD.test(String(tree['data']))) found.push(String(tree['data']).trim())
  if (tree['type'] === 'ExpressionTag') spoken(tree['expression'], found)
  if (tree['type'] === 'Attribute') {
    if (READ.has(String(tree['name']))) attribute(tree['value'], found)
    return // a class or a type is read by the browser only
  }
  if (tree['type'] === 'StyleDirective') return
  for (const value of Object.values(tree)) {
    for (const each of Array.isArray(value) ? value : [value]) if (isTree(each)) walk(each, found)
  }
}

function attribute(value: unknown, found: string[]): void {
  for (const each of Array.isArray(value) ? value : [value]) if (isTree(each)) walk(each, found)
}

/** What an expression can put on the screen: its own strings and those of its branches, not arguments of calls. */
function spoken(expression: unknown, found: string[]): void {
  if (!isTree(expression)) return
  const branches: unknown[] = []
  switch (expression['type']) {
    case 'Literal':
      if (typeof expression['value'] === 'string' && WORD.test(expression['value'])) found.push(expression['value'])
      return
    case 'TemplateLiteral':
      for (const part of expression['quasis'] as readonly { value: { raw: string } }[]) if (WORD.test(part.value.raw)) found.push(part.value.raw)
      branches.push(...(expression['expressions'] as unknown[]))
      break
    case 'ConditionalExpression':
      branches.push(expression['consequent'], expression['alternate'])
      break
    case 'LogicalExpression':
    case 'BinaryExpression':
      if (!['===', '!==', '<', '>', '<=', '>='].includes(String(expression['operator']))) branches.push(expression['left'], expression['right'])
      break
    default:
      return
  }
  branches.forEach((branch) => spoken(branch, found))
}

/** The sentences of a script, outside of its comments. */
function sentencesOf(script: string): string[] {
  const code = script.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/(^|\s)\/\/.*$/gm, '')
  return [...code.matchAll(/(['"`])((?:(?!\1)[^\\\n])*)\1/g)].map((match) => match[2] ?? '').filter((text) => SENTENCE.test(text))
}

function filesOf(ending: string): string[] {
  return readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith(ending))
}

const read = (name: string): string => readFileSync(new URL(name, SOURCE), 'utf8')

it('no component says anything of its own', { timeout: 60_000 }, () => {
  const components = filesOf('.svelte')
  expect(components.length).toBeGreaterThan(20)
  expect(components.flatMap((name) => literalsOf(read(name)).map((text) => `${name}: ${text}`))).toEqual([])
})

it('no script says a sentence of its own', () => {
  const scripts = [...filesOf('.ts'), ...filesOf('.svelte')].filter(
    (name) => !name.endsWith('.test.ts') && !/^model\/texts[^/]*\.ts$/.test(name) && !name.startsWith('schema/'),
  )
  expect(scripts.flatMap((name) => sentencesOf(scriptOf(name)).map((text) => `${name}: ${text}`))).toEqual([])
})

function scriptOf(name: string): string {
  const whole = read(name)
  return name.endsWith('.svelte') ? [...whole.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g)].map((match) => match[1]).join('\n') : whole
}

it('notices what stands in the markup, in an attribute, in a branch and in a script', () => {
  expect(literalsOf('<p>Hello there</p>')).toEqual(['Hello there'])
  expect(literalsOf('<input placeholder="a table" class="wide" />')).toEqual(['a table'])
  expect(literalsOf('<script>let busy = true</script><b title={busy ? "waits" : `done ${busy}`}>{busy || "rests"}</b>')).toEqual(['waits', 'done ', 'rests'])
  expect(literalsOf('<p class="row">{quantity(1, "ms")} · {texts.name} → v{version}</p>')).toEqual([])
  expect(sentencesOf("throw new Error('The server sleeps.') // 'Nobody reads this.'")).toEqual(['The server sleeps.'])
})
