/** Wire types of what is sent of a complaint: its filing, and its correction. */
import Type from 'typebox'
import {
  Amount,
  Currency,
  described,
  Id,
  Nullable,
  named,
  StrEnum,
  Strict,
  Text,
  TimeText,
  type Wire,
} from '../../foundation/http/schema.ts'
import { PersonId } from '../../platform/access/schema.ts'
import { categories, channels } from '../../words/complaints.ts'
import { offeredRemedyTypes } from '../../words/refund-plans.ts'
import { StaffName } from '../case-file/schema.ts'
import { lineFields, MOST_PIECES, paymentsIn, shippingAmount } from '../orders/schema.ts'

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
      registered_at: Type.Optional(
        TimeText({
          description:
            'When the account was made. Accounts that are hardly a day old count as one complainant in a mass case; one without this time counts for itself.',
        }),
      ),
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

export const OrderIn = named(
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

export const WantedIn = named(
  'Wanted',
  Strict({
    remedy: Type.Optional(StrEnum(offeredRemedyTypes, { description: 'What the complainant wants.' })),
    amount: Type.Optional(Amount()),
    currency: Type.Optional(Currency.ref),
  }),
)

/** Beneath a category that is named beside it. */
export const Subcategory = Type.String({
  pattern: '^[a-z][a-z0-9_]{0,63}$',
  maxLength: 64,
  description:
    'A category of the platform’s own, of `GET /v1/category-lexicon`, under `category`, which has to be named with it.',
  example: 'screen_defect',
})

export const NewComplaint = named(
  'NewComplaint',
  Strict(
    {
      reference: Type.Optional(Text(128, { description: 'Your own id of this case, unique on the platform.' })),
      channel: StrEnum(channels, { description: 'By which the case came in.' }),
      received_at: Type.Optional(
        TimeText({
          description:
            'When it came in, where staff enter it later (`entered_within` of the policy, 3 days): its clocks start then. Not for portal and api.',
        }),
      ),
      call: Type.Optional(
        Strict(
          {
            reference: Text(128, { description: 'The telephone system’s id of the call.', example: 'CALL-20261121-17' }),
            taken_by: Type.Optional(StaffName('agent|supervisor', '`role:id` of who took it; left out: who enters it.')),
          },
          { description: 'The call of the hotline by which it came: whoever called had a first answer at once.' },
        ),
      ),
      complainant: described(Complainant.ref, 'Who complains.'),
      respondent: described(Respondent.ref, 'Against whom.'),
      order: Type.Optional(Nullable(OrderIn.ref, { description: 'The order it is about; null where there is none.' })),
      category: Type.Optional(
        StrEnum(categories, {
          description: 'What it is about. Left out, it is suggested from the description where that is clear, else `other`.',
        }),
      ),
      subcategory: Type.Optional(Subcategory),
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
      subcategory: Type.Optional(Subcategory),
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
