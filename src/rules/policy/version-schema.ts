/** The versions of a policy on the wire: read, listed, and put. */

import Type from 'typebox'
import { described, listQuery, Nullable, named, Strict, Text, TimeText, Version } from '../../foundation/http/schema.ts'
import { MOST_OF_NAME } from '../../platform/access/people.ts'
import { PolicyIn } from './schema.ts'

const versionFields = {
  version: Version,
  created_at: TimeText({ description: 'Real time.' }),
  created_by: Type.String({ maxLength: MOST_OF_NAME, description: 'Who wrote it, as `role:id`.', example: 'admin:root' }),
  explanation: Nullable(Type.String(), { description: 'Why it was changed, in the words of whoever did.' }),
}

export const PolicyOut = named(
  'Policy',
  Type.Object({ ...versionFields, document: described(PolicyIn.ref, 'The whole policy.') }),
)

/** Without its document: a hundred of those would make a page of many megabytes. */
export const PolicyVersionOut = named(
  'PolicyVersion',
  Type.Object(versionFields, { description: 'Its document is at `/v1/policy?version=…`.' }),
)

const { version, created_at, created_by } = versionFields

export const PolicyChange = named(
  'PolicyChange',
  Strict(
    {
      document: PolicyIn.ref,
      explanation: Type.Optional(Nullable(Text(2000), { description: 'Why it is changed.', example: 'Longer holidays' })),
      version: Type.Optional(version),
      created_at: Type.Optional(created_at),
      created_by: Type.Optional(created_by),
    },
    { description: 'What was read can be sent back: `version`, `created_at` and `created_by` may stand in it unchanged.' },
  ),
)

export const policyQuery = Strict({
  version: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 9999, description: 'An earlier version; by default the present one.' }),
  ),
})

export const policyVersionsQuery = listQuery({})
