/** Wire types of the rules that clocks follow: lengths of time, conditions, and one rule of a list. */
import Type, { type Static } from 'typebox'
import { Amount, Currency, described, Nullable, named, StrEnum, Strict, type Wire } from '../../foundation/http/schema.ts'
import { categories, channels } from '../../words/complaints.ts'
import { chosenSilences, sides } from '../../words/deadlines.ts'

export const naturalUnits = ['minutes', 'hours', 'days'] as const
export const businessUnits = ['business_minutes', 'business_hours', 'business_days'] as const

export const DurationIn = named(
  'Duration',
  Strict(
    {
      count: Type.Integer({ description: 'How many.', minimum: 1, maximum: 100_000 }),
      unit: StrEnum([...naturalUnits, ...businessUnits], {
        description:
          'Business units count the open time of a calendar; a day is 24 hours, a business day a full set of its windows.',
      }),
    },
    { description: 'A length of time.', example: { count: 2, unit: 'business_days' } },
  ),
)
export type Duration = Wire<typeof DurationIn>

export const CalendarName = Type.String({
  pattern: '^[a-z][a-z0-9_-]{0,63}$',
  maxLength: 64,
  description: 'A calendar of this platform, see `/v1/calendars`.',
  example: 'china',
})

/** An optional list of these words, which means any of them. */
export const anyOf = <const T extends readonly string[]>(values: T, description: string) =>
  Type.Optional(
    Type.Unsafe<T[number][]>({
      type: 'array',
      items: { type: 'string', enum: [...values] },
      minItems: 1,
      maxItems: values.length,
      uniqueItems: true,
      description,
    }),
  )

export const AmountBand = Strict(
  {
    currency: described(Currency.ref, 'The currency that the band is in.'),
    from: Type.Optional(Amount()),
    below: Type.Optional(Amount()),
  },
  {
    description:
      'What the case is about: the wanted amount, else what was paid for the order. `from` is included, `below` is not; a case without money fits no band.',
  },
)

const Conditions = Strict(
  {
    channel: anyOf(channels, 'The case came in by one of these.'),
    category: anyOf(categories, 'It is of one of these categories when the clock starts.'),
    party: anyOf(sides, 'The duty is one of these sides’.'),
    plan_of: anyOf(['platform', 'party'], 'For `confirmation`: whose plan lies on the table.'),
    amount: Type.Optional(AmountBand),
  },
  { description: 'All that are named must hold; each is “any of”.' },
)
export type ConditionsIn = Static<typeof Conditions>

export const Warning = Type.Unsafe<{ at_percent: number } | { before: Duration }>({
  anyOf: [
    Strict({ at_percent: Type.Integer({ minimum: 1, maximum: 99, description: 'When this share of its time is used up.' }) }),
    Strict({ before: DurationIn.ref }, { description: 'This long before; of the kind of time that the clock counts in.' }),
  ],
})

export const ClockRule = named(
  'ClockRule',
  Strict({
    when: Type.Optional(Conditions),
    allow: Type.Optional(
      described(DurationIn.ref, 'How long the duty may take; left out: as long as the next rule that fits says.'),
    ),
    calendar: Type.Optional(described(CalendarName, 'In which calendar business time is counted, in place of the policy’s own.')),
    on_silence: Type.Optional(
      Type.Array(StrEnum(chosenSilences), {
        minItems: 1,
        maxItems: 10,
        description:
          'What happens when nobody acts in time: at the first miss, at the second, and so on; the last one ends the wait, or is repeated while the duty stays owed. Left out: what the next rule that fits says.',
        example: ['remind', 'close_no_response'],
      }),
    ),
    warn: Type.Optional(
      Nullable(Warning, { description: 'When a `deadline_due_soon` goes out, in place of the policy’s own; null: never.' }),
    ),
    while_overdue: Type.Optional(
      Type.Array(DurationIn.ref, {
        minItems: 1,
        maxItems: 20,
        description:
          'How long until the next step while the duty stays owed, in place of the policy’s own; the last one repeats.',
      }),
    ),
  }),
)
export type ClockRule = Wire<typeof ClockRule>
/** A rule that has `allow` and `on_silence`, and so needs no further rule. */
export type WholeRule = ClockRule & Required<Pick<ClockRule, 'allow' | 'on_silence'>>
