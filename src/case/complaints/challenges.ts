/**
 * How a person leaves a case who should not decide it. The owner or reviewer stands down, or a side challenges that person: once per side
 * and person, before the decision. Another supervisor judges a challenge. Where nobody judges it in time, the person is replaced if the
 * policy names somebody else. Pure.
 */

import { newId } from '../../foundation/ids.ts'
import { actorName } from '../../platform/access/caller.ts'
import { namesPerson, samePerson, splitName } from '../../platform/access/people.ts'
import { undecidedStates } from '../../words/complaints.ts'
import type { PartySide } from '../../words/deadlines.ts'
import { problem } from '../../words/problems.ts'
import { appealSeparations } from '../appeals/judges.ts'
import { setAppealStatus } from '../appeals/lifecycle.ts'
import type { AppealRow } from '../appeals/table.ts'
import { sideOf } from '../case-file/case-file.ts'
import type { Decision } from '../case-file/decision.ts'
import { endClocks, settlePause, startClock } from '../deadlines/clocks.ts'
import type { ChallengeBody, JudgeChallengeBody, StandDownBody } from './action-schema.ts'
import { asSupervisor, isOutOfCase, namedPeople } from './last-resort.ts'
import { recuse } from './recusals.ts'
import type { Challenge } from './table.ts'

/** Why somebody left a case. */
type Why = 'stood_down' | 'challenge_sustained' | 'challenge_unanswered'

/** Takes a person out of the case in every capacity, as owner and as reviewer: the case must not wait for somebody who may not decide. */
const leaveCase = (d: Decision, id: string, why: Why): void => {
  const { complaint, appeals } = d.file
  recuse(d, id)
  if (namesPerson(complaint.owner, id)) {
    d.tell({ type: 'owner_left', reasonCode: why, data: { previous_owner: complaint.owner as string } })
    complaint.owner = null
  }
  for (const appeal of appeals) {
    if (appeal.status !== 'under_review' || !namesPerson(appeal.reviewer, id)) continue
    const { reviewer } = appeal
    appeal.reviewer = null
    setAppealStatus(appeal, 'submitted')
    d.tell({
      type: 'reviewer_left',
      resourceId: appeal.id,
      from: 'under_review',
      to: 'submitted',
      reasonCode: why,
      data: { previous_reviewer: reviewer as string },
    })
  }
  for (const challenge of complaint.challenges) {
    if (challenge.status === 'open' && namesPerson(challenge.person, id)) settle(d, challenge, 'replaced')
  }
}

/** The owner of a case, or the reviewer of an appeal, says that somebody else must decide. */
export const standDown = (d: Decision, body: StandDownBody): void => {
  d.tell({
    type: 'stood_down',
    reasonCode: body.reason_code,
    data: body.explanation === undefined ? {} : { explanation: body.explanation },
  })
  leaveCase(d, d.actor.id, 'stood_down')
}

/** A side asks for somebody else than the owner of the case, or than the reviewer of its appeal. */
export const fileChallenge = (d: Decision, appeal: AppealRow | null, body: ChallengeBody): void => {
  const { complaint } = d.file
  const challenge: Challenge = {
    id: newId(),
    side: sideOf(complaint, d.actor) as PartySide,
    person: (appeal === null ? complaint.owner : appeal.reviewer) as string,
    of: appeal === null ? 'owner' : 'reviewer',
    appeal_id: appeal?.id ?? null,
    reason_code: body.reason_code,
    explanation: body.explanation,
    at: d.now,
    status: 'open',
    judged_by: null,
    judged_at: null,
    judged_explanation: null,
  }
  complaint.challenges.push(challenge)
  settlePause(d, startClock(d, 'challenge', { party: 'platform', subjectId: challenge.id }))
  tellChallenge(d, 'challenge_filed', challenge, body.reason_code)
}

/** Tells a challenge to the side that filed it and to staff, not to the other side. */
const tellChallenge = (
  d: Decision,
  type: 'challenge_filed' | 'challenge_judged',
  challenge: Challenge,
  reasonCode: string,
): void => {
  const { id, of, person, side, appeal_id } = challenge
  d.tell({ type, resourceId: appeal_id, reasonCode, visibility: side, data: { challenge_id: id, of, person } })
}

const settle = (d: Decision, challenge: Challenge, status: Challenge['status'], explanation: string | null = null): void => {
  challenge.status = status
  challenge.judged_by = d.actor.role === 'system' ? null : actorName(d.actor)
  challenge.judged_at = d.now
  challenge.judged_explanation = explanation
  const judged = status === 'sustained' || status === 'refused'
  endClocks(d, judged ? 'met' : 'cancelled', { kinds: ['challenge'], subjectId: challenge.id })
  tellChallenge(d, 'challenge_judged', challenge, status)
}

export const judgeChallenge = (d: Decision, body: JudgeChallengeBody): void => {
  const challenge = d.file.complaint.challenges.find(({ id, status }) => id === body.challenge_id && status === 'open')
  if (!challenge) throw problem('challenge_not_open', `/challenge_id: ${body.challenge_id} is no open challenge of this case.`)
  const { id } = splitName(challenge.person)
  if (samePerson(id, d.actor.id)) throw problem('separation_of_duties', 'Who is challenged does not judge the challenge.')
  settle(d, challenge, body.sustained ? 'sustained' : 'refused', body.explanation)
  if (body.sustained) leaveCase(d, id, 'challenge_sustained')
}

/** Nobody judged the challenge in time: the person is replaced where the policy names somebody who could take over, else stays. */
export const challengeUnanswered = (d: Decision, challengeId: string | null): void => {
  const challenge = d.file.complaint.challenges.find(({ id, status }) => id === challengeId && status === 'open')
  if (!challenge) return
  const { id } = splitName(challenge.person)
  const { file, policy, now } = d
  const appeal = file.appeals.find((x) => x.id === challenge.appeal_id)
  const { last_resort } = policy.people
  const others = [...namedPeople(policy), ...(last_resort === null ? [] : [asSupervisor(last_resort)])].filter(
    (actor) =>
      !samePerson(actor.id, id) &&
      !isOutOfCase({ file }, actor) &&
      (appeal === undefined || appealSeparations.every((one) => one.holds({ file, policy, now, actor, appeal }))),
  )
  settle(d, challenge, others.length > 0 ? 'replaced' : 'stays')
  if (others.length > 0) leaveCase(d, id, 'challenge_unanswered')
}

/** Whether what a challenge is about still has to be decided. */
const isPending = (d: Decision, { of, appeal_id }: Challenge): boolean =>
  of === 'owner'
    ? undecidedStates.includes(d.file.complaint.status)
    : d.file.appeals.some((appeal) => appeal.id === appeal_id && appeal.decided_at === null)

/** Settles the open challenges whose matter somebody else has decided meanwhile: the person stays. */
export const settleChallenges = (d: Decision): void => {
  for (const challenge of d.file.complaint.challenges) {
    if (challenge.status === 'open' && !isPending(d, challenge)) settle(d, challenge, 'stays')
  }
}
