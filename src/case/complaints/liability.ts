/** Who was found at fault, as the case shows it and its events tell it. */
import Type from 'typebox'
import { Nullable, StrEnum, TimeText } from '../../foundation/http/schema.ts'
import { liableParties } from '../../words/complaints.ts'

export const LiabilityOut = Type.Object({
  shares: Type.Array(
    Type.Object({
      party: StrEnum(liableParties, { description: 'Who bears it.' }),
      percent: Type.Integer({ description: 'How much of it.' }),
    }),
    { description: 'Who was found at fault; the shares make 100 percent.' },
  ),
  reason_code: Type.String({ description: 'Why, as a code.' }),
  root_cause: Type.String({ description: 'What the cause was.' }),
  explanation: Type.String({ description: 'Why, in words.' }),
  rule: Nullable(Type.String(), { description: 'The rule it rests on.' }),
  determined_by: Type.String({ description: 'Who fixed it, as `role:id`.' }),
  determined_at: TimeText({ description: 'When it was fixed.' }),
})
