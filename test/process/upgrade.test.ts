import { sql } from 'kysely'
import t from 'tap'
import { Decision } from '../../src/case/case-file/decision.ts'
import { timeLeft } from '../../src/case/deadlines/counting.ts'
import { readCaseFile } from '../../src/case/decisions/load.ts'
import { openCases } from '../../src/case/decisions/store.ts'
import { HOUR, MINUTE, systemClock } from '../../src/foundation/clock.ts'
import { newId } from '../../src/foundation/ids.ts'
import type { Db } from '../../src/foundation/sql/database.ts'
import { migrateToLatest } from '../../src/foundation/sql/migrate.ts'
import { systemActor } from '../../src/platform/access/caller.ts'
import { ensureFirstPlatform } from '../../src/rules/new-platforms/create.ts'
import { defaultPolicy } from '../../src/rules/policy/default-policy.ts'
import { createRuleBook } from '../../src/rules/rule-book/rule-book.ts'
import { finished } from '../support/events.ts'
import { olderDatabase } from '../support/older-database.ts'
import { inShanghai } from '../support/rules.ts'

/** A case as older versions kept it, filed on a Friday at 16:00. */
const olderCase = async (db: Db) => {
  const [platform, complaint] = [newId(), newId()]
  const started = inShanghai('2026-11-27 16:00')
  await sql`insert into platforms (id, name, mode, created_at) values (${platform}, 'default', 'live', ${started})`.execute(db)
  await sql`
    insert into complaints (platform_id, id, version, case_number, status, level, channel, category, category_source, complainant_role, complainant_id,
      respondent_role, respondent_id, description, tags, risk, liability_disclosed, silent_expiries, reopened_by_complainant, decisions, took_part,
      event_count, evidence_count, evidence_chain, next_due_at, created_at, updated_at)
    values (${platform}, ${complaint}, 1, 'RD-1', 'negotiating', 1, 'portal', 'other', 'default', 'buyer', 'B-1', 'merchant', 'M-1', '…', '{}',
      '{"level": "normal", "signals": []}', false, 0, false, '[]', '{}', 1, 0, '', ${started}, ${started}, ${started})`.execute(
    db,
  )
  return { platform, complaint, started }
}

t.test('clocks that run when the service is upgraded go on as they were', async (t) => {
  const db = await olderDatabase(t, '2026-11-21T22-45-00_walks')
  const { platform, complaint, started } = await olderCase(db)
  const clock = (kind: string, countedIn: string, due: string, status = 'running', remaining: number | null = null) =>
    sql`insert into deadlines (platform_id, id, complaint_id, kind, party, counted_in, on_silence, status, started_at, due_at, remaining_ms, wakes_at)
      values (${platform}, ${newId()}, ${complaint}, ${kind}, 'platform', ${countedIn}, 'escalate', ${status}, ${started}, ${due}, ${remaining}, ${due})`.execute(
      db,
    )
  // Friday 16:00: two hours that day, nine on Monday, seven on Tuesday
  await clock('respondent_response', 'business', inShanghai('2026-12-01 16:00'))
  await clock('information', 'natural', inShanghai('2026-11-30 16:00'))
  await clock('resolution', 'business', inShanghai('2026-12-08 16:00'), 'paused', 63 * HOUR)

  await migrateToLatest(db)
  await ensureFirstPlatform(db, { mode: 'live', clock: systemClock })

  const file = await readCaseFile(db, platform, { table: 'complaints', id: complaint })
  if (!file) throw new Error('the case is gone')
  t.match(file.complaint, { policy_version: 1, filing_window_ends_at: null, sla: {} })
  t.match(
    file.deadlines.toSorted((a, b) => (a.kind < b.kind ? -1 : 1)),
    [
      {
        kind: 'information',
        counted_in: 'natural',
        calendar: null,
        counted_since: started,
        counts_ms: 72 * HOUR,
        allowed_ms: 72 * HOUR,
      },
      { kind: 'resolution', calendar: 'weekdays', calendar_version: 1, remaining_ms: 63 * HOUR },
      { kind: 'respondent_response', calendar: 'weekdays', calendar_version: 1, counted_since: started, counts_ms: 18 * HOUR },
    ],
  )
  const rules = await createRuleBook(db).of({ id: platform, rules_version: 1 }, file)
  const d = new Decision(file, systemActor, inShanghai('2026-11-30 09:30'), rules)
  const left = d.file.deadlines.map((deadline) => [deadline.kind, timeLeft(d, deadline) / MINUTE])
  t.strictSame(Object.fromEntries(left), { information: 390, resolution: 63 * 60, respondent_response: 930 })
  await openCases(db).record({ decision: noted(d) })
})

/** The least that can be decided: somebody looked. */
const noted = (d: Decision): Decision => {
  d.tell({ type: 'complaint_updated', data: { fields: [] } })
  return finished(d)
}

t.test('why things were done is told by its two names after an upgrade', async (t) => {
  const db = await olderDatabase(t, '2026-11-22T02-00-00_rules_as_data')
  const { platform, complaint, started } = await olderCase(db)
  await sql`
    update platforms set automation_changed_by = 'admin:root', automation_reason = '支付系统故障'`.execute(db)
  await sql`insert into policies (platform_id, version, document, created_at, created_by, reason)
    values (${platform}, 1, ${JSON.stringify(defaultPolicy)}, ${started}, 'admin:root', '试点')`.execute(db)
  await sql`
    update complaints set dismissal = '{"reasons": "证据不足"}', rejection = '{"ground": "out_of_scope", "explanation": "不在范围内"}',
      suspension = ${JSON.stringify({ ground: 'court', resume_at: started })}`.execute(db)
  await sql`
    insert into deadlines (platform_id, id, complaint_id, kind, party, counted_in, on_silence, status, started_at, due_at, wakes_at, hold)
    values (${platform}, ${newId()}, ${complaint}, 'information', 'complainant', 'natural', 'close_no_response', 'running', ${started}, ${started},
      ${started}, '{"by": "supervisor:zhao", "reason": "等待鉴定", "until": "2026-12-01T02:00:00.000Z", "held_at": "2026-11-27T08:00:00.000Z", "warn_before_ms": null}')`.execute(
    db,
  )
  const step = (id: string, kind: string, status: string, data: object) => ({
    id,
    remedy: 0,
    kind,
    party: 'respondent',
    status,
    data,
  })
  let number = 0
  const plan = (status: string, endReason: string | null, more: { steps?: object[]; imposition?: object } = {}) => {
    number += 1
    return sql`
      insert into refund_plans (platform_id, id, complaint_id, version, version_number, status, author_role, author_id, author_side, remedies,
        refund_amount, compensation_amount, refund_in_force, compensation_in_force, reason, needs_approval, imposition, confirmations, steps,
        end_reason, created_at, updated_at)
      values (${platform}, ${newId()}, ${complaint}, 1, ${number}, ${status}, 'agent', 'alice', 'platform', '[]', 0, 0, 0, 0, '部分退款', false,
        ${more.imposition && JSON.stringify(more.imposition)}, '{}', ${JSON.stringify(more.steps ?? [])}, ${endReason}, ${started}, ${started})`.execute(
      db,
    )
  }
  await plan('executed', null, { steps: [step('1', 'inspection', 'done', { passed: true, reason: '完好' })] })
  await plan('declined', 'declined')
  await plan('declined', '金额过低')
  await plan('cancelled', '改用换货方案')
  await plan('cancelled', 'case_closed_in_court')
  await plan('expired', 'complainant_silent')
  await plan('failed', '收款账户已注销', {
    imposition: { by: 'supervisor:zhao', reasons: '责任明确' },
    steps: [step('1', 'refund', 'failed', { reason: '收款账户已注销' }), step('2', 'apology', 'skipped', {})],
  })
  await plan('failed', 'inspection_not_passed', {
    steps: [step('1', 'inspection', 'failed', { passed: false, reason: 'inspection_not_passed' })],
  })
  await plan('failed', '人为损坏', { steps: [step('1', 'inspection', 'failed', { passed: false, reason: '人为损坏' })] })
  await sql`
    insert into appeals (platform_id, id, complaint_id, version, status, appellant_role, appellant_id, appellant_side, decision_id, decision, grounds,
      statement, evidence_ids, reasons, outside_routes, returns_to, created_at, updated_at)
    values (${platform}, ${newId()}, ${complaint}, 1, 'denied', 'buyer', 'B-1', 'complainant', ${newId()}, '{}', 'wrong_facts', '请复核', '{}', '维持',
      '[]', 'resolved', ${started}, ${started})`.execute(db)
  await sql`
    insert into evidence (platform_id, id, complaint_id, version, status, type, submitter_role, submitter_id, submitter_side, text, media_type,
      size_bytes, sha256, position, previous_hash, chain_hash, decision, created_at, updated_at)
    values (${platform}, ${newId()}, ${complaint}, 1, 'refused', 'statement', 'buyer', 'B-1', 'complainant', '…', 'text/plain', 1, ${'0'.repeat(64)}, 1,
      '', '', '{"by": "agent:alice", "reason": "看不清", "at": "2026-11-27T08:00:00.000Z"}', ${started}, ${started})`.execute(db)
  const event = (sequence: number, column: 'reason' | 'reason_code', why: string) => sql`
    insert into case_events (platform_id, complaint_id, sequence, id, type, at, actor_role, actor_id, resource, visibility, data, ${sql.id(column)})
    values (${platform}, ${complaint}, ${sequence}, ${newId()}, 'plan_declined', ${started}, 'buyer', 'B-1', 'refund_plan', 'parties', '{}', ${why})`
  await event(1, 'reason', '金额过低').execute(db)

  await migrateToLatest(db)

  const file = await readCaseFile(db, platform, { table: 'complaints', id: complaint })
  if (!file) throw new Error('the case is gone')
  t.strictSame(file.complaint.dismissal, { explanation: '证据不足' })
  t.strictSame(file.complaint.rejection, { reason_code: 'out_of_scope', explanation: '不在范围内' })
  t.strictSame(file.complaint.suspension, { reason_code: 'court', resume_at: started })
  t.match(file.deadlines, [{ hold: { by: 'supervisor:zhao', explanation: '等待鉴定' } }])
  t.match(file.appeals, [{ reason_code: 'wrong_facts', statement: '请复核', explanation: '维持' }])
  const plans = file.plans.toSorted((a, b) => a.version_number - b.version_number)
  t.strictSame(
    plans.map((x) => [x.status, x.explanation, x.end_reason_code, x.end_explanation]),
    [
      ['executed', '部分退款', null, null],
      ['declined', '部分退款', 'declined', 'declined'],
      ['declined', '部分退款', 'declined', '金额过低'],
      ['cancelled', '部分退款', 'cancelled', '改用换货方案'],
      ['cancelled', '部分退款', 'case_closed_in_court', null],
      ['expired', '部分退款', 'complainant_silent', null],
      ['failed', '部分退款', 'step_failed', '收款账户已注销'],
      ['failed', '部分退款', 'inspection_not_passed', null],
      ['failed', '部分退款', 'inspection_not_passed', '人为损坏'],
    ],
  )
  t.strictSame(plans[6]?.imposition, { by: 'supervisor:zhao', explanation: '责任明确' })
  t.strictSame(
    plans.map((x) => x.steps.map(({ data }) => data)),
    [
      [{ passed: true, explanation: '完好' }],
      [],
      [],
      [],
      [],
      [],
      [{ explanation: '收款账户已注销' }, {}],
      [{ passed: false, reason_code: 'inspection_not_passed' }],
      [{ passed: false, reason_code: 'inspection_not_passed', explanation: '人为损坏' }],
    ],
  )
  const { rows } = await sql`
    select e.decision, p.automation_explanation, l.explanation, v.reason_code
      from platforms p join evidence e on e.platform_id = p.id join policies l on l.platform_id = p.id join case_events v on v.platform_id = p.id`.execute(
    db,
  )
  t.strictSame(rows, [
    {
      decision: { by: 'agent:alice', explanation: '看不清', at: '2026-11-27T08:00:00.000Z' },
      automation_explanation: '支付系统故障',
      explanation: '试点',
      reason_code: '金额过低',
    },
  ])
  await event(2, 'reason_code', 'declined').execute(db)
  await t.rejects(event(3, 'reason_code', '金额过低').execute(db), /case_events_reason_code/)
})

t.test('who judged proofs before an upgrade is remembered, and a risk that nobody judged is none', async (t) => {
  const db = await olderDatabase(t, '2026-11-29T20-00-00_names_for_why')
  const { platform, complaint, started } = await olderCase(db)
  const proofs = [
    ['accepted', 'complainant', 'agent:alice'],
    ['refused', 'complainant', 'supervisor:zhao'],
    ['refused', 'complainant', 'agent:alice'],
    ['withdrawn', 'respondent', 'merchant:M-1'],
    ['accepted', 'platform', 'agent:bob'],
  ]
  for (const [i, [status, side, by]] of proofs.entries())
    await sql`
      insert into evidence (platform_id, id, complaint_id, version, status, type, submitter_role, submitter_id, submitter_side, text, media_type,
        size_bytes, sha256, position, previous_hash, chain_hash, decision, created_at, updated_at)
      values (${platform}, ${newId()}, ${complaint}, 2, ${status}, 'statement', 'buyer', 'B-1', ${side}, '…', 'text/plain', 3, ${'0'.repeat(64)},
        ${i + 1}, '', '', ${JSON.stringify({ by, explanation: null, at: started })}, ${started}, ${started})`.execute(db)

  await migrateToLatest(db)

  const file = await readCaseFile(db, platform, { table: 'complaints', id: complaint })
  t.strictSame(file?.complaint.risk, null)
  t.strictSame(file?.complaint.judged_evidence_of, { complainant: ['alice', 'zhao'] })
})

t.test('orders from before an upgrade are known by what was filed, and their refunds count against lines', async (t) => {
  const db = await olderDatabase(t, '2026-11-29T21-10-00_people')
  const { platform, complaint, started } = await olderCase(db)
  const line = (line_id: string) => ({ line_id, name: '商品', quantity: 1, unit_amount: 6_000 })
  const details = { id: 'O-1', currency: 'CNY', paid_amount: 10_000, paid_at: started, lines: [line('1'), line('2')] }
  await sql`
    insert into orders (platform_id, id, currency, paid_amount, compensation_limit, refund_in_force, compensation_in_force, created_at)
    values (${platform}, 'O-1', 'CNY', 10000, 3600, 9001, 4500, ${started})`.execute(db)
  await sql`update complaints set order_id = 'O-1', order_details = ${JSON.stringify(details)}`.execute(db)
  const plan = (number: number, status: string, refund: number, remedy: object, stepStatus: string) => {
    const step = {
      id: newId(),
      kind: 'refund',
      party: 'platform',
      remedy: 0,
      status: stepStatus,
      amount: refund,
      due_at: null,
      completed_at: null,
      data: {},
    }
    return sql`
      insert into refund_plans (platform_id, id, complaint_id, version, version_number, status, author_role, author_id, author_side, currency, remedies,
        refund_amount, compensation_amount, refund_in_force, compensation_in_force, explanation, needs_approval, confirmations, steps,
        created_at, updated_at)
      values (${platform}, ${newId()}, ${complaint}, 1, ${number}, ${status}, 'agent', 'alice', 'platform', 'CNY', ${JSON.stringify([remedy])},
        ${refund}, 0, ${refund}, 0, '部分退款', false, '{}', ${JSON.stringify([step])}, ${started}, ${started})`.execute(db)
  }
  await plan(1, 'executed', 6_000, { type: 'refund', amount: 6_000, line_ids: ['1'] }, 'done')
  await plan(2, 'executing', 3_001, { type: 'refund', amount: 3_001 }, 'pending')

  await migrateToLatest(db)

  const file = await readCaseFile(db, platform, { table: 'complaints', id: complaint })
  t.match(file?.order, {
    source: 'party',
    version: 1,
    facts: { lines: [line('1'), line('2')], payments: [] },
    refund_in_force: 9_001,
    refund_excess: 0,
    compensation_excess: 900,
  })
  t.match(
    file?.limits,
    [
      // 100.00 were paid for two lines of 60.00: half of it for each
      { kind: 'line', key: '1', bound: 5_000, in_force: 6_000, excess: 1_000 },
      { kind: 'line', key: '2', bound: 5_000, in_force: 3_001, excess: 0 },
    ],
    'line 1 was given back for more than was paid for it',
  )
  t.strictSame(
    file?.plans.map(({ steps }) => steps[0]?.allocation),
    [[{ kind: 'line', key: '1', amount: 6_000 }], [{ kind: 'line', key: '2', amount: 3_001 }]],
    'each step says what it holds',
  )
  t.strictSame(file?.complaint.order_statement_differs, [])
})
