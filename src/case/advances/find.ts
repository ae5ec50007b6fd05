/** What the gate must know beyond the case. */
import { sql } from 'kysely'
import type { Time } from '../../foundation/clock.ts'
import { toMs, toTime } from '../../foundation/clock.ts'
import type { Db } from '../../foundation/sql/database.ts'
import { accountIdOf } from '../../money/ledger/post.ts'
import type { Actor } from '../../platform/access/caller.ts'
import { after } from '../../rules/policy/which-rule.ts'
import type { Rules } from '../../rules/rule-book/rules.ts'
import type { CaseFile } from '../case-file/case-file.ts'
import { findStandingEvidence } from '../evidence/find.ts'
import { requirementsOf } from '../evidence/requirements.ts'
import { findKnownRecords } from '../order-records/known.ts'
import { boundsOf } from './bounds.ts'
import type { GateFacts } from './gate.ts'
import type { AdvanceBoundRow } from './table.ts'

/** What others have: `db` is a transaction where the case is locked, and then the fund is, too, so that what is read still holds at the end. */
const findMoney = async (
  db: Db,
  platformId: string,
  currency: string,
  bounds: readonly Pick<AdvanceBoundRow, 'kind' | 'key'>[],
) => {
  let ofFund = db
    .selectFrom('ledger_accounts')
    .select('balance')
    .where('platform_id', '=', platformId)
    .where('id', '=', accountIdOf('fund', currency))
  if (db.isTransaction) ofFund = ofFund.forNoKeyUpdate()
  const fund = await ofFund.executeTakeFirst()
  const taken = await db
    .selectFrom('advance_bounds')
    .select(['kind', 'in_force'])
    .where('platform_id', '=', platformId)
    .where(
      sql<boolean>`(kind, key) in (select * from unnest(${bounds.map(({ kind }) => kind)}::text[], ${bounds.map(({ key }) => key)}::text[]))`,
    )
    .execute()
  const inForce = { open_of_buyer: 0, buyer_and_day: 0, open_of_merchant: 0, platform_and_day: 0 }
  for (const { kind, in_force } of taken) inForce[kind] = in_force
  return { fund: fund?.balance ?? 0, inForce }
}

/** What is known of the buyer: complaints refused as malicious since a moment, and debts. */
const findRecord = async (db: Db, platformId: string, buyerId: string, since: Time) => {
  const { malicious } = await db
    .selectFrom('complaints')
    .where('platform_id', '=', platformId)
    .where('complainant_role', '=', 'buyer')
    .where('complainant_id', '=', buyerId)
    .where('status', 'in', ['rejected', 'closed'])
    .where('created_at', '>=', since)
    .where(sql<boolean>`rejection->>'reason_code' = 'malicious'`)
    .select(sql<number>`count(*)::integer`.as('malicious'))
    .executeTakeFirstOrThrow()
  const { owed } = await db
    .selectFrom('receivables')
    .where('platform_id', '=', platformId)
    .where('debtor_role', '=', 'buyer')
    .where('debtor_id', '=', buyerId)
    .where('status', 'in', ['open', 'partly_paid'])
    .select(sql<number>`coalesce(sum(amount - paid_amount), 0)::bigint`.as('owed'))
    .executeTakeFirstOrThrow()
  return { malicious, owed: Number(owed) }
}

/** @param actor staff who look: they see every proof */
export const findGateFacts = async (db: Db, file: CaseFile, actor: Actor, now: Time, rules: Rules): Promise<GateFacts> => {
  const { complaint, plans } = file
  const { platform_id, complainant_id: buyer_id } = complaint
  const currency = plans.find(({ status }) => status === 'executing')?.currency ?? file.order?.currency ?? 'CNY'
  const calendar = rules.calendarNow(rules.policy.calendar).time
  const about = { platform_id, currency, buyer_id, merchant_id: complaint.merchant_id ?? '', overrides: [] }
  const bounds = Object.values(boundsOf(about, rules.policy.advances, calendar.dateOf(now)))
  const { fund, inForce } = await findMoney(db, platform_id, currency, bounds)
  const { abuse_within } = rules.policy.advances
  const length = toMs(after(now, abuse_within, calendar)) - toMs(now)
  const { malicious, owed } = await findRecord(db, platform_id, buyer_id, toTime(Math.max(0, toMs(now) - length)))
  const standing = await findStandingEvidence(db, complaint, actor)
  const records = await findKnownRecords(db, complaint, actor)
  const unproved = requirementsOf(complaint, standing, records, now, rules)
    .filter(({ party, status }) => party === 'complainant' && status !== 'satisfied')
    .map(({ accepted_types }) => accepted_types)
  return { fund, inForce, malicious, owed, unproved }
}
