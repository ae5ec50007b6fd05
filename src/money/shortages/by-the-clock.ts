/**
 * Deposits that lack what open advances and debts can take of them. Each is noted when it is first found, forgotten when it has the money again,
 * and told once when its time to be topped up is over.
 */
import { sql } from 'kysely'
import { type Clock, type Time, toTime } from '../../foundation/clock.ts'
import type { Db, Trx } from '../../foundation/sql/database.ts'
import { transact } from '../../foundation/sql/transaction.ts'
import { tellOfSubject } from '../../platform/outbox/platform-events.ts'
import { findPlatform } from '../../platform/platforms/find.ts'
import { after } from '../../rules/policy/which-rule.ts'
import type { RuleBook } from '../../rules/rule-book/rule-book.ts'
import type { DepositShortageRow } from './table.ts'

/** Deposits of one platform that a turn looks at. */
export const SHORTAGES_AT_ONCE = 200

const noteNew = (db: Db, platformId: string, now: Time) =>
  sql`insert into deposit_shortages (platform_id, account_id, merchant_id, currency, since)
    select a.platform_id, a.id, a.owner, a.currency, ${now}::timestamptz from ledger_accounts a
     where a.platform_id = ${platformId}::uuid and a.kind = 'deposit' and a.reserved > a.balance
       and not exists (select from deposit_shortages s where s.platform_id = ${platformId}::uuid and s.account_id = a.id)
     order by a.id limit ${SHORTAGES_AT_ONCE}::integer
    on conflict do nothing`.execute(db)

const forgetEnded = (db: Db, platformId: string) =>
  sql`delete from deposit_shortages s where s.platform_id = ${platformId}::uuid and not exists (
    select from ledger_accounts a
     where a.platform_id = ${platformId}::uuid and a.id = s.account_id and a.kind = 'deposit' and a.reserved > a.balance)`.execute(
    db,
  )

const findUntold = (db: Db, platformId: string): Promise<DepositShortageRow[]> =>
  db
    .selectFrom('deposit_shortages')
    .selectAll()
    .where('platform_id', '=', platformId)
    .where('told_at', 'is', null)
    .orderBy('since')
    .limit(SHORTAGES_AT_ONCE)
    .execute()

/** @returns whether it was told: another instance may have been faster, or the deposit has the money by now */
const tellOne = async (trx: Trx, shortage: DepositShortageRow, now: Time, nowMs: number): Promise<boolean> => {
  const { platform_id, account_id, merchant_id, currency, since } = shortage
  const { rows } = await sql<{ amount: number }>`
    update deposit_shortages s set told_at = ${now}::timestamptz from ledger_accounts a
     where s.platform_id = ${platform_id}::uuid and s.account_id = ${account_id}::text and s.since = ${since}::timestamptz and s.told_at is null
       and a.platform_id = ${platform_id}::uuid and a.id = s.account_id and a.reserved > a.balance
    returning a.reserved - a.balance as amount`.execute(trx)
  const [found] = rows
  if (found === undefined) return false
  const data = { actor: { role: 'system' }, currency, amount: found.amount, since }
  const resource = { type: 'deposit', id: merchant_id }
  await tellOfSubject(trx, platform_id, { type: 'merchant', id: merchant_id }, { type: 'sanction_due', resource, data }, nowMs)
  return true
}

/** Looks after the deposits of one platform. @returns of how many it was told */
export const lookAfterDeposits = async (
  { db, clock, rules }: { db: Db; clock: Clock; rules: RuleBook },
  platformId: string,
): Promise<number> => {
  const nowMs = clock.nowMs()
  const platform = await findPlatform(db, platformId)
  const now = toTime(nowMs + platform.clock_offset_ms)
  await forgetEnded(db, platformId)
  await noteNew(db, platformId, now)
  const untold = await findUntold(db, platformId)
  if (untold.length === 0) return 0
  const { policy, calendarNow } = await rules.present(platform)
  const within = policy.deposit_top_up_within
  if (within === null) return 0
  let told = 0
  for (const shortage of untold) {
    // the oldest are due first
    if (after(shortage.since, within, calendarNow(policy.calendar).time) > now) break
    if (await transact(db, (trx) => tellOne(trx, shortage, now, nowMs))) told += 1
  }
  return told
}
