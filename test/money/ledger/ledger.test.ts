/** The ledger on a real Postgres: what is written balances, nothing falls below zero, and the schema is the last line. */
import { sql } from 'kysely'
import t, { type Test } from 'tap'
import { newId } from '../../../src/foundation/ids.ts'
import type { Db } from '../../../src/foundation/sql/database.ts'
import { sqlState } from '../../../src/foundation/sql/errors.ts'
import { writeStages } from '../../../src/foundation/sql/rows.ts'
import { accountIdOf, journal, type Posting } from '../../../src/money/ledger/post.ts'
import { postTransfers } from '../../../src/money/ledger/record.ts'
import { accountKinds, transferKindRows, transferKinds } from '../../../src/words/ledger.ts'
import { testDatabase } from '../../support/database.ts'
import { balancesOf, checkBalanced } from '../../support/ledger.ts'

const now = '2026-11-30T21:00:00.000Z'

const book = async (t: Test) => {
  const { db } = await testDatabase(t)
  const platform_id = newId()
  await sql`insert into platforms (id, name, mode, created_at) values (${platform_id}::uuid, 'ledger', 'test', ${now}::timestamptz)`.execute(
    db,
  )
  const post = async (postings: readonly Posting[], currency = 'CNY', on: Db = db) => {
    const transfers = journal({ platform_id, currency, now }, postings)
    await writeStages(on, platform_id, postTransfers(transfers))
    return transfers
  }
  const balances = async () =>
    Object.fromEntries(
      (
        await db
          .selectFrom('ledger_accounts')
          .where('platform_id', '=', platform_id)
          .select(['id', 'balance'])
          .orderBy('id')
          .execute()
      ).map(({ id, balance }) => [id, balance]),
    )
  return { db, platform_id, post, balances }
}

/** What Postgres says to a statement that it must refuse: the state and the constraint. */
const refusal = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work
  } catch (error) {
    const { constraint } = error as { constraint?: string }
    return `${sqlState(error)} ${constraint ?? ''}`
  }
  return 'taken'
}

t.test('the accounts of a transfer follow from its kind', async (t) => {
  for (const kind of transferKinds) {
    const { debit, credit } = transferKindRows[kind]
    t.not(debit, credit, kind)
  }
  t.equal(accountIdOf('fund', 'CNY', 'ignored'), 'fund:CNY')
  t.equal(accountIdOf('deposit', 'CNY', 'a:b'), 'deposit:CNY:a:b', 'whatever a merchant is called')
  t.throws(() => journal({ platform_id: newId(), currency: 'CNY', now }, [{ kind: 'advance_frozen', amount: 0 }]), /a transfer/)
  t.ok(accountKinds.length > 0)
})

t.test('balances are the sum of the transfers, and only the world is below zero', async (t) => {
  const { db, platform_id, post, balances } = await book(t)
  await post([{ kind: 'fund_topped_up', amount: 1_000 }])
  await post([
    { kind: 'deposit_received', amount: 300, owner: 'm:1' },
    { kind: 'advance_frozen', amount: 400 },
  ])
  const shown = { 'deposit:CNY:m:1': 300, 'frozen:CNY': 400, 'fund:CNY': 600, 'outside:CNY': -1_300 }
  t.strictSame(await balances(), shown)
  t.match(await refusal(post([{ kind: 'advance_frozen', amount: 601 }])), /^40001/, 'more than the fund has: nothing is written')
  t.match(
    await refusal(post([{ kind: 'deposit_taken', amount: 1, owner: 'nobody' }])),
    /^40001/,
    'an account that is not there has nothing',
  )
  t.strictSame(await balances(), shown)
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from ledger_transfers where platform_id = ${platform_id}::uuid`.execute(db)
  t.equal(rows[0]?.n, 3)
})

t.test('50 at once put aside 100 each of 2,000: exactly 20 do', async (t) => {
  const { post, balances } = await book(t)
  await post([{ kind: 'fund_topped_up', amount: 2_000 }])
  const said = await Promise.all(Array.from({ length: 50 }, () => refusal(post([{ kind: 'advance_frozen', amount: 100 }]))))
  t.equal(said.filter((one) => one === 'taken').length, 20)
  t.strictSame(await balances(), { 'frozen:CNY': 2_000, 'fund:CNY': 0, 'outside:CNY': -2_000 })
})

t.test('transfers in both directions at once do not wait for each other in a circle', async (t) => {
  const { post, balances } = await book(t)
  await post([{ kind: 'fund_topped_up', amount: 100_000 }])
  await post([{ kind: 'advance_frozen', amount: 50_000 }])
  const kinds = ['advance_frozen', 'advance_released', 'advance_paid', 'borne'] as const
  const said = await Promise.all(
    Array.from({ length: 80 }, (_, index) => refusal(post([{ kind: kinds[index % 3] as (typeof kinds)[number], amount: 10 }]))),
  )
  t.strictSame(
    said.filter((one) => one !== 'taken'),
    [],
  )
  t.strictSame(await balances(), { 'buyer_paid:CNY': 260, 'frozen:CNY': 49_740, 'fund:CNY': 50_000, 'outside:CNY': -100_000 })
})

t.test('an account that many open at once is opened once, and all of them are written', async (t) => {
  const { db, platform_id, post } = await book(t)
  for (let round = 0; round < 50; round++) {
    const said = await Promise.all(
      Array.from({ length: 8 }, () => refusal(post([{ kind: 'deposit_received', amount: 1, owner: `m-${round}` }]))),
    )
    t.strictSame(
      said.filter((one) => one !== 'taken'),
      [],
    )
  }
  t.match(await balancesOf(db, platform_id), { 'deposit of m-49 CNY': 8, 'outside CNY': -400 })
  await checkBalanced(t, db, platform_id)
})

t.test('the schema refuses what the code never writes', async (t) => {
  const { db, platform_id, post } = await book(t)
  const [topUp] = await post([{ kind: 'fund_topped_up', amount: 1_000 }])
  await post([{ kind: 'fund_topped_up', amount: 1_000 }], 'EUR')
  const row = (debit: string, credit: string, currency: string, amount: number, reverses: string | null = null) =>
    refusal(
      sql`insert into ledger_transfers (platform_id, id, journal_id, kind, debit, credit, currency, amount, reverses, created_at)
          values (${platform_id}::uuid, ${newId()}::uuid, ${newId()}::uuid, 'by_hand', ${debit}, ${credit}, ${currency},
                  ${amount}::bigint, ${reverses}::uuid, now())`.execute(db),
    )
  t.equal(await row('fund:CNY', 'fund:CNY', 'CNY', 1), '23514 ledger_transfers_two_accounts')
  t.equal(await row('fund:CNY', 'outside:CNY', 'CNY', 0), '23514 ledger_transfers_amount')
  t.equal(await row('fund:CNY', 'outside:EUR', 'CNY', 1), '23503 ledger_transfers_credit')
  t.equal(await row('fund:CNY', 'outside:CNY', 'EUR', 1), '23503 ledger_transfers_debit')
  t.equal(
    await refusal(
      sql`insert into ledger_accounts (platform_id, id, kind, owner, currency) values (${platform_id}::uuid, 'fund:CNY', 'fund', '', 'EUR')`.execute(
        db,
      ),
    ),
    '23514 ledger_accounts_of_currency',
    'an account is of one currency',
  )
  t.equal(await row('fund:CNY', 'outside:CNY', 'CNY', 1, topUp?.id), 'taken')
  t.equal(await row('fund:CNY', 'outside:CNY', 'CNY', 1, topUp?.id), '23505 ledger_transfers_one_reversal')
  t.equal(
    await refusal(
      sql`update ledger_accounts set balance = -1 where platform_id = ${platform_id}::uuid and id = 'fund:CNY'`.execute(db),
    ),
    '23514 ledger_accounts_never_below_zero',
  )
  t.match(await refusal(sql`update ledger_transfers set amount = 2`.execute(db)), /^(42501|P0001|23)/, 'a transfer never changes')
  t.match(await refusal(sql`delete from ledger_transfers`.execute(db)), /^(42501|P0001|23)/, 'and never leaves')
})
