/** What the complainant wants, as the body of a plan. */
import type { ComplaintRow } from '../complaints/table.ts'
import type { NewPlan } from './schema.ts'
import { moneyRemedies } from './steps.ts'

export type MissingInWish = 'nothing_wanted' | 'no_amount' | 'no_currency'
export type Wish = Pick<NewPlan, 'remedies' | 'currency'>

/** @returns the body of a plan, or what is missing for one */
export const wishOf = ({ wanted, order_details: order }: ComplaintRow): Wish | MissingInWish => {
  const type = wanted?.remedy
  if (type === undefined) return 'nothing_wanted'
  if (!moneyRemedies.includes(type)) return { remedies: [{ type }] }
  const { amount } = wanted ?? {}
  // the amount was meant in the currency in which the complainant has told the order, whatever is known of that by now
  const currency = wanted?.currency ?? order?.currency
  if (!amount) return 'no_amount'
  if (type === 'compensation' && currency === undefined) return 'no_currency'
  return { remedies: [{ type, amount }], ...(currency !== undefined && { currency }) }
}
