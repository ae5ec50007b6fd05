import { readFileSync } from 'node:fs'
import t from 'tap'
import type { Json } from '../support/app.ts'
import { createAjv, faultsIn } from '../support/schemas.ts'

/** Their answer is the document itself. */
const unrecorded: readonly string[] = ['readOpenApi', 'readOpenApi30']

await t.test('every answer of the document has an example that fits it', async (t) => {
  const document: Json = JSON.parse(readFileSync('openapi/openapi.json', 'utf8'))
  const ajv = createAjv()
  ajv.addSchema(document, 'openapi')
  const pointer = (...parts: string[]) =>
    `openapi#/${parts.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')}`
  const faults: string[] = []
  const without: string[] = []
  for (const [path, item] of Object.entries<Json>(document.paths)) {
    for (const [method, { operationId, responses }] of Object.entries<Json>(item)) {
      for (const [status, { content = {} }] of Object.entries<Json>(responses)) {
        for (const [mediaType, { example, examples = {} }] of Object.entries<Json>(content)) {
          if (!mediaType.endsWith('json')) continue
          const shared = Object.entries<Json>(examples).map(([code, { $ref }]) => {
            const { value } = document.components.examples[$ref.split('/').at(-1)]
            if (value.code !== code || String(value.status) !== status) faults.push(`${operationId} ${status}: ${code}`)
            return value
          })
          const all = example === undefined ? shared : [example, ...shared]
          if (all.length === 0 && !unrecorded.includes(operationId)) without.push(`${operationId} ${status}`)
          const validate = ajv.compile({
            $ref: pointer('paths', path, method, 'responses', status, 'content', mediaType, 'schema'),
          })
          for (const one of all) if (!validate(one)) faults.push(`${operationId} ${status}: ${faultsIn(validate.errors)}`)
        }
      }
    }
  }
  t.strictSame(faults, [])
  t.strictSame(without, [])
})
