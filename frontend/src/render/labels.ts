/** Labels that never cover each other: the important first, the rest where there is room. Pure. */

export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

const CELL = 64

/** Boxes that are taken, in a grid, so that asking costs the same with ten and with ten thousand. */
export class Room {
  readonly #cells = new Map<number, Box[]>()

  isFree(box: Box): boolean {
    return !cellsOf(box).some((cell) => this.#cells.get(cell)?.some((other) => meets(box, other)) === true)
  }

  /** Take a box, free or not. */
  put(box: Box): void {
    for (const cell of cellsOf(box)) {
      const held = this.#cells.get(cell)
      if (held === undefined) this.#cells.set(cell, [box])
      else held.push(box)
    }
  }

  /** Take a box when nothing is there yet. */
  take(box: Box): boolean {
    const isFree = this.isFree(box)
    if (isFree) this.put(box)
    return isFree
  }
}

/** A centre (of a text, say) moved as little as it takes for all of it to lie inside. */
export function inside(centre: number, size: number, most: number): number {
  return size >= most ? centre : Math.min(Math.max(centre, size / 2), most - size / 2)
}

function cellsOf(box: Box): number[] {
  const cells: number[] = []
  for (let row = Math.floor(box.y / CELL); row <= Math.floor((box.y + box.height) / CELL); row++) {
    for (let column = Math.floor(box.x / CELL); column <= Math.floor((box.x + box.width) / CELL); column++) {
      cells.push(row * 100_003 + column)
    }
  }
  return cells
}

function meets(one: Box, other: Box): boolean {
  return (
    one.x < other.x + other.width && other.x < one.x + one.width && one.y < other.y + other.height && other.y < one.y + one.height
  )
}
