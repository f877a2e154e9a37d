import { describe, expect, it } from 'vitest'
import { DARK } from '../model/colours'
import { graphOf, type EdgeRecord } from '../model/records'
import { LATENCY } from '../model/metrics'
import { sceneOf, type Scene } from '../model/scene'
import { NO_SCORES } from '../model/scores'
import { single } from '../model/union'
import { visible } from '../model/visible'
import { curvesOf, drawDiscs, drawMarks, drawPairs, loopAngles, type Frame } from './drawing'
import { emphasisOf } from './emphasis'
import { curveBetween, distanceTo, freeAngle, pointOn } from './geometry'
import { nearest } from './hits'
import { Room, type Box } from './labels'
import { Pace } from './pace'
import { escaped, SvgPen, type Pen } from './pen'
import { between, TWEEN_MS } from './tween'

const edge = (source: string, target: string, value: number): EdgeRecord => ({
  id: '', source: `${source}:T`, target: `${target}:T`, type: LATENCY, properties: { value },
})
const sceneWith = (names: readonly string[], ...relationships: EdgeRecord[]): Scene => sceneMarked([], names, ...relationships)
function sceneMarked(bottlenecks: readonly string[], names: readonly string[], ...relationships: EdgeRecord[]): Scene {
  const all = single(graphOf({ nodes: names.map((name) => ({ id: `${name}:T`, type: 'T', properties: {} })), relationships }), LATENCY)
  const wish = { only: '' as const, hops: 0, selection: '', bottlenecks: new Set<string>(), changed: () => false, nodesMost: 99, scores: NO_SCORES, hiddenTypes: [] }
  return sceneOf(all, { palette: DARK, bottlenecks: new Set(bottlenecks), verdicts: new Map(), shown: visible(all, wish) })
}
const frameOf = (scene: Scene, xy: readonly number[], more: Partial<Frame> = {}): Frame => ({
  scene, xy: Float32Array.from(xy), zoom: 1, width: 800, height: 600, loops: loopAngles(scene, Float32Array.from(xy)), emphasis: null,
  marked: [], selected: '', colour: scene.pairs.colour, lineWidth: scene.pairs.width, ...more,
})
/** Six pixels a letter is a good enough ruler here. */
const RULER = { measure: (text: string) => text.length * 6 } as unknown as Pen

describe('curves', () => {
  const there = curveBetween(0, 0, 20, 300, 0, 30, 4)
  const back = curveBetween(300, 0, 30, 0, 0, 20, 4)

  it('begin and end at the rims', () => {
    expect(Math.hypot(there?.x0 ?? 0, there?.y0 ?? 0)).toBeCloseTo(20, 5)
    expect(Math.hypot((there?.tip[0] ?? 0) - 300, there?.tip[1] ?? 0)).toBeCloseTo(32, 5)
  })
  it('there and back lie apart', () => {
    expect(Math.sign(there?.middle[1] ?? 0)).toBe(-Math.sign(back?.middle[1] ?? 0))
  })
  it('are left out between circles that touch', () => {
    expect(curveBetween(0, 0, 20, 30, 0, 20, 4)).toBeNull()
  })
  it('are hit on their way and not beside it', () => {
    if (there === null) throw new Error('no curve')
    const [x, y] = pointOn(there, 0.4)
    expect(distanceTo(there, x, y)).toBeLessThan(1.5)
    expect(distanceTo(there, x, y + 40)).toBeGreaterThan(20)
  })
  it('loops point where nothing leaves', () => {
    expect(freeAngle([0, -0.5, -1])).toBeCloseTo(Math.PI, 1)
  })
})

describe('labels', () => {
  it('never cover each other', () => {
    const room = new Room()
    const taken: Box[] = []
    for (let turn = 0; turn < 400; turn++) {
      const box = { x: (turn * 37) % 300, y: (turn * 53) % 200, width: 20 + (turn % 60), height: 14 }
      if (room.take(box)) taken.push(box)
    }
    const meets = (a: Box, b: Box): boolean => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height
    expect(taken.length).toBeGreaterThan(10)
    expect(taken.some((one, place) => taken.slice(place + 1).some((other) => meets(one, other)))).toBe(false)
  })
})

describe('a drawing', () => {
  const scene = sceneWith(['a', 'b', 'c'], edge('a', 'b', 1), edge('b', 'a', 9), edge('b', 'c', 3), edge('c', 'c', 2))
  const frame = frameOf(scene, [100, 100, 400, 100, 400, 400])

  it('is valid SVG with every line, circle and name, whatever the names are', () => {
    const hostile = '<img src=x onerror=alert(1)>"&\u0000'
    const evil = sceneWith([hostile, 'b'], edge(hostile, 'b', 1))
    const shown = frameOf(evil, [100, 100, 400, 100], { marked: evil.pairs.keys })
    const pen = new SvgPen(RULER)
    const curves = curvesOf(shown)
    drawPairs(pen, shown, curves)
    drawDiscs(pen, shown)
    drawMarks(pen, shown, curves)
    const document = pen.document(800, 600, hostile)
    expect(document).not.toContain('<img')
    expect(document).not.toContain('\u0000')
    expect(document.match(/<path/g)).toHaveLength(1)
    expect(document.match(/<circle/g)).toHaveLength(4)
  })
  it('marks a bottleneck by a triangle at the middle of its line, and its value stands on the other side', () => {
    const drawnBy = (draws: Scene): { readonly svg: string; readonly triangles: readonly (readonly [number, number])[] } => {
      const pen = new SvgPen(RULER)
      const shown = frameOf(draws, [100, 100, 500, 100, 500, 500])
      drawMarks(pen, shown, curvesOf(shown))
      const svg = pen.document(800, 600, '')
      const points = [...svg.matchAll(/<polygon points="([^"]*)"/g)].map(([, text = '']) => text.split(' ').map((each) => each.split(',').map(Number)))
      return { svg, triangles: points.map((corners) => [corners[1]?.[0] ?? 0, corners[1]?.[1] ?? 0] as const) }
    }
    const edges = [edge('a', 'b', 1_200), edge('b', 'c', 3)] as const
    const plain = drawnBy(sceneWith(['a', 'b', 'c'], ...edges))
    expect(plain.triangles).toEqual([])
    const marked = drawnBy(sceneMarked(['a:T|b:T'], ['a', 'b', 'c'], ...edges))
    const shown = frameOf(sceneWith(['a', 'b', 'c'], ...edges), [100, 100, 500, 100, 500, 500])
    const curve = curvesOf(shown).find(({ pair }) => shown.scene.pairs.keys[pair] === 'a:T|b:T')?.curve
    const [x, y] = curve?.middle ?? [0, 0]
    expect(marked.triangles).toHaveLength(2) // its ground and itself
    for (const [left, top] of marked.triangles) expect(Math.hypot(left - x, top - y)).toBeLessThan(26)
    const [, valueX, valueY] = /<text x="([\d.]+)" y="([\d.]+)"[^>]*>1[^<]*ms</.exec(marked.svg)?.map(Number) ?? []
    expect(valueX).toBeCloseTo(x, -1)
    expect(Math.abs((valueY ?? 0) - y)).toBeGreaterThan(9)
  })
  it('escapes what XML would read', () => {
    expect(escaped(`a<b>&"\u0007`)).toBe('a&lt;b&gt;&amp;&quot;')
  })
  it('finds nodes before lines, and nothing in the void', () => {
    const curves = curvesOf(frame)
    expect(nearest(frame, curves, 102, 98)?.key).toBe('a:T')
    const there = curves.find(({ pair }) => scene.pairs.keys[pair] === 'b:T|c:T')
    const [x, y] = there?.curve.middle ?? [0, 0]
    expect(nearest(frame, curves, x, y)?.key).toBe('b:T|c:T')
    expect(nearest(frame, curves, 700, 550)).toBeNull()
  })
  it('makes a hovered node stand out with its neighbours', () => {
    const emphasis = emphasisOf(scene, { hovered: 'a:T', selected: '', q: '', path: [] })
    expect([...(emphasis?.nodes ?? [])]).toEqual([1, 1, 0])
    expect(emphasisOf(scene, { hovered: '', selected: '', q: '', path: [] })).toBeNull()
  })
  it('lets a search win over the selection', () => {
    const emphasis = emphasisOf(scene, { hovered: '', selected: 'a:T', q: 'C', path: [] })
    expect([...(emphasis?.nodes ?? [])]).toEqual([0, 1, 1])
  })
})

describe('a change', () => {
  const before = sceneWith(['a', 'b'], edge('a', 'b', 1))
  const after = sceneWith(['a', 'b', 'c'], edge('a', 'b', 1), edge('b', 'c', 1_000))

  it('is led over in 200 ms, and only what changed', () => {
    let now = 0
    const tween = between(before, after, () => now)
    const kept = after.pairs.index.get('a:T|b:T') ?? 0
    const fresh = after.pairs.index.get('b:T|c:T') ?? 0
    expect((tween?.now().colour[fresh] ?? 0) >>> 24).toBe(0)
    now = TWEEN_MS
    expect(tween?.isOver()).toBe(true)
    expect(tween?.now().colour[kept]).toBe(after.pairs.colour[kept])
    expect(tween?.now().colour[fresh]).toBe(after.pairs.colour[fresh])
  })
  it('is none when nothing differs', () => {
    expect(between(before, before)).toBeNull()
  })
})

describe('the pace', () => {
  it('draws less while frames are slow, and more again when they are quick', () => {
    const pace = new Pace(0.5)
    let now = 0
    for (let frame = 0; frame < 6; frame++) pace.frame((now += 150))
    const slow = pace.share
    expect(slow).toBeLessThan(0.1)
    for (let frame = 0; frame < 40; frame++) pace.frame((now += 16))
    expect(pace.share).toBe(1)
  })
  it('takes a pause for no frame', () => {
    const pace = new Pace(0.5)
    pace.frame(0)
    pace.frame(60_000)
    expect(pace.share).toBe(0.5)
  })

  it('begins a large graph with few lines, and waits for its first frame', () => {
    const pace = new Pace()
    pace.begin(80_000)
    expect(pace.share).toBeCloseTo(0.01)
    expect(pace.restAfter(160)).toBe(750)
  })

  it('waits longer for the end of a movement where frames are slow', () => {
    const pace = new Pace()
    pace.frame(0)
    pace.frame(16)
    expect(pace.restAfter(160)).toBe(160)
    pace.frame(516)
    expect(pace.restAfter(160)).toBe(1_250)
    pace.rest()
    expect(pace.restAfter(160)).toBe(1_250) // the next movement begins with what is known
    pace.frame(9_000)
    pace.frame(9_016)
    expect(pace.restAfter(160)).toBe(160)
  })
})
