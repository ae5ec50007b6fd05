/** Wire types of the time limits. */
import Type from 'typebox'
import { Nullable, named, StrEnum, type Wire } from '../../foundation/http/schema.ts'
import { categories, channels } from '../../words/complaints.ts'
import { countedKinds, sides } from '../../words/deadlines.ts'
import { DurationIn } from '../policy/clock-rule-schema.ts'

const words = (example: { zh: string; en: string }, description: string) =>
  Type.Object(
    { zh: Type.String({ description: 'In Chinese.' }), en: Type.String({ description: 'In English.' }) },
    { description, example },
  )

export const TimeLimitsOut = named(
  'TimeLimits',
  Type.Object({
    platform: Type.Object(
      { name: Type.String({ description: 'What the platform is called.' }) },
      { description: 'Whose they are.' },
    ),
    policy_version: Type.Integer({ minimum: 1, description: 'The version of the policy that they are read from.' }),
    filing: Type.Array(
      Type.Object({
        since: StrEnum(['paid_at', 'shipped_at', 'received_at'], { description: 'The time of the order from which it counts.' }),
        allow: DurationIn.ref,
        categories: Nullable(Type.Array(StrEnum(categories)), { description: 'Only for these categories; null: for all.' }),
        channels: Nullable(Type.Array(StrEnum(channels)), { description: 'Only by these channels; null: by all.' }),
        words: words({ zh: '收货后 15 天内', en: 'within 15 days of the receipt' }, 'The same in words.'),
      }),
      {
        maxItems: 100,
        description:
          'How long after an order a complaint is filed in time. The first that fits counts; a late one is marked, not refused.',
      },
    ),
    steps: Type.Array(
      Type.Object({
        kind: StrEnum(countedKinds, { description: 'Which clock of a case.' }),
        name: words({ zh: '首次响应', en: 'first response' }, 'What it is called.'),
        sides: Type.Array(StrEnum(sides), { description: 'Whose time it is.' }),
        longest: DurationIn.ref,
        words: words({ zh: '首次响应：最长 2 小时', en: 'first response: at most 2 hours' }, 'The same in words.'),
      }),
      { maxItems: 100, description: 'The longest time of each step; a case says by when exactly.' },
    ),
  }),
)
export type TimeLimitsWire = Wire<typeof TimeLimitsOut>
