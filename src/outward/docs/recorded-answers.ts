/**
 * Answers of the service to a tour through its operations, one for each, with ids and secrets replaced. `npm run examples` records them;
 * `test/contract/recorded-answers` fails when they are no longer what is answered.
 */
import recorded from './recorded-answers.json' with { type: 'json' }

export interface RecordedAnswer {
  status: number
  body: unknown
}

/** By `operationId`. */
export const recordedAnswers: Readonly<Record<string, RecordedAnswer>> = recorded
