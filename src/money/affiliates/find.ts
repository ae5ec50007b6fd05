import type { Db } from '../../foundation/sql/database.ts'
import { isPersonId } from '../../platform/access/people.ts'
import type { AffiliatesRow } from './table.ts'

/** The affiliates of a merchant; `undefined` where none were ever named. */
export const findAffiliates = async (db: Db, platformId: string, merchantId: string): Promise<AffiliatesRow | undefined> =>
  isPersonId(merchantId)
    ? db
        .selectFrom('merchant_affiliates')
        .selectAll()
        .where('platform_id', '=', platformId)
        .where('merchant_id', '=', merchantId)
        .executeTakeFirst()
    : undefined
