/** Wire types of the list of plans. */
import Type, { type Static } from 'typebox'
import {
  Amount,
  AnyOf,
  CreatedAt,
  Currency,
  Id,
  listQuery,
  Nullable,
  named,
  StrEnum,
  TimeText,
  UpdatedAt,
  Version,
  type Wire,
} from '../../foundation/http/schema.ts'
import { personIdFormat } from '../../platform/access/people.ts'
import { remedyTypes } from '../../words/refund-plans.ts'
import { SideWord } from '../case-file/schema.ts'
import { planStates } from './lifecycle.ts'
import { Automatic } from './schema.ts'

export const planQuery = listQuery({
  status: Type.Optional(AnyOf(planStates, { description: '`in_review` is what waits for a supervisor.' })),
  merchant: Type.Optional(
    Type.Array(Type.String({ format: personIdFormat, maxLength: 256 }), {
      minItems: 1,
      maxItems: 20,
      style: 'form',
      explode: false,
      description: 'Ids of merchants.',
    }),
  ),
  currency: Type.Optional(
    Type.String({ pattern: '^[A-Z]{3}$', maxLength: 3, description: 'Plans whose money is in this currency.' }),
  ),
  amount_from: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: Number.MAX_SAFE_INTEGER,
      description: 'Plans that move at least so much in all, in minor units. Needs `currency`.',
    }),
  ),
  automatic: Type.Optional(
    Type.Boolean({ description: 'Only plans that a settlement rule of the respondent put forward, or only the others.' }),
  ),
  updated_from: Type.Optional(TimeText({ description: 'From this moment on.' })),
  updated_to: Type.Optional(TimeText({ description: 'Before this moment.' })),
  sort: Type.Optional(
    StrEnum(['-created_at', 'updated_at'], {
      default: '-created_at',
      description:
        '`updated_at`: what changed first comes first, to follow all changes; a plan that changes during a walk comes again at its end.',
    }),
  ),
})
export type PlanQuery = Static<typeof planQuery>

export const PlanSummary = named(
  'RefundPlanSummary',
  Type.Object(
    {
      id: Id({ description: 'Its id: a UUIDv7.' }),
      complaint_id: Id({ description: 'The complaint that it is of.' }),
      version_number: Type.Integer({ minimum: 1, description: 'Which plan of the case this is.' }),
      status: StrEnum(planStates, { description: 'Where the plan stands.' }),
      author: Type.Object(
        {
          role: Type.String({ description: 'In which role.' }),
          id: Type.String({ description: 'The person’s id.' }),
          side: SideWord,
        },
        { description: 'Who wrote it.' },
      ),
      buyer_id: Nullable(Type.String(), { description: 'The buyer of the case, if there is one.' }),
      merchant_id: Nullable(Type.String(), { description: 'The merchant of the case, if there is one.' }),
      currency: Nullable(Currency.ref, { description: 'Null for a plan without money.' }),
      remedies: Type.Array(StrEnum(remedyTypes), { description: 'The types of its remedies.' }),
      total_amount: Amount({ description: 'All money of the plan, in minor units of its currency.' }),
      refund_amount: Amount({ description: 'What of it is refunds.' }),
      compensation_amount: Amount({ description: 'What of it is compensations.' }),
      statutory_damages_amount: Amount({ description: 'What of it is statutory damages.' }),
      in_force_amount: Amount({ description: 'What of it is reserved, asked for or paid.' }),
      needs_approval: Type.Boolean({ description: 'Whether a supervisor must approve it.' }),
      approved_by: Nullable(Type.String(), { description: 'Who approved it, as `role:id`.' }),
      automatic: Automatic,
      end_reason_code: Nullable(Type.String(), { description: 'Why it came to nothing, as a code.' }),
      proposed_at: Nullable(TimeText(), { description: 'When it was laid before both sides.' }),
      created_at: CreatedAt,
      updated_at: UpdatedAt,
      version: Version,
    },
    { description: 'A plan as lists show it.' },
  ),
)
export type PlanSummaryWire = Wire<typeof PlanSummary>
