/** Advances over HTTP, as tests tell them. The fund is filled by the ledger itself. */
import type { Db } from '../../src/foundation/sql/database.ts'
import { writeStages } from '../../src/foundation/sql/rows.ts'
import { journal, type Posting } from '../../src/money/ledger/post.ts'
import { postTransfers } from '../../src/money/ledger/record.ts'
import type { Json } from './app.ts'
import { alice, type CaseStory, type Service, tellToLiability, zhao } from './story.ts'

/** Moves money of a platform without a case. */
export const payIn = (db: Db, platform_id: string, postings: readonly Posting[]): Promise<void> =>
  writeStages(
    db,
    platform_id,
    postTransfers(journal({ platform_id, currency: 'CNY', now: '2026-11-21T19:16:00.000Z' }, postings)),
  )

/** The merchant was found liable and a plan is imposed: money at once, or against the return of the goods. */
export const imposed = async (service: Service, plan: Json, change: Json = {}): Promise<CaseStory> => {
  // the buyer of a counterfeit has nothing to prove
  const story = await tellToLiability(service, { category: 'counterfeit', ...change })
  await story.writePlan(alice, plan)
  return story.onPlan(zhao, 'impose', { explanation: '责任在商家' })
}

/** Has the fund pay the refund of a case first. */
export const ask = async (story: CaseStory, as = alice, more: Json = {}): Promise<Json> => {
  const { status, body, text } = await story.try(as, `/v1/complaints/${story.id}/advances`, {
    explanation: '商家余额不足',
    ...more,
  })
  if (status !== 201) throw new Error(text)
  return body
}

/** Takes an action on an advance. */
export const onAdvance = async (story: CaseStory, as: string, { id }: Json, action: string, body: Json = {}): Promise<Json> => {
  const answer = await story.try(as, `/v1/advances/${id}/${action}`, body)
  if (answer.status !== 200) throw new Error(answer.text)
  return answer.body
}

export const refundIn = (plan: Json): Json => plan.steps.find((step: Json) => step.kind === 'refund')

/** The merchant's payment fails, and the fund pays the buyer. */
export const paidFirst = async (story: CaseStory): Promise<Json> => {
  const advance = await ask(story)
  await story.onStep(alice, 'fail', { explanation: '商户余额不足' })
  await story.onStep(alice, 'complete', { payment_reference: 'F-1' })
  return advance
}
