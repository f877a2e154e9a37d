import { describe, expect, it } from 'vitest'
import { inside, Room } from './labels'

const box = (x: number, y: number): { x: number; y: number; width: number; height: number } => ({ x, y, width: 50, height: 20 })

describe('room for labels', () => {
  it('is given once', () => {
    const room = new Room()
    expect(room.take(box(0, 0))).toBe(true)
    expect(room.take(box(49, 19))).toBe(false)
    expect(room.take(box(50, 0))).toBe(true)
  })

  it('is taken by what was put there without asking', () => {
    const room = new Room()
    room.put(box(0, 0))
    room.put(box(10, 0))
    expect([room.isFree(box(55, 0)), room.isFree(box(61, 0))]).toEqual([false, true])
  })

  it('ends at the edge of the canvas: what would be clipped is moved in, and no farther', () => {
    expect([inside(5, 40, 300), inside(150, 40, 300), inside(299, 40, 300)]).toEqual([20, 150, 280])
    expect(inside(5, 400, 300)).toBe(5)
  })
})
