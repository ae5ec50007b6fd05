/** The numbers and choices of the policy that are about risk. */
import Type from 'typebox'
import { StrEnum, Strict } from '../../foundation/http/schema.ts'
import { MOST_OF_NAME, staffNameFormat } from '../../platform/access/people.ts'
import { riskSignals, wordSignals } from '../../words/risk.ts'
import { partOf } from './by-word.ts'
import { amountsByCurrency } from './money-schema.ts'

const count = (description: string, most: number, example: number) =>
  Type.Integer({ minimum: 1, maximum: most, description, example })

/** What was added since the document was first stored: `schema.ts` makes it optional on the wire. */
export const risk = {
  risk: Strict(
    {
      weights: partOf(
        riskSignals,
        (signal) => Type.Integer({ minimum: 0, maximum: 100, description: `What \`${signal}\` weighs; 0: nothing.` }),
        'What each signal of risk weighs. Each counts once.',
      ),
      levels: Strict(
        {
          normal: count('From this sum of weights on a case is normal, below it low.', 1000, 10),
          high: count('From this sum on it is high.', 1000, 50),
        },
        { description: 'Which sum of weights makes which level. No sum makes a case critical.' },
      ),
      critical_together: Type.Array(
        Type.Array(StrEnum(wordSignals), { minItems: 2, maxItems: 4, uniqueItems: true, description: 'All of these.' }),
        { maxItems: 20, description: 'Words that together make a case critical, until a supervisor says otherwise.' },
      ),
      large_amounts: amountsByCurrency(
        'From this amount (minor units) on what a case is about is large; a currency that is not listed has no large amounts.',
        { CNY: 500_000 },
      ),
      missed_clocks: count('So many duties that the platform missed in a case are a signal.', 50, 2),
      repeat_complaints: count('So many complaints of one complainant are a signal.', 100, 5),
      repeat_within_days: count('Within how many days they are counted.', 365, 30),
      merchant_open_cases: count('So many open cases against one merchant are a signal.', 1000, 50),
      lowerings_before_ignored: count(
        'After staff lowered so often what the words of a complainant had made critical, those words weigh nothing.',
        20,
        2,
      ),
      lowerings_within_days: count('Within how many days that is counted.', 365, 90),
      critical_tells: Type.Array(Type.String({ format: staffNameFormat, maxLength: MOST_OF_NAME, example: 'supervisor:zhao' }), {
        maxItems: 20,
        uniqueItems: true,
        description: 'Who is told of a critical case at once, besides the supervisors.',
      }),
      mass_complainants: count('So many complainants about one item of one merchant make a mass case.', 200, 10),
      mass_within_hours: count('Within how many hours.', 720, 24),
      new_account_hours: count(
        'Accounts that were younger than this when they complained count as one complainant together.',
        720,
        24,
      ),
      mass_quiet_days: count('After so many days without a further complaint a mass case ends.', 90, 7),
    },
    { description: 'How risk is weighed, and what follows.' },
  ),
}
