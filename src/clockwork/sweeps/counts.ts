import type { Decision } from '../../case/case-file/decision.ts'
import type { Acts } from '../../case/silence/silence.ts'
import type { SweepCounts, SweepResult } from './table.ts'

const nothing = {
  due: 0,
  escalated: 0,
  closed: 0,
  expired: 0,
  deemed_accepted: 0,
  warned: 0,
  failed: 0,
} as const satisfies SweepCounts
export const countNames = Object.keys(nothing) as (keyof SweepCounts)[]

export const nothingDone = (): SweepResult => ({ ...nothing, left_over: false, stopped: false })

/** The numbers alone. */
export const countsOf = (result: SweepResult): SweepCounts =>
  Object.fromEntries(countNames.map((name) => [name, result[name]])) as Record<keyof SweepCounts, number>

/** Adds what a part of a sweep has done and left. */
export const add = (total: SweepResult, part: SweepResult): void => {
  for (const name of countNames) total[name] += part[name]
  total.left_over ||= part.left_over
  total.stopped ||= part.stopped
}

/** How many deadlines were acted on or warned of: what the limits of a sweep count. */
export const actedOn = ({ due, warned }: SweepCounts): number => due + warned

/** Adds what was decided in one case. */
export const addDecision = (total: SweepResult, { events }: Decision, { acts, leftOver, stopped }: Acts): void => {
  for (const { action } of acts) total[action === 'warn' ? 'warned' : 'due'] += 1
  for (const { type, data } of events) {
    if (type === 'complaint_escalated') total.escalated += 1
    else if (type === 'complaint_closed') total.closed += 1
    else if (type === 'plan_expired') total.expired += 1
    else if (type === 'plan_accepted' && data.deemed === true) total.deemed_accepted += 1
  }
  total.left_over ||= leftOver
  total.stopped ||= stopped
}
