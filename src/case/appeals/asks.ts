/** What the actions on appeals ask for, beyond the schemas of their bodies. */
import { type AppealReasonCode, appealReasonCodes } from '../../words/appeals.ts'
import { isAdvancedAgainst } from '../advances/contest.ts'
import type { Subject } from '../case-file/case-file.ts'
import { partySide } from '../case-file/case-file.ts'
import { type AsksOf, operationOf, operationsOf } from '../case-file/operations.ts'
import { nobodyOf, whoCannotOwn } from '../complaints/asks.ts'
import { judgeFault } from './judges.ts'
import { appealBodies, NewAppealIn } from './schema.ts'
import { agreedTo, contestableNow } from './windows.ts'

export const newAppealOperations = { file: operationOf('fileAppeal', NewAppealIn) }
export const appealOperations = operationsOf('Appeal', appealBodies)

/** On which grounds this party can contest the decision that is open to it now: who agreed to a settlement, only what came of it. */
const groundsOf = ({ file, actor, now }: Subject): readonly AppealReasonCode[] => {
  const side = partySide(file.complaint, actor)
  const decision = side === null ? undefined : contestableNow(file, side, now)
  if (side === null || decision === undefined) return appealReasonCodes
  const { plan_id } = decision
  const grounds = agreedTo(file, plan_id, side) ? (['not_executed', 'advance_not_due'] as const) : appealReasonCodes
  return grounds.filter((code) => code !== 'advance_not_due' || isAdvancedAgainst(file, side, plan_id))
}

const newEvidence = { properties: { reason_code: { const: 'new_evidence' } }, required: ['evidence_ids'] } as const

/** Of the people of this case, those who may not judge this appeal. */
const whoMayNotJudge = (subject: Subject): string[] => {
  const { file, appeal } = subject
  const judged = appeal ? (file.complaint.judged_evidence_of[appeal.appellant_side] ?? []) : []
  const unable = whoCannotOwn(file)
  const others = [...file.complaint.took_part, ...judged].filter(
    (id) => judgeFault({ ...subject, actor: { role: 'supervisor', id } }) !== undefined,
  )
  return [...new Set([...unable, ...others])]
}

export const appealAsks: AsksOf = {
  assign: (subject) => ({ limits: { properties: { reviewer: nobodyOf(whoMayNotJudge(subject), ['supervisor']) } } }),
  uphold: ({ file }) => ({ limits: { properties: { owner: nobodyOf(whoCannotOwn(file)) } } }),
  file: (subject) => {
    const grounds = groundsOf(subject)
    const others = { properties: { reason_code: { enum: grounds.filter((code) => code !== 'new_evidence') } } }
    return { limits: grounds.includes('new_evidence') ? { anyOf: [newEvidence, others] } : others }
  },
}
