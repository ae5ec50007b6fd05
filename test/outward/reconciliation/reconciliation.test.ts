/** All that knows of money agrees, and where it does not, the proof says so by name. Faults are made behind the back of the code. */
import { sql } from 'kysely'
import t from 'tap'
import { jobs } from '../../../src/clockwork/jobs/jobs.ts'
import { newId } from '../../../src/foundation/ids.ts'
import { comparisonKinds, isOpenKind } from '../../../src/words/reconciliation.ts'
import { begin, psp, put, take } from '../../money/movements/fund.ts'
import { tour } from '../../scaling/tour.ts'
import { type Json, type TestApp, testApp } from '../../support/app.ts'
import { alice, liability, newOrder, refundOf, tell } from '../../support/story.ts'

const url = '/v1/reconciliation'
const list = async ({ call }: TestApp, query = 'limit=100'): Promise<Json[]> => (await call('GET', `${url}?${query}`)).body.data
const faults = async (app: TestApp): Promise<Json[]> => (await list(app)).filter(({ is_open }) => !is_open)

/** One turn of the job, and what its gauge says then. */
const proved = async ({ deps }: TestApp) => {
  const job = jobs.find(({ name }) => name === 'prove_ledger')
  const did = await job?.run(deps, () => false)
  const text = await deps.metrics.registry.metrics()
  return { ...did, gauge: /^redress_ledger_difference (.+)$/m.exec(text)?.[1] }
}

/** Rows that no code writes. */
const behindTheBack = async ({ owner }: TestApp, statement: string): Promise<void> => {
  await owner.transaction().execute(async (trx) => {
    await sql`set local session_replication_role = replica`.execute(trx)
    await sql.raw(statement).execute(trx)
  })
}

await t.test('after a tour of everything nothing differs', async (t) => {
  const app = await testApp(t, { config: { webhooks: { allowPrivate: 'always', ports: [] } } })
  await tour(app)
  t.strictSame(await faults(app), [])
  t.ok(
    (await list(app)).some(({ kind }) => kind === 'attempt_open'),
    'what is not answered is named',
  )
  t.match(await proved(app), { differing: 0, gauge: '0' })
})

await t.test('what was asked of the payment system and is not answered is open, and no fault', async (t) => {
  const app = await testApp(t)
  await put(app, 'fund_top_up', 1_000)
  const { id } = (await begin(app, 'fund_withdrawal', 300)).body
  t.strictSame(await list(app), [
    {
      kind: 'movement_open',
      is_open: true,
      resource: { type: 'fund_movement', id },
      part: null,
      currency: 'CNY',
      expected: 300,
      found: 0,
    },
  ])
  await take(app, psp, id, 'complete')
  t.strictSame(await list(app), [])
})

await t.test('each fault is named, with what ought to be and what is', async (t) => {
  const app = await testApp(t, { provokesErrors: true })
  const { platformId } = app
  await put(app, 'fund_top_up', 1_000)
  const { id: deposited } = await put(app, 'deposit', 500)
  const paid = (await begin(app, 'fund_withdrawal', 300)).body.id
  await take(app, psp, paid, 'complete')
  const order = newOrder(25_900)
  const story = await tell(app, { order })
  await story.by(alice, 'accept')
  await story.by('buyer:B-1', 'escalate', { reason_code: 'no_agreement' })
  await story.by(alice, 'determine-liability', liability)
  await story.writePlan(alice, refundOf(5_000))
  await story.onPlan('supervisor:zhao', 'impose', { explanation: '责任明确' })
  t.strictSame(await faults(app), [])

  const found = async (kind: string): Promise<Json[]> =>
    (await faults(app)).filter((one) => one.kind === kind).map(({ resource: { id }, expected, found }) => [id, expected, found])

  await behindTheBack(
    app,
    `update ledger_accounts set balance = balance - 7 where platform_id = '${platformId}' and id = 'fund:CNY'`,
  )
  t.strictSame(await found('account_balance'), [['fund:CNY', 700, 693]])
  t.strictSame(await found('currency_sum'), [['CNY', 0, -7]])
  t.match(await proved(app), { differing: 2, gauge: '14' })
  t.ok(app.logs.some((line) => line.includes('the ledger does not add up')))
  t.notOk(
    app.logs.some((line) => line.includes('does not add up') && line.includes('M-1')),
    'and not whose it is',
  )
  await behindTheBack(
    app,
    `update ledger_accounts set balance = balance + 7 where platform_id = '${platformId}' and id = 'fund:CNY'`,
  )
  t.match(await proved(app), { differing: 0, gauge: '0' })

  await behindTheBack(
    app,
    `update ledger_transfers set amount = 499 where platform_id = '${platformId}' and movement_id = '${deposited}'`,
  )
  t.strictSame(await found('movement_transfers'), [[deposited, 500, 499]])
  await behindTheBack(
    app,
    `update ledger_transfers set amount = 500 where platform_id = '${platformId}' and movement_id = '${deposited}'`,
  )

  const stray = newId()
  await behindTheBack(
    app,
    `insert into ledger_transfers (platform_id, id, journal_id, kind, debit, credit, currency, amount, created_at)
     values ('${platformId}', '${stray}', '${stray}', 'fund_topped_up', 'outside:CNY', 'fund:CNY', 'CNY', 9, now())`,
  )
  t.strictSame(await found('transfer_without_movement'), [[stray, 0, 9]])
  await behindTheBack(app, `delete from ledger_transfers where platform_id = '${platformId}' and id = '${stray}'`)

  await behindTheBack(
    app,
    `update fund_movements set uncovered_amount = 5 where platform_id = '${platformId}' and id = '${paid}'`,
  )
  t.strictSame(await found('movement_uncovered'), [[paid, 300, 295]])
  t.strictSame(await found('movement_transfers'), [[paid, 295, 300]])
  await behindTheBack(
    app,
    `update fund_movements set uncovered_amount = 0 where platform_id = '${platformId}' and id = '${paid}'`,
  )

  await behindTheBack(
    app,
    `update orders set refund_in_force = refund_in_force + 1, compensation_in_force = 3 where platform_id = '${platformId}'`,
  )
  t.strictSame(await found('order_refunds'), [[order.id, 5_000, 5_001]])
  t.strictSame(await found('order_compensations'), [[order.id, 0, 3]])
  await behindTheBack(
    app,
    `update orders set refund_in_force = refund_in_force - 1, compensation_in_force = 0 where platform_id = '${platformId}'`,
  )

  await behindTheBack(
    app,
    `update refund_plans set steps = jsonb_set(steps, '{0,status}', '"done"') where platform_id = '${platformId}'`,
  )
  t.strictSame(await found('step_payments'), [[story.plan.id, 5_000, 0]])

  const csv = await app.call('GET', `${url}?format=csv&kind=step_payments`, { as: 'supervisor:zhao' })
  t.strictSame(csv.text.split('\r\n'), [
    'kind,name_en,name_zh,is_open,resource_type,resource_id,part,currency,expected,found',
    `step_payments,payments of a step,步骤与付款,false,refund_plan,${story.plan.id},${story.plan.steps[0].id},CNY,5000,0`,
    '',
  ])
})

await t.test('a walk over many differences tells each once, whatever the page', async (t) => {
  const app = await testApp(t)
  const { db, platformId } = app
  const ids = Array.from({ length: 450 }, (_, n) => `deposit:CNY:商家-${String(n).padStart(4, '0')}${'长'.repeat(200)}`)
  await sql`
    insert into ledger_accounts (platform_id, id, kind, owner, currency, balance)
    select ${platformId}::uuid, id, 'deposit', split_part(id, ':', 3), 'CNY', 1 from unnest(${ids}::text[]) id`.execute(db)
  for (const limit of [1, 7, 100]) {
    const seen: string[] = []
    let next: string | null = `${url}?kind=account_balance&limit=${limit}`
    for (let page = 0; next !== null && page < (limit === 1 ? 20 : 500); page++) {
      const { body, status }: { body: Json; status: number } = await app.call('GET', next)
      t.equal(status, 200)
      seen.push(...body.data.map(({ resource }: Json) => resource.id))
      next = body.next_cursor === null ? null : `${url}?kind=account_balance&limit=${limit}&cursor=${body.next_cursor}`
    }
    t.strictSame(seen, limit === 1 ? ids.slice(0, 20) : ids)
  }
})

await t.test('it is for admins and supervisors', async (t) => {
  const app = await testApp(t)
  for (const as of ['admin:root', 'supervisor:zhao']) t.equal((await app.call('GET', url, { as })).status, 200, as)
  for (const as of ['agent:alice', 'integration:erp', 'buyer:B-1', 'merchant:M-1', psp])
    t.equal((await app.call('GET', url, { as })).status, 403, as)
  t.strictSame(comparisonKinds.filter(isOpenKind), ['movement_open', 'attempt_open', 'hold_open'])
})
