/** A text too long for its room, cut into lines: an address is only of use when it is whole. Pure. */

/** Cut where the room ends, wherever that is: an address has no words. At least one character a line. */
export function wrapped(text: string, room: number, measure: (text: string) => number): readonly string[] {
  const lines: string[] = []
  let rest = Array.from(text)
  while (rest.length > 0) {
    const many = fitting(rest, room, measure)
    lines.push(rest.slice(0, many).join(''))
    rest = rest.slice(many)
  }
  return lines
}

/** How many characters fit, by halving. */
function fitting(characters: readonly string[], room: number, measure: (text: string) => number): number {
  let [fits, many] = [1, characters.length]
  while (fits < many) {
    const middle = Math.ceil((fits + many) / 2)
    if (measure(characters.slice(0, middle).join('')) <= room) fits = middle
    else many = middle - 1
  }
  return fits
}
