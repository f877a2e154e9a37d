/** Finding elements by their key. */

/** Where something stands, by its key. */
export type Places = Pick<ReadonlyMap<string, number>, 'get'>

/** Places by key, made when first asked: of a large graph nobody may ever ask. */
export class Lookup implements Places {
  readonly #keys: readonly string[]
  #places: Map<string, number> | null = null

  constructor(keys: readonly string[]) {
    this.#keys = keys
  }

  get(key: string): number | undefined {
    this.#places ??= new Map(this.#keys.map((each, place) => [each, place]))
    return this.#places.get(key)
  }
}
