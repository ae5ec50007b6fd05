/** What happens to movements because time passes: what nobody answered is refused or expires, and what was paid uncovered is posted once it can be. */
import { type Clock, toTime } from '../../foundation/clock.ts'
import type { Db, Trx } from '../../foundation/sql/database.ts'
import { transact } from '../../foundation/sql/transaction.ts'
import { systemActor } from '../../platform/access/caller.ts'
import { apart, askEach, type LeaveOut } from '../../platform/platforms/ask-each.ts'
import { findPlatform } from '../../platform/platforms/find.ts'
import { findAllMovementWork } from '../across-platforms.ts'
import { accountOfMovement, cover, fallDue } from './decide.ts'
import { findDue, findHolding, findMovementWork, findUncovered, lockMovement } from './find.ts'
import { tellMovement, writeMovement } from './record.ts'
import type { MovementRow } from './table.ts'

/** Movements looked at in one go; each is written by a transaction of its own. */
export const MOVEMENTS_AT_ONCE = 100

/** Platform time as the platform's row says it now. */
const nowOf = async (db: Db, platformId: string, nowMs: number) =>
  toTime(nowMs + (await findPlatform(db, platformId)).clock_offset_ms)

/** @returns whether it was still due: an admin or a report may have been faster */
const endOne = async (trx: Trx, platformId: string, id: string, nowMs: number): Promise<boolean> => {
  const movement = await lockMovement(trx, platformId, id)
  const moved = movement && fallDue(movement, await nowOf(trx, platformId, nowMs))
  if (moved === undefined) return false
  await tellMovement(trx, moved, systemActor.role, nowMs)
  await writeMovement(trx, moved)
  // one that the payment system has not answered is told, and goes on
  return moved.verb !== 'overdue'
}

/** Refuses and expires what is due on one platform. @returns how many */
export const endDueMovements = async (db: Db, clock: Clock, platformId: string, shouldStop: () => boolean): Promise<number> => {
  let done = 0
  for (let full = true; full && !shouldStop(); ) {
    const nowMs = clock.nowMs()
    const due = await findDue(db, platformId, await nowOf(db, platformId, nowMs), MOVEMENTS_AT_ONCE)
    for (const id of due) if (await transact(db, (trx) => endOne(trx, platformId, id, nowMs))) done += 1
    full = due.length === MOVEMENTS_AT_ONCE
  }
  return done
}

const coverOne = async (trx: Trx, { platform_id, id }: MovementRow, nowMs: number): Promise<boolean> => {
  const movement = await lockMovement(trx, platform_id, id)
  if (movement === undefined) return false
  const holding = await findHolding(trx, platform_id, accountOfMovement(movement))
  const moved = cover(movement, await nowOf(trx, platform_id, nowMs), holding)
  if (moved === undefined) return false
  await writeMovement(trx, moved)
  return true
}

/** Posts what withdrawals of one platform were paid without cover, oldest first, as far as there is money by now. @returns how many */
export const coverMovements = async (db: Db, clock: Clock, platformId: string, shouldStop: () => boolean): Promise<number> => {
  let done = 0
  for (let after: MovementRow | null = null, full = true; full && !shouldStop(); ) {
    const found: MovementRow[] = await findUncovered(db, platformId, after, MOVEMENTS_AT_ONCE)
    for (const movement of found) if (await transact(db, (trx) => coverOne(trx, movement, clock.nowMs()))) done += 1
    after = found.at(-1) ?? null
    full = found.length === MOVEMENTS_AT_ONCE
  }
  return done
}

/** Does both on each platform where there is something to do. @param leaveOut told of a platform whose rows are out of reach */
export const lookAfterMovements = async (
  db: Db,
  clock: Clock,
  leaveOut: LeaveOut,
  shouldStop: () => boolean,
): Promise<{ ended: number; covered: number }> => {
  const did = { ended: 0, covered: 0 }
  const nowMs = clock.nowMs()
  const work = { together: () => findAllMovementWork(db, nowMs), alone: (id: string) => findMovementWork(db, id, nowMs) }
  for (const { platform_id: id } of await askEach(db, work, leaveOut)) {
    if (shouldStop()) break
    await apart(id, leaveOut, async () => {
      did.covered += await coverMovements(db, clock, id, shouldStop)
      did.ended += await endDueMovements(db, clock, id, shouldStop)
    })
  }
  return did
}
