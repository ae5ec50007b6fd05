/** Wire types of the complaint as it is shown. `filing-schema.ts` has what is sent, `list-schema.ts` what lists are asked. */
import Type from 'typebox'
import {
  CreatedAt,
  described,
  Id,
  Nullable,
  named,
  StrEnum,
  TimeText,
  UpdatedAt,
  Version,
  type Wire,
} from '../../foundation/http/schema.ts'
import { AvailableAction } from '../../platform/wire/available-action.ts'
import {
  categories,
  categorySources,
  channels,
  otherCloseReasons,
  outcomes,
  rejectionReasonCodes,
  supervisorCloseReasons,
  suspensionReasonCodes,
} from '../../words/complaints.ts'
import { promiseResults } from '../../words/deadlines.ts'
import { DeadlineOut } from '../case-file/schema.ts'
import { MOST_CLOCKS } from '../deadlines/due.ts'
import { RiskOut } from '../risk/schema.ts'
import { StuckOut } from '../stuck-cases/schema.ts'
import { CategorySuggestionOut, DrawnTagOut, mostDrawnTags } from '../understanding/schema.ts'
import { ChallengeOut, DeviationIn, SeparationWaived } from './action-schema.ts'
import { OrderIn, WantedIn } from './filing-schema.ts'
import { LiabilityOut } from './liability.ts'
import { complaintStates } from './lifecycle.ts'

const PersonOut = (roles: readonly string[]) =>
  Type.Object({
    role: StrEnum(roles, { description: 'In which role.' }),
    id: Type.String({ description: 'The person’s id.' }),
    name: Nullable(Type.String(), { description: 'Masked for the other side.' }),
    contact: Nullable(
      Type.Object({
        phone: Type.Optional(Type.String({ description: 'A telephone number.' })),
        email: Type.Optional(Type.String({ description: 'An e-mail address.' })),
      }),
      {
        description: 'Masked for the other side.',
      },
    ),
  })

const PromisedOut = Type.Object({
  result: StrEnum(promiseResults, { description: '`missed` also when it was done late.' }),
  margin_ms: Nullable(Type.Integer(), {
    description: 'The time that was left when it was done, in milliseconds of the time the clock counts in; negative when late.',
  }),
})

const summary = {
  id: Id({ description: 'Its id: a UUIDv7.' }),
  case_number: Type.String({ description: 'Its number, for people.', example: 'RD-20261121-7K3M9Q2X' }),
  reference: Nullable(Type.String(), { description: 'The platform’s own id of the case.' }),
  status: StrEnum(complaintStates, { description: 'Where the case stands.' }),
  level: Type.Integer({ minimum: 1, maximum: 3, description: '1 agent, 2 supervisor, 3 dispute panel.' }),
  channel: StrEnum(channels, { description: 'By which it came in.' }),
  complainant: described(PersonOut(['buyer', 'merchant']), 'Who complains.'),
  respondent: described(PersonOut(['merchant', 'platform']), 'Against whom.'),
  order: Nullable(OrderIn.ref, { description: 'The order it is about, with the lines in dispute, as the complaint states it.' }),
  order_statement_differs: Type.Array(Type.String(), {
    description: 'Where that is not what is known of the order, as pointers into the complaint; empty where it agrees.',
    example: ['/order/paid_amount'],
  }),
  category: StrEnum(categories, { description: 'What it is about.' }),
  category_source: StrEnum(categorySources, {
    description:
      'Who said so: the caller, an agent, the words of the complaint (`suggested`), or nobody (`default`). What is only suggested counts for no window, clock, burden or right.',
  }),
  subcategory: Nullable(Type.String(), { description: 'A category of the platform’s own under it; null for none.' }),
  category_suggestion: Nullable(CategorySuggestionOut.ref, {
    description:
      'What its words spoke for when it was filed without a category. Staff only, null for parties; null also where nothing is suggested.',
  }),
  drawn_tags: Type.Array(DrawnTagOut.ref, {
    maxItems: mostDrawnTags,
    description: 'Words of product, demand and cause in its description. Staff only, empty for parties.',
  }),
  description: Type.String({ description: 'What happened, in the words of whoever filed.' }),
  wanted: Nullable(WantedIn.ref, { description: 'What the complainant wants.' }),
  tags: Type.Array(Type.String(), { description: 'Words of the platform’s own.' }),
  mass_case_id: Nullable(Id(), { description: 'The mass case that it belongs to; null for parties always.' }),
  related_to: Nullable(Id(), { description: 'An earlier complaint that this one follows.' }),
  duplicate_of: Nullable(Id(), { description: 'The complaint that this one repeats.' }),
  risk: Nullable(RiskOut.ref, {
    description:
      'How much is at stake, and why; null for parties always, and in a case from before risks were judged until its next decision.',
  }),
  owner: Nullable(Type.String({ example: 'agent:alice' }), { description: 'Who owns the case; null while nobody does.' }),
  liability: Nullable(LiabilityOut, { description: 'Parties see it once a plan has been proposed or the case decided.' }),
  rejection: Nullable(
    Type.Object({
      reason_code: StrEnum(rejectionReasonCodes, { description: 'Why, as a code.' }),
      explanation: Type.String({ description: 'Why, in words.' }),
    }),
    { description: 'Why it was not taken up; null where it was.' },
  ),
  information_request: Nullable(
    Type.Object({
      items: Type.Array(Type.String(), { description: 'The list of what is needed.' }),
      requested_at: TimeText({ description: 'When it was asked for.' }),
    }),
    { description: 'What was asked of the complainant last.' },
  ),
  suspension: Nullable(
    Type.Object({
      reason_code: StrEnum(suspensionReasonCodes, { description: 'For what it waits.' }),
      resume_at: TimeText({ description: 'When it goes on by itself.' }),
    }),
    { description: 'Why it waits; null while it does not.' },
  ),
  dismissal: Nullable(
    Type.Object({
      explanation: Type.String({ description: 'Why, in words.' }),
      deviation: Nullable(DeviationIn.ref, { description: 'Why it deviates from the liability; null where it agrees.' }),
      separation_waived: SeparationWaived,
    }),
    { description: 'Why it was dismissed; null where it was not.' },
  ),
  current_plan_id: Nullable(Id(), { description: 'The plan that is proposed or executing, else the last one that was.' }),
  outcome: Nullable(StrEnum(outcomes), {
    description:
      '`not_fulfilled`: what had been agreed or decided was not carried out, since the goods were not sent back; it counts for neither side.',
  }),
  close_reason: Nullable(StrEnum([...supervisorCloseReasons, ...otherCloseReasons]), {
    description: 'Why it was closed; null while it is open.',
  }),
  policy_version: Type.Integer({
    minimum: 1,
    description: 'The policy that its clocks follow: the one it was opened under, until a recomputation moves it.',
  }),
  filing_window_ends_at: Nullable(TimeText(), {
    description: 'Until when a complaint about this order was in time; null where the policy has no window for it.',
  }),
  sla: Type.Object(
    {
      first_response: Nullable(PromisedOut, { description: 'The first answer to the complainant.' }),
      resolution: Nullable(PromisedOut, { description: 'The decision.' }),
    },
    { description: 'Whether the case was answered and resolved in time; null where that was never owed.' },
  ),
  next_due_at: Nullable(TimeText(), { description: 'The earliest due time of a running duty.' }),
  unanswered_since: Nullable(TimeText(), {
    description: 'Since when a side has been waiting for an answer of staff. Staff only; null for parties.',
  }),
  version: Version,
  created_at: CreatedAt,
  updated_at: UpdatedAt,
  closed_at: Nullable(TimeText(), { description: 'When it was closed; null while it is open.' }),
}

export const ComplaintSummary = named('ComplaintSummary', Type.Object(summary, { description: 'A complaint as lists show it.' }))

export const ComplaintOut = named(
  'Complaint',
  Type.Object({
    ...summary,
    deadlines: Type.Array(DeadlineOut.ref, {
      maxItems: MOST_CLOCKS,
      description: `The clocks that are open or whose duty is still owed, and the latest that ended, at most ${MOST_CLOCKS} together; oldest first.`,
    }),
    challenges: Type.Array(ChallengeOut.ref, {
      description: 'Who was challenged, and what came of it; a party sees those of its own side.',
    }),
    recused: Type.Array(Type.String(), {
      description: 'Ids of the staff who stood down or were replaced and decide nothing more here; empty for parties.',
    }),
    received_at: TimeText({ description: 'When it came in: where staff entered it later, before `created_at`.' }),
    call_reference: Nullable(Type.String(), {
      description: 'The telephone system’s id of the call by which it came; null for the parties.',
    }),
    last_resort_at: Nullable(TimeText(), {
      description: 'Since when the last resort of the policy may decide; null while it is not called, and for parties always.',
    }),
    available_actions: Type.Array(AvailableAction.ref, { description: 'What this caller can do now.' }),
    stuck: Nullable(StuckOut.ref, {
      description:
        'Staff only, null for parties and while all is well: the system could not decide what is due here, see `/v1/stuck-cases`. While its rules cannot be read, no action is available.',
    }),
  }),
)
export type ComplaintWire = Wire<typeof ComplaintOut>
export type ComplaintSummaryWire = Wire<typeof ComplaintSummary>
