/**
 * The only writer of cases. One statement writes everything that one or many decisions changed: complaints, plans, appeals, evidence,
 * messages, clocks and the trail; the order's money follows as the last lock. Each row is compared with the version it was read in, and
 * anything that does not match undoes the whole transaction.
 */
import { type RawBuilder, sql } from 'kysely'
import type { Trx } from '../database.ts'
import { LostRace } from '../foundation/pg-errors.ts'
import { type Change, insertRows, updateRows, upsertRows, type Versioned } from '../foundation/rows.ts'
import type { Decision } from './decision.ts'

interface Write {
  name: string
  sql: RawBuilder<unknown>
  rows: number
}

const writes = (decisions: readonly Decision[]): Write[] => {
  const list: Write[] = []
  const add = (name: string, rows: readonly object[], build: () => RawBuilder<unknown>): void => {
    if (rows.length > 0) list.push({ name, sql: build(), rows: rows.length })
  }
  const has = (name: string): string | undefined => (list.some((write) => write.name === name) ? name : undefined)

  const filed = decisions.filter((d) => d.isFirst).map((d) => d.file.complaint)
  const complaints = decisions.filter((d) => !d.isFirst).map((d) => ({ before: d.before.complaint, after: d.file.complaint }))
  add('complaints_filed', filed, () => insertRows('complaints', filed))
  add('complaints_changed', complaints, () => updateRows('complaints', complaints))

  // the one open plan leaves before the next comes in: the unique index looks at every row as it is written
  const plans = decisions.flatMap((d) => split(d.file.plans, d.before.plans))
  const changes = plans.flatMap((x) => x.changed ?? [])
  const leaving = changes.filter(({ before, after }) => isOpenPlan(before) && !isOpenPlan(after))
  const staying = changes.filter((change) => !leaving.includes(change))
  const created = plans.flatMap((x) => x.added ?? [])
  add('plans_left', leaving, () => updateRows('refund_plans', leaving))
  add('plans_changed', staying, () => updateRows('refund_plans', staying, has('plans_left')))
  add('plans_created', created, () => insertRows('refund_plans', created, has('plans_left')))

  const appeals = decisions.flatMap((d) => split(d.file.appeals, d.before.appeals))
  const appealed = appeals.flatMap((x) => x.added ?? [])
  const decided = appeals.flatMap((x) => x.changed ?? [])
  add('appeals_filed', appealed, () => insertRows('appeals', appealed))
  add('appeals_changed', decided, () => updateRows('appeals', decided))

  const submitted = decisions.flatMap((d) => d.evidence)
  const judged = decisions.flatMap((d) => d.judgedEvidence)
  add('evidence_added', submitted, () => insertRows('evidence', submitted))
  add('evidence_changed', judged, () => updateRows('evidence', judged))

  const messages = decisions.flatMap((d) => d.messages)
  add('messages_posted', messages, () => insertRows('messages', messages))

  const deadlines = decisions.flatMap((d) => d.changedDeadlines())
  add('deadlines_kept', deadlines, () =>
    upsertRows('deadlines', deadlines, [
      'status',
      'due_at',
      'remaining_ms',
      'warn_before_ms',
      'wakes_at',
      'owed_since',
      'ended_at',
    ]),
  )

  const events = decisions.flatMap((d) => d.events)
  add('events_told', events, () => insertRows('case_events', events))
  return list
}

const isOpenPlan = (plan: { status: string }): boolean => plan.status === 'proposed' || plan.status === 'executing'

/** What a list that only grows has gained, and what in it has changed. */
const split = <Row extends Versioned>(rows: readonly Row[], before: readonly Row[]): { added?: Row; changed?: Change<Row> }[] =>
  rows.flatMap((row, index): { added?: Row; changed?: Change<Row> }[] => {
    const old = before[index]
    if (old === undefined) return [{ added: row }]
    return row.version === old.version ? [] : [{ changed: { before: old, after: row } }]
  })

/** Writes finished decisions. Throws `LostRace` when a row is no longer what it was, and whatever the constraints say. */
export const record = async (trx: Trx, decisions: readonly Decision[]): Promise<void> => {
  const list = writes(decisions)
  const { rows } = await sql<Record<string, number>>`
    with ${sql.join(list.map((write) => sql`${sql.table(write.name)} as (${write.sql})`))}
    select ${sql.join(list.map((write) => sql`(select count(*)::integer from ${sql.table(write.name)}) as ${sql.ref(write.name)}`))}
  `.execute(trx)
  for (const write of list) {
    if (rows[0]?.[write.name] !== write.rows)
      throw new LostRace(`${write.name}: ${rows[0]?.[write.name]} of ${write.rows} rows written`)
  }
  await recordMoney(trx, decisions)
}

/** Money in force changes by a guarded difference, order by order in ascending order; the schema's CHECKs stand behind it. */
const recordMoney = async (trx: Trx, decisions: readonly Decision[]): Promise<void> => {
  const changes = decisions
    .flatMap(({ before, file }) => {
      if (!before.order || !file.order) return []
      const refund = file.order.refund_in_force - before.order.refund_in_force
      const compensation = file.order.compensation_in_force - before.order.compensation_in_force
      return refund === 0 && compensation === 0 ? [] : [{ order: file.order, refund, compensation }]
    })
    .sort((a, b) => (a.order.id < b.order.id ? -1 : 1))
  for (const { order, refund, compensation } of changes) {
    const { numUpdatedRows } = await trx
      .updateTable('orders')
      .set((eb) => ({
        refund_in_force: eb('refund_in_force', '+', refund),
        compensation_in_force: eb('compensation_in_force', '+', compensation),
      }))
      .where('platform_id', '=', order.platform_id)
      .where('id', '=', order.id)
      .where(sql<boolean>`refund_in_force + ${refund} <= paid_amount`)
      .where(
        sql<boolean>`refund_in_force + ${refund} + compensation_in_force + ${compensation} <= paid_amount + compensation_limit`,
      )
      .executeTakeFirst()
    if (numUpdatedRows !== 1n) throw new LostRace(`the money of an order changed meanwhile`)
  }
}
