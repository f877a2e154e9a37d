import { describe, expect, it } from 'vitest'
import { DEFAULT_VIEW, readView, writeView, type View } from './view'

describe('the address', () => {
  it('is empty for the default view', () => {
    expect(writeView(DEFAULT_VIEW)).toBe('')
    expect(readView('')).toEqual(DEFAULT_VIEW)
  })

  it('gives back exactly what was written', () => {
    const view: View = {
      ...DEFAULT_VIEW,
      graph: 'shop',
      a: '@2025-01-06T14:23:05Z',
      b: 'snap_20250106_142305_manual',
      metric: 'LOAD_FACTOR',
      sel: 'a%7Cb:Table|b & c:Table',
      q: '<img src=x onerror=alert(1)>',
      hops: 2,
      only: 'removed',
      hide: ['View', 'a, b & c'],
      most: 5000,
      from: 'now-4h',
      to: '2025-01-06T15:00:00Z',
      tab: 'table',
      theme: 'dark',
      camera: { x: 0.5, y: -0.25, z: 1.5 },
      side: true,
      kind: 'nodes',
      order: 'up:HOTSPOT_SCORE',
      rows: 'worse real',
      trigger: 'incident',
      severity: 'critical',
      tag: 'release-4.2',
      text: 'deploy & more',
      since: '2025-01-06T00:00:00.000Z',
      until: '2025-01-07T00:00:00.000Z',
      details: 'snap_20250106_142305_manual',
      values: true,
      powers: true,
      series: ['total_qps', 'a:Table|AVG_LATENCY_MS|b:Table'],
    }
    expect(readView(writeView(view))).toEqual(view)
  })

  it('opens with defaults where an old or broken link says what is not known', () => {
    const view = readView('?tab=alerts&hops=many&only=x&theme=pink&x=1&y=&z=0&unknown=1')
    expect(view).toEqual(DEFAULT_VIEW)
    expect(readView('?hops=99&most=1e9').hops).toBe(5)
    expect(readView('?most=-3&kind=x')).toEqual(DEFAULT_VIEW)
    expect(readView('?%E0%A4%A=1&q=%').q).toBe('%')
  })

  it('keeps colons and @ readable', () => {
    expect(writeView({ ...DEFAULT_VIEW, b: '@2025-01-06T14:23:05Z' })).toBe('?b=@2025-01-06T14:23:05Z')
  })
})
