/** What is wrong with an endpoint, beyond its schema. */
import { invalidField } from '../../words/problems.ts'
import { type Reach, urlFault } from '../delivery/addresses.ts'
import { checkTypes } from '../feed/types.ts'
import type { EndpointPatchBody } from './schema.ts'

/** What the service sends itself, and what belongs to the connection. */
const RESERVED =
  /^(webhook-.*|content-.*|host|connection|transfer-encoding|keep-alive|upgrade|expect|te|trailer|proxy-.*|user-agent)$/i

/** @throws Problem `validation_failed` (400) that names the field */
export const checkEndpoint = (
  { url, types, headers }: Pick<EndpointPatchBody, 'url' | 'types' | 'headers'>,
  reach: Reach,
): void => {
  const fault = url === undefined ? undefined : urlFault(url, reach)
  if (fault !== undefined) throw invalidField('/url', 'url_not_allowed', fault)
  checkTypes(types, '/types')
  const reserved = Object.keys(headers ?? {}).find((name) => RESERVED.test(name))
  if (reserved !== undefined)
    throw invalidField(`/headers/${reserved.replaceAll('~', '~0').replaceAll('/', '~1')}`, 'reserved', 'is set by the service')
}
