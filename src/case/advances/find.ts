/** What the gate must know beyond the case. */
import { sql } from 'kysely'
import type { Time } from '../../foundation/clock.ts'
import { toMs, toTime } from '../../foundation/clock.ts'
import { compileOnce } from '../../foundation/sql/compiled.ts'
import type { Db, Tables } from '../../foundation/sql/database.ts'
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

interface Asked {
  platformId: string
  fundId: string
  kinds: AdvanceBoundRow['kind'][]
  keys: string[]
  buyerId: string
  since: Time
}

interface Found {
  fund: number
  in_force: Partial<Record<AdvanceBoundRow['kind'], number>> | null
  malicious: number
  owed: number
}

/** All of it in one statement: what others have, complaints of the buyer refused as malicious since a moment, and the buyer's debts. */
const factsOf = compileOnce<Tables, Found, Asked, object>((db, { platformId, fundId, kinds, keys, buyerId, since }) =>
  db.selectNoFrom([
    db
      .selectFrom('ledger_accounts')
      .select(sql<number>`coalesce(sum(balance), 0)::bigint`.as('fund'))
      .where('platform_id', '=', platformId)
      .where('id', '=', fundId)
      .as('fund'),
    db
      .selectFrom('advance_bounds')
      .select(sql<Found['in_force']>`json_object_agg(kind, in_force)`.as('in_force'))
      .where('platform_id', '=', platformId)
      .where(sql<boolean>`(kind, key) in (select * from unnest(${kinds}::text[], ${keys}::text[]))`)
      .as('in_force'),
    db
      .selectFrom('complaints')
      .select(sql<number>`count(*)::integer`.as('malicious'))
      .where('platform_id', '=', platformId)
      .where('buyer_id', '=', buyerId)
      .where('created_at', '>=', since)
      .where('complainant_role', '=', 'buyer')
      .where('status', 'in', ['rejected', 'closed'])
      .where(sql<boolean>`rejection->>'reason_code' = 'malicious'`)
      .as('malicious'),
    db
      .selectFrom('receivables')
      .select(sql<number>`coalesce(sum(amount - paid_amount), 0)::bigint`.as('owed'))
      .where('platform_id', '=', platformId)
      .where('debtor_role', '=', 'buyer')
      .where('debtor_id', '=', buyerId)
      // literally, as the index of what is owed says it: a plan for all values looks into no parameter
      .where(sql<boolean>`status in ('open', 'partly_paid')`)
      .as('owed'),
  ]),
)

/**
 * Where the case is locked, what others have is locked too, so that what is read still holds at the end: in the order in which the statement of a
 * decision takes them.
 */
const lockMoney = async (trx: Db, { platformId, fundId, kinds, keys }: Asked): Promise<void> => {
  await trx
    .selectFrom('advance_bounds')
    .select('kind')
    .where('platform_id', '=', platformId)
    .where(sql<boolean>`(kind, key) in (select * from unnest(${kinds}::text[], ${keys}::text[]))`)
    .orderBy('kind')
    .orderBy('key')
    .forNoKeyUpdate()
    .execute()
  await trx
    .selectFrom('ledger_accounts')
    .select('id')
    .where('platform_id', '=', platformId)
    .where('id', '=', fundId)
    .forNoKeyUpdate()
    .execute()
}

/** What the buyer has still to prove. Most have nothing to prove, and then no proof is read. */
const findUnproved = async (
  db: Db,
  { complaint }: CaseFile,
  actor: Actor,
  now: Time,
  rules: Rules,
): Promise<GateFacts['unproved']> => {
  const unprovedBy = (
    standing: Awaited<ReturnType<typeof findStandingEvidence>>,
    records: Awaited<ReturnType<typeof findKnownRecords>>,
  ) =>
    requirementsOf(complaint, standing, records, now, rules)
      .filter(({ party, status }) => party === 'complainant' && status !== 'satisfied')
      .map(({ accepted_types }) => accepted_types)
  if (unprovedBy([], []).length === 0) return []
  return unprovedBy(...(await Promise.all([findStandingEvidence(db, complaint, actor), findKnownRecords(db, complaint, actor)])))
}

const NOTHING_IN_FORCE = { open_of_buyer: 0, buyer_and_day: 0, open_of_merchant: 0, platform_and_day: 0 }

/**
 * @param db a transaction where the case is locked
 * @param actor staff who look: they see every proof
 * @param how.lock whether a transaction locks what others have besides
 */
export const findGateFacts = async (
  db: Db,
  file: CaseFile,
  actor: Actor,
  now: Time,
  rules: Rules,
  { lock = true } = {},
): Promise<GateFacts> => {
  const { complaint, plans } = file
  const { platform_id, complainant_id: buyer_id } = complaint
  const currency = plans.find(({ status }) => status === 'executing')?.currency ?? file.order?.currency ?? ''
  const calendar = rules.calendarNow(rules.policy.calendar).time
  const about = { platform_id, currency, buyer_id, merchant_id: complaint.merchant_id ?? '', overrides: [] }
  const bounds = Object.values(boundsOf(about, rules.policy.advances, calendar.dateOf(now)))
  const { abuse_within } = rules.policy.advances
  const length = toMs(after(now, abuse_within, calendar)) - toMs(now)
  const asked: Asked = {
    platformId: platform_id,
    fundId: accountIdOf('fund', currency),
    kinds: bounds.map(({ kind }) => kind),
    keys: bounds.map(({ key }) => key),
    buyerId: buyer_id,
    since: toTime(Math.max(0, toMs(now) - length)),
  }
  if (db.isTransaction && lock) await lockMoney(db, asked)
  const [[found], unproved] = await Promise.all([factsOf(db, asked, {}), findUnproved(db, file, actor, now, rules)])
  const { fund, in_force, malicious, owed } = found as Found
  return { fund, inForce: { ...NOTHING_IN_FORCE, ...in_force }, malicious, owed, unproved }
}
