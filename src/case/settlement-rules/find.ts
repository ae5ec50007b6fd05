import type { Db } from '../../foundation/sql/database.ts'
import type { SettlementRulesRow } from './table.ts'

/** The rules of a merchant. @param version which; the last where left out */
export const findSettlementRules = (
  db: Db,
  platformId: string,
  merchantId: string,
  version?: number,
): Promise<SettlementRulesRow | undefined> => {
  let select = db
    .selectFrom('settlement_rules')
    .selectAll()
    .where('platform_id', '=', platformId)
    .where('merchant_id', '=', merchantId)
  if (version !== undefined) select = select.where('version', '=', version)
  return select.orderBy('version', 'desc').limit(1).executeTakeFirst()
}
