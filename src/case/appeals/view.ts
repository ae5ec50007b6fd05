import type { CaseFile } from '../case-file/case-file.ts'
import { clocksFor } from '../deadlines/view.ts'
import { appealActionsFor, type Viewer } from '../decisions/available.ts'
import type { AppealWire } from './schema.ts'
import type { AppealRow } from './table.ts'

/** An appeal; both parties and staff see all of it. */
export const appealView = (file: CaseFile, appeal: AppealRow, viewer: Viewer): AppealWire => ({
  id: appeal.id,
  complaint_id: appeal.complaint_id,
  status: appeal.status,
  appellant: { role: appeal.appellant_role, id: appeal.appellant_id, side: appeal.appellant_side },
  decision: { kind: appeal.decision.kind, plan_id: appeal.decision.plan_id, decided_at: appeal.decision.decided_at },
  reason_code: appeal.reason_code,
  statement: appeal.statement,
  evidence_ids: appeal.evidence_ids,
  reviewer: appeal.reviewer,
  explanation: appeal.explanation,
  separation_waived: appeal.separation_waived,
  outside_routes: appeal.outside_routes,
  deadlines: clocksFor(
    file.complaint,
    viewer.actor,
    file.deadlines.filter((x) => x.subject_id === appeal.id || x.subject_id === appeal.decision_id),
  ),
  available_actions: appealActionsFor(file, appeal, viewer),
  version: appeal.version,
  created_at: appeal.created_at,
  updated_at: appeal.updated_at,
  decided_at: appeal.decided_at,
})
