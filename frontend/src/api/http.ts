/** One door to the server: problem+json as errors, ETags kept, requests that can be called off. */
import { texts } from '../model/texts'
import type { Problem } from '../schema'
import { fetchWhole, type WholeAnswer } from './answers'

/** No answer, too many questions, and a server that is away: by itself (503), or as the proxy before it says (502, 504). */
const PASSING: ReadonlySet<number> = new Set([0, 429, 502, 503, 504])

/** A refusal of the server, or no answer at all (`status` 0). */
export class ApiError extends Error {
  readonly status: number
  readonly code: string
  readonly problem: Problem | null
  readonly retryAfterSeconds: number | null
  /** Since when this is so: when the same path failed first and was not answered since. */
  readonly since: Date

  constructor(status: number, code: string, detail: string, problem: Problem | null, retryAfterSeconds: number | null, since = new Date()) {
    super(detail)
    this.name = 'ApiError'
    this.status = status
    this.code = code
    this.problem = problem
    this.retryAfterSeconds = retryAfterSeconds
    this.since = since
  }

  /** Whether the same request may succeed later. */
  get isPassing(): boolean {
    return PASSING.has(this.status)
  }
}

export type QueryValue = string | number | boolean | readonly string[] | null | undefined

export interface Options {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly query?: Readonly<Record<string, QueryValue>>
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
}

interface Kept {
  readonly etag: string
  readonly value: unknown
}

/** Told of each answer that says that this browser is not known, with when its request was sent (`performance.now()`). */
let onUnknown: (sentAt: number) => void = () => undefined

export function hearOfUnknown(listener: (sentAt: number) => void): void {
  onUnknown = listener
}

/** Path -> when it failed first; until it is answered. */
const failing = new Map<string, Date>()

function failingSince(url: string): Date {
  const path = new URL(url).pathname
  const since = failing.get(path) ?? new Date()
  failing.set(path, since)
  return since
}

/** Of an answer; a request to the server ends in 30 s. */
const SILENT_MOST_MS = 45_000

/** How many answers are kept with their ETag; a snapshot's graph may be megabytes. */
const KEPT_MOST = 24
const kept = new Map<string, Kept>()

/** The address of a path of the server, beside the page: works under any prefix. */
export function address(path: string, query: Readonly<Record<string, QueryValue>> = {}): string {
  const url = new URL(path.replace(/^\//, ''), document.baseURI)
  for (const [name, value] of Object.entries(query)) {
    if (value === null || value === undefined || value === '') continue
    if (typeof value === 'object') value.forEach((each) => url.searchParams.append(name, each))
    else url.searchParams.set(name, String(value))
  }
  return url.href
}

/** Ask the server; resolves with the body read as JSON (null without one). */
export async function ask<Answer>(path: string, options: Options = {}): Promise<Answer> {
  const url = address(path, options.query)
  const method = options.method ?? 'GET'
  const headers = new Headers({ Accept: 'application/json', ...options.headers })
  const known = method === 'GET' ? kept.get(url) : undefined
  if (known !== undefined) headers.set('If-None-Match', known.etag)
  if (options.body !== undefined) headers.set('Content-Type', 'application/json')
  const sentAt = performance.now()
  const { response, text } = await reach(url, {
    method,
    headers,
    credentials: 'same-origin',
    ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  })
  if (response.status === 304 && known !== undefined) return known.value as Answer
  if (!response.ok) throw refusal(response, text, sentAt)
  const value: unknown = text === '' ? null : JSON.parse(text)
  const etag = response.headers.get('ETag')
  if (method === 'GET' && etag !== null) keep(url, { etag, value })
  return value as Answer
}

/** Ask for what is no JSON. */
export async function askText(path: string, options: Pick<Options, 'query' | 'signal'> = {}): Promise<string> {
  const sentAt = performance.now()
  const { response, text } = await reach(address(path, options.query), {
    credentials: 'same-origin',
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  })
  if (!response.ok) throw refusal(response, text, sentAt)
  return text
}

async function reach(url: string, init: RequestInit): Promise<WholeAnswer> {
  try {
    const answer = await fetchWhole(url, init, SILENT_MOST_MS)
    if (answer.response.ok) failing.delete(new URL(url).pathname)
    return answer
  } catch (cause) {
    if (isAbort(cause)) throw cause
    throw new ApiError(0, 'unreachable', texts.errors.noAnswer, null, null, failingSince(url))
  }
}

function refusal(response: Response, text: string, sentAt: number): ApiError {
  if (response.status === 401) onUnknown(sentAt)
  const problem = problemOf(text)
  const after = Number.parseFloat(response.headers.get('Retry-After') ?? '')
  return new ApiError(
    response.status,
    problem?.code ?? String(response.status),
    problem?.detail ?? texts.errors.answered(response.status),
    problem,
    Number.isFinite(after) ? after : null,
    failingSince(response.url),
  )
}

function problemOf(text: string): Problem | null {
  try {
    return JSON.parse(text) as Problem | null
  } catch {
    return null // a proxy's own page
  }
}

function keep(url: string, value: Kept): void {
  kept.delete(url)
  kept.set(url, value)
  const oldest = kept.keys().next()
  if (kept.size > KEPT_MOST && oldest.done !== true) kept.delete(oldest.value)
}

export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError'
}
