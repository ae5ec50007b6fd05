/**
 * A decision in the making. Rules change `file`, a copy of the case as it was loaded, and `tell` what happened; nothing here reads a
 * clock, a database or a log. Afterwards the difference between `before` and `file` is written, with `events`: all of it, or nothing.
 */

import type { Time } from '../../foundation/clock.ts'
import { newId } from '../../foundation/ids.ts'
import { areAlike } from '../../foundation/plain.ts'
import type { Actor } from '../../platform/access/caller.ts'
import { isStaff, systemActor } from '../../platform/access/caller.ts'
import { isAmong } from '../../platform/access/people.ts'
import type { Policy } from '../../rules/policy/schema.ts'
import type { Rules } from '../../rules/rule-book/rules.ts'
import type { ClockReason } from '../../words/clock-reasons.ts'
import { catalogue, type EventType } from '../case-events/catalogue.ts'
import type { EventResource } from '../case-events/declaration.ts'
import type { Happening } from '../case-events/happening.ts'
import type { CaseEventRow } from '../case-events/table.ts'
import { type ClockChange, reasonOf } from '../deadlines/reasons.ts'
import type { DeadlineRow } from '../deadlines/table.ts'
import type { CaseFile } from './case-file.ts'
import { copyOf } from './parts.ts'

/** An event of a decision: its type is of the catalogue. */
export type ToldEvent = CaseEventRow & { type: EventType }

const besideTheCase: ReadonlySet<string> = new Set(['evidence', 'message', 'deadline'])

export class Decision {
  readonly before: CaseFile
  readonly file: CaseFile
  /** Who acts at the moment: the person who decides, or the system within `asSystem`. */
  actor: Actor
  readonly now: Time
  readonly policy: Policy
  readonly policyVersion: number
  readonly calendarNow: Rules['calendarNow']
  readonly calendarAt: Rules['calendarAt']
  readonly automationStopped: boolean
  /** Whether the rules of the case could be read. Without them no clock can be counted, but words can be kept. */
  readonly hasRules: boolean
  /** The actor's free remark, kept with the actor's first event; internal when staff wrote it. */
  readonly note: string | null
  /** Whether the complainant's words weigh anything in the risk of the case. */
  readonly wordsWeigh: boolean
  readonly #author: Actor
  #isNoted = false
  /** Where the present part of the decision begins in `events` and `clockChanges`. The first event of a part carries its clock changes. */
  #part = { event: 0, clock: 0 }
  #isQuiet = false
  readonly clockChanges: ClockChange[] = []

  constructor(before: CaseFile, actor: Actor, now: Time, rules: Rules, note: string | null = null, wordsWeigh = true) {
    this.before = before
    this.file = copyOf(before)
    this.actor = actor
    this.#author = actor
    this.now = now
    this.policy = rules.policy
    this.policyVersion = rules.policyVersion
    this.calendarNow = rules.calendarNow
    this.calendarAt = rules.calendarAt
    this.automationStopped = rules.automationStopped
    this.hasRules = rules.unreadable === undefined
    this.note = note
    this.wordsWeigh = wordsWeigh
  }

  /** The events told so far. */
  get events(): readonly ToldEvent[] {
    return this.file.events as ToldEvent[]
  }

  tell(happening: Happening): void {
    const { complaint, events } = this.file
    const { of, visibility } = catalogue[happening.type]
    const resourceId = happening.resourceId ?? null
    const isOwnFirst = !this.#isNoted && this.actor === this.#author
    if (isOwnFirst) this.#isNoted = true
    complaint.event_count += 1
    events.push({
      platform_id: complaint.platform_id,
      complaint_id: complaint.id,
      sequence: complaint.event_count,
      id: newId(),
      type: happening.type,
      at: this.now,
      actor_role: this.actor.role,
      actor_id: this.actor.id,
      resource: (resourceId === null ? of[0] : of.at(-1)) as EventResource,
      resource_id: resourceId,
      from_status: happening.from ?? null,
      to_status: happening.to ?? null,
      reason_code: happening.reasonCode ?? null,
      note: happening.note ?? (isOwnFirst ? this.note : null),
      visibility: happening.visibility ?? visibility,
      data: happening.data ?? {},
    })
  }

  /** Remembers a change of a clock, and why it changed. `keepClocks` puts it into an event. */
  noteClock(
    { id, kind, party, step, margin_ms }: DeadlineRow,
    change: ClockChange['change'],
    old: Time | null,
    next: Time | null,
    why: ClockReason = reasonOf(kind, change, step > 0),
  ): void {
    this.clockChanges.push({ deadline_id: id, kind, party, step, change, why, old_due_at: old, new_due_at: next, margin_ms })
  }

  /** Runs what the service does by itself within a person's decision. Its events name the system as actor and carry its clock changes. */
  asSystem(act: () => void): void {
    const person = this.actor
    this.keepClocks()
    this.actor = systemActor
    act()
    this.actor = person
    this.keepClocks()
  }

  /** Whether the decision raises the version of the case. It does not where all its events are about messages, proofs or deadlines. */
  get changesCase(): boolean {
    return this.#isQuiet || this.events.some((event) => !besideTheCase.has(event.resource))
  }

  /** Counts a change that tells no event. It raises the version nevertheless. */
  countQuietly(): void {
    this.file.complaint.quiet_count += 1
    this.#isQuiet = true
  }

  /** Puts the clock changes since the last call into the first event told since then. Where none was told, they wait for the next call. */
  keepClocks(): void {
    const first = this.events[this.#part.event]
    if (first !== undefined) this.#tellClocks(first)
  }

  /** The same at the end of a decision. What changed after its last event goes into the last one that tells changes of clocks already. */
  keepLastClocks(): void {
    this.keepClocks()
    const last = this.events.findLast(({ data }) => 'clocks' in data) ?? this.events.at(-1)
    if (last !== undefined) this.#tellClocks(last)
  }

  /** Adds the clock changes that no event tells yet to one, and begins the next part. */
  #tellClocks(event: ToldEvent): void {
    const { clocks: told = [] } = event.data as { clocks?: ClockChange[] }
    const clocks = [...told, ...this.clockChanges.slice(this.#part.clock)]
    if (clocks.length > 0) event.data = { ...event.data, clocks }
    this.#part = { event: this.events.length, clock: this.clockChanges.length }
  }

  /** Remembers that this person decided something here and so may not judge it on appeal. */
  tookPart(): void {
    const { took_part } = this.file.complaint
    if (isStaff(this.actor.role) && !isAmong(took_part, this.actor.id)) took_part.push(this.actor.id)
  }

  /** Whether this decision files the case. Every other decision changes a complaint that exists. */
  get isFirst(): boolean {
    return this.before.complaint.event_count === 0
  }

  /** Clocks that are new or have changed. */
  changedDeadlines(): DeadlineRow[] {
    return this.file.deadlines.filter((row, index) => !areAlike(row, this.before.deadlines[index]))
  }
}
