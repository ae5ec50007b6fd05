/** Who was found at fault, as the case shows it and its events tell it. */
import Type from 'typebox'
import { Nullable, StrEnum, TimeText } from '../../foundation/http/schema.ts'
import { liableParties } from '../../words/complaints.ts'

export const LiabilityOut = Type.Object({
  shares: Type.Array(Type.Object({ party: StrEnum(liableParties), percent: Type.Integer() })),
  reason_code: Type.String(),
  root_cause: Type.String(),
  explanation: Type.String(),
  rule: Nullable(Type.String()),
  determined_by: Type.String(),
  determined_at: TimeText(),
})
