/**
 * What has come in pays what is owed, the oldest first: a deposit that has money again its merchant's debts, each by an ordinary decision in
 * its case; a fund that has money again what it owes to merchants.
 */
import { sql } from 'kysely'
import { toTime } from '../../foundation/clock.ts'
import type { Db } from '../../foundation/sql/database.ts'
import { isCollision } from '../../foundation/sql/errors.ts'
import { writeStages } from '../../foundation/sql/rows.ts'
import { transact } from '../../foundation/sql/transaction.ts'
import { journal } from '../../money/ledger/post.ts'
import { postTransfers } from '../../money/ledger/record.ts'
import { systemActor } from '../../platform/access/caller.ts'
import { findPlatform } from '../../platform/platforms/find.ts'
import { RulesMissing } from '../../rules/rule-book/missing.ts'
import type { Rules } from '../../rules/rule-book/rules.ts'
import { countAdvances } from '../advances/metrics.ts'
import { closeRecovered } from '../advances/recovery.ts'
import type { CaseFile } from '../case-file/case-file.ts'
import { Decision } from '../case-file/decision.ts'
import { finish } from '../decisions/finish.ts'
import { isLeft } from '../decisions/left-to-others.ts'
import { lockFreeCaseFiles } from '../decisions/load.ts'
import { record } from '../decisions/record.ts'
import type { Deps } from '../deps.ts'
import { countHolds } from '../holds/metrics.ts'
import { setOff } from './effects.ts'

type Settler = Pick<Deps, 'db' | 'clock' | 'rules' | 'metrics' | 'log'>

/** Lets the deposit of the merchant pay the debts of one case. Pure. @returns undefined where it has nothing to pay with */
export const decideSetOff = (before: CaseFile, now: string, rules: Rules): Decision | undefined => {
  const d = new Decision(before, systemActor, now, rules)
  const paid = d.file.receivables.filter((debt) => setOff(d, debt))
  if (paid.length === 0) return undefined
  closeRecovered(d)
  return finish(d)
}

/** The cases with debts that a deposit could pay, the oldest debt first. */
const findPayable = async (db: Db, platformId: string, most: number): Promise<string[]> => {
  const { rows } = await sql<{ complaint_id: string }>`
    select r.complaint_id from receivables r
      join ledger_accounts a on a.platform_id = ${platformId}::uuid and a.id = 'deposit:' || r.currency || ':' || r.debtor_id
     where r.platform_id = ${platformId}::uuid and r.debtor_role = 'merchant' and r.status in ('open', 'partly_paid') and a.balance > 0
     order by r.created_at, r.id limit ${most}::integer`.execute(db)
  return rows.map(({ complaint_id }) => complaint_id)
}

/** One case under its lock. A case that somebody holds, or whose money is moved by others, is left to the next turn. */
const settleCase = (deps: Settler, platformId: string, id: string): Promise<number> =>
  transact(deps.db, async (trx) => {
    const [file] = await lockFreeCaseFiles(trx, platformId, [id])
    if (file === undefined || isLeft(deps, file)) return undefined
    const platform = await findPlatform(trx, platformId)
    const now = toTime(deps.clock.nowMs() + platform.clock_offset_ms)
    const decision = decideSetOff(file, now, await deps.rules.of(platform, file, trx))
    if (decision === undefined) return undefined
    await record(trx, [{ decision }])
    return decision
  })
    .then((decision) => {
      if (decision === undefined) return 0
      countAdvances(deps.metrics, decision)
      countHolds(deps.metrics, decision)
      return 1
    })
    .catch((error: unknown) => {
      if (isCollision(error) || error instanceof RulesMissing) return 0
      throw error
    })

/** Lets deposits pay. @returns in how many cases one has paid */
export const settleDebts = async (deps: Settler, platformId: string, most: number): Promise<number> => {
  let settled = 0
  for (const id of new Set(await findPayable(deps.db, platformId, most))) settled += await settleCase(deps, platformId, id)
  return settled
}

/**
 * What the fund owes to merchants and has the money for. Only accounts of this kind are read: the name of one begins with its kind, and `;` follows
 * on `:`.
 */
const findOwed = async (db: Db, platformId: string, most: number) => {
  const { rows } = await sql<{ owner: string; currency: string; owed: number; fund: number }>`
    select p.owner, p.currency, p.balance as owed, f.balance as fund from ledger_accounts p
      join ledger_accounts f on f.platform_id = ${platformId}::uuid and f.id = 'fund:' || p.currency
     where p.platform_id = ${platformId}::uuid and p.id >= 'merchant_payable:' and p.id < 'merchant_payable;' and p.balance > 0 and f.balance > 0
     order by (select min(t.created_at) from ledger_transfers t
                where t.platform_id = ${platformId}::uuid and t.credit = p.id), p.id limit ${most}::integer`.execute(db)
  return rows
}

/** Makes merchants whole to whom a reversal left the fund owing. @returns how many were paid, in whole or in part */
export const payMerchants = async ({ db, clock }: Settler, platformId: string, most: number): Promise<number> => {
  let paid = 0
  const left = new Map<string, number>()
  const { clock_offset_ms } = await findPlatform(db, platformId)
  for (const { owner, currency, owed, fund } of await findOwed(db, platformId, most)) {
    const amount = Math.min(owed, left.get(currency) ?? fund)
    left.set(currency, (left.get(currency) ?? fund) - amount)
    if (amount === 0) continue
    const now = toTime(clock.nowMs() + clock_offset_ms)
    const transfers = journal({ platform_id: platformId, currency, now }, [
      { kind: 'given_back_to_deposit', amount, owner },
      { kind: 'merchant_made_whole', amount, owner },
    ])
    try {
      await writeStages(db, platformId, postTransfers(transfers))
      paid += 1
    } catch (error) {
      // others have taken the money meanwhile: the next turn looks again
      if (!isCollision(error)) throw error
    }
  }
  return paid
}
