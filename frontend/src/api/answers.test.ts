import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fetchWhole } from './answers'

const SILENT_MOST_MS = 600
const pause = async (milliseconds: number): Promise<void> => await new Promise((resolve) => setTimeout(resolve, milliseconds))

/** Path -> what a server does with an answer. */
const ANSWERS: Readonly<Record<string, (answer: ServerResponse) => Promise<unknown>>> = {
  '/whole': async (answer) => Promise.resolve(answer.end('größer')),
  '/nothing': async () => Promise.resolve(),
  '/half': async (answer) => Promise.resolve(answer.write('{"half":')),
  '/slow': async (answer) => {
    for (const byte of Buffer.from('größ')) {
      answer.write(Buffer.of(byte))
      await pause(SILENT_MOST_MS / 3)
    }
    answer.end()
  },
  '/broken': async (answer) => {
    answer.write('{"half":')
    await pause(20)
    answer.destroy()
  },
  '/unchanged': async (answer) => Promise.resolve(answer.writeHead(304).end()),
}

let server: Server
let base = ''
const get = async (path: string, signal?: AbortSignal): ReturnType<typeof fetchWhole> =>
  await fetchWhole(base + path, signal === undefined ? {} : { signal }, SILENT_MOST_MS)

beforeAll(async () => {
  server = createServer((request, answer) => void ANSWERS[request.url ?? '']?.(answer))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

describe('an answer', () => {
  it('is read to its end', async () => {
    expect((await get('/whole')).text).toBe('größer')
    expect((await get('/unchanged')).text).toBe('')
  })

  it('may take its time, as long as something comes', async () => {
    expect((await get('/slow')).text).toBe('größ')
  })

  it.each(['/nothing', '/half'])('that stops coming is given up: %s', async (path) => {
    await expect(get(path)).rejects.toMatchObject({ name: 'TimeoutError' })
  })

  it('that breaks off is no answer', async () => {
    await expect(get('/broken')).rejects.toMatchObject({ name: 'TypeError' })
  })

  it.each(['/nothing', '/half'])('nobody waits for any more is called off: %s', async (path) => {
    const caller = new AbortController()
    setTimeout(() => caller.abort(), 50)
    await expect(get(path, caller.signal)).rejects.toMatchObject({ name: 'AbortError' })
  })
})
