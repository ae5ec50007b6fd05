/** The rules of the appeal's actions. Pure: a decision in, a changed case file and its events out, or a Problem. */

import { newId } from '../../foundation/ids.ts'
import { actorName } from '../../platform/access/caller.ts'
import { HIGHEST_LEVEL } from '../../words/complaints.ts'
import { problem } from '../../words/problems.ts'
import { isAdvancedAgainst } from '../advances/contest.ts'
import { oweAdvance } from '../advances/due-clock.ts'
import { partySide } from '../case-file/case-file.ts'
import type { Decision } from '../case-file/decision.ts'
import { fileChallenge, standDown } from '../complaints/challenges.ts'
import { namedStaff } from '../complaints/decide.ts'
import { climbToTheTop, moveComplaint, startResolution } from '../complaints/effects.ts'
import { waiverData, waivesSeparation } from '../complaints/last-resort.ts'
import type { ContestableDecision } from '../complaints/table.ts'
import { pauseClock, resumeClock, startClock } from '../deadlines/clocks.ts'
import type { EvidenceRow } from '../evidence/table.ts'
import { missBeforePause } from '../silence/before-wait.ts'
import { reverseDecision } from './decision-effects.ts'
import { endAppeal, endAppealUnchanged, noteOutsideRoutes, tellAppeal, waitsForAppeal } from './effects.ts'
import { appealSeparations, isOfSupervisor, judgeFault } from './judges.ts'
import { appealLifecycle, setAppealStatus } from './lifecycle.ts'
import type { AppealBodies, NewAppeal } from './schema.ts'
import type { AppealRow } from './table.ts'
import { agreedTo, contestableNow, waitForAppeal } from './windows.ts'

/** A proof of the case that an appeal names. */
export type NamedEvidence = Pick<EvidenceRow, 'id' | 'status' | 'position' | 'created_at'>

/** Whether a proof was added after the decision. A decision of an earlier version has no `evidence_count`; there the times are compared. */
const isNewSince = (decision: ContestableDecision, { status, position, created_at }: NamedEvidence): boolean =>
  status !== 'withdrawn' &&
  (decision.evidence_count === undefined ? created_at > decision.decided_at : position > decision.evidence_count)

/** @param named this case's evidence among what the appeal names */
export const decideNewAppeal = (d: Decision, body: NewAppeal, named: readonly NamedEvidence[]): AppealRow => {
  const { complaint } = d.file
  const side = partySide(complaint, d.actor)
  const decision = side === null ? undefined : contestableNow(d.file, side, d.now)
  if (side === null || decision === undefined) throw problem('action_not_available', 'There is no decision to appeal now.')
  const unknown = body.evidence_ids?.find((id) => !named.some((proof) => proof.id === id))
  if (unknown !== undefined) throw problem('unknown_evidence', `/evidence_ids: ${unknown} is no evidence of this case.`)
  if (body.reason_code === 'advance_not_due' && !isAdvancedAgainst(d.file, side, decision.plan_id))
    throw problem(
      'reason_code_not_open_to_you',
      '/reason_code: the guarantee fund has advanced nothing by this decision that you bear.',
    )
  if (agreedTo(d.file, decision.plan_id, side) && body.reason_code !== 'not_executed' && body.reason_code !== 'advance_not_due') {
    throw problem(
      'reason_code_not_open_to_you',
      '/reason_code: you accepted this settlement; you may appeal with not_executed, or where an advance was taken from you with advance_not_due.',
    )
  }
  if (body.reason_code === 'new_evidence' && !named.some((proof) => isNewSince(decision, proof))) {
    const detail = `name at least one proof that was added after the decision of ${decision.decided_at}; add it first with POST /v1/complaints/${complaint.id}/evidence`
    throw problem('new_evidence_needed', `/evidence_ids: ${detail}.`, {
      errors: [{ pointer: '/evidence_ids', code: 'nothing_new', detail }],
    })
  }
  missBeforePause(
    d,
    (clock) =>
      waitsForAppeal(clock) || (clock.kind === 'appeal_window' && clock.subject_id === decision.id && clock.party !== side),
  )
  const from = complaint.status
  const appeal: AppealRow = {
    platform_id: complaint.platform_id,
    id: newId(),
    complaint_id: complaint.id,
    version: 1,
    status: appealLifecycle.initial,
    appellant_role: d.actor.role as AppealRow['appellant_role'],
    appellant_id: d.actor.id,
    appellant_side: side,
    buyer_id: complaint.buyer_id,
    merchant_id: complaint.merchant_id,
    decision_id: decision.id,
    decision,
    reason_code: body.reason_code,
    statement: body.statement,
    evidence_ids: body.evidence_ids ?? [],
    reviewer: null,
    explanation: null,
    separation_waived: false,
    outside_routes: [],
    returns_to: from as AppealRow['returns_to'],
    created_at: d.now,
    updated_at: d.now,
    decided_at: null,
  }
  d.file.appeals.push(appeal)
  waitForAppeal(d, decision.id, side)
  moveComplaint(d, 'under_appeal')
  for (const clock of d.file.deadlines) if (waitsForAppeal(clock)) pauseClock(d, clock)
  startClock(d, 'appeal_decision', { party: 'platform', subjectId: appeal.id })
  tellAppeal(d, appeal, null, {
    type: 'appeal_filed',
    data: { reason_code: appeal.reason_code, decision: decision.kind, case_from: appeal.returns_to },
  })
  if (isOfSupervisor(decision) && namesPeople(d)) climbToTheTop(d, 'appeal_against_supervisor')
  return appeal
}

/** Whether the policy names anybody for the highest level. Otherwise an appeal gains nothing by climbing there. */
const namesPeople = ({ policy: { people } }: Decision): boolean =>
  people.level_3.length > 0 || people.deputies.length > 0 || people.last_resort !== null

const decisionBy = (d: Decision, appeal: AppealRow, explanation: string): void => {
  appeal.separation_waived = waivesSeparation(d, appealSeparations, { appeal })
  if (appeal.separation_waived) appeal.reviewer = actorName(d.actor)
  appeal.reviewer ??= actorName(d.actor)
  appeal.explanation = explanation
}

/** One rule per action on an appeal; the lifecycle table has already said that this actor may take it now. */
export const decideAppeal: {
  [Action in keyof AppealBodies]: (d: Decision, appeal: AppealRow, body: AppealBodies[Action]) => void
} = {
  assign: (d, appeal, body) => {
    const reviewer = namedStaff(d, body.reviewer)
    const fault = judgeFault({ file: d.file, actor: reviewer, now: d.now, policy: d.policy, appeal })
    if (fault !== undefined) throw problem('separation_of_duties', `${body.reviewer} may not judge this appeal: name ${fault}.`)
    const from = appeal.status
    appeal.reviewer = body.reviewer
    setAppealStatus(appeal, 'under_review')
    tellAppeal(d, appeal, from, { type: 'appeal_assigned', data: { reviewer: body.reviewer } })
  },

  uphold: (d, appeal, body) => {
    const { complaint } = d.file
    if (body.owner !== undefined) namedStaff(d, body.owner)
    decisionBy(d, appeal, body.explanation)
    const from = endAppeal(d, appeal, 'upheld')
    const rolledBack = { liability: complaint.liability, outcome: complaint.outcome, from_level: complaint.level }
    reverseDecision(d)
    complaint.level = Math.min(HIGHEST_LEVEL, complaint.level + 1)
    complaint.owner = body.owner ?? complaint.owner ?? appeal.reviewer
    moveComplaint(d, 'investigating')
    // what nothing of the decision has brought goes on: a debt for money that came too late is owed all the same
    for (const clock of d.file.deadlines) if (waitsForAppeal(clock)) resumeClock(d, clock, 'appeal_decided')
    startResolution(d)
    oweAdvance(d)
    tellAppeal(d, appeal, from, {
      type: 'appeal_upheld',
      data: { explanation: body.explanation, ...waiverData(appeal.separation_waived) },
    })
    d.tell({
      type: 'complaint_reopened',
      from: 'under_appeal',
      to: 'investigating',
      reasonCode: 'appeal_upheld',
      data: { to_level: complaint.level },
    })
    d.tell({ type: 'decision_rolled_back', data: rolledBack })
  },

  deny: (d, appeal, body) => {
    decisionBy(d, appeal, body.explanation)
    endAppealUnchanged(d, appeal, {
      type: 'appeal_denied',
      data: { explanation: body.explanation, ...waiverData(appeal.separation_waived), ...noteOutsideRoutes(d, appeal) },
    })
  },

  withdraw: (d, appeal) => {
    endAppealUnchanged(d, appeal, { type: 'appeal_withdrawn', data: { case_to: appeal.returns_to } })
  },

  stand_down: (d, _appeal, body) => standDown(d, body),

  challenge: (d, appeal, body) => fileChallenge(d, appeal, body),
}
