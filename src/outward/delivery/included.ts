/** What an endpoint may ask for beside the event: put together at the moment of sending, and stored nowhere. */
import { findActor } from '../../case/case-events/find.ts'
import { thinned } from '../../case/case-events/thin.ts'
import { ComplaintSummary } from '../../case/complaints/schema.ts'
import { complaintSummaryView } from '../../case/complaints/view.ts'
import { readComplaint } from '../../case/decisions/load.ts'
import type { Db } from '../../foundation/sql/database.ts'
import { type Actor, systemActor } from '../../platform/access/caller.ts'
import type { Claimed } from './queue.ts'

/**
 * The complaint of an event as it is now: without persons and words, unless an admin has said that this endpoint gets personal data; then also who
 * acted. Null where the event is about none.
 */
export const included = async (
  db: Db,
  platformId: string,
  { subject_type, subject_id, sequence, personal }: Pick<Claimed, 'subject_type' | 'subject_id' | 'sequence' | 'personal'>,
): Promise<{ complaint: unknown; actor?: Actor | null }> => {
  const row = subject_type === 'complaint' ? await readComplaint(db, platformId, subject_id) : undefined
  if (row === undefined) return { complaint: null }
  const shown = complaintSummaryView(row, systemActor)
  if (!personal) return { complaint: thinned(ComplaintSummary.schema, shown) }
  return { complaint: shown, actor: (await findActor(db, platformId, { complaintId: subject_id, sequence })) ?? null }
}
