import { actorName } from '../../platform/access/caller.ts'
import type { RecomputationWire } from './schema.ts'
import type { RecomputationRow } from './table.ts'

export const recomputationView = (row: RecomputationRow): RecomputationWire => ({
  id: row.id,
  status: row.status,
  applies: row.applies,
  explanation: row.explanation,
  requested_by: actorName({ role: row.requested_by_role, id: row.requested_by_id }),
  policy_version: row.policy_version,
  cases_seen: row.cases_seen,
  cases_changed: row.cases_changed,
  clocks_moved: row.clocks_moved,
  failed: row.failed,
  created_at: row.created_at,
  updated_at: row.updated_at,
  finished_at: row.finished_at,
})
