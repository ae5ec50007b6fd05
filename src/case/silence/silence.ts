/**
 * What happens when nobody acted in time. The sweep is an actor like any other: it takes ordinary decisions as `system`, under the same
 * lock and with the same building blocks that people use. Consequences count from the moment of acting, never from the missed due time.
 */

import type { Time } from '../../foundation/clock.ts'
import { actorName } from '../../platform/access/caller.ts'
import { isAboveApproval } from '../../rules/policy/which-rule.ts'
import type { AdvanceState } from '../../words/advances.ts'
import type { ClockReason } from '../../words/clock-reasons.ts'
import { type CloseReason, HIGHEST_LEVEL } from '../../words/complaints.ts'
import { clockOf, closesOrDeems, isCounted, ladderOf, type OnSilence } from '../../words/deadlines.ts'
import { askByTheClock } from '../advances/asking.ts'
import { endUnpaid } from '../advances/freezing.ts'
import type { GateFacts } from '../advances/gate.ts'
import { clawBack, closeRecovered } from '../advances/recovery.ts'
import type { AdvanceRow } from '../advances/table.ts'
import { endAppealUnchanged, noteOutsideRoutes } from '../appeals/effects.ts'
import type { CaseEventRow } from '../case-events/table.ts'
import type { Decision } from '../case-file/decision.ts'
import { challengeUnanswered } from '../complaints/challenges.ts'
import { closeComplaint } from '../complaints/closing.ts'
import { escalateComplaint, resumeComplaint } from '../complaints/effects.ts'
import { lastResortOf } from '../complaints/last-resort.ts'
import { endClock, goOnOwing, settlePause, startClock, startNotice } from '../deadlines/clocks.ts'
import { allowanceOf, countingOf, hasNextSilence, ruleOf } from '../deadlines/counting.ts'
import { endUnansweredHold } from '../deadlines/heard.ts'
import { standsStillIn } from '../deadlines/lives.ts'
import type { DeadlineRow, Escalation } from '../deadlines/table.ts'
import { noticeTime, warn } from '../deadlines/warnings.ts'
import { releaseUnclaimed } from '../holds/silence.ts'
import { forgo, leftOf } from '../receivables/effects.ts'
import { isOwed } from '../receivables/lifecycle.ts'
import { agreeBySilence, proposeByDefault } from '../refund-plans/by-silence.ts'
import { completeStep, leaveUnclaimed, referArrival, skipExchange, stepOf } from '../refund-plans/execution.ts'
import { findingStands, notSentBack } from '../refund-plans/findings.ts'
import { refundWithoutReturn } from '../refund-plans/returns.ts'
import type { PlanRow, Step } from '../refund-plans/table.ts'
import { confirmRisk } from '../risk/settle.ts'
import { fireNotice, listenersOf, tellMiss } from './notices.ts'
import { confirmationMissed, planOf, silentSides, sleepUntilOtherSide } from './unanswered-plan.ts'

const appealOf = (d: Decision, { subject_id }: DeadlineRow) =>
  d.file.appeals.find((appeal) => appeal.id === subject_id && appeal.decided_at === null)

/** On the highest level the policy may end an appeal that nobody has judged in time, in place of calling once more. */
const endsAtTheTop = (d: Decision, { kind, on_silence }: DeadlineRow): boolean =>
  kind === 'appeal_decision' &&
  on_silence === 'escalate' &&
  d.file.complaint.level >= HIGHEST_LEVEL &&
  d.policy.platform_silence.appeal_decision === 'undecided'

/** The last resort was called for a case as often as the policy says: whoever was told of it knows, and nothing ends by it. */
const isCalledEnough = (d: Decision, deadline: DeadlineRow): boolean =>
  deadline.kind === 'last_resort' && deadline.on_silence === 'end_undecided' && appealOf(d, deadline) === undefined

/** Whether this silence closes the case, or is taken for a word: what a platform's switch stops. */
export const endsWithoutWord = (d: Decision, deadline: DeadlineRow): boolean => {
  if (isCalledEnough(d, deadline)) return false
  if (closesOrDeems.includes(deadline.on_silence) || endsAtTheTop(d, deadline)) return true
  const plan = deadline.on_silence === 'expire_and_escalate' ? planOf(d, deadline) : undefined
  if (plan === undefined || !silentSides(d, plan, deadline).includes('complainant')) return false
  return d.file.complaint.silent_expiries + 1 >= d.policy.silent_expiries_before_close
}

/** What must be known beyond the case, where a silence asks for it. */
export interface BeyondCase {
  /** What the gate of advances looks at: where a clock is due whose silence asks for one (`asksGate`). */
  gate?: GateFacts
}

/** Whether what follows this clock must know how the case stands at the gate of advances. */
export const asksGate = ({ on_silence }: Pick<DeadlineRow, 'on_silence'>): boolean => on_silence === 'ask_advance'

type Consequence = (d: Decision, deadline: DeadlineRow, owedSince: Time, beyond: BeyondCase) => void

/** What follows for the step that a clock is about, where nobody has reported on it meanwhile. */
const forPendingStep =
  (follow: (d: Decision, plan: PlanRow, step: Step) => void): Consequence =>
  (d, { subject_id }) => {
    const found = stepOf(d, subject_id)
    if (found?.step.status === 'pending') follow(d, found.plan, found.step)
  }

/** What follows for the advance that a clock is about, where it still stands so. */
const forAdvance =
  (states: readonly AdvanceState[], follow: (d: Decision, advance: AdvanceRow) => void): Consequence =>
  (d, { subject_id }) => {
    const advance = d.file.advances.find(({ id }) => id === subject_id)
    if (advance && states.includes(advance.status)) follow(d, advance)
    closeRecovered(d)
  }

/** Nobody named an account that the money could be paid to. */
const payeeMissed: Consequence = (d, { subject_id }) => {
  const found = stepOf(d, subject_id)
  if (found) leaveUnclaimed(d, found.plan, found.step)
}

/** Whether a duty stays owed after this miss, so that its clock starts again. */
const goesOn = (d: Decision, deadline: DeadlineRow, action: Escalation['action']): boolean => {
  const { kind } = deadline
  const { livesIn, repeats } = clockOf[kind]
  const livesOn = livesIn.includes(d.file.complaint.status)
  return livesOn && isCounted(kind) && (repeats || !ladderOf(kind).last.includes(action) || hasNextSilence(d, deadline))
}

/** What the latest miss of the same duty led to. */
const latestEscalation = (d: Decision, { kind, party, subject_id }: DeadlineRow): Escalation | undefined =>
  d.file.deadlines.findLast((x) => x.kind === kind && x.party === party && x.subject_id === subject_id && x.escalation !== null)
    ?.escalation ?? undefined

/**
 * Whether a duty is missed once more and nothing changes by it: nobody is above those who were told, and nobody else is to be told. What a
 * party is reminded of is told each time, since every reminder is a rung of its own.
 */
const changesNothing = (d: Decision, deadline: DeadlineRow): Escalation | undefined => {
  const { level, status } = d.file.complaint
  if (deadline.step === 0 || deadline.on_silence !== 'escalate' || !goesOn(d, deadline, 'escalate')) return undefined
  if (level < HIGHEST_LEVEL || status === 'negotiating' || endsAtTheTop(d, deadline)) return undefined
  const latest = latestEscalation(d, deadline)
  const isOld = latest?.action === 'escalate' && latest.level === level
  return isOld && listenersOf(d, deadline, 'escalate').every((one) => latest.tells.includes(one)) ? latest : undefined
}

/** Both sides read why silence did not settle their case; what the platform could not propose is the desk's to know. */
const whyNotAgreed = ({ on_silence, obstacle }: DeadlineRow): { obstacle?: string } =>
  on_silence === 'deem_agreed' && obstacle !== null ? { obstacle } : {}

/** The duty may stay owed: then its clock starts again, for the next step. Who has to know is told, in the service hours if need be. */
const owedOn =
  (action: Escalation['action']) =>
  (d: Decision, deadline: DeadlineRow, owedSince: Time): void => {
    const { kind, party, subject_id: subjectId, heard, cancellation } = deadline
    if (action === 'escalate') escalateComplaint(d, `${kind}_missed`, whyNotAgreed(deadline))
    if (isCounted(kind) && goesOn(d, deadline, action)) {
      const again = { step: deadline.step + 1, owedSince, cancellation }
      settlePause(d, startClock(d, kind, { party, subjectId, again, heard }))
    }
    deadline.escalation = { action, level: d.file.complaint.level, tells: [...listenersOf(d, deadline, action)], told_at: null }
    const at = noticeTime(d, deadline.escalation.level, kind)
    if (at > d.now) startNotice(d, deadline, at)
    else tellMiss(d, deadline)
  }

/** The respondent never answered: that agrees, or the platform steps in. */
const agree = (d: Decision, deadline: DeadlineRow, owedSince: Time): void => {
  deadline.obstacle = agreeBySilence(d)
  if (deadline.obstacle !== null) owedOn('escalate')(d, deadline, owedSince)
}

/** The platform stayed silent on the highest level, too: its default, and the duty stays owed. */
const proposeWanted = (d: Decision, deadline: DeadlineRow, owedSince: Time): void => {
  deadline.obstacle = proposeByDefault(d)
  if (deadline.obstacle !== null)
    d.tell({
      type: 'default_outcome_blocked',
      resourceId: deadline.id,
      reasonCode: deadline.obstacle,
      data: { kind: deadline.kind, action: deadline.on_silence },
    })
  owedOn('escalate')(d, deadline, owedSince)
}

/** Nobody has decided on the highest level: the last resort may from now on. Where there is none, the admins hear it each time. */
const callLastResort = (d: Decision, { subject_id: subjectId, step, cancellation }: DeadlineRow, owedSince: Time): void => {
  const { complaint } = d.file
  const appeal = d.file.appeals.find(({ id }) => id === subjectId)
  complaint.last_resort_at ??= d.now
  const again = { step: step + 1, owedSince, cancellation }
  settlePause(d, startClock(d, 'last_resort', { party: 'platform', subjectId, again }))
  const last = lastResortOf({ file: d.file, policy: d.policy })
  d.tell({
    type: 'last_resort_called',
    resourceId: appeal?.id ?? null,
    data: { to: last === null ? 'admins' : actorName(last), times: step + 1 },
  })
}

/** The wait for a judge is over, and that is never a silent denial. A case that waits for its decision has none to stand: it goes on waiting. */
const endWithoutJudge = (d: Decision, deadline: DeadlineRow, owedSince: Time): void => {
  const appeal = appealOf(d, deadline)
  if (appeal) endAppealUnchanged(d, appeal, { type: 'appeal_undecided', data: noteOutsideRoutes(d, appeal) })
  else callLastResort(d, deadline, owedSince)
}

/** Nobody waits for a debt any more: the platform bears it. A large one a supervisor writes off. */
const writeOff: Consequence = (d, deadline, owedSince) => {
  const debt = d.file.receivables.find(({ id }) => id === deadline.subject_id)
  if (debt === undefined || !isOwed(debt)) return
  if (isAboveApproval(d.policy, leftOf(debt), debt.currency)) owedOn('call_supervisors')(d, deadline, owedSince)
  else {
    forgo(d, debt, 'written_off')
    closeRecovered(d)
  }
}

/** An advance is owed, and nobody has asked for it: the service does. What is in the way of that is told, and the case climbs. */
const askAdvance: Consequence = (d, deadline, owedSince, { gate }) => {
  const blocked = gate === undefined ? { because: 'not_looked_at', checks: [] } : askByTheClock(d, gate)
  if (blocked === undefined) return
  const { because, checks } = blocked
  d.tell({ type: 'advance_blocked', resourceId: deadline.id, reasonCode: because, data: { checks } })
  owedOn('escalate')(d, deadline, owedSince)
}

const closeBySilence = (closeReason: CloseReason) => (d: Decision) => closeComplaint(d, closeReason, { contestable: true })

/** What each kind of silence leads to. */
const consequences: Readonly<Record<OnSilence, Consequence>> = {
  escalate: (d, deadline, owedSince) =>
    (endsAtTheTop(d, deadline) ? endWithoutJudge : owedOn('escalate'))(d, deadline, owedSince),
  remind: owedOn('remind'),
  call_supervisors: owedOn('call_supervisors'),
  deem_accepted: confirmationMissed,
  deem_agreed: agree,
  propose_wanted: proposeWanted,
  expire_and_escalate: confirmationMissed,
  close_no_response: closeBySilence('no_response'),
  close_return_not_shipped: closeBySilence('return_not_shipped'),
  close: (d) => closeBySilence(d.file.complaint.status === 'rejected' ? 'rejected' : 'auto_confirmed')(d),
  deem_passed: forPendingStep((d, plan, step) => completeStep(d, plan, step, { passed: true, deemed: true })),
  refer: forPendingStep((d, plan, step) => referArrival(d, plan, step, null)),
  leave_unclaimed: payeeMissed,
  finding_stands: forPendingStep((d, plan, step) => findingStands(d, plan, step)),
  refund_due: forPendingStep(notSentBack),
  refund_without_return: forPendingStep(refundWithoutReturn),
  skip_remedy: forPendingStep((d, plan, step) => skipExchange(d, plan, step, {})),
  return_to_fund: forAdvance(['asking_buyer'], (d, advance) => endUnpaid(d, advance, 'returned_to_fund', 'not_returned')),
  claw_back: forAdvance(['paid'], clawBack),
  write_off: writeOff,
  release_hold: (d, { subject_id }) => releaseUnclaimed(d, subject_id),
  ask_advance: askAdvance,
  risk_stands: (d) => confirmRisk(d, 'silence'),
  resume: resumeComplaint,
  window_shuts: () => {},
  call_last_resort: callLastResort,
  end_undecided: endWithoutJudge,
  replace: (d, { subject_id }) => challengeUnanswered(d, subject_id),
  tell: () => {},
  end_hold: endUnansweredHold,
}

/** Records that the time of a clock was up. @returns since when what it was about is owed */
export const recordMiss = (d: Decision, deadline: DeadlineRow, why: ClockReason): Time => {
  const owedSince = deadline.owed_since ?? deadline.due_at
  // an earlier miss may have been counted on this very clock
  deadline.escalation = null
  endClock(d, deadline, 'missed', why)
  d.tell({
    type: deadline.kind === 'appeal_window' ? 'appeal_window_shut' : 'deadline_missed',
    reasonCode: deadline.on_silence,
    // a challenge is between its side and the platform, and its side hears what came of it
    ...((deadline.kind === 'challenge' || clockOf[deadline.kind].staffOnly) && { visibility: 'staff' }),
    data: { deadline_id: deadline.id, kind: deadline.kind, party: deadline.party, due_at: deadline.due_at },
  })
  return owedSince
}

/** Whether the next step of a duty that stays owed would stand still as the case is now. */
const standsStillNext = (d: Decision, deadline: DeadlineRow): boolean => {
  const { kind, step } = deadline
  if (!isCounted(kind)) return false
  const rule = ruleOf(d, { ...deadline, kind })
  const { counting } = countingOf(d, rule, allowanceOf(d.policy, rule, step + 1))
  return standsStillIn({ ...deadline, ...counting }, d.file.complaint.status)
}

/**
 * Acts on one clock whose time is up. A duty that stays owed and is missed once more without any change is only counted, on the same clock;
 * that a clock begins to stand still is a change, and no event would tell of it.
 * @returns whether it was told
 */
export const miss = (d: Decision, deadline: DeadlineRow, why: ClockReason = 'time_up', beyond: BeyondCase = {}): boolean => {
  const latest = changesNothing(d, deadline)
  if ((latest || isCalledEnough(d, deadline)) && !standsStillNext(d, deadline)) {
    if (latest) deadline.escalation = latest
    goOnOwing(d, deadline)
    d.countQuietly()
    return false
  }
  consequences[deadline.on_silence](d, deadline, recordMiss(d, deadline, why), beyond)
  return true
}

/** Whether the sweep would act on a clock now: its time is up, and nobody holds back what follows. */
export const isDue = ({ status, due_at, hold }: DeadlineRow, now: Time): boolean =>
  status === 'running' && due_at <= now && !(hold && hold.until > now)

export const inDueOrder = (a: DeadlineRow, b: DeadlineRow): number =>
  a.due_at === b.due_at ? (a.id < b.id ? -1 : 1) : a.due_at < b.due_at ? -1 : 1

/** The running clocks of a case that have woken, in due order. */
const wokenClocks = (d: Decision): DeadlineRow[] =>
  d.file.deadlines.filter((x) => x.status === 'running' && x.wakes_at <= d.now).sort(inDueOrder)

/** One thing that a sweep does in a case. */
export interface Act {
  deadline: DeadlineRow
  /** When it was due: a duty that is missed once more goes on at once. */
  due_at: Time
  /** `tell` for a notice. */
  action: OnSilence | 'warn'
  events: readonly CaseEventRow[]
}

/** What a sweep does in a case. */
export interface Acts {
  acts: readonly Act[]
  /** Whether more is due than it might act on. */
  leftOver: boolean
  /** Whether something is due that the platform has stopped. */
  stopped: boolean
}

/**
 * Acts on everything that is due in this case now, once each, and warns of what soon will be. What an earlier consequence has ended, paused or
 * moved is left alone: every clock is judged again when its turn comes. What a person holds back, or the platform has stopped, stays due.
 * @param atMost how many deadlines it may act on or warn of; the others stay due
 * @param beyond what must be known beyond the case
 */
export const actOnSilence = (d: Decision, atMost = Number.POSITIVE_INFINITY, beyond: BeyondCase = {}): Acts => {
  const acts: Act[] = []
  let stopped = false
  for (const deadline of wokenClocks(d)) {
    if (deadline.status !== 'running') continue
    const hasCome = deadline.due_at <= d.now
    if (hasCome && !isDue(deadline, d.now)) continue
    if (hasCome && d.automationStopped && endsWithoutWord(d, deadline)) {
      stopped = true
      continue
    }
    if (hasCome && sleepUntilOtherSide(d, deadline)) continue
    if (acts.length >= atMost) return { acts, leftOver: true, stopped }
    const before = d.events.length
    const { on_silence, due_at } = deadline
    let isOnlyCounted = false
    if (!hasCome) warn(d, deadline)
    else if (deadline.kind === 'notice') fireNotice(d, deadline)
    else if (deadline.kind === 'held_silence') endUnansweredHold(d, deadline)
    else isOnlyCounted = !miss(d, deadline, 'time_up', beyond)
    const events = d.events.slice(before)
    // a warning or a notice may only have been put off
    if (isOnlyCounted || deadline.status !== 'running' || events.length > 0)
      acts.push({ deadline, due_at, action: hasCome ? on_silence : 'warn', events })
  }
  return { acts, leftOver: false, stopped }
}
