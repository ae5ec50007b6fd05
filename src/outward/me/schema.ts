/** Wire types of what a caller is told about itself. */
import Type from 'typebox'
import { Id, Nullable, named, StrEnum, TimeText, type Wire } from '../../foundation/http/schema.ts'
import { keyRoles } from '../../platform/access/caller.ts'
import { resources } from './may.ts'

export const Me = named(
  'Me',
  Type.Object(
    {
      actor: Type.Object(
        {
          role: StrEnum(keyRoles, { description: 'The role of the request.' }),
          id: Type.String({ description: 'The person’s id.', example: 'B-77' }),
        },
        { description: 'Whom this request acts for.' },
      ),
      roles: Type.Array(StrEnum(keyRoles), { description: 'The roles that the key may act in.' }),
      key: Type.Object(
        {
          id: Id(),
          name: Type.String({ description: 'What it is for.', example: 'shop backend' }),
          start: Type.String({ description: 'How it begins.', example: 'rdk_test_' }),
          last_four: Nullable(Type.String(), { description: 'Null for a key from before this was kept.' }),
          expires_at: Nullable(TimeText(), { description: 'When it stops working; null for never.' }),
        },
        { description: 'The API key that was sent.' },
      ),
      platform: Type.Object(
        {
          id: Id(),
          name: Type.String({ description: 'Its name.' }),
          mode: StrEnum(['live', 'test'], { description: 'Only a `test` platform has a clock that can be moved.' }),
        },
        { description: 'Whose key it is.' },
      ),
      now: TimeText({ description: 'The platform’s time.' }),
      may: Type.Array(
        Type.Object({
          resource: StrEnum(resources, { description: 'What the actions are taken on.' }),
          actions: Type.Array(Type.String(), { description: 'As in the lifecycles.', example: ['withdraw', 'confirm'] }),
        }),
        {
          description:
            'What this role may do with cases and with money of the platform at all. What it may do with one of them now, its `available_actions` say. An admin, who runs the platform, moves no case.',
        },
      ),
    },
    { description: 'Who one is, what one may, on which platform.' },
  ),
)
export type MeWire = Wire<typeof Me>
