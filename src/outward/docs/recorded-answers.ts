/**
 * Answers of the service to a tour through its operations, one for each, with ids and secrets replaced. `npm run examples` records them;
 * `test/contract/recorded-answers` fails when they are no longer what is answered.
 */
import { createRequire } from 'node:module'

export interface RecordedAnswer {
  status: number
  body: unknown
}

/** By `operationId`. Read when somebody asks for the document: a start has no use for them. */
export const recordedAnswers = (): Readonly<Record<string, RecordedAnswer>> =>
  createRequire(import.meta.url)('./recorded-answers.json') as Record<string, RecordedAnswer>
