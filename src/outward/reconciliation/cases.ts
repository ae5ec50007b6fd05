/** What cases say of money, held against each other: steps and their payments, orders and their plans. */

import { sql } from 'kysely'
import { heldBy, inPresentForm, isOpenAttempt, paidOf } from '../../case/refund-plans/attempts.ts'
import { movesMoney } from '../../case/refund-plans/steps.ts'
import type { PlanRow, Step } from '../../case/refund-plans/table.ts'
import { FIRST_ID } from '../../foundation/ids.ts'
import type { Db } from '../../foundation/sql/database.ts'
import type { Comparison, Difference } from '../../money/proof/compare.ts'

type PlanOfMoney = Pick<PlanRow, 'id' | 'status' | 'currency' | 'remedies' | 'steps'>

const plansFrom = (db: Db, platformId: string, from: string | null, most: number): Promise<PlanOfMoney[]> =>
  db
    .selectFrom('refund_plans')
    .select(['id', 'status', 'currency', 'remedies', 'steps'])
    .where('platform_id', '=', platformId)
    .where('id', '>=', from ?? FIRST_ID)
    .orderBy('id')
    .limit(most)
    .execute()

/** The steps of a plan that move money, in their present form. */
const moneySteps = (plan: PlanOfMoney): Step[] =>
  plan.steps
    .filter(({ kind }) => movesMoney(kind))
    .map((step) => inPresentForm(plan, step, plan.remedies[step.remedy]?.method ?? ''))

/** A step is done once all that it holds was paid, and then alone. */
const faultOf = (step: Step): Pick<Difference, 'expected' | 'found'> | undefined => {
  const { status, amount } = step
  if (amount === null) return undefined
  const [paid, held] = [paidOf(step), heldBy(step)]
  if (status === 'done') return paid < held ? { expected: held, found: paid } : undefined
  return held > 0 && paid >= held && status !== 'skipped' ? { expected: 0, found: paid } : undefined
}

export const compareSteps: Comparison = async (db, platformId, from, most) =>
  (await plansFrom(db, platformId, from, most)).map((plan) => ({
    key: plan.id,
    differences: moneySteps(plan).flatMap((step): Difference[] => {
      const fault = faultOf(step)
      return fault === undefined
        ? []
        : [
            {
              kind: 'step_payments',
              resource: { type: 'refund_plan', id: plan.id },
              part: step.id,
              currency: plan.currency,
              ...fault,
            },
          ]
    }),
  }))

export const findUnansweredAttempts: Comparison = async (db, platformId, from, most) =>
  (await plansFrom(db, platformId, from, most)).map((plan) => ({
    key: plan.id,
    differences: moneySteps(plan).flatMap(({ attempts = [] }) =>
      attempts.filter(isOpenAttempt).map(
        (attempt): Difference => ({
          kind: 'attempt_open',
          resource: { type: 'refund_plan', id: plan.id },
          part: attempt.id,
          currency: plan.currency,
          expected: attempt.amount,
          found: attempt.paid ?? 0,
        }),
      ),
    ),
  }))

/** What an order says is in force against what its plans, overpayments and refunds elsewhere come to. */
const compareOrders =
  (what: 'refund' | 'compensation'): Comparison =>
  async (db, platformId, from, most) => {
    const column = sql.ref(`${what}_in_force`)
    const elsewhere =
      what === 'refund'
        ? sql`(select coalesce(sum(e.amount), 0) from order_refunds_elsewhere e where e.platform_id = ${platformId}::uuid and e.order_id = o.id)`
        : sql`0`
    const { rows } = await sql<{ id: string; currency: string; expected: number; found: number }>`
      select o.id, o.currency, o.${column} as found,
             (${elsewhere} + coalesce((
               select sum(p.${column} + coalesce((
                 select sum((s ->> 'overpaid')::bigint) from jsonb_array_elements(p.steps) s where s ->> 'kind' = ${what}::text), 0))
                 from complaints c
                 join refund_plans p on p.platform_id = ${platformId}::uuid and p.complaint_id = c.id
                where c.platform_id = ${platformId}::uuid and c.order_id = o.id), 0))::bigint as expected
        from orders o
       where o.platform_id = ${platformId}::uuid and o.id >= ${from ?? ''}::text
       order by o.id limit ${most}::integer`.execute(db)
    return rows.map(({ id, currency, expected, found }) => ({
      key: id,
      differences:
        expected === found
          ? []
          : [{ kind: `order_${what}s`, resource: { type: 'order', id }, part: null, currency, expected, found }],
    }))
  }

export const compareRefunds = compareOrders('refund')
export const compareCompensations = compareOrders('compensation')
