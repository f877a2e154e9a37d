import { afterEach, describe, expect, it } from 'vitest'
import { defineMetrics, LATENCY, metricOf, QPS } from './metrics'

afterEach(() => defineMetrics({}))

describe('a metric', () => {
  it('is what the built-in ones are, and without a unit where nobody says more', () => {
    expect(metricOf(QPS)).toEqual({ type: QPS, name: 'queries', unit: '/s', worse: 'lower' })
    expect(metricOf('WAITS_FOR')).toEqual({ type: 'WAITS_FOR', name: 'waits for', unit: '', worse: 'neither' })
  })

  it('is what the settings of the graph say, in the units of the page', () => {
    defineMetrics({ WAITS_FOR: { unit: 's', desirable: 'lower' }, HITS: { unit: 'percent', desirable: 'higher' }, [LATENCY]: { unit: 'ms', desirable: 'lower' } })
    expect(metricOf('WAITS_FOR')).toEqual({ type: 'WAITS_FOR', name: 'waits for', unit: 's', worse: 'higher' })
    expect(metricOf('HITS')).toMatchObject({ unit: '%', worse: 'lower' })
    expect(metricOf(LATENCY)).toEqual({ type: LATENCY, name: 'latency', unit: 'ms', worse: 'higher' })
  })
})
