/** What the actions on appeals ask for, beyond the schemas of their bodies. */
import type { Subject } from '../case-file/case-file.ts'
import { partySide } from '../case-file/case-file.ts'
import { type AsksOf, operationOf, operationsOf } from '../case-file/operations.ts'
import { nobodyOf, whoCannotOwn } from '../complaints/asks.ts'
import { judgeFault } from './judges.ts'
import { appealBodies, NewAppealIn } from './schema.ts'
import { agreedTo, contestableNow } from './windows.ts'

export const newAppealOperations = { file: operationOf('fileAppeal', NewAppealIn) }
export const appealOperations = operationsOf('Appeal', appealBodies)

/** Whether the decision that could be contested now rests on a plan that this party accepted. */
const hasAgreed = ({ file, actor, now }: Subject): boolean => {
  const side = partySide(file.complaint, actor)
  const decision = side === null ? undefined : contestableNow(file, side, now)
  return side !== null && decision !== undefined && agreedTo(file, decision.plan_id, side)
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
  file: (subject) =>
    hasAgreed(subject)
      ? { limits: { properties: { reason_code: { const: 'not_executed' } } } }
      : { limits: { anyOf: [newEvidence, { properties: { reason_code: { not: { const: 'new_evidence' } } } }] } },
}
