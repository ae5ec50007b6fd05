import type { FastifyRequest } from 'fastify'
import { problem } from './problems.ts'

/**
 * Headers that may appear only once. Of repeated ones, Node keeps the first or joins all with commas, depending on the name; either would
 * be a choice that the sender did not make.
 */
const SINGLE: ReadonlyMap<string, string> = new Map(
  ['Host', 'Authorization', 'Redress-Actor', 'Idempotency-Key', 'If-Match', 'Content-Type'].map((name) => [
    name.toLowerCase(),
    name,
  ]),
)

/** @throws Problem `malformed_request` (400) for one of these headers that is there twice, or for HTTP/1.1 without a Host */
export const checkHeaders = ({ raw: { rawHeaders, httpVersion } }: FastifyRequest): void => {
  const seen = new Set<string>()
  // names and values by turns, as they arrived: the parsed headers do not tell what was repeated
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = SINGLE.get(rawHeaders[i]?.toLowerCase() ?? '')
    if (name === undefined) continue
    if (seen.has(name)) {
      throw problem('malformed_request', `${name} is there twice; send it once.`, {
        errors: [{ pointer: `header:${name}`, code: 'duplicates', detail: 'is there twice; send it once' }],
      })
    }
    seen.add(name)
  }
  if (!seen.has('Host') && httpVersion === '1.1') throw problem('malformed_request', 'HTTP/1.1 needs one Host header.')
}
