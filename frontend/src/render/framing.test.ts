import { describe, expect, it } from 'vitest'
import { NO_MARGINS, widened, widenedBeside, type Extent } from './framing'

const VIEW = { width: 1_000, height: 600, padding: 50 }
const WIDE: Extent = { x: [0, 1_000], y: [0, 100] }

describe('framing', () => {
  it('leaves an extent alone when nothing lies upon the view', () => {
    expect(widened(WIDE, VIEW, NO_MARGINS)).toEqual(WIDE)
  })

  it('keeps the margins free: what is shown around the graph is as large as they are', () => {
    const shown = widened(WIDE, VIEW, { left: 100, right: 0, top: 0, bottom: 150 })
    const unit = 1_000 / 800 // of the layout per pixel, the width being what limits
    expect(shown.x[0]).toBeCloseTo(-100 * unit)
    expect(shown.y[0]).toBeCloseTo(-150 * unit)
    expect([shown.x[1], shown.y[1]]).toEqual([1_000, 100])
    expect((shown.x[1] - shown.x[0]) / unit).toBeCloseTo(VIEW.width - 2 * VIEW.padding)
  })

  it('puts a broad graph above what stands in the corner, and a high one beside it', () => {
    const corner = { width: 300, height: 200 }
    const broad = widenedBeside(WIDE, VIEW, NO_MARGINS, corner)
    const high = widenedBeside({ x: [0, 100], y: [0, 1_000] }, VIEW, NO_MARGINS, corner)
    expect([broad.x[0] < 0, broad.y[0] < 0]).toEqual([false, true])
    expect([high.x[0] < 0, high.y[0] < 0]).toEqual([true, false])
  })

  it('never gives more than half of a small view away', () => {
    const shown = widened({ x: [0, 10], y: [0, 10] }, { width: 300, height: 300, padding: 50 }, { ...NO_MARGINS, bottom: 900 })
    expect(shown.y[1] - shown.y[0]).toBeCloseTo(20)
  })

  it('is of no use to a view without an inside, and does no harm', () => {
    expect(widened(WIDE, { width: 0, height: 0, padding: 50 }, { ...NO_MARGINS, left: 9 })).toEqual(WIDE)
  })
})
