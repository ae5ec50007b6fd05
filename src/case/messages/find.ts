import { sql } from 'kysely'
import { beyond, type Page } from '../../foundation/http/pagination.ts'
import type { Db } from '../../foundation/sql/database.ts'
import { type Caller, seesAll } from '../../platform/access/caller.ts'
import { type Parties, partySide } from '../case-file/case-file.ts'
import type { MessageRow } from './table.ts'

type Readers = MessageRow['visibility']
const everybody: readonly Readers[] = ['parties', 'internal', 'complainant', 'respondent']

/**
 * One page of the messages of a case that this caller may read, newest first, `limit + 1` rows of it. Each visibility is walked by its own
 * index range and the ranges are merged, so that messages for other readers do not make a page cost more.
 */
export const findMessages = (
  db: Db,
  { platform, actor }: Caller,
  complaint: Parties & { id: string },
  page: Page,
): Promise<MessageRow[]> => {
  const side = partySide(complaint, actor)
  const circles = seesAll(actor.role) ? everybody : ['parties', ...(side === null ? [] : [side])]
  const range = db
    .selectFrom('messages')
    .selectAll()
    .where('platform_id', '=', platform.id)
    .where('complaint_id', '=', complaint.id)
    .where('visibility', '=', sql<Readers>`v.readers`)
    .where(beyond(page, ['created_at', 'id'], 'desc'))
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(page.limit + 1)
  return db
    .selectFrom(sql<object>`unnest(${circles}::text[])`.as<'v'>(sql`v(readers)`))
    .crossJoinLateral(range.as('m'))
    .selectAll('m')
    .orderBy('m.created_at', 'desc')
    .orderBy('m.id', 'desc')
    .limit(page.limit + 1)
    .execute()
}
