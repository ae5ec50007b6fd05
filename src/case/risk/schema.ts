/** Wire types of the risk of a case. Staff read it; parties never do. */
import Type from 'typebox'
import { Nullable, named, StrEnum, TimeText, type Wire } from '../../foundation/http/schema.ts'
import { riskLevels, riskReasonCodes, riskSignals, riskStandings } from '../../words/risk.ts'

export const RiskOut = named(
  'Risk',
  Type.Object(
    {
      level: StrEnum(riskLevels, { description: 'How much is at stake. By machine it only rises.' }),
      standing: StrEnum(riskStandings, {
        description:
          'Whose word it is. `suspected`: words of the complainant alone made it critical, and a supervisor has to confirm or lower it.',
      }),
      signals: Type.Array(StrEnum(riskSignals), {
        description: 'What speaks for it, as codes, in the order in which it was found.',
      }),
      score: Type.Integer({ minimum: 0, description: 'The sum of the weights of what still speaks for it.' }),
      findings: Type.Array(
        Type.Object({
          signal: StrEnum(riskSignals, { description: 'What was found.' }),
          weight: Type.Integer({
            minimum: 0,
            description: 'What it weighed by the policy; 0 where words of this complainant weigh nothing.',
          }),
          words: Type.Array(Type.String(), { description: 'Which words spoke for it; empty for a fact.', example: ['起火'] }),
          at: TimeText({ description: 'When it was first found. Each signal counts once.' }),
          spent: Type.Boolean({ description: 'A person has set a level since, so that it speaks for no rise any more.' }),
        }),
        { description: 'The explanation: each signal with its weight and words.' },
      ),
      public_opinion: Type.Boolean({ description: 'The press or social networks are in it.' }),
      critical_since: Nullable(TimeText(), {
        description: 'Since when the case has been in the fast lane; null while it is not critical.',
      }),
      set: Nullable(
        Type.Object({
          level: StrEnum(riskLevels, { description: 'To which level.' }),
          reason_code: StrEnum(riskReasonCodes, { description: 'Why, as a code.' }),
          explanation: Type.String({ description: 'Why, in words.' }),
          by: Type.String({ description: 'Who, as `role:id`.', example: 'supervisor:zhao' }),
          at: TimeText({ description: 'When.' }),
        }),
        { description: 'What a person set last; null where nobody has.' },
      ),
      priority: Type.Object(
        {
          score: Type.Integer({ minimum: 1, maximum: 36, description: 'Severity × complexity × immediacy.' }),
          severity: Type.Integer({ minimum: 1, maximum: 4, description: 'How bad: by the level.' }),
          complexity: Type.Integer({ minimum: 1, maximum: 3, description: 'How much there is to find out.' }),
          immediacy: Type.Integer({ minimum: 1, maximum: 3, description: 'How little waiting it bears.' }),
          because: Type.Array(Type.String(), {
            description: 'What spoke for each factor, as `factor:code`.',
            example: ['severity:critical', 'complexity:several_lines', 'immediacy:injury'],
          }),
        },
        { description: 'What to deal with first (after ISO 10002).' },
      ),
    },
    { description: 'How much is at stake in a case, and why.' },
  ),
)
export type RiskWire = Wire<typeof RiskOut>
