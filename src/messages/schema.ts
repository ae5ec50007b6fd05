/** Wire types of the messages in a case. */
import Type from 'typebox'
import { Id, named, StrEnum, Strict, Text, TimeText, Version, type Wire } from '../foundation/schema.ts'

const visibility = StrEnum(['parties', 'internal'], { description: '`internal` is read and written by staff only.' })

export const NewMessageIn = named(
  'NewMessage',
  Strict({ text: Text(5000), visibility }, { example: { text: '请上传开箱照片。', visibility: 'parties' } }),
)
export type NewMessage = Wire<typeof NewMessageIn>

export const MessageOut = named(
  'Message',
  Type.Object({
    id: Id(),
    complaint_id: Id(),
    author: Type.Object({ role: Type.String(), id: Type.String() }),
    visibility,
    text: Type.String(),
    version: Version,
    created_at: TimeText(),
  }),
)
export type MessageWire = Wire<typeof MessageOut>
