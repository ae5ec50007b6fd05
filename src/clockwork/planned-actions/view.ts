/**
 * What the service itself will do in a case: for each open clock what silence leads to, when, and who is told. Nothing is foretold by
 * rules of its own: the sweep's own consequence is tried on a copy of the case, as it stands now.
 */

import { knows, readerOf } from '../../case/case-file/case-file.ts'
import { Decision } from '../../case/case-file/decision.ts'
import { isOpen } from '../../case/deadlines/due.ts'
import type { DeadlineRow } from '../../case/deadlines/table.ts'
import { type ClockReader, heardFor, seesClock } from '../../case/deadlines/view.ts'
import { cannotBeDecided, mayTake, offered } from '../../case/decisions/available.ts'
import { endsWithoutWord, miss } from '../../case/silence/silence.ts'
import { otherSideDueAt } from '../../case/silence/unanswered-plan.ts'
import type { Time } from '../../foundation/clock.ts'
import { kebab } from '../../foundation/lifecycle.ts'
import { type Actor, seesAll, systemActor } from '../../platform/access/caller.ts'
import { plannedAsks, plannedOperations } from './asks.ts'
import { isHeld, type PlannedAct, plannedRules, plannedStateOf } from './lifecycle.ts'
import type { PlannedActionWire } from './schema.ts'

/** When the sweep acts on a clock at the earliest; null while it is paused. */
const actsAt = (d: Decision, deadline: DeadlineRow): Time | null => {
  if (deadline.status !== 'running') return null
  const { due_at: due, hold } = deadline
  const times = [due, hold && isHeld(deadline, d.now) ? hold.until : due, otherSideDueAt(d, deadline) ?? due]
  return times.reduce((last, time) => (time > last ? time : last))
}

const warnsAt = (d: Decision, { status, warn_before_ms, wakes_at, due_at }: DeadlineRow): Time | null =>
  status === 'running' && warn_before_ms !== null && due_at > d.now && wakes_at < due_at ? wakes_at : null

/** What the sweep's own rule makes of this clock alone. */
const tried = (d: Decision, deadline: DeadlineRow): { tells: string[]; level: number | null } => {
  // a newer instance could say
  if (!knows(d.file)) return { tells: [], level: null }
  try {
    return foretold(d, deadline)
  } catch {
    // The sweep would fail as well, and tells of it when the time has come.
    return { tells: [], level: null }
  }
}

const foretold = (d: Decision, deadline: DeadlineRow): { tells: string[]; level: number } => {
  const told = (clock: DeadlineRow | undefined) => clock?.escalation?.tells ?? []
  if (deadline.kind === 'notice')
    return { tells: told(d.file.deadlines.find((x) => x.id === deadline.subject_id)), level: d.file.complaint.level }
  if (deadline.kind === 'held_silence') return { tells: [], level: d.file.complaint.level }
  const at = actsAt(d, deadline)
  const trial = new Decision(d.file, systemActor, at !== null && at > d.now ? at : d.now, d)
  const clock = trial.file.deadlines.find((x) => x.id === deadline.id)
  const isTold = clock !== undefined && miss(trial, clock)
  return { tells: isTold ? told(clock) : [], level: trial.file.complaint.level }
}

const whyOf = (d: Decision, { kind, party, owed_since, subject_id, heard }: DeadlineRow): string => {
  if (kind === 'held_silence') return 'nobody has answered the words that hold a silence'
  if (kind === 'next_reply' && owed_since === null) return `what the ${heard?.side} said is not answered by then`
  if (kind === 'appeal_window') return `the ${party} has not appealed by then`
  if (kind === 'suspension') return 'the time of the suspension is up'
  if (kind === 'auto_close') return `the ${party} neither confirms nor contests the outcome by then`
  if (kind === 'notice') {
    const missed = d.file.deadlines.find((x) => x.id === subject_id)
    return `${missed?.kind ?? 'a duty'} was missed, and the service hours begin`
  }
  if (owed_since !== null) return `${kind} of the ${party} has been owed since ${owed_since} and is not met by then`
  return `${kind} of the ${party} is not met by then`
}

/** Whether the switch of the platform holds it back; what cannot be decided does not happen either way. */
const isStopped = (d: Decision, deadline: DeadlineRow): boolean => {
  try {
    return endsWithoutWord(d, deadline)
  } catch {
    return false
  }
}

/** The actions on it that this actor may take now, by the judgement that also lets them through. */
const actionsOn = (d: Decision, deadline: DeadlineRow, actor: Actor): PlannedActionWire['available_actions'] => {
  const { file, now, policy } = d
  const subject = { file, actor, now, policy, deadline }
  const href = (action: string) => `/v1/complaints/${file.complaint.id}/planned-actions/${deadline.id}/${kebab(action)}`
  return cannotBeDecided(file)
    ? []
    : (Object.keys(plannedRules) as PlannedAct[])
        .filter((act) => mayTake(act, plannedRules[act], plannedStateOf(deadline, now), subject).may)
        .map((action) => ({
          ...offered({ resource: 'planned_action', asks: plannedAsks, subject, href }, action, plannedOperations[action]),
          mandatory: false,
          due_at: null,
          on_silence: null,
        }))
}

const cancelledView = (d: Decision, { cancellation }: DeadlineRow): PlannedActionWire['cancelled'] => {
  if (!cancellation) return null
  const { action, by, cancelled_at: at, explanation } = cancellation
  return { action, by, at, explanation: seesAll(d.actor.role) ? explanation : null }
}

const readerIn = (d: Decision): ClockReader => readerOf(d.file.complaint, d.actor)

/** What is planned for a clock is for those who see the clock. */
const isSeen = (d: Decision, deadline: DeadlineRow): boolean => seesClock(d.file.complaint, deadline, readerIn(d))

/**
 * One planned action as the decision's actor sees it.
 * @param d the case, with the rules it is decided by
 * @param switchedOff whether the platform has stopped automatic closing and deeming
 */
export const plannedActionView = (d: Decision, deadline: DeadlineRow, switchedOff: boolean): PlannedActionWire => {
  const { id, kind, party, due_at, on_silence, hold } = deadline
  const { tells, level } = tried(d, deadline)
  return {
    id,
    action: on_silence,
    status: plannedStateOf(deadline, d.now),
    at: actsAt(d, deadline),
    why: whyOf(d, deadline),
    deadline: {
      kind,
      party,
      due_at,
      status: deadline.status,
      heard: heardFor(readerIn(d), deadline.heard),
    },
    warns_at: warnsAt(d, deadline),
    tells,
    level_after: level,
    obstacle: null,
    cancelled: cancelledView(d, deadline),
    held:
      hold && isHeld(deadline, d.now)
        ? { by: hold.by, explanation: seesAll(d.actor.role) ? hold.explanation : null, until: hold.until, held_at: hold.held_at }
        : null,
    stopped: switchedOff && isStopped(d, deadline),
    available_actions: actionsOn(d, deadline, d.actor),
  }
}

/** All of them in the order of their times; those that are paused come last. */
export const plannedActions = (d: Decision, switchedOff: boolean): PlannedActionWire[] =>
  d.file.deadlines
    .filter((deadline) => isOpen(deadline) && isSeen(d, deadline))
    .map((deadline) => plannedActionView(d, deadline, switchedOff))
    .sort((a, b) => compare(a.at ?? '~', b.at ?? '~') || compare(a.deadline.due_at, b.deadline.due_at) || compare(a.id, b.id))

/** How many of those that are past are listed. */
export const MOST_PAST = 50

type Past = Pick<PlannedActionWire, 'action' | 'status' | 'at' | 'tells' | 'level_after' | 'obstacle' | 'cancelled'>

const pastView = (d: Decision, deadline: DeadlineRow, past: Past): PlannedActionWire => {
  const { id, kind, party, due_at, status, heard } = deadline
  const why =
    past.status === 'cancelled'
      ? 'a supervisor cancelled it'
      : kind === 'notice'
        ? 'the service hours began'
        : `${kind} of the ${party} was not met`
  return {
    id,
    why,
    deadline: { kind, party, due_at, status, heard: heardFor(readerIn(d), heard) },
    warns_at: null,
    held: null,
    stopped: false,
    available_actions: [],
    ...past,
  }
}

/** What a clock led to when its time was up; nothing where somebody acted in time. */
const doneOf = (d: Decision, deadline: DeadlineRow): PlannedActionWire[] => {
  const { kind, status, on_silence: action, ended_at: at, escalation, obstacle } = deadline
  if (status !== 'missed' && !(kind === 'notice' && status === 'met')) return []
  if (!isSeen(d, deadline)) return []
  const seen = action === 'propose_wanted' && !seesAll(d.actor.role) ? null : obstacle
  const led = { tells: [...(escalation?.tells ?? [])], level_after: escalation?.level ?? null }
  return [
    pastView(d, deadline, { action, status: obstacle === null ? 'done' : 'failed', at, ...led, obstacle: seen, cancelled: null }),
  ]
}

/** What was cancelled, once, however many clocks carry it. */
const cancelledOf = (d: Decision): PlannedActionWire[] => {
  const carrying = Map.groupBy(
    d.file.deadlines.filter((deadline) => deadline.cancellation && isSeen(d, deadline)),
    ({ cancellation }) => cancellation?.deadline_id,
  )
  return [...carrying].flatMap(([id, rows]) => {
    const deadline = rows.find((row) => row.id === id) ?? rows[0]
    const cancelled = deadline && cancelledView(d, deadline)
    if (!cancelled) return []
    const { action, at } = cancelled
    return [pastView(d, deadline, { action, status: 'cancelled', at, tells: [], level_after: null, obstacle: null, cancelled })]
  })
}

/** What was done, failed or was cancelled, newest first. */
export const pastActions = (d: Decision): PlannedActionWire[] =>
  [...d.file.deadlines.flatMap((deadline) => doneOf(d, deadline)), ...cancelledOf(d)]
    .sort((a, b) => compare(b.at ?? '', a.at ?? '') || compare(b.id, a.id))
    .slice(0, MOST_PAST)

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
