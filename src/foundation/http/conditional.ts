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

/**
 * The same for what may be new: then there is nothing to compare with, and nobody can have read it.
 * @param current `undefined` where it is not there yet
 * @param isNew the refusal of a request that names a version all the same
 * @throws Problem `version_stale` (412), `version_required` (428)
 */
export const checkVersionUnlessNew = (request: FastifyRequest, current: number | undefined, isNew: string): void => {
  if (current !== undefined) checkVersion(request, current, { required: true })
  else if (request.headers['if-match'] !== undefined) throw problem('version_stale', isNew)
}
