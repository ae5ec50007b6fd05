/** Wire types of the messages in a case. */
import Type from 'typebox'
import { CreatedAt, Id, named, StrEnum, Strict, Text, Version, type Wire } from '../../foundation/http/schema.ts'
import { addressees } from '../../words/messages.ts'

const visibility = StrEnum(['parties', 'internal'], { description: '`internal` is read and written by staff only.' })

export const NewMessageIn = named(
  'NewMessage',
  Strict(
    {
      text: Text(5000, { description: 'What is said.' }),
      visibility,
      to: Type.Optional(
        StrEnum(addressees, {
          description:
            'Parties: `platform`, `other_side` or `both`; left out, `both` while the case is in negotiation, else `platform`. Staff: `complainant`, `respondent` or `both`, which is also what it is when left out. What is for the platform alone is read by staff and its author’s side, what staff write to one side by that side.',
        }),
      ),
      automated: Type.Optional(
        Type.Boolean({ description: 'Staff only: written by a machine. It answers nobody and meets no deadline.' }),
      ),
    },
    { example: { text: '请上传开箱照片。', visibility: 'parties', to: 'complainant' } },
  ),
)
export type NewMessage = Wire<typeof NewMessageIn>

export const MessageOut = named(
  'Message',
  Type.Object({
    id: Id({ description: 'Its id: a UUIDv7.' }),
    complaint_id: Id({ description: 'The case.' }),
    author: Type.Object(
      { role: Type.String({ description: 'In which role.' }), id: Type.String({ description: 'The person’s id.' }) },
      { description: 'Who wrote it.' },
    ),
    visibility,
    to: StrEnum(addressees, { description: '`platform` for what is internal.' }),
    automated: Type.Boolean({ description: 'Written by a machine of the platform.' }),
    text: Type.String({ description: 'What was said.' }),
    version: Version,
    created_at: CreatedAt,
  }),
)
export type MessageWire = Wire<typeof MessageOut>
