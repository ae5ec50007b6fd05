/** Writes what advances count against their bounds and reserve of deposits; the rows themselves are a part of the case. */

import type { Db } from '../../foundation/sql/database.ts'
import { rowsAsJson, type Write } from '../../foundation/sql/rows.ts'
import { accountIdOf, type ReserveChange } from '../../money/ledger/post.ts'
import { isOpenAdvance } from '../../words/advances.ts'
import type { CaseFile } from '../case-file/case-file.ts'
import type { Decision } from '../case-file/decision.ts'
import { leftOf } from '../receivables/effects.ts'
import { debtsOf, isOwed } from '../receivables/lifecycle.ts'
import { differenceOf } from './bounds.ts'
import { outstandingOf } from './recovery.ts'
import { merchantPartOf } from './shares.ts'
import type { AdvanceBoundRow, AdvanceRow } from './table.ts'

const pairsOf = ({ before, file }: Decision): { before: AdvanceRow | undefined; after: AdvanceRow }[] =>
  file.advances.map((after, index) => ({ before: before.advances[index], after }))

/** By how much a decision changes what is bounded over all cases. */
export const boundChangesOf = (d: Decision): AdvanceBoundRow[] => {
  const pairs = pairsOf(d).filter(({ before, after }) => before?.status !== after.status)
  if (pairs.length === 0) return []
  const day = d.calendarNow(d.policy.calendar).time.dateOf(d.now)
  return pairs.flatMap(({ before, after }) => differenceOf(before, after, d.policy.advances, day))
}

/** What an advance may still take of the deposit of its merchant, and what is owed because of it. */
const claimOf = (file: Pick<CaseFile, 'receivables'>, advance: AdvanceRow | undefined): number => {
  if (advance === undefined) return 0
  const owed = debtsOf(file, advance.id, 'merchant').reduce((sum, debt) => (isOwed(debt) ? sum + leftOf(debt) : sum), 0)
  if (!isOpenAdvance(advance)) return owed
  // what came back unpaid is borne already
  return merchantPartOf(advance.shares, advance.frozen_amount - advance.bounced_amount) + outstandingOf(advance) + owed
}

/** By how much a decision changes the reserve of deposits: what open advances and debts may take cannot be withdrawn. */
export const reserveChangesOf = (d: Decision): ReserveChange[] =>
  pairsOf(d).flatMap(({ before, after }) => {
    const reserved_change = claimOf(d.file, after) - claimOf(d.before, before)
    const { platform_id, currency, merchant_id } = after
    return reserved_change === 0 ? [] : [{ platform_id, id: accountIdOf('deposit', currency, merchant_id), reserved_change }]
  })

/** Several cases share a bound, so a decision writes differences. The statement writes nothing where one would be passed. */
export const changeBounds = (changes: readonly AdvanceBoundRow[]): Write[] => {
  const found = new Map<string, AdvanceBoundRow>()
  for (const row of changes) {
    const name = `${row.kind}\n${row.key}`
    const sum = found.get(name)
    found.set(name, { ...row, bound: Math.max(row.bound, sum?.bound ?? 0), in_force: row.in_force + (sum?.in_force ?? 0) })
  }
  const rows = [...found]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([, row]) => row)
    .filter(({ in_force }) => in_force !== 0)
  const taken = rows.filter(({ in_force }) => in_force > 0)
  const released = rows.filter(({ in_force }) => in_force < 0)
  return [...(taken.length > 0 ? [takeBounds(taken)] : []), ...(released.length > 0 ? [releaseBounds(released)] : [])]
}

const takeBounds = (rows: readonly AdvanceBoundRow[]): Write => ({
  name: 'advance_bounds_taken',
  rows: rows.length,
  sql: (given) => `insert into advance_bounds (platform_id, kind, key, bound, in_force)
    select ${given.platform}, m.kind, m.key, m.bound, m.in_force
      from jsonb_populate_recordset(null::advance_bounds, ${rowsAsJson(given, rows, rows)}) m
     where ${given.complete} and m.in_force <= m.bound
     order by m.kind, m.key
    on conflict (platform_id, kind, key) do update
      set bound = excluded.bound, in_force = advance_bounds.in_force + excluded.in_force
      where advance_bounds.platform_id = ${given.platform} and advance_bounds.in_force + excluded.in_force <= excluded.bound
    returning 1`,
})

const releaseBounds = (rows: readonly AdvanceBoundRow[]): Write => ({
  name: 'advance_bounds_released',
  rows: rows.length,
  sql: (given) => `update advance_bounds b set in_force = b.in_force + m.in_force
    from jsonb_populate_recordset(null::advance_bounds, ${rowsAsJson(given, rows, rows)}) m
    where b.platform_id = ${given.platform} and b.kind = m.kind and b.key = m.key and ${given.complete} returning 1`,
})

/**
 * Removes what was put aside on days that are over.
 * @param before the first day that is kept, as `2026-11-30`; a test platform may have its clock far ahead, which only keeps rows longer
 * @returns how many are gone
 */
export const forgetAdvanceDays = async (db: Db, platformId: string, before: string): Promise<number> => {
  const { numDeletedRows } = await db
    .deleteFrom('advance_bounds')
    .where('platform_id', '=', platformId)
    .where('kind', 'in', ['buyer_and_day', 'platform_and_day'])
    .where('key', '<', before)
    .executeTakeFirst()
  return Number(numDeletedRows)
}
