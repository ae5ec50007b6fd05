/**
 * What must hold of the guarantee fund in the rows of any platform at any time, whoever acted at once or was killed: every line is a fault.
 * The sums are the test's own, from rows alone, so that they share no code with what they check.
 */
import type { AdvanceBoundRow, AdvanceRow } from '../../src/case/advances/table.ts'
import type { DeadlineRow } from '../../src/case/deadlines/table.ts'
import type { HoldRow } from '../../src/case/holds/table.ts'
import type { ReceivableRow } from '../../src/case/receivables/table.ts'
import type { PlanRow } from '../../src/case/refund-plans/table.ts'
import type { Db } from '../../src/foundation/sql/database.ts'
import type { AccountRow, TransferRow } from '../../src/money/ledger/table.ts'

const open: readonly string[] = ['requested', 'frozen', 'asking_buyer', 'paying', 'paid']
const mayBindMoney: readonly string[] = ['frozen', 'asking_buyer', 'paying', 'paid', 'recovered']
/** Of the case alone, not of its advances. */
const noDuty: readonly string[] = ['appeal_window', 'notice', 'held_silence']

const sum = <T>(rows: readonly T[], of: (row: T) => number): number => rows.reduce((all, row) => all + of(row), 0)

interface Rows {
  /** The state of each case by its id. */
  cases: Map<string, string>
  plans: { steps: PlanRow['steps'] }[]
  bounds: AdvanceBoundRow[]
  advances: AdvanceRow[]
  receivables: ReceivableRow[]
  holds: HoldRow[]
  accounts: AccountRow[]
  transfers: TransferRow[]
  /** Those that have not ended. */
  deadlines: DeadlineRow[]
}

const rowsOf = async (db: Db, platform: string): Promise<Rows> => {
  const cases = await db.selectFrom('complaints').select(['id', 'status']).where('platform_id', '=', platform).execute()
  return {
    cases: new Map(cases.map(({ id, status }) => [id, status])),
    plans: await db.selectFrom('refund_plans').select('steps').where('platform_id', '=', platform).execute(),
    bounds: await db.selectFrom('advance_bounds').selectAll().where('platform_id', '=', platform).execute(),
    advances: await db.selectFrom('advances').selectAll().where('platform_id', '=', platform).execute(),
    receivables: await db.selectFrom('receivables').selectAll().where('platform_id', '=', platform).execute(),
    holds: await db.selectFrom('settlement_holds').selectAll().where('platform_id', '=', platform).execute(),
    accounts: await db.selectFrom('ledger_accounts').selectAll().where('platform_id', '=', platform).execute(),
    transfers: await db.selectFrom('ledger_transfers').selectAll().where('platform_id', '=', platform).execute(),
    deadlines: await db
      .selectFrom('deadlines')
      .selectAll()
      .where('platform_id', '=', platform)
      .where('ended_at', 'is', null)
      .execute(),
  }
}

/** Each balance is what its transfers come to, nothing but the world is below zero, and what came in is there or went out. */
const faultsOfLedger = ({ accounts, transfers }: Rows): string[] => {
  const sums = new Map<string, number>()
  for (const { debit, credit, amount } of transfers) {
    sums.set(debit, (sums.get(debit) ?? 0) - amount)
    sums.set(credit, (sums.get(credit) ?? 0) + amount)
  }
  const known = new Set(accounts.map(({ id }) => id))
  return [
    ...accounts.flatMap(({ id, balance }) =>
      balance === (sums.get(id) ?? 0) ? [] : [`${id} has ${balance}, not ${sums.get(id)}`],
    ),
    ...accounts.flatMap(({ id, kind, balance }) => (balance < 0 && kind !== 'outside' ? [`${id} has ${balance}`] : [])),
    ...[...sums.keys()].flatMap((id) => (known.has(id) ? [] : [`${id} is no account`])),
    ...[...Map.groupBy(accounts, ({ currency }) => currency)].flatMap(([currency, own]) => {
      const all = sum(own, ({ balance }) => balance)
      return all === 0 ? [] : [`all accounts in ${currency} come to ${all}`]
    }),
  ]
}

const outstanding = ({ merchant_part, recovered_amount, owed_amount }: Rows['advances'][number]): number =>
  merchant_part - recovered_amount - owed_amount
const isOwed = ({ status }: { status: string }): boolean => status === 'open' || status === 'partly_paid'
const left = ({ amount, paid_amount }: { amount: number; paid_amount: number }): number => amount - paid_amount

/** The accounts say what the advances and debts say, over all cases. */
const faultsOfSums = ({ advances, receivables, holds, accounts, bounds }: Rows): string[] => {
  const faults: string[] = []
  const compare = (what: string, told: number, is: number) => {
    if (told !== is) faults.push(`${what}: ${told} told, ${is} by its rows`)
  }
  const has = (kind: string) => sum(accounts, (one) => (one.kind === kind ? one.balance : 0))
  const standing = advances.filter(({ status }) => status !== 'reversed')
  compare(
    'frozen',
    has('frozen'),
    sum(advances, (one) => one.frozen_amount),
  )
  for (const [merchant, own] of Map.groupBy(holds, ({ merchant_id }) => merchant_id))
    compare(
      `held of ${merchant}`,
      sum(accounts, (one) => (one.kind === 'held' && one.owner === merchant ? one.balance : 0)),
      sum(own, ({ held_amount }) => held_amount),
    )
  const provisional = sum(advances, (one) => (one.status === 'reversed' ? one.provisional_amount + one.bounced_amount : 0))
  compare('paid to buyers', has('buyer_paid'), sum(standing, outstanding) + provisional)
  compare(
    'borne by the platform',
    has('expense'),
    sum(standing, (one) => one.paid_amount + one.bounced_amount - one.merchant_part),
  )
  for (const role of ['buyer', 'merchant'] as const)
    for (const [owner, own] of Map.groupBy(
      receivables.filter((one) => one.debtor_role === role),
      (one) => one.debtor_id,
    ))
      compare(
        `owed by ${owner}`,
        sum(accounts, (one) => (one.kind === `${role}_receivable` && one.owner === owner ? one.balance : 0)),
        sum(own.filter(isOwed), left),
      )
  for (const [merchant, own] of Map.groupBy(advances, ({ merchant_id }) => merchant_id)) {
    const owed = sum(
      receivables.filter((one) => one.debtor_role === 'merchant' && one.debtor_id === merchant && isOwed(one)),
      left,
    )
    const reserved = sum(accounts, (one) => (one.kind === 'deposit' && one.owner === merchant ? one.reserved : 0))
    // shares that are to be divided are walked in test/case/advances/walk.test.ts
    if (own.some(({ shares }) => shares.some(({ percent }) => percent < 100))) continue
    const claimed = sum(
      own.filter(({ status }) => open.includes(status)),
      (one) => outstanding(one) + (one.shares[0]?.party === 'merchant' ? one.frozen_amount - one.bounced_amount : 0),
    )
    compare(`reserved of the deposit of ${merchant}`, reserved, owed + claimed)
  }
  const inForce = (kind: string) => sum(bounds, (one) => (one.kind === kind ? one.in_force : 0))
  const opened = advances.filter(({ status }) => open.includes(status))
  compare('open advances of buyers', inForce('open_of_buyer'), opened.length)
  compare(
    'open amounts of merchants',
    inForce('open_of_merchant'),
    sum(opened, ({ amount }) => amount),
  )
  return faults
}

/** Each advance by itself: its sums, what it waits for, and what the payment system has paid by it. */
const faultsOfAdvances = ({ advances, receivables, deadlines, plans, cases }: Rows): string[] => {
  const clocks = new Map<string, string[]>()
  for (const { subject_id, complaint_id, status, kind } of deadlines)
    for (const id of [subject_id, `case ${complaint_id}`])
      if (id !== null && status === 'running' && !noDuty.includes(kind)) clocks.set(id, [...(clocks.get(id) ?? []), kind])
  const runs = (id: string): boolean => clocks.has(id)
  const steps = plans.flatMap((plan) => plan.steps.map((step) => ({ plan, step })))
  return advances.flatMap((one) => {
    const faults: string[] = []
    const must = (holds: boolean, otherwise: string) => {
      if (!holds) faults.push(`advance ${one.id}, ${one.status}: ${otherwise}`)
    }
    const isArgued = cases.get(one.complaint_id) === 'under_appeal'
    const attempts = steps.flatMap(({ step }) => (step.attempts ?? []).filter(({ advance_id }) => advance_id === one.id))
    const isAsked = attempts.some(({ status }) => status === 'asked' || status === 'under_way')
    const arrived = sum(attempts, ({ status, paid = 0 }) => (status === 'done' ? paid : 0))
    must(
      [one.frozen_amount, one.paid_amount, one.bounced_amount, one.recovered_amount, one.owed_amount, outstanding(one)].every(
        (amount) => amount >= 0,
      ),
      'something is below zero',
    )
    must(one.paid_amount + one.frozen_amount <= one.amount, 'it is more than was asked for')
    must(one.provisional_amount <= one.paid_amount, 'more is provisional than was paid')
    must(attempts.length === 0 || one.paid_amount <= arrived, `${one.paid_amount} told as paid, ${arrived} arrived`)
    must(one.frozen_amount === 0 || mayBindMoney.includes(one.status) || isAsked, `${one.frozen_amount} is put aside`)
    must(one.status !== 'recovered' || outstanding(one) === 0, `${outstanding(one)} is not recovered`)
    must(one.status !== 'paid' || runs(one.id) || isArgued, 'the merchant has no time to pay')
    const waits = open.includes(one.status) || one.frozen_amount > 0
    must(!waits || isArgued || runs(one.id) || runs(`case ${one.complaint_id}`), 'it waits for nothing')
    must(one.provisional_amount === 0 || cases.get(one.complaint_id) !== 'closed', 'provisional in a closed case')
    for (const debt of receivables.filter(({ advance_id }) => advance_id === one.id))
      must(!isOwed(debt) || isArgued || runs(debt.id), `its debt ${debt.id} has no clock`)
    return faults
  })
}

/** Nobody is paid twice: what arrived is what its step holds, or told to be too much. */
const faultsOfSteps = ({ plans }: Rows): string[] =>
  plans.flatMap(({ steps }) =>
    steps.flatMap(({ id, amount, attempts = [], overpaid = 0, kind }) => {
      const arrived = sum(attempts, ({ status, paid = 0 }) => (status === 'done' ? paid : 0))
      return kind === 'refund' && arrived - overpaid > (amount ?? 0)
        ? [`step ${id} of ${amount}: ${arrived} arrived, ${overpaid} too much`]
        : []
    }),
  )

/** All rows are of one moment, whoever writes meanwhile. */
export const faultsInFund = async (db: Db, platformId: string): Promise<string[]> => {
  const rows = await db
    .transaction()
    .setIsolationLevel('repeatable read')
    .execute((trx) => rowsOf(trx, platformId))
  return [...faultsOfLedger(rows), ...faultsOfSums(rows), ...faultsOfAdvances(rows), ...faultsOfSteps(rows)]
}
