/**
 * What a merchant's rules do with a complaint about it: the moment the respondent may answer, the first that fits agrees to what is wanted, or
 * offers something, in the respondent's name and marked as automatic. Pure.
 */

import type { Actor } from '../../platform/access/caller.ts'
import type { RemedyType } from '../../words/refund-plans.ts'
import type { Decision } from '../case-file/decision.ts'
import { ruledCategory } from '../case-file/ruled.ts'
import { bookOfCase } from '../orders/book.ts'
import { isUnconfirmed } from '../orders/statement.ts'
import { putOnTable } from '../refund-plans/agreeing.ts'
import { unlessRefused } from '../refund-plans/by-silence.ts'
import { draftPlan } from '../refund-plans/draft.ts'
import type { NewPlan } from '../refund-plans/schema.ts'
import { refundRemedies, sendsGoods, takesGoodsBack } from '../refund-plans/steps.ts'
import { goodsOf } from '../refund-plans/takings.ts'
import { type Wish, wishOf } from '../refund-plans/wish.ts'
import type { SettlementRule } from './table.ts'

/** What a rule agrees to. */
export const agreedRemedies = ({ remedies }: NonNullable<SettlementRule['agree']>): readonly RemedyType[] =>
  remedies ?? refundRemedies

/** The money that is wanted, or the value of the goods that are to be sent. */
const worthOf = ({ file }: Decision, { type, amount }: Wish['remedies'][number]): number =>
  amount ?? (sendsGoods(type) ? goodsOf(file, bookOfCase(file), {}) : 0)

/** What a rule agrees to of what is wanted; undefined where the wish is none of its. */
const agreedTo = (d: Decision, agree: NonNullable<SettlementRule['agree']>): Wish | undefined => {
  const wish = wishOf(d.file.complaint)
  if (typeof wish === 'string') return undefined
  const [wanted] = wish.remedies
  if (wanted === undefined || !agreedRemedies(agree).includes(wanted.type) || worthOf(d, wanted) > agree.up_to_amount)
    return undefined
  const { return_address } = agree
  return return_address !== undefined && takesGoodsBack(wanted.type)
    ? { ...wish, remedies: [{ ...wanted, return_address }] }
    : wish
}

/** What a rule offers; undefined where less of the same is wanted. */
const offeredBy = (d: Decision, offer: NonNullable<SettlementRule['offer']>): Wish | undefined => {
  const { wanted } = d.file.complaint
  const isMore = wanted?.remedy === offer.type && (wanted.amount ?? Number.POSITIVE_INFINITY) < (offer.amount ?? 0)
  return isMore ? undefined : { remedies: [offer] }
}

/** What a rule puts forward in a case; undefined where it is not meant for it. */
const putForward = (d: Decision, { categories, currency, agree, offer }: SettlementRule): Wish | undefined => {
  const { complaint, order } = d.file
  if (order?.currency !== currency) return undefined
  if (categories !== undefined && !categories.includes(ruledCategory(complaint))) return undefined
  return agree ? agreedTo(d, agree) : offer && offeredBy(d, offer)
}

/**
 * Applies the first rule that fits, as the service on behalf of the respondent. One that fits but cannot take place, since the order does not
 * hold it, is told to staff alone, and the next has its turn. The caller has let the respondent have its turn.
 */
export const applySettlementRules = (d: Decision): void => {
  const { complaint, settlementRules: set } = d.file
  const { status, respondent_role: role, respondent_id: id } = complaint
  if (!set?.rules || status !== 'negotiating' || role !== 'merchant') return
  const { rules, version } = set
  const respondent: Actor = { role, id }
  d.asSystem(() => {
    for (const rule of rules) {
      const wish = putForward(d, rule)
      if (wish === undefined) continue
      const automatic = { rule_id: rule.rule_id, rules_version: version }
      const body: NewPlan = { ...wish, explanation: `What the merchant has agreed to or offers beforehand (${rule.rule_id}).` }
      // nobody of the merchant has looked at the order, so a buyer's word about it is not enough
      const obstacle = isUnconfirmed(d.file.order, d.policy)
        ? 'order_unconfirmed'
        : unlessRefused(d, (on) => {
            if (rule.agree)
              on.tell({
                type: 'respondent_answered',
                from: 'negotiating',
                to: 'awaiting_confirmation',
                reasonCode: 'agree',
                data: { automatic },
              })
            const plan = draftPlan(on, body, null, respondent)
            plan.settlement_rule = automatic
            putOnTable(on, plan)
            return null
          })
      if (obstacle === null) return
      d.tell({ type: 'settlement_rule_skipped', reasonCode: obstacle, data: automatic })
    }
  })
}
