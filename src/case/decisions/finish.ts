import type { Time } from '../../foundation/clock.ts'
import { areAlike } from '../../foundation/plain.ts'
import type { Decision } from '../case-file/decision.ts'
import { versionedParts, wasRead } from '../case-file/parts.ts'
import type { ComplaintRow } from '../complaints/table.ts'
import { settleCompletion } from '../deadlines/completion.ts'
import { settleWords } from '../deadlines/counting.ts'
import { isOpen, nextDueAt, owedSince } from '../deadlines/due.ts'
import { answerByDecision, unansweredSince } from '../deadlines/heard.ts'
import type { DeadlineRow } from '../deadlines/table.ts'
import { followHolds } from '../holds/finish.ts'
import { settleApprovals } from '../refund-plans/approval-clock.ts'
import type { PlanRow } from '../refund-plans/table.ts'
import { settleRisk } from '../risk/settle.ts'

/**
 * Completes a decision after its rules: settles what follows for its clocks, raises versions, and notes when the case is due next. Called
 * once for each decision.
 */
export const finish = (d: Decision): Decision => {
  const { before, file, now } = d
  const { complaint, deadlines } = file
  answerByDecision(d)
  settleRisk(d)
  const { changesCase } = d
  // a decision that changes neither the case nor a clock must go through without rules
  if (changesCase || d.clockChanges.length > 0) {
    settleWords(d)
    // after `answerByDecision`: while words hold a side's clock, the case waits for the platform
    settleCompletion(d)
  }
  if (wasRead(file, 'plans')) {
    if (changesCase) settleApprovals(d)
    if (wasRead(file, 'holds')) followHolds(d)
    for (const plan of file.plans) stepsFollowClocks(plan, deadlines)
  }
  suspensionFollowsClock(complaint, deadlines)
  for (const name of versionedParts) {
    if (!wasRead(file, name)) continue
    for (const [index, row] of file[name].entries()) stamp(row, before[name][index], now)
  }
  complaint.next_due_at = nextDueAt(deadlines)
  complaint.owed_since = owedSince(deadlines)
  complaint.unanswered_since = unansweredSince(file)
  if (changesCase) {
    complaint.version += 1
    complaint.updated_at = now
  }
  d.keepLastClocks()
  return d
}

interface Versioned {
  version: number
  updated_at: Time
}

/** A step whose turn it is is due when its clock is. */
const stepsFollowClocks = (plan: PlanRow, deadlines: readonly DeadlineRow[]): void => {
  for (const step of plan.steps) {
    const clock = step.due_at !== null && deadlines.find((x) => isOpen(x) && x.subject_id === step.id)
    if (clock) step.due_at = clock.due_at
  }
}

/** `resume_at` is the due time of the suspension's clock. Where a supervisor cancelled the resumption, it stays as it was told. */
const suspensionFollowsClock = ({ suspension }: ComplaintRow, deadlines: readonly DeadlineRow[]): void => {
  const clock = suspension && deadlines.find((x) => isOpen(x) && x.kind === 'suspension' && !x.cancellation)
  if (clock) suspension.resume_at = clock.due_at
}

/** Raises the version of a row that the rules have changed; a new row keeps the one it was born with. */
const stamp = <Row extends Versioned>(row: Row, before: Row | undefined, now: Time): void => {
  if (before === undefined || areAlike(row, before)) return
  row.version += 1
  row.updated_at = now
}
