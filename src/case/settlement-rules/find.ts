import type { Time } from '../../foundation/clock.ts'
import type { Db } from '../../foundation/sql/database.ts'
import type { ComplaintRow } from '../complaints/table.ts'
import type { SettlementRulesRow } from './table.ts'

/** Which version of a merchant's rules: one by its number, else the last that was made until a moment, else the last. */
interface Which {
  version?: number | undefined
  until?: Time | undefined
}

export const findSettlementRules = (
  db: Db,
  platformId: string,
  merchantId: string,
  { version, until }: Which = {},
): Promise<SettlementRulesRow | undefined> => {
  let select = db
    .selectFrom('settlement_rules')
    .selectAll()
    .where('platform_id', '=', platformId)
    .where('merchant_id', '=', merchantId)
  if (version !== undefined) select = select.where('version', '=', version)
  if (until !== undefined) select = select.where('created_at', '<=', until)
  return select.orderBy('version', 'desc').limit(1).executeTakeFirst()
}

type About = Pick<ComplaintRow, 'platform_id' | 'respondent_role' | 'respondent_id' | 'created_at'>

/** The rules that the respondent of a complaint had when it was filed. */
export const findRulesFor = async (
  db: Db,
  { platform_id, respondent_role, respondent_id, created_at }: About,
): Promise<SettlementRulesRow | undefined> =>
  respondent_role === 'merchant' ? findSettlementRules(db, platform_id, respondent_id, { until: created_at }) : undefined
