/** Wire types of the policy: the one document per platform that holds every number in which platforms, countries and categories differ. */
import Type, { type Static } from 'typebox'
import { described, Nullable, named, StrEnum, Strict, Text, type Wire } from '../../foundation/http/schema.ts'
import { MOST_OF_NAME, supervisorNameFormat } from '../../platform/access/people.ts'
import { categories, channels } from '../../words/complaints.ts'
import { countedKinds, hearableKinds } from '../../words/deadlines.ts'
import { evidenceTypes } from '../../words/evidence.ts'
import { partOf, recordOf } from './by-word.ts'
import { AmountBand, anyOf, CalendarName, ClockRule, DurationIn, Warning } from './clock-rule-schema.ts'
import { amountsByCurrency, money } from './money-schema.ts'
import { risk } from './risk-schema.ts'

/** Who can be told of a missed duty. */
export const listeners = ['owner', 'agents', 'supervisors', 'panel', 'complainant', 'respondent'] as const

const Level = Strict({
  name: Text(64, { description: 'What it is called, for people.', example: 'supervisor' }),
  tells: Type.Array(StrEnum(listeners), {
    maxItems: listeners.length,
    uniqueItems: true,
    description: 'Who is told when a duty is missed while the case is on this level (after it has climbed).',
  }),
  notices: Type.Optional(
    StrEnum(['any_hour', 'service_hours'], {
      description:
        'Whether this level is told at any hour, or waits for the service hours; left out: as `service_hours.holds_back` says of notices.',
    }),
  ),
})

const FilingWindow = Strict({
  when: Type.Optional(
    Strict(
      {
        channel: anyOf(channels, 'The case came in by one of these.'),
        category: anyOf(categories, 'It is filed under one of these.'),
      },
      { description: 'Which complaints it is for; all when left out.' },
    ),
  ),
  since: StrEnum(['paid_at', 'shipped_at', 'received_at'], {
    description: 'A time of the order; a rule whose time is unknown is passed over.',
  }),
  allow: described(DurationIn.ref, 'How long after that time.'),
})

const BurdenOfProofIn = Strict({
  party: StrEnum(['buyer', 'merchant', 'platform'], { description: 'Who has to prove it.' }),
  accepted_types: Type.Array(StrEnum(evidenceTypes), {
    description: 'What proves it; any one is enough.',
    minItems: 1,
    maxItems: evidenceTypes.length,
    uniqueItems: true,
  }),
  within: described(DurationIn.ref, 'By when, from the filing on.'),
  when: Type.Optional(
    Strict(
      {
        received_within: Type.Optional(described(DurationIn.ref, 'At most this long.')),
        received_after: Type.Optional(described(DurationIn.ref, 'Longer than this.')),
      },
      { description: 'How long before the filing the goods had been received. Unknown counts as just received.' },
    ),
  ),
})
export type BurdenOfProof = Static<typeof BurdenOfProofIn>

const LiabilityApart = Strict(
  {
    when: Type.Optional(
      Strict(
        {
          category: anyOf(categories, 'It is of one of these categories when it is decided.'),
          amount: Type.Optional(AmountBand),
          above_approval_amount: Type.Optional(
            Type.Boolean({
              description:
                'Whether what the case is about is above the approval amount of its currency; any amount is in a currency that has none, and a case without money never is.',
            }),
          ),
        },
        { description: 'All that are named must hold.' },
      ),
    ),
    apart: Type.Boolean({ description: 'Whether the two have to be different people.' }),
  },
  { example: { when: { above_approval_amount: true }, apart: true } },
)

const SupervisorName = Type.String({ format: supervisorNameFormat, maxLength: MOST_OF_NAME, example: 'supervisor:zhao' })

const People = Strict(
  {
    level_3: Type.Array(SupervisorName, {
      maxItems: 50,
      uniqueItems: true,
      description:
        'Who judges an appeal against a decision of a supervisor. Empty, with no deputies: any supervisor who took no part.',
    }),
    deputies: Type.Array(SupervisorName, { maxItems: 50, uniqueItems: true, description: 'Who judges in their place.' }),
    last_resort: Nullable(SupervisorName, {
      description:
        'Who decides on level 3 where separation has ruled out everybody named, or once the `last_resort` clock has called; then also what separation would forbid. Null: any supervisor who took no part, and the admins are told.',
    }),
  },
  {
    description: 'Who judges on level 3, so that nobody is left without a judge.',
    example: { level_3: ['supervisor:zhao'], deputies: ['supervisor:qian'], last_resort: 'supervisor:sun' },
  },
)

export const levels = ['1', '2', '3'] as const

/** What a document of any age has. */
const fields = {
  calendar: CalendarName,
  warn: Nullable(Warning, { description: 'When clocks warn, where their rule does not say.' }),
  while_overdue: Type.Array(DurationIn.ref, {
    minItems: 1,
    maxItems: 20,
    description: 'How long until the next step while a duty stays owed; the last one repeats.',
  }),
  levels: recordOf(
    levels,
    (level) => described(Level, `Level ${level}.`),
    'The three levels a case can climb, and who is told on each.',
  ),
  service_hours: Nullable(
    Strict({
      calendar: CalendarName,
      holds_back: Type.Array(StrEnum(['warnings', 'notices']), {
        maxItems: 2,
        uniqueItems: true,
        description: 'On every level that does not say otherwise of its notices.',
      }),
    }),
    {
      description:
        'What is only told while this calendar is open, and waits for the next opening else; null: everything at once.',
    },
  ),
  holds_at_most: described(DurationIn.ref, 'How long a supervisor can hold back a planned action.'),
  approval_amounts: amountsByCurrency(
    'Plans of staff above this total (minor units) need a supervisor; a currency that is not listed always does.',
    { CNY: 500_000 },
  ),
  compensation_cap_percent: Type.Integer({
    minimum: 0,
    maximum: 100,
    description: 'Compensations of staff above this share of the goods in question need a supervisor who did not write them.',
  }),
  compensation_beyond_paid_percent: Type.Integer({
    minimum: 0,
    maximum: 100,
    description:
      'What all compensations for an order may come to, as a share of what was paid for its goods. No approval lifts this.',
  }),
  silent_expiries_before_close: Type.Integer({
    minimum: 1,
    maximum: 10,
    description: 'Plans in a row that may lapse by the complainant’s silence; the last one closes the case.',
  }),
  filing_windows: Type.Array(FilingWindow, {
    maxItems: 100,
    description:
      'How long after an order a complaint can be filed in time. The first rule that fits counts. A late one is marked, not refused.',
  }),
  outside_routes: Type.Array(Text(100), {
    maxItems: 20,
    description: 'Where a party may still turn after an appeal that was denied or that nobody decided.',
  }),
}

/** One entry for each word of a list that grows. */
const clocks = partOf(
  countedKinds,
  () =>
    Type.Array(ClockRule.ref, {
      minItems: 1,
      maxItems: 100,
      description:
        'The first rule that fits counts; what it does not say is as in the next that fits. The last one has no `when` and says `allow` and `on_silence`.',
    }),
  'One list of rules for each kind of deadline.',
)
const burdenOfProof = partOf(
  categories,
  (category) => Type.Array(BurdenOfProofIn, { maxItems: 20, description: `Where the case is about \`${category}\`.` }),
  'Who has to prove what, by category: first the one side, then the other.',
)

/** What was added to the document since: optional on the wire, and read with the default where a document lacks it. */
const later = {
  words: Strict(
    {
      hears: Type.Array(StrEnum(hearableKinds), {
        maxItems: hearableKinds.length,
        uniqueItems: true,
        description:
          'What a side owes where its words to the platform hold the consequence of its silence, once, until staff answer. Never `respondent_response`, appeal windows or what staff owe.',
      }),
      held_at_most: described(
        DurationIn.ref,
        'How long words hold something that nobody answers; then the side keeps the rest of its time.',
      ),
    },
    {
      description: 'What becomes of the words of the parties.',
      example: { hears: ['information', 'auto_close'], held_at_most: { count: 10, unit: 'business_days' } },
    },
  ),
  least_notice: Strict(
    {
      natural: described(DurationIn.ref, 'Where a clock counts elapsed time.'),
      business: described(DurationIn.ref, 'Where it counts business time.'),
    },
    {
      description:
        'The last, warned piece of time that a side always keeps: where something shortens its clock, and where its words held a consequence back. Of the kind of time that the clock counts in; in the latter case a natural one lasts for the business piece, too.',
      example: { natural: { count: 24, unit: 'hours' }, business: { count: 1, unit: 'business_days' } },
    },
  ),
  any_agent_decides: Type.Boolean({
    description: 'Whether an agent decides cases that another owns, too. Supervisors always do.',
  }),
  people: People,
  entered_within: described(DurationIn.ref, 'So far back staff may say that something came in (`received_at`).'),
  public_time_limits: Type.Boolean({
    description: 'Whether `/public/{platform}/time-limits` tells anybody how long each step takes at most.',
  }),
  liability_apart: Type.Array(LiabilityApart, {
    minItems: 1,
    maxItems: 100,
    description:
      'Where whoever alone fixed the liability neither dismisses the case nor imposes a plan. The first rule that fits counts; the last one has no `when`.',
  }),
  ...money,
  ...risk,
}

/** What may follow where the platform itself stays silent. A list that grows: each is left out until somebody chooses it. */
const platformSilence = Strict(
  {
    resolution: Type.Optional(
      StrEnum(['none', 'propose_wanted'], {
        description:
          'When `resolution` is missed while the case is on the highest level already: nothing but the escalation, or what was wanted goes before both sides as the platform’s plan, once in a case.',
      }),
    ),
    appeal_decision: Type.Optional(
      StrEnum(['none', 'undecided'], {
        description:
          'When `appeal_decision` is missed while the case is on the highest level already: nothing but the escalation, or the appeal ends `undecided` at once.',
      }),
    ),
  },
  { description: 'What follows where the platform itself does not decide. What is left out is `none`.' },
)

type Later = { [Name in keyof typeof later]: Type.TOptional<(typeof later)[Name]> }
const optional = (properties: typeof later): Later =>
  Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, Type.Optional(schema)])) as Later

export const PolicyIn = named(
  'PolicyDocument',
  Strict(
    { ...fields, clocks, burden_of_proof: burdenOfProof, ...optional(later), platform_silence: Type.Optional(platformSilence) },
    { description: 'Every number and choice of a platform. `PUT` takes the whole document.' },
  ),
)
/** The document as it is sent, or as it was stored at any time. */
export type PolicyDocument = Wire<typeof PolicyIn>

/** The document with everything in it, as `reading.ts` gives it. */
export type Policy = Static<Type.TObject<typeof fields & typeof later>> & {
  readonly platform_silence: Required<Static<typeof platformSilence>>
  readonly clocks: { readonly [Kind in keyof Static<typeof clocks>]-?: ClockRule[] }
  readonly burden_of_proof: { readonly [Category in keyof Static<typeof burdenOfProof>]-?: BurdenOfProof[] }
}
