import Type from 'typebox'
import { named, Strict, TimeText } from '../../foundation/http/schema.ts'

export const TestClock = named(
  'TestClock',
  Type.Object({
    now: TimeText({ description: 'The platform’s time.' }),
    offset: Type.String({ description: 'How far it runs ahead of real time, ISO 8601.', example: 'P7D' }),
  }),
)

export const Advance = named(
  'AdvanceTestClock',
  Strict(
    {
      by: Type.String({
        minLength: 1,
        maxLength: 64,
        description: 'ISO 8601: weeks, days, hours, minutes, seconds; more than zero. All moves together reach at most P3650D.',
        example: 'P7D',
      }),
    },
    { example: { by: 'P7D' } },
  ),
)
