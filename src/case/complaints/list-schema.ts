/** Wire types of lists of complaints: what may be asked. */
import Type, { type Static } from 'typebox'
import { AnyOf, listQuery, StrEnum, Text, TimeText } from '../../foundation/http/schema.ts'
import { MOST_OF_NAME, ownerFormat, personIdFormat } from '../../platform/access/people.ts'
import { categories, channels } from '../../words/complaints.ts'
import { riskLevels } from '../../words/risk.ts'
import { complaintStates } from './lifecycle.ts'

const sorts = ['-created_at', 'created_at', 'due_at', 'updated_at', 'risk'] as const

export const complaintQuery = listQuery({
  status: Type.Optional(AnyOf(complaintStates, { description: 'In one of these states.' })),
  category: Type.Optional(AnyOf(categories, { description: 'About one of these.' })),
  channel: Type.Optional(AnyOf(channels, { description: 'Come in by one of these.' })),
  level: Type.Optional(Type.Integer({ description: 'On this level.', minimum: 1, maximum: 3 })),
  owner: Type.Optional(
    ListOf(
      { format: ownerFormat, maxLength: MOST_OF_NAME, example: 'agent:alice' },
      'Owners, as `agent:alice`; `unassigned` for cases without one.',
    ),
  ),
  buyer: Type.Optional(ListOf({ format: personIdFormat, maxLength: 256 }, 'Ids of buyers.')),
  merchant: Type.Optional(ListOf({ format: personIdFormat, maxLength: 256 }, 'Ids of merchants.')),
  order: Type.Optional(ListOf({ minLength: 1, maxLength: 128 }, 'Ids of orders; a comma within an id is written `%2C`.')),
  reference: Type.Optional(ListOf({ minLength: 1, maxLength: 128 }, 'References; a comma within one is written `%2C`.')),
  overdue: Type.Optional(Type.Boolean({ description: 'Open, and a duty is past its due time and still owed.' })),
  unanswered: Type.Optional(
    Type.Boolean({ description: 'Words of a side wait for an answer of staff. For the staff of the platform.' }),
  ),
  risk: Type.Optional(AnyOf(riskLevels, { description: 'Of one of these risks. For the staff of the platform.' })),
  mass_case: Type.Optional(ListOf({ format: 'uuid', maxLength: 36 }, 'Ids of mass cases. For the staff of the platform.')),
  due_before: Type.Optional(TimeText({ description: 'With a duty that is due before this moment.' })),
  created_from: Type.Optional(TimeText({ description: 'From this moment on.' })),
  created_to: Type.Optional(TimeText({ description: 'Before this moment.' })),
  updated_from: Type.Optional(
    TimeText({
      description:
        'Changed at this moment or later. Who polls lets two polls overlap by a minute, since a change may be written a little after its time; `GET /v1/events` misses none.',
    }),
  ),
  q: Type.Optional(Text(128, { description: 'Exactly a case number, a reference or an order id.' })),
  sort: Type.Optional(
    StrEnum(sorts, {
      default: '-created_at',
      description:
        '`due_at` needs `status` or `owner`; `risk` needs `risk` (`high`, `critical` or both): critical cases first, the newest first in each. By `updated_at` a case that changes during the walk moves to the end, and is shown again.',
    }),
  ),
})
export type ComplaintQuery = Static<typeof complaintQuery>

function ListOf(value: Type.TStringOptions, description: string) {
  return Type.Array(Type.String(value), {
    minItems: 1,
    maxItems: 20,
    style: 'form',
    explode: false,
    description,
  })
}
