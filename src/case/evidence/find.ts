/** Reads of evidence. */
import { type Expression, type SqlBool, sql } from 'kysely'
import { beyond, type Page } from '../../foundation/http/pagination.ts'
import { isId } from '../../foundation/ids.ts'
import type { Db } from '../../foundation/sql/database.ts'
import type { Actor } from '../../platform/access/caller.ts'
import { seesAll } from '../../platform/access/caller.ts'
import { partySide } from '../case-file/case-file.ts'
import type { ComplaintRow } from '../complaints/table.ts'
import type { EvidenceRow } from './table.ts'
import { PRIVATE } from './visibility.ts'

/** `seesEvidence` for a query over `evidence`. */
const visibleEvidence = (complaint: ComplaintRow, actor: Actor): Expression<SqlBool> =>
  seesAll(actor.role) ? sql`true` : sql`(type <> ${PRIVATE} or submitter_side = ${partySide(complaint, actor)})`

const ofCase = (db: Db, complaint: ComplaintRow) =>
  db.selectFrom('evidence').where('platform_id', '=', complaint.platform_id).where('complaint_id', '=', complaint.id)

/** One page of a case's evidence that this actor may see, newest first, `limit + 1` of them. */
export const findEvidenceOf = (db: Db, complaint: ComplaintRow, actor: Actor, page: Page): Promise<EvidenceRow[]> =>
  ofCase(db, complaint)
    .selectAll()
    .where(visibleEvidence(complaint, actor))
    .where(beyond(page, ['position'], 'desc'))
    .orderBy('position', 'desc')
    .limit(page.limit + 1)
    .execute()

/** The proofs of a case that count, oldest first: neither refused nor withdrawn, and visible to this actor. */
export const findStandingEvidence = (db: Db, complaint: ComplaintRow, actor: Actor) =>
  ofCase(db, complaint)
    .select(['id', 'type', 'submitter_side'])
    .where(visibleEvidence(complaint, actor))
    .where('status', 'in', ['submitted', 'accepted'])
    .orderBy('position')
    .execute()

/** Those of the ids that are evidence of this case. */
export const findNamedEvidence = async (db: Db, complaint: ComplaintRow, ids: readonly string[]) => {
  const possible = ids.filter(isId)
  if (possible.length === 0) return []
  return ofCase(db, complaint).select(['id', 'status', 'position', 'created_at']).where('id', 'in', possible).execute()
}

/** Those of the ids that are evidence of this platform, whichever case it is of. */
export const findEvidenceAmong = async (db: Db, platformId: string, ids: readonly string[]): Promise<Set<string>> => {
  const rows = await db.selectFrom('evidence').select('id').where('platform_id', '=', platformId).where('id', 'in', ids).execute()
  return new Set(rows.map(({ id }) => id))
}
