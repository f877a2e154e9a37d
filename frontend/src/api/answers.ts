/** Whole answers or none: a request is called off when the other side has said nothing for too long. */

export interface WholeAnswer {
  readonly response: Response
  readonly text: string
}

/**
 * Fetch, and read to the end. A slow line may take as long as it needs, a dead one may not: of that no browser hears for
 * minutes.
 *
 * @param silentMostMs - from asking to the first byte, and from one piece to the next.
 * @throws TimeoutError after such a silence; AbortError when `init.signal` calls it off; TypeError when the line breaks.
 */
export async function fetchWhole(url: string, init: RequestInit, silentMostMs: number): Promise<WholeAnswer> {
  const silence = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  const giveUp = (): void => silence.abort(new DOMException('silent', 'TimeoutError'))
  const heard = (): void => {
    clearTimeout(timer)
    // once more round the loop: of a page that was busy, or slept, for so long, what came waits behind this
    timer = setTimeout(() => { timer = setTimeout(giveUp) }, silentMostMs)
  }
  const signal = init.signal ? AbortSignal.any([init.signal, silence.signal]) : silence.signal
  heard()
  try {
    const response = await fetch(url, { ...init, signal })
    return { response, text: await read(response, heard) }
  } finally {
    clearTimeout(timer)
  }
}

async function read(response: Response, heard: () => void): Promise<string> {
  const reader = response.body?.getReader()
  const decoder = new TextDecoder()
  let text = ''
  for (;;) {
    heard()
    const piece = await reader?.read()
    if (piece?.value === undefined) return text + decoder.decode()
    text += decoder.decode(piece.value, { stream: true })
  }
}
