/** Elements of the wire in the order in which they came, found by key, with a note of what changed since it was asked. */

/** What became of the elements since the last look. */
export interface Touched {
  /** Places whose element was replaced by another of the same key. */
  readonly changed: readonly number[]
  /** Whether elements came or went: places are then others. */
  readonly isMoved: boolean
}

export class Ordered<Item> {
  readonly #keyOf: (item: Item) => string
  readonly #places = new Map<string, number>()
  #items: Item[] = []
  #changed: number[] = []
  #isMoved = true

  constructor(keyOf: (item: Item) => string) {
    this.#keyOf = keyOf
  }

  /** A copy: it stays as it is while deltas come in. */
  get items(): readonly Item[] {
    return this.#items.slice()
  }

  begin(items: readonly Item[]): void {
    this.#items = []
    this.#places.clear()
    this.#isMoved = true
    items.forEach((item) => this.put(item))
  }

  /** Replace the element of the same key, or add one at the end. */
  put(item: Item): void {
    const key = this.#keyOf(item)
    const place = this.#places.get(key)
    if (place === undefined) {
      this.#places.set(key, this.#items.length)
      this.#items.push(item)
      this.#isMoved = true
    } else {
      this.#items[place] = item
      this.#changed.push(place)
    }
  }

  remove(keys: readonly string[]): void {
    const gone = new Set(keys.filter((key) => this.#places.has(key)))
    if (gone.size > 0) this.begin(this.#items.filter((item) => !gone.has(this.#keyOf(item))))
  }

  /** What became of them since this was asked last. */
  touched(): Touched {
    const touched = { changed: this.#changed, isMoved: this.#isMoved }
    this.#changed = []
    this.#isMoved = false
    return touched
  }
}
