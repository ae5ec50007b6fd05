import type { FastifyRequest } from 'fastify'
import { problem } from './problems.ts'

const TAGS = /(W\/)?"([^"]*)"/g

/**
 * Compares `If-Match` with the version that a resource has now (RFC 9110: strong comparison, a list of tags, `*`; a weak tag never matches).
 * @throws Problem `version_stale` (412), or `version_required` (428) where the header is required and missing
 */
export const checkVersion = (request: FastifyRequest, current: number, { required }: { required: boolean }): void => {
  const header = request.headers['if-match']
  if (header === undefined) {
    if (required) throw problem('version_required', `Read the resource and send its ETag as If-Match; it is "${current}" now.`)
    return
  }
  const matches =
    header.trim() === '*' || [...header.matchAll(TAGS)].some(([, weak, tag]) => weak === undefined && tag === String(current))
  if (!matches) throw problem('version_stale', `The version is "${current}" now.`)
}
