/** Wire types of the complaint. */
import Type, { type Static } from 'typebox'
import {
  Amount,
  AnyOf,
  CreatedAt,
  Currency,
  described,
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
import { MOST_OF_NAME, ownerFormat, personIdFormat } from '../../platform/access/people.ts'
import { PersonId } from '../../platform/access/schema.ts'
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
import { remedyTypes } from '../../words/refund-plans.ts'
import { DeadlineOut } from '../case-file/schema.ts'
import { MOST_CLOCKS } from '../deadlines/due.ts'
import { lineFields, MOST_PIECES, paymentsIn, shippingAmount } from '../orders/schema.ts'
import { StuckOut } from '../stuck-cases/schema.ts'
import { ChallengeOut, DeviationIn, SeparationWaived } from './action-schema.ts'
import { LiabilityOut } from './liability.ts'
import { complaintStates } from './lifecycle.ts'

const phone = { minLength: 5, maxLength: 32, pattern: '^[+0-9][0-9 ()-]*$' }
const email = { maxLength: 254, pattern: '^[^\\s@]+@[^\\s@]+$' }

const ContactIn = named(
  'Contact',
  Strict(
    {
      phone: Type.Optional(Type.String({ description: 'A telephone number.', ...phone, example: '+8613800000000' })),
      email: Type.Optional(Type.String({ description: 'An e-mail address.', ...email, example: 'wang@example.com' })),
    },
    { description: 'How to reach a person. Confidential: the other side sees a masked form, logs see none.' },
  ),
)

const person = {
  name: Type.Optional(Text(200, { description: 'How the person is called.', example: '王小明' })),
  contact: Type.Optional(described(ContactIn.ref, 'How to reach the person.')),
}

/** Who can be named; which pairs can dispute with each other is a rule. */
const partyRoles = ['buyer', 'merchant', 'platform'] as const

const Complainant = named(
  'Complainant',
  Strict(
    {
      role: StrEnum(partyRoles, { description: 'In which role the person complains.' }),
      id: described(PersonId.ref, 'The person’s id.'),
      ...person,
    },
    { description: 'Who complains.' },
  ),
)

const Respondent = named(
  'Respondent',
  Strict(
    {
      role: StrEnum(partyRoles, { description: 'Against whom: a merchant or the platform.' }),
      id: described(PersonId.ref, 'The merchant’s id; `platform` for the platform itself.'),
      ...person,
    },
    { description: 'Against whom somebody complains.' },
  ),
)

const DisputedLineIn = named(
  'DisputedLine',
  Strict({
    ...lineFields,
    disputed_quantity: Type.Optional(
      Type.Integer({ minimum: 1, maximum: MOST_PIECES, description: 'How many of its pieces it is about; left out: all.' }),
    ),
    reason_code: Type.Optional(
      StrEnum(categories, { description: 'What is wrong with this line, where that is not the category of the case.' }),
    ),
    wanted_amount: Type.Optional(Amount({ description: 'What is wanted for this line.' })),
  }),
)

const OrderIn = named(
  'DisputedOrder',
  Strict({
    id: Text(128, { description: 'The platform’s own id of the order.', example: 'O-9981' }),
    currency: Currency.ref,
    paid_amount: Amount({
      description: 'What was paid, in minor units: the bound of all refunds of this order, unless more is known of it.',
    }),
    paid_at: Type.Optional(Nullable(TimeText(), { description: 'When it was paid.' })),
    shipped_at: Type.Optional(Nullable(TimeText(), { description: 'When it was sent.' })),
    received_at: Type.Optional(Nullable(TimeText(), { description: 'When it arrived; null while it has not.' })),
    shipping_amount: Type.Optional(shippingAmount),
    payments: Type.Optional(paymentsIn),
    lines: Type.Array(DisputedLineIn.ref, { maxItems: 100, description: 'The lines in dispute.' }),
  }),
)

const WantedIn = named(
  'Wanted',
  Strict({
    remedy: Type.Optional(StrEnum(remedyTypes, { description: 'What the complainant wants.' })),
    amount: Type.Optional(Amount()),
    currency: Type.Optional(Currency.ref),
  }),
)

export const NewComplaint = named(
  'NewComplaint',
  Strict(
    {
      reference: Type.Optional(Text(128, { description: 'Your own id of this case, unique on the platform.' })),
      channel: StrEnum(channels, { description: 'By which the case came in.' }),
      complainant: described(Complainant.ref, 'Who complains.'),
      respondent: described(Respondent.ref, 'Against whom.'),
      order: Type.Optional(Nullable(OrderIn.ref, { description: 'The order it is about; null where there is none.' })),
      category: Type.Optional(StrEnum(categories, { description: 'What it is about; `other` when left out.' })),
      description: Text(10_000, { description: 'What happened, in the words of whoever files.' }),
      wanted: Type.Optional(Nullable(WantedIn.ref, { description: 'What the complainant wants; null where that was not said.' })),
      tags: Type.Optional(
        Type.Array(Text(64), { description: 'Words of the platform’s own to find it by.', maxItems: 20, uniqueItems: true }),
      ),
      related_to: Type.Optional(Id({ description: 'An earlier complaint that this one follows.' })),
    },
    {
      example: {
        reference: 'MP-871',
        channel: 'portal',
        complainant: { role: 'buyer', id: 'B-77', name: '王小明', contact: { phone: '+8613800000000' } },
        respondent: { role: 'merchant', id: 'M-12' },
        order: {
          id: 'O-9981',
          currency: 'CNY',
          paid_amount: 25900,
          paid_at: '2026-11-01T02:00:00Z',
          shipped_at: null,
          received_at: '2026-11-04T08:30:00Z',
          lines: [{ line_id: '1', sku: 'PAD-64', name: '平板电脑', spec: '64G 灰', quantity: 1, unit_amount: 25900 }],
        },
        category: 'wrong_or_missing_item',
        description: '少发了保护膜，屏幕还有划痕',
        wanted: { remedy: 'return_and_refund', amount: 25900 },
      },
    },
  ),
)
export type NewComplaintBody = Wire<typeof NewComplaint>

export const ComplaintPatchIn = named(
  'ComplaintPatch',
  Strict(
    {
      category: Type.Optional(StrEnum(categories, { description: 'What it is about.' })),
      tags: Type.Optional(
        Nullable(Type.Array(Text(64), { maxItems: 20, uniqueItems: true }), {
          description: 'The platform’s own words; null removes them all.',
        }),
      ),
      contact: Type.Optional(
        Nullable(
          Strict({
            phone: Type.Optional(Nullable(Type.String(phone), { description: 'A telephone number; null removes it.' })),
            email: Type.Optional(Nullable(Type.String(email), { description: 'An e-mail address; null removes it.' })),
          }),
          { description: 'How to reach the complainant; null removes it.' },
        ),
      ),
    },
    {
      minProperties: 1,
      example: { category: 'product_quality', tags: ['vip'] },
      description: 'RFC 7396: null removes. Category and tags are for staff; contact is the complainant’s.',
    },
  ),
)
export type ComplaintPatch = Wire<typeof ComplaintPatchIn>

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
  category_source: StrEnum(categorySources, { description: 'Who said so: the caller, an agent, or the default.' }),
  description: Type.String({ description: 'What happened, in the words of whoever filed.' }),
  wanted: Nullable(WantedIn.ref, { description: 'What the complainant wants.' }),
  tags: Type.Array(Type.String(), { description: 'Words of the platform’s own.' }),
  related_to: Nullable(Id(), { description: 'An earlier complaint that this one follows.' }),
  duplicate_of: Nullable(Id(), { description: 'The complaint that this one repeats.' }),
  risk: Nullable(
    Type.Object({
      level: Type.String({ description: 'How serious.' }),
      signals: Type.Array(Type.String(), { description: 'What speaks for it, as codes.' }),
    }),
    {
      description: 'Null until it is judged, and for parties always.',
    },
  ),
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

const sorts = ['-created_at', 'created_at', 'due_at', 'updated_at'] as const

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
        '`due_at` needs `status` or `owner`. By `updated_at` a case that changes during the walk moves to the end, and is shown again.',
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
