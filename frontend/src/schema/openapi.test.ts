import { readFile } from 'node:fs/promises'
import openapiTS, { astToString } from 'openapi-typescript'
import { expect, it } from 'vitest'

/** `npm run schema` writes it; the Python tests prove that openapi.json is what is served. */
it('the types are those of the committed document', { timeout: 60_000 }, async () => {
  const written = await readFile(new URL('./openapi.ts', import.meta.url), 'utf8')
  const nodes = await openapiTS(new URL('../../openapi.json', import.meta.url), {
    alphabetize: true,
    rootTypes: true,
    rootTypesNoSchemaPrefix: true,
  })
  expect(written.slice(written.indexOf('export'))).toBe(astToString(nodes))
})
