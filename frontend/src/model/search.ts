/** Finding among titles by the words that are typed. Pure. */

export interface Findable {
  readonly title: string
}

/** Those with every word in their title, the ones that begin with the text first; the order is kept otherwise. */
export function found<Item extends Findable>(items: readonly Item[], text: string, most: number): readonly Item[] {
  const wanted = text.trim().toLowerCase()
  const words = wanted.split(/\s+/).filter((each) => each !== '')
  const fitting = items.filter(({ title }) => {
    const own = title.toLowerCase()
    return words.every((word) => own.includes(word))
  })
  const begins = (item: Item): number => (wanted !== '' && item.title.toLowerCase().startsWith(wanted) ? 0 : 1)
  return fitting
    .map((item, place) => ({ item, place }))
    .sort((one, other) => begins(one.item) - begins(other.item) || one.place - other.place)
    .slice(0, most)
    .map(({ item }) => item)
}
