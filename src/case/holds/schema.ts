/** Wire types of the held settlement. */
import Type from 'typebox'
import {
  Amount,
  CreatedAt,
  Currency,
  Id,
  listQuery,
  Nullable,
  named,
  StrEnum,
  Strict,
  Text,
  TimeText,
  UpdatedAt,
  Version,
  type Wire,
} from '../../foundation/http/schema.ts'
import { AvailableAction } from '../../platform/wire/available-action.ts'
import { holdStates, releaseReasonNames, releaseReasons } from '../../words/holds.ts'
import { DeadlineOut, Note } from '../case-file/schema.ts'
import { MOST_CLOCKS } from '../deadlines/due.ts'

const Explanation = Text(5000, { description: 'Why, in words.' })

/** Why the payment system does not report it itself, or nothing was kept. */
const WhyReported = Type.Optional(Explanation)

export const NewHoldIn = named(
  'NewHold',
  Strict(
    {
      amount: Type.Optional(
        Amount({
          minimum: 1,
          description: 'How much, in minor units; left out: all that can still be held of the order for this merchant.',
        }),
      ),
      explanation: Explanation,
      note: Note,
    },
    { example: { amount: 25900, explanation: '商家涉嫌售假，暂缓结算。' } },
  ),
)
export type NewHold = Wire<typeof NewHoldIn>

/** The bodies of the actions, by action. */
export const holdBodies = {
  report_held: named(
    'ReportHeld',
    Strict(
      {
        amount: Amount({ minimum: 1, description: 'What the payment system has kept in all, in minor units.' }),
        explanation: WhyReported,
        note: Note,
      },
      { example: { amount: 25900 } },
    ),
  ),
  report_refused: named(
    'ReportHoldRefused',
    Strict({ explanation: WhyReported, note: Note }, { example: { explanation: '该订单已结算。' } }),
  ),
  release: named(
    'ReleaseHold',
    Strict({ explanation: Explanation, note: Note }, { example: { explanation: '双方已达成一致，无需继续暂缓。' } }),
  ),
  report_released: named('ReportHoldReleased', Strict({ explanation: WhyReported, note: Note }, { example: {} })),
}
export type HoldBodies = { [Action in keyof typeof holdBodies]: Wire<(typeof holdBodies)[Action]> }

const reasonsInWords = releaseReasons
  .map((reason) => `\`${reason}\`: ${releaseReasonNames[reason].en} (${releaseReasonNames[reason].zh})`)
  .join('; ')

export const HoldOut = named(
  'Hold',
  Type.Object({
    id: Id(),
    complaint_id: Id(),
    status: StrEnum(holdStates, { description: 'Where it stands.' }),
    order_id: Type.String({ description: 'Of which order.', example: 'O-2026-1' }),
    merchant_id: Type.String({ description: 'Whose settlement it is.', example: 'M-12' }),
    currency: Currency.ref,
    amount: Amount({ description: 'What was asked for.' }),
    held_amount: Amount({ description: 'What is held now.' }),
    taken_amount: Amount({ description: 'What of it the fund has taken.' }),
    released_amount: Amount({ description: 'What of it went to the merchant.' }),
    asked_by: Nullable(Type.String(), { description: '`role:id`; null for the merchant.' }),
    explanation: Nullable(Type.String(), { description: 'Why it was asked for; null for the merchant.' }),
    release_reason: Nullable(StrEnum(releaseReasons), { description: `Why it was let go. ${reasonsInWords}.` }),
    release_due_at: Nullable(TimeText(), {
      description: 'When the service looks whether it can be let go; null while the case claims it, and once it is over.',
    }),
    deadlines: Type.Array(DeadlineOut.ref, { maxItems: MOST_CLOCKS, description: 'Its clocks, as the caller may see them.' }),
    available_actions: Type.Array(AvailableAction.ref, { description: 'What this caller can do with it now.' }),
    version: Version,
    held_at: Nullable(TimeText(), { description: 'Since when something is held.' }),
    ended_at: Nullable(TimeText(), { description: 'When it came to its end.' }),
    created_at: CreatedAt,
    updated_at: UpdatedAt,
  }),
)
export type HoldWire = Wire<typeof HoldOut>
export const holdQuery = listQuery({})
