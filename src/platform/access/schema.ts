import Type from 'typebox'
import { CreatedAt, Id, Nullable, named, StrEnum, Strict, Text, TimeText, Version } from '../../foundation/http/schema.ts'
import { keyRoles } from './caller.ts'
import { personIdFormat } from './people.ts'

/** A platform's own name for a person. */
export const PersonId = named(
  'PersonId',
  Type.String({
    format: personIdFormat,
    minLength: 1,
    maxLength: 256,
    description:
      'The platform’s own name for a person: printable characters of any script, not blank at either end, composed (Unicode NFC). Taken exactly as it is written; where duties have to be separated, case tells no two people apart.',
    example: 'B-77',
  }),
)

const Roles = Type.Array(StrEnum(keyRoles), {
  minItems: 1,
  maxItems: keyRoles.length,
  uniqueItems: true,
  description: 'In which roles the key may act; `Redress-Actor` picks one for each request.',
  example: ['buyer', 'merchant', 'agent', 'supervisor'],
})
const Name = Text(128, { description: 'What the key is for.', example: 'shop backend' })
const expires = 'When the key stops working, in real time; null for never.'

export const NewApiKey = named(
  'NewApiKey',
  Strict(
    { name: Name, roles: Roles, expires_at: Type.Optional(Nullable(TimeText(), { description: expires })) },
    { example: { name: 'shop backend', roles: ['buyer', 'merchant', 'agent', 'supervisor'], expires_at: null } },
  ),
)

const properties = {
  id: Id(),
  name: Name,
  start: Type.String({
    description:
      'How the key begins: `rdk_live_` or `rdk_test_` by the mode of the platform; `rdk_` for older keys and chosen ones.',
    example: 'rdk_test_',
  }),
  last_four: Nullable(Type.String(), { description: 'How it ends; null for keys that were made before this was kept.' }),
  roles: Roles,
  created_at: CreatedAt,
  created_by: Type.String({
    description: 'Who made it, as `role:id`.',
    example: 'admin:key-019a9f3c-8d2e-7c31-9a55-0d6f3b1c2e4f',
  }),
  expires_at: Nullable(TimeText(), { description: expires }),
  revoked_at: Nullable(TimeText(), { description: 'When it was revoked; null while it works.' }),
  last_used_at: Nullable(TimeText(), {
    description: 'When it was last used, in real time, at most a minute behind; null for never.',
  }),
  version: Version,
}

export const ApiKeySchema = named(
  'ApiKey',
  Type.Object(properties, { description: 'An API key of this platform. The key itself is never shown again.' }),
)

export const CreatedApiKey = named(
  'CreatedApiKey',
  Type.Object({ ...properties, key: Type.String({ description: 'The key, shown this once.', example: 'rdk_test_…' }) }),
)
