/** When a case that cannot be decided is tried again, and what becomes of its clocks meanwhile. Pure. */

import { addMs, DAY, HOUR, SECOND, type Time } from '../../foundation/clock.ts'
import { systemActor } from '../../platform/access/caller.ts'
import type { Policy } from '../../rules/policy/schema.ts'
import { RulesMissing } from '../../rules/rule-book/missing.ts'
import type { Rules } from '../../rules/rule-book/rules.ts'
import type { ErrorClass } from '../../words/stuck-cases.ts'
import type { CaseFile } from '../case-file/case-file.ts'
import { Decision } from '../case-file/decision.ts'
import type { DeadlineRow } from '../deadlines/table.ts'
import { finish } from '../decisions/finish.ts'
import type { StuckCaseRow } from './table.ts'

/** The pause after the first try; it doubles with each further one. */
const FIRST_PAUSE_MS = 15 * SECOND
const LONGEST_PAUSE_MS = HOUR
/** How much longer than the pause its clocks sleep. An older version of the service does not try it again; then they wake by themselves. */
const SLEEPS_LONGER_MS = DAY
/** The shortest time between two log lines about one case. */
const LOGGED_EVERY_MS = HOUR

/** @param tries how often it has been tried in vain */
export const pauseAfter = (tries: number): number => Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (tries - 1))

/** The two times that a try goes by. */
export interface TryTimes {
  /** The platform's time. */
  now: Time
  realNow: Time
}

/** The clocks on which a case is tried: those that have woken, and those that were put to sleep because the case is stuck. */
const calling = ({ deadlines, stuck }: CaseFile, now: Time): DeadlineRow[] =>
  deadlines
    .filter((x) => x.status === 'running' && (x.wakes_at <= now || x.wakes_at === stuck?.sleep_ends_at))
    .sort((a, b) => (a.due_at < b.due_at ? -1 : 1))

/** Whether a stuck case has no clock left to act on, since a person has ended the one at which it was stuck. */
export const isIdle = (file: CaseFile, now: Time): boolean => calling(file, now).length === 0

/** Whether a stuck case must not be tried yet, since another instance has just tried it. */
export const isResting = ({ deadlines, stuck }: CaseFile, { now, realNow }: TryTimes): boolean =>
  Boolean(stuck && stuck.next_try_at > realNow && !deadlines.some((x) => x.status === 'running' && x.wakes_at <= now))

/** Wakes the clocks that were put to sleep. The next sweep looks at those that this decision leaves. */
export const wake = (d: Decision): void => {
  for (const deadline of calling(d.file, d.now)) if (deadline.wakes_at > d.now) deadline.wakes_at = d.now
}

/** Stands in for rules that cannot be read, in decisions that need none. Reading the policy or a calendar throws `RulesMissing`. */
export const withoutRules = (policyVersion: number): Rules => {
  const refuse = (): never => {
    throw new RulesMissing('policy', 'the rules of this case cannot be read')
  }
  return {
    policyVersion,
    policy: new Proxy({}, { get: refuse }) as Policy,
    calendarNow: refuse,
    calendarAt: refuse,
    automationStopped: false,
    unreadable: true,
  }
}

/** A decision of the system that needs no rules. */
const bareDecision = (file: CaseFile, now: Time): Decision =>
  new Decision(file, systemActor, now, withoutRules(file.complaint.policy_version))

/** Tells staff that a stuck case goes on, within the decision on it. The event is about a deadline, so it raises no version. */
export const tellUnstuck = (d: Decision, { kind, deadline_id, error_class, tries }: StuckCaseRow): void =>
  d.tell({ type: 'case_unstuck', resourceId: deadline_id, reasonCode: error_class, data: { kind, tries } })

/** Decides that a case is stuck no longer, since it has no clock left to act on (`isIdle`). */
export const decideUnstuck = (file: CaseFile, stuck: StuckCaseRow, now: Time): Decision => {
  const d = bareDecision(file, now)
  tellUnstuck(d, stuck)
  return finish(d)
}

/** A failed try: the row that is kept of it, and the decision that is written to the case. */
export interface Failed {
  row: StuckCaseRow
  /** Puts its clocks to sleep, and tells staff the first time. */
  decision: Decision
  /** Whether the log may have a line about it. */
  isToBeLogged: boolean
}

export const failedTry = (file: CaseFile, errorClass: ErrorClass, { now, realNow }: TryTimes): Failed => {
  const { complaint, stuck } = file
  const tries = (stuck?.tries ?? 0) + 1
  const pauseMs = pauseAfter(tries)
  const [first] = calling(file, now)
  const isToBeLogged = !stuck || addMs(stuck.logged_at, LOGGED_EVERY_MS) <= realNow
  const row: StuckCaseRow = {
    platform_id: complaint.platform_id,
    complaint_id: complaint.id,
    deadline_id: first?.id ?? stuck?.deadline_id ?? null,
    kind: first?.kind ?? stuck?.kind ?? null,
    error_class: errorClass,
    stuck_since: stuck?.stuck_since ?? realNow,
    tries,
    last_tried_at: realNow,
    next_try_at: addMs(realNow, pauseMs),
    logged_at: isToBeLogged ? realNow : stuck.logged_at,
    sleep_ends_at: addMs(now, pauseMs + SLEEPS_LONGER_MS),
  }
  const d = bareDecision(file, now)
  for (const { id } of calling(file, now)) {
    const clock = d.file.deadlines.find((x) => x.id === id)
    if (clock) clock.wakes_at = row.sleep_ends_at
  }
  if (!stuck) {
    const { kind, deadline_id, error_class } = row
    d.tell({ type: 'case_stuck', resourceId: deadline_id, reasonCode: error_class, data: { kind } })
  }
  return { row, decision: finish(d), isToBeLogged }
}
