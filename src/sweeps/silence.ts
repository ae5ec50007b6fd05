/**
 * What happens when nobody acted in time. The sweep is an actor like any other: it takes ordinary decisions as `system`, under the same
 * lock and with the same building blocks that people use. Consequences count from the moment of acting, never from the missed due time.
 */
import type { Decision } from '../case-file/decision.ts'
import { closeComplaint } from '../complaints/closing.ts'
import { resume } from '../complaints/decide.ts'
import { escalateComplaint } from '../complaints/effects.ts'
import type { CloseReason } from '../complaints/words.ts'
import { clockRules, endClock, endClocks, startClock, warn } from '../deadlines/clocks.ts'
import type { DeadlineRow } from '../deadlines/table.ts'
import type { OnSilence } from '../deadlines/words.ts'
import type { Time } from '../foundation/clock.ts'
import { deemAccepted } from '../refund-plans/decide.ts'
import { completeStep, endProposal } from '../refund-plans/effects.ts'

const planOf = (d: Decision, deadline: DeadlineRow) => d.file.plans.find((plan) => plan.id === deadline.subject_id)

/** A side did not answer a proposal. Both sides' clocks start together, so whoever is silent is judged together. */
const confirmationMissed = (d: Decision, deadline: DeadlineRow): void => {
  const { complaint } = d.file
  const plan = planOf(d, deadline)
  if (plan?.status !== 'proposed') return
  const silent = (['complainant', 'respondent'] as const).filter((side) => plan.confirmations[side].status === 'pending')
  for (const other of d.file.deadlines) {
    if (other !== deadline && other.kind === 'confirmation' && other.status === 'running' && other.due_at <= d.now)
      endClock(d, other, 'missed')
  }
  endClocks(d, 'cancelled', { kinds: ['confirmation'], subjectId: plan.id })
  const onlyRespondentSilent = silent.length === 1 && silent[0] === 'respondent'
  if (onlyRespondentSilent && plan.author_side === 'platform' && deemAccepted(d, plan)) return
  const complainantSilent = silent.includes('complainant')
  const silentBefore = complaint.silent_expiries
  endProposal(d, plan, 'expired', complainantSilent ? 'complainant_silent' : 'respondent_silent')
  complaint.silent_expiries = complainantSilent ? silentBefore + 1 : 0
  if (complaint.silent_expiries >= d.policy.silent_expiries_before_close) closeComplaint(d, 'no_response', { contestable: true })
  else escalateComplaint(d, 'confirmation_missed')
}

const inspectionMissed = (d: Decision, deadline: DeadlineRow): void => {
  const plan = d.file.plans.find((x) => x.status === 'executing')
  const step = plan?.steps.find((x) => x.id === deadline.subject_id)
  if (plan && step?.status === 'pending') completeStep(d, plan, step, { passed: true, deemed: true })
}

/** The clock is missed and its duty stays owed: it starts again, one repeat interval long. */
const escalateAndRepeat = (d: Decision, deadline: DeadlineRow, owedSince: Time): void => {
  escalateComplaint(d, `${deadline.kind}_missed`)
  if (!clockRules[deadline.kind].repeats) return
  startClock(d, deadline.kind, {
    party: deadline.party,
    subjectId: deadline.subject_id,
    duration: d.policy.durations.repeat,
    owedSince,
  })
}

const closeBySilence = (reason: CloseReason) => (d: Decision) => closeComplaint(d, reason, { contestable: true })

/** What each kind of silence leads to. */
const consequences: Readonly<Record<OnSilence, (d: Decision, deadline: DeadlineRow, owedSince: Time) => void>> = {
  escalate: escalateAndRepeat,
  deem_accepted: confirmationMissed,
  expire_and_escalate: confirmationMissed,
  close_no_response: closeBySilence('no_response'),
  close_return_not_shipped: closeBySilence('return_not_shipped'),
  close: (d) => closeBySilence(d.file.complaint.status === 'rejected' ? 'rejected' : 'auto_confirmed')(d),
  deem_passed: inspectionMissed,
  resume,
  window_shuts: () => {},
}

/** The running clocks of a case that have woken, in due order. */
const wokenClocks = (d: Decision): DeadlineRow[] =>
  d.file.deadlines
    .filter((x) => x.status === 'running' && x.wakes_at <= d.now)
    .sort((a, b) => (a.due_at === b.due_at ? (a.id < b.id ? -1 : 1) : a.due_at < b.due_at ? -1 : 1))

/**
 * Acts on everything that is due in this case now, once each, and warns of what soon will be. What an earlier consequence has ended, paused or moved is left alone:
 * every clock is judged again when its turn comes.
 * @returns how many deadlines were missed.
 */
export const actOnSilence = (d: Decision): number => {
  let missed = 0
  for (const deadline of wokenClocks(d)) {
    if (deadline.status !== 'running') continue
    if (deadline.due_at > d.now) {
      warn(d, deadline)
      continue
    }
    const owedSince = deadline.owed_since ?? deadline.due_at
    endClock(d, deadline, 'missed')
    missed += 1
    d.tell({
      type: deadline.kind === 'appeal_window' ? 'appeal_window_shut' : 'deadline_missed',
      reason: deadline.on_silence,
      data: { kind: deadline.kind, party: deadline.party, due_at: deadline.due_at },
    })
    consequences[deadline.on_silence](d, deadline, owedSince)
  }
  return missed
}
