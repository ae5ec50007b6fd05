/**
 * Walks every joint state of case, refund, attempts, advances, debts and ledger that the moves below can reach, breadth first, with any clock
 * falling due at any time. The ledger is the test's own: it sums what the decisions post, and what else moves money is told beside it.
 */
import t from 'tap'
import type { AdvanceRow } from '../../../src/case/advances/table.ts'
import type { CaseFile } from '../../../src/case/case-file/case-file.ts'
import type { Attempt, Step } from '../../../src/case/refund-plans/table.ts'
import { addMs, DAY } from '../../../src/foundation/clock.ts'
import type { TransferRow } from '../../../src/money/ledger/table.ts'
import type { Actor } from '../../../src/platform/access/caller.ts'
import { defaultPolicy } from '../../../src/rules/policy/default-policy.ts'
import type { Rules } from '../../../src/rules/rule-book/rules.ts'
import { Problem } from '../../../src/words/problems.ts'
import {
  agent,
  buyer,
  liability,
  MONDAY_TEN,
  type Move,
  merchant,
  once,
  openGate,
  otherSupervisor,
  person,
  silence,
  supervisor,
  take,
  withPolicy,
} from '../../support/rules.ts'

/** Who judges appeals, and took part in nothing. */
const judge = person('supervisor:sun')

/** What is lent to words of the fixture: 50.00 of a refund, so that shares and parts come out in whole numbers. */
const REFUND = 5_000
const PART = 2_000

/** Balances by account, and what came in from the world and went out to it, by kind of transfer. */
interface Ledger {
  balances: Record<string, number>
  cashIn: number
  cashOut: number
}

const cameIn = new Set([
  'fund_topped_up',
  'deposit_received',
  'advance_bounced',
  'merchant_paid',
  'buyer_repaid',
  'settlement_held',
])
const wentOut = new Set([
  'fund_withdrawn',
  'advance_paid',
  'advance_paid_again',
  'overpaid_by_fund',
  'paid_late',
  'settlement_released',
])
const CASH = ['fund', 'frozen', 'held', 'deposit']

type Moved = Pick<TransferRow, 'kind' | 'debit' | 'credit' | 'amount'>

/** The ledger after these transfers. What the world says of cash is told from the kinds alone, so it proves what the accounts say. */
const posted = ({ balances, cashIn, cashOut }: Ledger, transfers: readonly Moved[]): Ledger => {
  const next = { balances: { ...balances }, cashIn, cashOut }
  for (const { kind, debit, credit, amount } of transfers) {
    next.balances[debit] = (next.balances[debit] ?? 0) - amount
    next.balances[credit] = (next.balances[credit] ?? 0) + amount
    if (cameIn.has(kind)) next.cashIn += amount
    if (wentOut.has(kind)) next.cashOut += amount
  }
  return next
}

const balance = ({ balances }: Ledger, kind: string): number =>
  Object.entries(balances).reduce((sum, [id, amount]) => (id.split(':')[0] === kind ? sum + amount : sum), 0)

interface State {
  file: CaseFile
  ledger: Ledger
  /** How often the merchant may still report to have paid, and whether the fund can still be emptied. */
  reports: number
  canEmpty: boolean
}

/** One way to begin, and how far the walk goes. */
interface Walk {
  name: string
  mode: 'after_return' | 'at_once'
  deposit: number
  fund: number
  shares?: object[]
  by?: Rules
  /** How many attempts and advances one step may see, and how many appeals are won. */
  attempts?: number
  advances?: number
  upheld?: number
  /** Whether a part may be asked for, beside the whole. */
  parts?: boolean
  /** What the payment system may say beside that it paid, once or late, or failed: a part, too much, and that money came back. */
  says?: readonly ('part' | 'too_much' | 'came_back')[]
  /** Whether attempts that the fund did not ask for are reported on late, too. */
  others?: boolean
  /** Whether staff ask for money back that is being paid. */
  asksBack?: boolean
  /** How often the merchant may report to have paid. */
  reports?: number
  /** Whether the fund may be emptied while an appeal is open. */
  empties?: boolean
  /** How much may be asked to be held, once, and what the payment system may keep of it. */
  holds?: number
  keeps?: readonly number[]
  /** What plans after a won appeal grant. */
  again?: readonly number[]
}

const remedies = (mode: Walk['mode'], amount: number) => ({
  remedies: [mode === 'at_once' ? { type: 'refund', amount } : { type: 'return_and_refund', amount, return_address: '退货仓' }],
  explanation: '退款',
})

const refundsOf = ({ plans }: CaseFile) =>
  plans.flatMap((plan) => plan.steps.filter(({ kind }) => kind === 'refund').map((step) => ({ plan, step })))
const isAsked = ({ status }: Attempt): boolean => status === 'asked' || status === 'under_way'
const paidOn = ({ attempts = [] }: Step): number =>
  attempts.reduce((sum, { status, paid = 0 }) => (status === 'done' ? sum + paid : sum), 0)
const isOpen = ({ status }: AdvanceRow): boolean => ['requested', 'frozen', 'asking_buyer', 'paying', 'paid'].includes(status)

type Taken = [Actor, Move]

/** What anybody may try; most of it is refused at most times. */
const movesOf = ({ file, ledger, reports }: State, walk: Walk): Taken[] => {
  const { complaint, plans, advances, receivables, appeals } = file
  const { status } = complaint
  const moves: Taken[] = []
  const move = (actor: Actor, action: string, body: object = {}, on: Move['on'] = {}, facts?: unknown) =>
    moves.push([actor, { action, body, on, ...(facts !== undefined && { facts }) }])
  const gate = { ...openGate, fund: balance(ledger, 'fund') }
  const words = { explanation: '说明' }
  const { says = [] } = walk

  if (status === 'executing' && advances.length < (walk.advances ?? 1))
    for (const more of walk.parts ? [{}, { amount: PART }] : [{}]) move(agent, 'ask', { ...words, ...more }, {}, gate)
  if (walk.holds !== undefined && file.holds.length === 0) move(agent, 'hold', { ...words, amount: walk.holds })
  for (const { id, status: at, amount, held_amount, taken_amount, released_amount } of file.holds) {
    const on = { hold: id }
    const kept = held_amount + taken_amount + released_amount
    for (const part of walk.keeps ?? [amount]) if (part > kept) move(agent, 'report_held', { amount: part }, on)
    if (at === 'asked') move(agent, 'report_refused', {}, on)
    move(supervisor, 'release', words, on)
    move(agent, 'report_released', {}, on)
  }
  for (const { id, status: at, merchant_part, recovered_amount, owed_amount } of advances) {
    const on = { advance: id }
    if (at === 'requested') for (const action of ['approve', 'send_back']) move(supervisor, action, words, on, gate)
    if (at === 'requested' || at === 'frozen' || at === 'asking_buyer') move(supervisor, 'cancel', words, on)
    if (at === 'frozen') move(agent, 'not_returned', words, on)
    if (at === 'asking_buyer') for (const action of ['wait_on', 'return']) move(agent, action, words, on)
    const due = merchant_part - recovered_amount - owed_amount
    if (reports > 0 && ['paid', 'recovered', 'reversed', 'closed'].includes(at))
      for (const amount of new Set([PART, ...(due > 0 ? [due, due + PART] : [])])) move(agent, 'recover', { amount }, on)
  }
  for (const { id, status: at, amount, paid_amount } of receivables) {
    if (at !== 'open' && at !== 'partly_paid') continue
    const on = { receivable: id }
    const left = amount - paid_amount
    for (const part of paid_amount === 0 ? new Set([left, Math.min(left, 1_000)]) : [left])
      move(agent, 'pay', { amount: part }, on)
    move(supervisor, 'waive', words, on)
  }

  for (const { plan, step } of refundsOf(file)) {
    const on = { plan: plan.id, step: step.id }
    for (const { id: attempt_id, ...attempt } of step.attempts ?? []) {
      // what nobody waits for any more is told late of attempts of the fund, and where it is said of the others, too
      if (attempt.advance_id === undefined && !walk.others && !isAsked({ ...attempt, id: attempt_id })) continue
      if (attempt.status !== 'returned') move(agent, 'complete_step', { attempt_id }, on)
      if (says.includes('part') && isAsked({ ...attempt, id: attempt_id }) && attempt.amount > PART)
        move(agent, 'complete_step', { attempt_id, amount: PART }, on)
      if (says.includes('too_much') && isAsked({ ...attempt, id: attempt_id }))
        move(agent, 'complete_step', { attempt_id, amount: attempt.amount + 1_000 }, on)
      if (isAsked({ ...attempt, id: attempt_id })) move(agent, 'fail_step', { attempt_id, ...words }, on)
      if (says.includes('came_back') && attempt.status === 'done') move(agent, 'return_step', { attempt_id, ...words }, on)
    }
    if (step.due_at === null) continue
    if (['failed', 'returned', 'partly_done'].includes(step.status)) {
      // a step of the second plan is paid as any other
      if (plan === plans[0] && advances.length > 0 && (step.attempts ?? []).length < (walk.attempts ?? 2)) {
        move(agent, 'retry_step', {}, on)
        if (walk.by === impatient) move(buyer, 'name_payee_step', { payee_reference: 'payee_1' }, on)
      }
      move(supervisor, 'skip_step', words, on)
    }
    if (walk.asksBack && step.status === 'pending') move(supervisor, 'cancel_step', words, on)
  }
  for (const plan of plans.filter((one) => one.status === 'executing')) {
    const step = plan.steps.find(({ kind, status: at }) => kind !== 'refund' && (at === 'pending' || at === 'failed'))
    if (step === undefined || step.due_at === null) continue
    const on = { plan: plan.id, step: step.id }
    const next = plan.steps[plan.steps.indexOf(step)]
    if (next?.kind === 'return_shipment') move(buyer, 'complete_step', { tracking_number: 'SF1' }, on)
    if (next?.kind === 'arrival') {
      move(merchant, 'complete_step', {}, on)
      move(agent, 'fail_step', words, on)
    }
    if (next?.kind === 'inspection' && step.status === 'pending') {
      move(merchant, 'complete_step', { passed: true }, on)
      move(merchant, 'complete_step', { passed: false }, on)
    }
    if (step.status === 'failed') move(supervisor, 'skip_step', words, on)
  }

  const appeal = appeals.find(({ decided_at }) => decided_at === null)
  const won = appeals.filter(({ status: at }) => at === 'upheld').length
  if (appeal)
    for (const action of ['deny', ...(won < (walk.upheld ?? 1) ? ['uphold'] : [])])
      move(judge, action, words, { appeal: appeal.id })
  else if (advances.length > 0 && appeals.length < 1 && won < (walk.upheld ?? 1))
    move(merchant, 'file', {
      reason_code: advances.some(({ paid_amount }) => paid_amount > 0) ? 'advance_not_due' : 'wrong_facts',
      statement: '不应由我方承担',
    })
  if (status === 'investigating') {
    // a case that is argued anew without an advance is walked in test/case/case-file/reachable-states.test.ts
    if (won > 0 && complaint.liability === null)
      move(agent, 'determine_liability', { ...liability, ...(walk.shares && { shares: walk.shares }) })
    else if (won > 0 && plans.length < 2)
      for (const amount of walk.again ?? [REFUND, 3_000, 7_000]) move(agent, 'create', remedies('at_once', amount))
    const draft = plans.find(({ status: at }) => at === 'draft')
    if (draft) move(supervisor, 'impose', words, { plan: draft.id })
    else move(otherSupervisor, 'close', { reason_code: 'settled_elsewhere' })
  }
  return moves
}

/** What the rules look at, without ids, times and what has ended for good. */
const signature = ({ file, ledger, reports, canEmpty }: State): string => {
  const { complaint: c, plans, appeals, advances, receivables, deadlines } = file
  const names = new Map<string, string>([
    ...plans.flatMap(({ id, steps }, n) => [
      [id, `plan ${n}`] as const,
      ...steps.map((one, k) => [one.id, `${n}.${k}`] as const),
    ]),
    ...advances.map(({ id }, n) => [id, `advance ${n}`] as const),
    ...receivables.map(({ id }, n) => [id, `debt ${n}`] as const),
    ...appeals.map(({ id }, n) => [id, `appeal ${n}`] as const),
    ...file.holds.map(({ id }, n) => [id, `hold ${n}`] as const),
  ])
  const name = (id: string | null | undefined) => (id == null ? '' : (names.get(id) ?? 'gone'))
  const clocks = deadlines
    .filter((x) => x.ended_at === null && waitsFor.has(x.kind) && !(x.kind === 'appeal_window' && x.party === 'complainant'))
    .map((x) => `${x.kind} ${x.status} ${x.party} ${x.kind === 'appeal_window' ? '' : name(x.subject_id)}`)
  return JSON.stringify([
    [c.status, c.returns_to, c.liability !== null, c.decisions.length > 0, reports, canEmpty],
    plans.map(({ status, steps }) => [
      status,
      steps.map((s) => [
        ...[s.status, s.amount, s.due_at !== null, s.stopped?.why, s.unclaimed_at !== undefined, s.overpaid ?? 0, s.payee],
        ...[s.granted_later ?? 0, s.owed_back ?? 0, s.granted_from?.map((one) => one.amount), s.asked_again],
        s.resumed !== undefined,
        (s.attempts ?? []).map((a) => [
          a.status,
          a.amount,
          a.paid,
          a.payee,
          name(a.advance_id),
          a.cancel_requested_at !== undefined,
        ]),
      ]),
    ]),
    appeals.map((one) => [one.status, one.decided_at === null && one.returns_to]),
    advances.map((a) => [
      ...[a.status, a.mode, name(a.step_id), a.amount, a.frozen_amount, a.paid_amount, a.bounced_amount, a.merchant_part],
      ...[a.recovered_amount, a.owed_amount, a.provisional_amount, a.overpaid_amount, a.late_amount],
    ]),
    receivables.map((r) => [r.status, r.debtor_role, r.amount, r.paid_amount]),
    file.holds.map((h) => [h.status, h.held_amount, h.taken_amount, h.released_amount]),
    Object.entries(ledger.balances)
      .filter(([id, amount]) => amount !== 0 && !id.startsWith('outside'))
      .sort(),
    [...new Set(clocks)].sort(),
  ])
}

/** Clocks whose silence changes something here; the others call somebody in, and a window that shuts only takes a move away. */
const changesBySilence: ReadonlySet<string> = new Set([
  ...['buyer_answer', 'merchant_pays', 'debt', 'payee_details', 'hold_release'],
  ...['return_shipment', 'return_again', 'arrival', 'inspection', 'auto_close'],
])
const waitsFor = changesBySilence.union(
  new Set([
    'advance_approval',
    'payment',
    'step_decision',
    'refund',
    'arrival_decision',
    'appeal_window',
    'appeal_decision',
    'hold_answer',
  ]),
)

/** The case if this one clock fell due now and every other one later. */
const whenDue = (now: CaseFile, index: number): CaseFile => ({
  ...now,
  deadlines: now.deadlines.map((x, i) => ({
    ...x,
    due_at: i === index ? MONDAY_TEN : addMs(MONDAY_TEN, DAY),
    wakes_at: i === index ? MONDAY_TEN : addMs(MONDAY_TEN, DAY),
  })),
})

/** What the ledger must agree with, whatever happened. */
const faultsOf = ({ file, ledger }: State): string[] => {
  const { complaint, plans, advances, receivables, deadlines, appeals } = file
  const faults: string[] = []
  const must = (holds: boolean, otherwise: string) => {
    if (!holds) faults.push(otherwise)
  }
  const sum = <T>(rows: readonly T[], of: (row: T) => number) => rows.reduce((all, row) => all + of(row), 0)
  for (const [id, amount] of Object.entries(ledger.balances)) must(amount >= 0 || id.startsWith('outside'), `${id} has ${amount}`)
  const cash = sum(CASH, (kind) => balance(ledger, kind))
  must(cash === ledger.cashIn - ledger.cashOut, `${cash} in cash, ${ledger.cashIn} came in, ${ledger.cashOut} went out`)
  const equal = (kind: string, should: number) =>
    must(balance(ledger, kind) === should, `${kind} ${balance(ledger, kind)}, not ${should}`)
  equal(
    'frozen',
    sum(advances, (a) => a.frozen_amount),
  )
  const standing = advances.filter(({ status }) => status !== 'reversed')
  const outstanding = (a: AdvanceRow) => a.merchant_part - a.recovered_amount - a.owed_amount
  equal(
    'buyer_paid',
    sum(standing, outstanding) + sum(advances, (a) => (a.status === 'reversed' ? a.provisional_amount + a.bounced_amount : 0)),
  )
  equal('expense', sum(standing, (a) => a.paid_amount + a.bounced_amount - a.merchant_part) + sum(advances, (a) => a.late_amount))
  const owed = (role: string) =>
    sum(receivables, (r) => (r.debtor_role === role && ['open', 'partly_paid'].includes(r.status) ? r.amount - r.paid_amount : 0))
  equal('merchant_receivable', owed('merchant'))
  equal('buyer_receivable', owed('buyer'))

  equal(
    'held',
    sum(file.holds, (h) => h.held_amount),
  )
  for (const h of file.holds)
    must(
      [h.held_amount, h.taken_amount, h.released_amount].every((one) => one >= 0) &&
        h.held_amount + h.taken_amount + h.released_amount <= h.amount &&
        h.held_amount > 0 === ['held', 'partly_held'].includes(h.status),
      `the sums of a ${h.status} hold: ${h.held_amount} ${h.taken_amount} ${h.released_amount}`,
    )
  const bound = file.limits.find(({ kind }) => kind === 'settlement')?.in_force ?? 0
  must(
    bound === sum(file.holds, (h) => (h.status === 'asked' ? h.amount : h.held_amount + h.taken_amount)),
    `${bound} of the order is bound by holds`,
  )
  for (const a of advances) {
    const sums = JSON.stringify([
      a.status,
      a.amount,
      a.frozen_amount,
      a.paid_amount,
      a.bounced_amount,
      a.merchant_part,
      a.provisional_amount,
    ])
    const isWithin =
      [
        a.frozen_amount,
        a.paid_amount,
        a.bounced_amount,
        a.merchant_part,
        a.recovered_amount,
        a.owed_amount,
        outstanding(a),
      ].every((one) => one >= 0) &&
      a.paid_amount + a.frozen_amount <= a.amount &&
      a.provisional_amount <= a.paid_amount &&
      a.provisional_amount >= 0
    must(isWithin, `the sums of an advance: ${sums}`)
    const isBeingPaid = refundsOf(file).some(({ step }) =>
      (step.attempts ?? []).some((one) => one.advance_id === a.id && isAsked(one)),
    )
    const mayBind = ['frozen', 'asking_buyer', 'paying', 'paid', 'recovered', ...(isBeingPaid ? ['reversed'] : [])]
    must(a.frozen_amount === 0 || mayBind.includes(a.status), `${a.status} with money put aside`)
    must(a.status !== 'recovered' || outstanding(a) === 0, `recovered with ${outstanding(a)} due`)
  }
  // nobody is paid twice: what arrived is granted by a decision that stands, provisional, or told to be too much
  const overturned = (id: string) => appeals.some(({ status, decision }) => status === 'upheld' && decision.plan_id === id)
  const refunds = refundsOf(file)
  const arrived = sum(refunds, ({ step }) => paidOn(step) - (step.overpaid ?? 0))
  const before = ({ granted_from = [] }: Step) => sum(granted_from, ({ amount }) => amount)
  const granted = sum(refunds, ({ plan, step }) =>
    overturned(plan.id)
      ? Math.max(0, paidOn(step) - (step.overpaid ?? 0) + before(step) - (step.granted_later ?? 0))
      : (step.amount ?? 0) + before(step),
  )
  must(arrived <= granted, `${arrived} arrived, ${granted} granted`)
  for (const { step } of refunds) {
    const own = advances.filter(({ step_id }) => step_id === step.id)
    const byFund = sum(step.attempts ?? [], (a) => (a.advance_id !== undefined && a.status === 'done' ? (a.paid ?? 0) : 0))
    const fresh = own.filter(({ id }) => (step.attempts ?? []).some(({ advance_id }) => advance_id === id))
    const told = sum(fresh, (a) => a.paid_amount)
    // what the payment system paid beyond what it was asked for is its own affair
    const beyond = sum(step.attempts ?? [], (a) => (a.advance_id !== undefined ? Math.max(0, (a.paid ?? 0) - a.amount) : 0))
    // what arrives when its money was released already is, too
    const isReleased = fresh.some((a) => a.paid_amount + a.frozen_amount < a.amount)
    must(
      told <= byFund && (isReleased || told >= byFund - beyond - (step.overpaid ?? 0)),
      `the fund has paid ${byFund} of a step, ${told} by its advances`,
    )
  }

  // nothing waits for ever
  const runs = (kinds: readonly string[] | null, ...ids: (string | undefined)[]) =>
    deadlines.some(
      (x) => x.status === 'running' && (kinds === null || kinds.includes(x.kind)) && ids.includes(x.subject_id ?? ''),
    )
  const isArgued = complaint.status === 'under_appeal'
  const stand = ['merchant_pays', 'debt', 'buyer_answer', 'advance_approval']
  must(
    !isArgued || !deadlines.some((x) => x.status === 'running' && stand.includes(x.kind)),
    'an appeal is open, and silence goes on',
  )
  const runsInCase = deadlines.some((x) => x.status === 'running' && x.kind !== 'appeal_window')
  must(complaint.status === 'closed' || runsInCase, `${complaint.status} without a clock`)
  for (const a of advances) {
    const plan = plans.find(({ id }) => id === a.plan_id)
    const clocked = runs(null, a.id, a.step_id, ...(plan?.steps ?? []).map(({ id }) => id))
    must(
      !(isOpen(a) || a.frozen_amount > 0) || clocked || isArgued,
      `${a.status} advance with ${a.frozen_amount} frozen waits for nothing`,
    )
    must(a.status !== 'paid' || runs(['merchant_pays'], a.id) || isArgued, 'paid, and the merchant has no time to pay')
    must(a.provisional_amount === 0 || complaint.status !== 'closed', 'provisional in a closed case')
    const isOwed = receivables.some((r) => r.advance_id === a.id && ['open', 'partly_paid'].includes(r.status))
    must(
      a.status !== 'recovered' || complaint.status !== 'closed' || isOwed || a.frozen_amount > 0,
      'recovered, and never closed',
    )
    must(a.status === 'asking_buyer' || !runs(['buyer_answer'], a.id), `the buyer of a ${a.status} advance is asked`)
    must(a.status === 'requested' || !runs(['advance_approval'], a.id), `a ${a.status} advance is to be approved`)
    must(a.status === 'paid' || !runs(['merchant_pays'], a.id), `the merchant is to pay a ${a.status} advance`)
  }
  for (const h of file.holds) {
    must(!['asked', 'releasing'].includes(h.status) || runs(['hold_answer'], h.id), `a ${h.status} hold waits for no answer`)
    const isClaimed =
      complaint.status !== 'closed' ||
      advances.some((a) => isOpen(a) || a.frozen_amount > 0) ||
      receivables.some((r) => r.debtor_role === 'merchant' && ['open', 'partly_paid'].includes(r.status)) ||
      refundsOf(file).some(({ step }) => (step.attempts ?? []).some(isAsked)) ||
      deadlines.some((x) => x.kind === 'appeal_window' && ['running', 'paused'].includes(x.status))
    const isHeld = ['held', 'partly_held'].includes(h.status)
    must(!isHeld || isClaimed || runs(['hold_release'], h.id), 'held, and nothing claims it')
    must(!(isHeld && isClaimed) || !runs(['hold_release'], h.id), 'claimed, and to be let go')
  }
  for (const r of receivables)
    if (r.status === 'open' || r.status === 'partly_paid')
      must(runs(['debt'], r.id) || isArgued, `a debt of the ${r.debtor_role} without a clock`)
  return faults
}

const openHolds: readonly string[] = ['asked', 'held', 'partly_held', 'releasing']

/** Whether the fund has nothing to do with the case any more: it gave nothing, and was asked for nothing that could still arrive. */
const isLeft = ({ file: { advances, plans, holds } }: State): boolean =>
  advances.length > 0 &&
  holds.every(({ status }) => !openHolds.includes(status)) &&
  advances.every(({ status }) => ['refused', 'cancelled', 'returned_to_fund'].includes(status)) &&
  plans.every(({ steps }) => steps.every(({ attempts = [] }) => !attempts.some((one) => one.advance_id && isAsked(one))))

/** Whether nothing more is to come of it. */
const isEnd = (state: State): boolean => isLeft(state) || isOver(state)
const isOver = ({ file }: State): boolean =>
  file.complaint.status === 'closed' &&
  file.holds.every(({ status }) => !openHolds.includes(status)) &&
  file.advances.every((a) => !isOpen(a) && a.frozen_amount === 0 && a.provisional_amount === 0) &&
  file.receivables.every(({ status }) => status !== 'open' && status !== 'partly_paid') &&
  refundsOf(file).every(({ step }) => !(step.attempts ?? []).some(isAsked))

const begin = (walk: Walk): State => {
  const story = once.escalated()
  if (walk.by) story.under(walk.by)
  story.by(agent, 'determine_liability', { ...liability, ...(walk.shares && { shares: walk.shares }) })
  story.by(agent, 'create', remedies(walk.mode, REFUND)).onPlan(supervisor, 'impose', { explanation: '责任明确' })
  const ledger = posted({ balances: {}, cashIn: 0, cashOut: 0 }, [
    { kind: 'fund_topped_up', debit: 'outside:CNY', credit: 'fund:CNY', amount: walk.fund },
    { kind: 'deposit_received', debit: 'outside:CNY', credit: 'deposit:CNY:M-1', amount: walk.deposit },
  ])
  return { file: story.file, ledger, reports: walk.reports ?? 1, canEmpty: walk.empties ?? false }
}

interface Node {
  state: State
  next: string[]
  told: string
  from: string | null
}

const pathTo = (nodes: Map<string, Node>, key: string): string => {
  const told: string[] = []
  for (let at: string | null = key; at !== null; at = nodes.get(at)?.from ?? null) told.unshift(nodes.get(at)?.told ?? '')
  return told.join(' | ')
}

const MOST_STATES = Number(process.env.WALK_MOST ?? 60_000)

const explore = (walk: Walk) => {
  const by = walk.by ?? usual
  const nodes = new Map<string, Node>()
  const faults: string[] = []
  const queue: string[] = []
  const visit = (state: State, told: string, from: string | null): string => {
    const key = signature(state)
    if (nodes.has(key)) return key
    // what has ended plays no part any more
    const file = { ...state.file, deadlines: state.file.deadlines.filter((x) => x.ended_at === null) }
    nodes.set(key, { state: { ...state, file }, next: [], told, from })
    const wrong = faultsOf(state)
    if (wrong.length > 0) faults.push(`${wrong.join('; ')} <= ${pathTo(nodes, key)}`)
    // what is wrong once leads to more of it
    else if (!isLeft(state)) queue.push(key)
    return key
  }
  const moved = (state: State, after: { file: CaseFile }, change: Partial<State>): State => {
    const ledger = posted(state.ledger, after.file.transfers)
    return { ...state, ...change, file: withAccounts({ ...after.file, transfers: [], events: [], messages: [] }, ledger), ledger }
  }
  visit(begin(walk), walk.name, null)
  for (let at = 0; at < queue.length && nodes.size < MOST_STATES; at++) {
    const key = queue[at] as string
    const { state, next } = nodes.get(key) as Node
    for (const [actor, move] of movesOf(state, walk)) {
      const told = `${actor.role} ${move.action} ${JSON.stringify(move.body)}`
      try {
        const after = take(state.file, actor, move, MONDAY_TEN, by)
        next.push(visit(moved(state, after, move.action === 'recover' ? { reports: state.reports - 1 } : {}), told, key))
      } catch (error) {
        if (!(error instanceof Problem)) faults.push(`${error} <= ${told} <= ${pathTo(nodes, key)}`)
      }
    }
    for (const [index, clock] of state.file.deadlines.entries()) {
      if (clock.status !== 'running' || !changesBySilence.has(clock.kind)) continue
      try {
        next.push(visit(moved(state, silence(whenDue(state.file, index), MONDAY_TEN, by), {}), `silence of ${clock.kind}`, key))
      } catch (error) {
        faults.push(`${error} <= silence of ${clock.kind} <= ${pathTo(nodes, key)}`)
      }
    }
    const fund = balance(state.ledger, 'fund')
    if (state.canEmpty && fund > 0 && state.file.complaint.status === 'under_appeal') {
      const ledger = posted(state.ledger, [{ kind: 'fund_withdrawn', debit: 'fund:CNY', credit: 'outside:CNY', amount: fund }])
      next.push(visit({ ...state, canEmpty: false, file: withAccounts(state.file, ledger), ledger }, 'the fund is emptied', key))
    }
  }
  return { nodes, faults }
}

/** The accounts that the service reads with a case, as the test's own ledger has them. */
const withAccounts = (file: CaseFile, { balances }: Ledger): CaseFile => ({
  ...file,
  accounts: (['fund:CNY', 'deposit:CNY:M-1'] as const).map((id) => ({
    platform_id: file.complaint.platform_id,
    id,
    kind: id.startsWith('fund') ? 'fund' : 'deposit',
    owner: id.split(':')[2] ?? '',
    currency: 'CNY',
    balance: balances[id] ?? 0,
    reserved: 0,
    balance_change: 0,
    reserved_change: 0,
  })),
})

/** States from which no way leads to an end. */
const stuck = (nodes: Map<string, Node>): string[] => {
  const before = new Map<string, string[]>()
  for (const [key, { next }] of nodes) for (const to of next) before.set(to, [...(before.get(to) ?? []), key])
  const reaches = new Set([...nodes].filter(([, { state }]) => isEnd(state)).map(([key]) => key))
  const queue = [...reaches]
  for (let key = queue.pop(); key !== undefined; key = queue.pop())
    for (const from of before.get(key) ?? [])
      if (!reaches.has(from)) {
        reaches.add(from)
        queue.push(from)
      }
  return [...nodes.keys()].filter((key) => !reaches.has(key)).map((key) => pathTo(nodes, key))
}

/** A debt is written off at the first silence: that it is reminded of before changes nothing here. */
const clocks = {
  ...defaultPolicy.clocks,
  debt: [{ allow: { count: 7, unit: 'days' as const }, on_silence: ['write_off' as const] }],
}
const usual = withPolicy({ clocks })
const impatient = withPolicy({ clocks, payments: { ...defaultPolicy.payments, failures_before_payee_details: 1 } })
const careful = withPolicy({ clocks, advances: { ...defaultPolicy.advances, approval_above: { CNY: 0 } } })
const shared = [
  { party: 'merchant', percent: 50 },
  { party: 'platform', percent: 30 },
  { party: 'buyer', percent: 20 },
]

const walks: Walk[] = [
  { name: 'enough deposit, a fund that is spent', mode: 'at_once', deposit: 30_000, fund: 100_000, others: true, empties: true },
  {
    name: 'a small deposit, money that comes back twice',
    mode: 'at_once',
    deposit: 1_000,
    fund: 100_000,
    others: true,
    says: ['came_back'],
    attempts: 3,
    upheld: 0,
    reports: 0,
  },
  {
    name: 'a small deposit, money that comes back, a won appeal',
    mode: 'at_once',
    deposit: 1_000,
    fund: 100_000,
    says: ['came_back'],
    again: [REFUND],
    reports: 0,
  },
  {
    name: 'two advances for a part each, no deposit',
    mode: 'at_once',
    deposit: 0,
    fund: 100_000,
    parts: true,
    says: ['part'],
    advances: 2,
    upheld: 0,
  },
  {
    name: 'shared, paid in parts',
    mode: 'at_once',
    deposit: 1_000,
    fund: 100_000,
    shares: shared,
    says: ['part'],
    again: [3_000],
    reports: 0,
  },
  {
    name: 'a fund that is short, too much is paid',
    mode: 'at_once',
    deposit: 0,
    fund: 4_000,
    parts: true,
    says: ['too_much'],
    again: [7_000],
    attempts: 1,
    reports: 0,
  },
  {
    name: 'two advances, both overturned',
    mode: 'at_once',
    deposit: 30_000,
    fund: 100_000,
    parts: true,
    advances: 2,
    attempts: 1,
    again: [REFUND, 3_000],
    reports: 0,
  },
  {
    name: 'unclaimed',
    mode: 'at_once',
    deposit: 1_000,
    fund: 100_000,
    by: impatient,
    others: true,
    says: ['came_back'],
    asksBack: true,
    upheld: 0,
    reports: 0,
  },
  {
    name: 'after the return, approved',
    mode: 'after_return',
    deposit: 1_000,
    fund: 100_000,
    by: careful,
    again: [REFUND],
    attempts: 1,
    reports: 0,
  },
  {
    name: 'a held settlement and a small deposit, a won appeal',
    mode: 'at_once',
    deposit: 1_000,
    fund: 100_000,
    holds: 2_000,
    attempts: 1,
    again: [3_000],
    reports: 0,
  },
  {
    name: 'a settlement that is held for more than is due, after the return',
    mode: 'after_return',
    deposit: 0,
    fund: 100_000,
    holds: 8_000,
    keeps: [4_000, 8_000],
    attempts: 1,
    upheld: 0,
    reports: 0,
  },
]

const only = process.env.WALK_ONLY
for (const walk of walks.filter(({ name }) => only === undefined || name === only))
  t.test(`the walk: ${walk.name}`, (t) => {
    const begun = performance.now()
    const { nodes, faults } = explore(walk)
    t.comment(`${nodes.size} states in ${Math.round(performance.now() - begun)} ms`)
    t.ok(nodes.size < MOST_STATES, 'the walk comes to its end')
    const kinds = [...Map.groupBy(faults, (one) => one.split(' <= ')[0]?.replaceAll(/\d+/g, 'n'))].map(
      ([kind, all]) => `${all.length} × ${kind}: ${all[0]}`,
    )
    t.strictSame(kinds, [], 'nothing is wrong in any state')
    t.strictSame(stuck(nodes).slice(0, 5), [], 'from every state there is a way to an end')
    t.end()
  })
