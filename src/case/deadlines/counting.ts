/** How a clock counts: by which rule of the policy, in which time, from when to when. */

import { addMs, type Time, toMs } from '../../foundation/clock.ts'
import type { Calendar } from '../../rules/calendars/calendar.ts'
import type { Duration } from '../../rules/policy/clock-rule-schema.ts'
import type { Policy } from '../../rules/policy/schema.ts'
import { clockRuleFor, type FollowedRule, isBusiness, msOf } from '../../rules/policy/which-rule.ts'
import { HIGHEST_LEVEL } from '../../words/complaints.ts'
import { type CountedKind, isCounted } from '../../words/deadlines.ts'
import type { Decision } from '../case-file/decision.ts'
import { ruled } from '../case-file/ruled.ts'
import type { ClockLine, DeadlineRow } from './table.ts'

/** What time a clock counts in. */
export type Counting = Pick<DeadlineRow, 'counted_in' | 'calendar' | 'calendar_version'>
export const inNaturalTime: Counting = { counted_in: 'natural', calendar: null, calendar_version: null }

/** The policy's rule for a clock of this case. */
export const ruleOf = (
  d: Decision,
  { kind, party, subject_id }: Pick<DeadlineRow, 'party' | 'subject_id'> & { kind: CountedKind },
): FollowedRule => {
  // no other clock is about a plan as a whole
  const planOf = kind === 'confirmation' ? d.file.plans.find((plan) => plan.id === subject_id)?.author_side : undefined
  return clockRuleFor(d.policy, kind, { complaint: ruled(d.file.complaint), party, planOf })
}

/** How long a clock may run: the rule's own time, or a step's while the duty stays owed; the last step repeats. */
export const allowanceOf = (policy: Policy, rule: FollowedRule, step: number): Duration => {
  const steps = rule.while_overdue ?? policy.while_overdue
  return step === 0 ? rule.allow : (steps[step - 1] ?? (steps.at(-1) as Duration))
}

/** The version and the lines of the policy that a clock follows, as they are shown. */
export const lineOf = ({ policy, policyVersion }: Decision, rule: FollowedRule, step: number): ClockLine => {
  const { while_overdue: own } = rule
  const steps = own ?? policy.while_overdue
  const line = `/while_overdue/${Math.min(step, steps.length) - 1}`
  const { count, unit } = allowanceOf(policy, rule, step)
  // keys in the order in which `jsonb` returns them: `changedDeadlines` compares the text, and an equal rule is not written again
  return {
    allow: { unit, count },
    lines: step > 0 && own === undefined ? [...rule.lines, line] : [...rule.lines],
    policy_version: policyVersion,
  }
}

/** What follows silence: the rule's first word at the first miss, and so on; the last one stays. */
const silenceOf = ({ on_silence }: FollowedRule, step: number) =>
  on_silence[Math.min(step, on_silence.length - 1)] as DeadlineRow['on_silence']

/** Whether silence of the platform now proposes what is wanted: on the highest level, after it has stepped in, and once in a case. */
const proposesWanted = ({ policy, file: { complaint, plans } }: Decision): boolean =>
  policy.platform_silence.resolution === 'propose_wanted' &&
  complaint.level >= HIGHEST_LEVEL &&
  complaint.status !== 'negotiating' &&
  plans.every(({ author_role }) => author_role !== 'system')

/** The `on_silence` of a clock as the case stands now. Where a supervisor has cancelled the consequence, silence only escalates. */
export const wordOf = (
  d: Decision,
  { kind, step, cancellation }: Pick<DeadlineRow, 'kind' | 'step' | 'cancellation'>,
  rule: FollowedRule,
): DeadlineRow['on_silence'] => {
  if (cancellation) return 'escalate'
  const word = silenceOf(rule, step)
  return kind === 'resolution' && word === 'escalate' && proposesWanted(d) ? 'propose_wanted' : word
}

/** After each decision: fits the `on_silence` of an open `resolution` clock to the level of the case. */
export const settleWords = (d: Decision): void => {
  for (const deadline of d.file.deadlines) {
    const { kind, ended_at, cancellation, on_silence: word } = deadline
    if (kind !== 'resolution' || ended_at !== null || cancellation || (word !== 'escalate' && word !== 'propose_wanted')) continue
    deadline.on_silence = proposesWanted(d) ? 'propose_wanted' : 'escalate'
  }
}

/** Whether the policy has a further word for a duty that is missed again. */
export const hasNextSilence = (d: Decision, { kind, step, ...of }: DeadlineRow): boolean =>
  isCounted(kind) && step + 1 < ruleOf(d, { ...of, kind }).on_silence.length

export const countingOf = (d: Decision, rule: FollowedRule, allowance: Duration): { counting: Counting; ms: number } => {
  const { name, version, time } = d.calendarNow(rule.calendar ?? d.policy.calendar)
  return {
    counting: isBusiness(allowance) ? { counted_in: 'business', calendar: name, calendar_version: version } : inNaturalTime,
    ms: msOf(allowance, time),
  }
}

/** The calendar a business clock counts in. */
const calendarOf = (d: Decision, { calendar, calendar_version }: Counting): Calendar =>
  calendar === null || calendar_version === null
    ? d.calendarNow(d.policy.calendar).time
    : d.calendarAt(calendar, calendar_version)

export const count = (d: Decision, counting: Counting, from: Time, ms: number): Time =>
  counting.counted_in === 'business' ? calendarOf(d, counting).add(from, ms) : addMs(from, ms)

export const isProvisional = (d: Decision, counting: Counting, from: Time, to: Time): boolean =>
  counting.counted_in === 'business' && calendarOf(d, counting).unpublishedYears(from, to).length > 0

/** The time between two moments as a clock counts it; negative when the second is the earlier. */
export const elapsed = (d: Decision, counting: Counting, from: Time, to: Time): number => {
  if (counting.counted_in === 'natural') return toMs(to) - toMs(from)
  const calendar = calendarOf(d, counting)
  return from <= to ? calendar.between(from, to) : -calendar.between(to, from)
}

/** Begins a new stretch of a clock: `ms` from a moment on. Notes no clock change. */
export const countFrom = (d: Decision, deadline: DeadlineRow, counting: Counting, from: Time, ms: number): void => {
  Object.assign(deadline, { ...counting, counted_since: from, counts_ms: ms })
  deadline.due_at = count(d, counting, from, ms)
  deadline.provisional = isProvisional(d, counting, from, deadline.due_at)
}

/** The time in which the duty itself was counted; the steps after a miss may be counted in another. */
const firstCounting = (d: Decision, { kind, ...of }: DeadlineRow): Counting => {
  if (!isCounted(kind)) return inNaturalTime
  const rule = ruleOf(d, { ...of, kind })
  return countingOf(d, rule, rule.allow).counting
}

/** The time an open clock has left, in milliseconds of the time it counts in. For an owed duty: minus the time since it first fell due. */
export const timeLeft = (d: Decision, deadline: DeadlineRow, at: Time = d.now): number =>
  deadline.owed_since === null
    ? (deadline.remaining_ms ?? elapsed(d, deadline, at, deadline.due_at))
    : elapsed(d, firstCounting(d, deadline), at, deadline.owed_since)
