/** The desk's list of deadlines, over all cases of a platform. Every walk follows an index; nothing is counted. */
import type { Compilable } from 'kysely'
import { sql } from 'kysely'
import { normaliseTime, type Time } from '../../foundation/clock.ts'
import { beyond, type KeyPart, type Page } from '../../foundation/http/pagination.ts'
import { compileOnce } from '../../foundation/sql/compiled.ts'
import type { Db, Tables } from '../../foundation/sql/database.ts'
import { clockOf, countedKinds, type DeadlineKind, type DeadlineStatus, type Side } from '../../words/deadlines.ts'
import type { ComplaintRow } from '../complaints/table.ts'
import type { DeskQuery } from './schema.ts'
import type { DeadlineRow } from './table.ts'

/** The columns of the case that the list shows, and those that say whose case it is. */
const caseColumns = [
  'case_number',
  'channel',
  'category',
  'level',
  'owner',
  'unanswered_since',
  'complainant_role',
  'complainant_id',
  'respondent_role',
  'respondent_id',
] as const satisfies readonly (keyof ComplaintRow)[]

export type DeskRow = DeadlineRow & Pick<ComplaintRow, (typeof caseColumns)[number]>

/** The values of one page, each a parameter of its query; `undefined` for what is not asked. */
interface Asked {
  platformId: string
  /** The ranges to walk: a status and a kind each. */
  statuses: readonly DeadlineStatus[]
  kinds: readonly DeadlineKind[]
  party: readonly Side[] | undefined
  dueBefore: Time | undefined
  afterTime: KeyPart | undefined
  afterId: KeyPart | undefined
  rows: number
}

const pageOf = compileOnce<Tables, DeskRow, Asked, object>((db, asked) => {
  const { afterTime, afterId } = asked
  const after = afterTime === undefined || afterId === undefined ? undefined : [afterTime, afterId]
  let range = db
    .selectFrom('deadlines')
    .selectAll()
    .where('platform_id', '=', asked.platformId)
    .where('status', '=', sql<DeadlineStatus>`v.status`)
    .where('kind', '=', sql<DeadlineKind>`v.kind`)
    .where(beyond({ after }, ['due_at', 'id'], 'asc'))
  if (asked.dueBefore !== undefined) range = range.where('due_at', '<', asked.dueBefore)
  if (asked.party !== undefined) range = range.where('party', '=', sql<Side>`any(${asked.party})`)
  const page = db
    .selectFrom(sql<object>`unnest(${asked.statuses}::text[], ${asked.kinds}::text[])`.as<'v'>(sql`v(status, kind)`))
    .crossJoinLateral(range.orderBy('due_at').orderBy('id').limit(asked.rows).as('r'))
    .selectAll('r')
    .orderBy('r.due_at')
    .orderBy('r.id')
    .limit(asked.rows)
  return (
    db
      .selectFrom(page.as('d'))
      // one look-up for each row of the page, whatever the planner believes of its length
      .crossJoinLateral((eb) =>
        eb
          .selectFrom('complaints')
          .select(caseColumns)
          .where('platform_id', '=', asked.platformId)
          .where('id', '=', sql<string>`d.complaint_id`)
          .limit(1)
          .as('c'),
      )
      .selectAll('d')
      .selectAll('c')
      .orderBy('d.due_at')
      .orderBy('d.id') as Compilable<DeskRow>
  )
})

/**
 * One page of deadlines by due time, `limit + 1` rows of it. Each status and kind is walked by its own index range for at most a page, and
 * the ranges are merged: the cost follows the page, not the table.
 */
export const findDeadlines = async (db: Db, platformId: string, query: DeskQuery, page: Page): Promise<DeskRow[]> => {
  const { status = ['running'], kind = countedKinds, party, unanswered } = query
  const fitting = new Set(kind)
    .values()
    .filter((one) => !party || clockOf[one].sides.some((side) => party.includes(side)))
    // words that wait for an answer have a clock of the kind `next_reply`
    .filter((one) => unanswered === undefined || unanswered === (one === 'next_reply'))
  const kinds = [...fitting]
  const ranges = [...new Set(status)].flatMap((one) => kinds.map((other) => [one, other] as const))
  return pageOf(
    db,
    {
      platformId,
      statuses: ranges.map(([one]) => one),
      kinds: ranges.map(([, one]) => one),
      party,
      dueBefore: query.due_before && normaliseTime(query.due_before),
      afterTime: page.after?.[0],
      afterId: page.after?.[1],
      rows: page.limit + 1,
    },
    {},
  )
}
