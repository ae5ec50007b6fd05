/**
 * A decision in the making. Rules change `file`, a copy of the case as it was loaded, and `tell` what happened; nothing here reads a
 * clock, a database or a log. Afterwards `before` and `file` say which rows changed, and `events` say why. All of one decision is written, or nothing.
 */
import type { Actor } from '../access/caller.ts'
import { isStaff } from '../access/caller.ts'
import type { CaseEventRow, Visibility } from '../case-events/table.ts'
import type { ComplaintRow } from '../complaints/table.ts'
import { settleCompletion } from '../deadlines/completion.ts'
import { settleWords } from '../deadlines/counting.ts'
import { isOpen, nextDueAt, owedSince } from '../deadlines/due.ts'
import type { DeadlineRow } from '../deadlines/table.ts'
import type { ClockChange } from '../deadlines/words.ts'
import type { EvidenceRow } from '../evidence/table.ts'
import type { Time } from '../foundation/clock.ts'
import { newId } from '../foundation/ids.ts'
import type { MessageRow } from '../messages/table.ts'
import type { Rules } from '../policy/rules.ts'
import type { Policy } from '../policy/schema.ts'
import type { PlanRow } from '../refund-plans/table.ts'
import type { CaseFile } from './case-file.ts'

/** One thing that happened, as a rule tells it; who, when and where follow from the decision. */
export interface Happening {
  type: string
  resource?: 'complaint' | 'refund_plan' | 'appeal' | 'evidence' | 'message' | 'deadline'
  resourceId?: string
  from?: string | null
  to?: string | null
  /** A code; words go into the data. */
  reasonCode?: string | null
  visibility?: Visibility
  /** In place of the actor's remark. */
  note?: string | null
  data?: Record<string, unknown>
}

/** What does not raise the version of the case. */
const besideTheCase = new Set(['evidence', 'message', 'deadline'])

export class Decision {
  readonly before: CaseFile
  readonly file: CaseFile
  readonly actor: Actor
  readonly now: Time
  readonly policy: Policy
  readonly policyVersion: number
  readonly calendarNow: Rules['calendarNow']
  readonly calendarAt: Rules['calendarAt']
  readonly automationStopped: boolean
  /** The actor's free remark, kept with the first event; internal when staff wrote it. */
  readonly note: string | null
  readonly events: CaseEventRow[] = []
  readonly clockChanges: ClockChange[] = []
  /** New proofs, and those that this decision judges. */
  readonly evidence: EvidenceRow[] = []
  readonly judgedEvidence: { before: EvidenceRow; after: EvidenceRow }[] = []
  readonly messages: MessageRow[] = []

  constructor(before: CaseFile, actor: Actor, now: Time, rules: Rules, note: string | null = null) {
    this.before = before
    // rows are plain JSON, for which this is several times faster than a structured clone
    this.file = JSON.parse(JSON.stringify(before)) as CaseFile
    this.actor = actor
    this.now = now
    this.policy = rules.policy
    this.policyVersion = rules.policyVersion
    this.calendarNow = rules.calendarNow
    this.calendarAt = rules.calendarAt
    this.automationStopped = rules.automationStopped
    this.note = note
  }

  tell(happening: Happening): void {
    const { complaint } = this.file
    const first = this.events.length === 0
    complaint.event_count += 1
    this.events.push({
      platform_id: complaint.platform_id,
      complaint_id: complaint.id,
      sequence: complaint.event_count,
      id: newId(),
      type: happening.type,
      at: this.now,
      actor_role: this.actor.role,
      actor_id: this.actor.id,
      resource: happening.resource ?? 'complaint',
      resource_id: happening.resourceId ?? null,
      from_status: happening.from ?? null,
      to_status: happening.to ?? null,
      reason_code: happening.reasonCode ?? null,
      note: happening.note ?? (first ? this.note : null),
      visibility: happening.visibility ?? 'parties',
      data: happening.data ?? {},
    })
  }

  /** Remembers what became of a clock; kept with the first event. */
  noteClock(
    { kind, party, step, margin_ms }: DeadlineRow,
    change: ClockChange['change'],
    old: Time | null,
    next: Time | null,
    why = '',
  ): void {
    this.clockChanges.push({ kind, party, step, change, why, old_due_at: old, new_due_at: next, margin_ms })
  }

  /** Remembers that this person decided something here and so may not judge it on appeal. */
  tookPart(): void {
    const { took_part } = this.file.complaint
    if (isStaff(this.actor.role) && !took_part.includes(this.actor.id)) took_part.push(this.actor.id)
  }

  /** Closes the books: versions, times and the case's next due time. Called once, when the rules are through. */
  finish(): this {
    const changesCase = this.events.some((event) => !besideTheCase.has(event.resource))
    // what leaves the case as it is, leaves its clocks
    if (changesCase) {
      settleCompletion(this)
      settleWords(this)
    }
    const { complaint, deadlines } = this.file
    for (const plan of this.file.plans) stepsFollowClocks(plan, deadlines)
    suspensionFollowsClock(complaint, deadlines)
    for (const [index, plan] of this.file.plans.entries()) stamp(plan, this.before.plans[index], this.now)
    for (const [index, appeal] of this.file.appeals.entries()) stamp(appeal, this.before.appeals[index], this.now)
    complaint.next_due_at = nextDueAt(deadlines)
    complaint.owed_since = owedSince(deadlines)
    if (changesCase) {
      complaint.version += 1
      complaint.updated_at = this.now
    }
    const first = this.events[0]
    if (first && this.clockChanges.length > 0) {
      for (const change of this.clockChanges) change.why ||= first.type
      first.data = { ...first.data, clocks: this.clockChanges }
    }
    return this
  }

  /** Whether this decision files the case; every other one changes a row that is there. */
  get isFirst(): boolean {
    return this.before.complaint.event_count === 0
  }

  /** Clocks that are new or have changed. */
  changedDeadlines(): DeadlineRow[] {
    return this.file.deadlines.filter((row, index) => !same(row, this.before.deadlines[index]))
  }
}

interface Versioned {
  version: number
  updated_at: Time
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

/** A step whose turn it is is due when its clock is. */
const stepsFollowClocks = (plan: PlanRow, deadlines: readonly DeadlineRow[]): void => {
  for (const step of plan.steps) {
    const clock = step.status === 'pending' && deadlines.find((x) => isOpen(x) && x.subject_id === step.id)
    if (clock) step.due_at = clock.due_at
  }
}

/** A suspended case resumes when its clock says so; where that was cancelled, what it was told stays. */
const suspensionFollowsClock = ({ suspension }: ComplaintRow, deadlines: readonly DeadlineRow[]): void => {
  const clock = suspension && deadlines.find((x) => isOpen(x) && x.kind === 'suspension' && !x.cancellation)
  if (clock) suspension.resume_at = clock.due_at
}

/** Raises the version of a row that the rules have changed; a new row keeps the one it was born with. */
const stamp = <Row extends Versioned>(row: Row, before: Row | undefined, now: Time): void => {
  if (before === undefined || same(row, before)) return
  row.version += 1
  row.updated_at = now
}
