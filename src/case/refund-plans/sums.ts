/** What the money of a plan comes to. Pure. */
import type { PlanRow } from './table.ts'

/** The columns of a plan that hold its money, by what it is. */
export const moneyColumns = ['refund_amount', 'compensation_amount', 'statutory_damages_amount'] as const
export type MoneyColumn = (typeof moneyColumns)[number]

/** All money of a plan, in minor units. */
export const moneyIn = (plan: Pick<PlanRow, MoneyColumn>): number => moneyColumns.reduce((sum, column) => sum + plan[column], 0)
