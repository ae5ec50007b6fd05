import { type RawBuilder, sql } from 'kysely'
import { type Time, toTime } from '../../foundation/clock.ts'
import { beyond, type Page } from '../../foundation/http/pagination.ts'
import { isId } from '../../foundation/ids.ts'
import type { Db, Trx } from '../../foundation/sql/database.ts'
import { isPersonId } from '../../platform/access/people.ts'
import type { MovementKind, MovementState } from '../../words/fund.ts'
import type { TransferRow } from '../ledger/table.ts'
import { type Holding, nothing } from './decide.ts'
import type { MovementRow } from './table.ts'

export const findMovement = async (db: Db, platformId: string, id: string): Promise<MovementRow | undefined> =>
  isId(id)
    ? db.selectFrom('fund_movements').selectAll().where('platform_id', '=', platformId).where('id', '=', id).executeTakeFirst()
    : undefined

/** The same, locked until the transaction ends. */
export const lockMovement = async (trx: Trx, platformId: string, id: string): Promise<MovementRow | undefined> =>
  isId(id)
    ? trx
        .selectFrom('fund_movements')
        .selectAll()
        .where('platform_id', '=', platformId)
        .where('id', '=', id)
        .forUpdate()
        .executeTakeFirst()
    : undefined

export interface MovementFilters {
  status?: readonly MovementState[]
  kind?: readonly MovementKind[]
  merchant?: string
}

/** Newest first; one more than the page shows. */
export const findMovements = async (
  db: Db,
  platformId: string,
  { status, kind, merchant }: MovementFilters,
  page: Page,
): Promise<MovementRow[]> => {
  if (merchant !== undefined && !isPersonId(merchant)) return []
  let select = db
    .selectFrom('fund_movements')
    .selectAll()
    .where('platform_id', '=', platformId)
    .where(beyond(page, ['created_at', 'id'], 'desc'))
  if (status !== undefined) select = select.where('status', 'in', [...status])
  if (kind !== undefined) select = select.where('kind', 'in', [...kind])
  if (merchant !== undefined) select = select.where('merchant_id', '=', merchant)
  return select
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(page.limit + 1)
    .execute()
}

/** What an account has now. */
export const findHolding = async (db: Db, platformId: string, accountId: string): Promise<Holding> =>
  (await db
    .selectFrom('ledger_accounts')
    .select(['balance', 'reserved'])
    .where('platform_id', '=', platformId)
    .where('id', '=', accountId)
    .executeTakeFirst()) ?? nothing

/** The transfer that took the money of a withdrawal and was not taken back. */
export const findPaid = async (db: Db, platformId: string, movementId: string): Promise<Pick<TransferRow, 'id'> | undefined> => {
  const { rows } = await sql<Pick<TransferRow, 'id'>>`
    select t.id from ledger_transfers t
     where t.platform_id = ${platformId}::uuid and t.movement_id = ${movementId}::uuid and t.reverses is null and not exists (
       select 1 from ledger_transfers r where r.platform_id = ${platformId}::uuid and r.reverses = t.id)
     limit 1`.execute(db)
  return rows[0]
}

/** Movements of a platform that are due, the longest first. */
export const findDue = async (db: Db, platformId: string, now: Time, most: number): Promise<string[]> => {
  const { rows } = await sql<{ id: string }>`
    select id from fund_movements where platform_id = ${platformId}::uuid and due_at is not null and due_at <= ${now}::timestamptz
     order by due_at, id limit ${most}::integer`.execute(db)
  return rows.map(({ id }) => id)
}

/** Withdrawals of a platform that were paid although the account did not have the money, the oldest first. @param after the last one looked at */
export const findUncovered = (
  db: Db,
  platformId: string,
  after: Pick<MovementRow, 'created_at' | 'id'> | null,
  most: number,
): Promise<MovementRow[]> =>
  db
    .selectFrom('fund_movements')
    .selectAll()
    .where('platform_id', '=', platformId)
    .where('uncovered_amount', '>', 0)
    .where(beyond({ after: after === null ? undefined : [after.created_at, after.id] }, ['created_at', 'id'], 'asc'))
    .orderBy('created_at')
    .orderBy('id')
    .limit(most)
    .execute()

/**
 * Platforms with a movement that is due or uncovered.
 * @param which of the platforms `p`
 * @param own SQL of the platform whose movements are looked for
 */
export const platformsToVisit = (
  nowMs: number,
  which: RawBuilder<unknown>,
  own: RawBuilder<unknown>,
): RawBuilder<{ platform_id: string }> => sql<{
  platform_id: string
}>`
    select p.id as platform_id from platforms p
     where ${which} and (exists (
       select 1 from fund_movements m
        where m.platform_id = ${own} and m.due_at is not null
          and m.due_at <= ${toTime(nowMs)}::timestamptz + p.clock_offset_ms * interval '1 ms')
       or exists (select 1 from fund_movements m where m.platform_id = ${own} and m.uncovered_amount > 0))`

/** This platform, if there is something to do about its movements. @param nowMs real time */
export const findMovementWork = async (db: Db, platformId: string, nowMs: number): Promise<{ platform_id: string }[]> =>
  (await platformsToVisit(nowMs, sql`p.id = ${platformId}::uuid`, sql`${platformId}::uuid`).execute(db)).rows
