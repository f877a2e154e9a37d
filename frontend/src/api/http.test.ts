import { describe, expect, it } from 'vitest'
import { ApiError } from './http'

const passes = (status: number): boolean => new ApiError(status, String(status), '', null, null).isPassing

describe('a refusal', () => {
  it('is asked again when the server is away, also where a proxy says so', () => {
    expect([0, 429, 502, 503, 504].map(passes)).toEqual([true, true, true, true, true])
  })

  it('is final when the answer would be the same', () => {
    expect([400, 401, 403, 404, 409, 412, 422, 500].filter(passes)).toEqual([])
  })
})
