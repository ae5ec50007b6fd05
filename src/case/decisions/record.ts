/**
 * The only writer of cases. One statement writes everything that one or many decisions changed: complaints, plans, appeals, evidence,
 * messages, clocks, the trail, what of it goes out, the order's money, and the answer that is kept under an idempotency key.
 *
 * A decision raises `event_count` or `quiet_count` of its case, unless it only lets a clock wait longer. The write of the complaint is
 * guarded by both counts, and it guards the whole statement: a decision on a case that was changed meanwhile writes nothing, and must be
 * taken again.
 */

import type { Db } from '../../foundation/sql/database.ts'
import {
  type Change,
  type Inserting,
  insertRows,
  lockTimeout,
  type OfPlatform,
  setOnConflict,
  updateRows,
  type Write,
  writeStages,
} from '../../foundation/sql/rows.ts'
import { postTransfers } from '../../money/ledger/record.ts'
import { type KeptAnswer, keepAnswers } from '../../platform/idempotency/idempotency.ts'
import { nextPosition } from '../../platform/outbox/positions.ts'
import { insertEvents } from '../../platform/outbox/record.ts'
import { boundChangesOf, changeBounds, reserveChangesOf } from '../advances/record.ts'
import { outgoingEvents } from '../case-events/outgoing.ts'
import type { Decision } from '../case-file/decision.ts'
import { type AddedPart, type Part, type PartName, partNames, parts, type VersionedPart, wasRead } from '../case-file/parts.ts'
import type { ComplaintRow } from '../complaints/table.ts'
import type { DeadlineRow } from '../deadlines/table.ts'
import { amendOrders, changedLimits, changeLimits, changeMoney, insertOrders, type OrderChange } from '../orders/record.ts'

/** A decision and what is kept of its answer. */
export interface Entry {
  decision: Decision
  kept?: KeptAnswer | undefined
}

/** The stages of the statement, in which it takes its locks: each begins when all of the one before is written. */
const stages = ['case', 'money', 'limits', 'leaving', 'rows'] as const
type Staged = Partial<Record<(typeof stages)[number], Write[]>>

/**
 * Writes finished decisions of one platform, each at most once: all of them, or none. Takes its locks in the order keys, orders
 * made known, cases, money, each ascending.
 * @param patienceMs how long it waits for each lock, in place of what the session allows
 */
export const record = async (db: Db, entries: readonly Entry[], patienceMs?: number): Promise<void> => {
  const decisions = entries.map(({ decision }) => decision).sort((a, b) => (a.file.complaint.id < b.file.complaint.id ? -1 : 1))
  const [one] = decisions
  if (one === undefined) return
  const written = partNames.map((name) => writesOf(name, decisions))
  await writeStages(db, one.file.complaint.platform_id, [
    patienceMs === undefined ? [] : [lockTimeout(patienceMs)],
    keepAnswers(entries.flatMap(({ kept }) => kept ?? [])),
    insertOrders(decisions.flatMap((d) => (d.before.order === null && d.file.order ? [d.file.order] : []))),
    amendOrders(decisions.flatMap(amendedBy)),
    ...stages.map((stage) => written.flatMap((of) => of[stage] ?? [])),
    eventsOut(decisions),
    ...moneyBeyond(decisions),
  ])
}

/** What advances move, last of all: many cases wait for one fund. */
const moneyBeyond = (decisions: readonly Decision[]): Write[][] => {
  const read = decisions.filter(({ file }) => wasRead(file, 'advances'))
  return [
    changeBounds(read.flatMap((d) => boundChangesOf(d))),
    ...postTransfers(
      decisions.flatMap(({ file }) => file.transfers),
      read.flatMap((d) => reserveChangesOf(d)),
    ),
  ]
}

/** They stand in the feed where the rows of their cases say, which the stage of the cases has written. */
const eventsOut = (decisions: readonly Decision[]): Write[] =>
  insertEvents(decisions.flatMap(outgoingEvents), [
    ...(decisions.some((d) => d.isFirst) ? [FILED] : []),
    ...(decisions.every((d) => d.isFirst) ? [] : [CHANGED]),
  ])

const FILED = 'complaints_filed'
const CHANGED = 'complaints_changed'
const returning = 'id, feed_position'

/** The writes of one part, by how it changes. */
const writesOf = (name: PartName, decisions: readonly Decision[]): Staged => {
  const part: Part = parts[name]
  const { changes, table } = part
  const read = decisions.filter((d) => wasRead(d.file, name))
  switch (changes) {
    case 'counted':
      return { case: writesOfCases(decisions) }
    case 'summed':
      return name === 'order'
        ? { money: changeMoney(read.flatMap(moneyOf)) }
        : { limits: changeLimits(read.flatMap((d) => limitsOf(d))) }
    case 'versioned':
      return writesOfVersions(
        part,
        read.flatMap((d) => pairs(d, name as VersionedPart)),
      )
    case 'kept':
      return { rows: keepingClocks(read) }
    case 'added':
      return {
        rows: inserting(
          `${table}_added`,
          table,
          read.flatMap((d): readonly OfPlatform[] => d.file[name as AddedPart]),
        ),
      }
    case 'posted':
    case 'elsewhere':
      return {}
  }
}

const writesOfCases = (decisions: readonly Decision[]): Write[] => {
  const filed = decisions.filter((d) => d.isFirst).map((d) => d.file.complaint)
  const changed = decisions
    .filter((d) => !d.isFirst)
    .map((d) => ({ after: d.file.complaint, expected: d.before.complaint.event_count + d.before.complaint.quiet_count }))
  return [
    ...inserting(FILED, 'complaints', filed, { computed: nextPosition('r.feed_position'), returning }),
    ...updating(CHANGED, 'complaints', changed, ['event_count', 'quiet_count'], changing, {
      // a decision that tells nothing leaves the case where it is in the feed
      computed: nextPosition('t.feed_position', 't.event_count < (n.row).event_count'),
      returning,
    }),
  ]
}

/** New rows and new versions. Postgres checks a unique index row by row, so rows that leave the states of `oneIn` are written first. */
const writesOfVersions = ({ table, oneIn = [] }: Part, rows: readonly (Pair | { after: Versioned })[]): Staged => {
  const added = rows.flatMap((row) => ('before' in row ? [] : [row.after]))
  const changed = rows.flatMap((row) => ('before' in row && row.after.version !== row.before.version ? [row] : []))
  const leaving = changed.filter(({ before, after }) => oneIn.includes(before.status) && !oneIn.includes(after.status))
  const staying = changed.filter((change) => !leaving.includes(change))
  return {
    leaving: updatingVersions(`${table}_left`, table, leaving),
    rows: [...updatingVersions(`${table}_changed`, table, staying), ...inserting(`${table}_added`, table, added)],
  }
}

const columnsOf = <Row extends object>(row: Row) => Object.keys(row) as (keyof Row & string)[]

/**
 * The columns of a complaint that each decision writes: all but `asFiled`, with which a case is filed and which never change, and its place in
 * the feed, which the database knows.
 */
const changing = (row: ComplaintRow) => columnsOf(row).filter((column) => !untouched.has(column))
const asFiled = [
  'platform_id',
  'id',
  'case_number',
  'reference',
  'channel',
  'complainant_role',
  'complainant_id',
  'complainant_name',
  'complainant_registered_at',
  'respondent_role',
  'respondent_id',
  'respondent_name',
  'respondent_contact',
  'buyer_id',
  'merchant_id',
  'order_id',
  'order_details',
  'description',
  'wanted',
  'understood',
  'related_to',
  'filing_window_ends_at',
  'received_at',
  'call_reference',
  'call_taken_by',
  'created_at',
] as const satisfies readonly (keyof ComplaintRow)[]
const untouched: ReadonlySet<string> = new Set([...asFiled, 'feed_position'])

const inserting = (name: string, table: string, rows: readonly OfPlatform[], more?: Inserting): Write[] =>
  rows.length === 0 ? [] : [insertRows(name, table, rows, more)]

const updating = <Row extends { platform_id: string; id: string }>(
  name: string,
  table: string,
  changes: readonly Change<Row>[],
  guards: readonly (keyof Row & string)[],
  columns: (row: Row) => readonly (keyof Row & string)[],
  more?: Pick<Inserting, 'computed' | 'returning'>,
): Write[] => {
  const [first] = changes
  return first === undefined ? [] : [updateRows(name, table, changes, guards, columns(first.after), more)]
}

interface Versioned {
  platform_id: string
  id: string
  version: number
  status: string
}

/** A row before and after. */
interface Pair {
  before: Versioned
  after: Versioned
}

const updatingVersions = (name: string, table: string, changed: readonly Pair[]): Write[] =>
  updating(
    name,
    table,
    changed.map(({ before, after }) => ({ after, expected: before.version })),
    ['version'],
    (row) => columnsOf(row).filter((column) => column !== 'platform_id' && column !== 'id'),
  )

/** The columns of a clock that may change once it has started. */
const clockColumns = [
  'counted_in',
  'calendar',
  'calendar_version',
  'allowed_ms',
  'counted_since',
  'counts_ms',
  'provisional',
  'pinned',
  'rule',
  'shortened_from_at',
  'kept_until_at',
  'kept_ms',
  'step',
  'on_silence',
  'status',
  'due_at',
  'remaining_ms',
  'warn_before_ms',
  'wakes_at',
  'owed_since',
  'escalation',
  'hold',
  'heard',
  'cancellation',
  'obstacle',
  'margin_ms',
  'ended_at',
] as const satisfies readonly (keyof DeadlineRow)[]

const keepingClocks = (decisions: readonly Decision[]): Write[] => {
  const rows = decisions.flatMap((d) => d.changedDeadlines())
  const conflict = setOnConflict(clockColumns)
  return rows.length === 0 ? [] : [insertRows('deadlines_kept', 'deadlines', rows, { conflict })]
}

/** The rows of a list that only grows, each beside what it was before. */
const pairs = (d: Decision, name: VersionedPart): (Pair | { after: Versioned })[] =>
  d.file[name].map((after: Versioned, index) => {
    const before: Versioned | undefined = d.before[name][index]
    return before === undefined ? { after } : { before, after }
  })

const sums = ['refund_in_force', 'compensation_in_force', 'goods_in_force'] as const

/** The order of a decision that puts money in force or releases it. */
const moneyOf = (d: Decision): OrderChange[] => {
  const { before, file } = d
  if (d.isFirst || !before.order || !file.order) return []
  const { order: was } = before
  const { order: is } = file
  const isChanged = sums.some((column) => is[column] !== was[column]) || limitsOf(d).length > 0
  return isChanged ? [{ before: was, after: is }] : []
}

const limitsOf = ({ before, file, isFirst }: Decision) =>
  isFirst || !file.order ? [] : changedLimits({ before: before.limits, after: file.limits })

/** The order to which a filing adds lines. */
const amendedBy = ({ before, file, isFirst }: Decision): OrderChange[] =>
  isFirst && before.order && file.order && file.order.version !== before.order.version
    ? [{ before: before.order, after: file.order }]
    : []
