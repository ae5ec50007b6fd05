/** What goes into and out of the fund and the deposits of merchants, over HTTP. */
import t from 'tap'
import { DAY, HOUR } from '../../../src/foundation/clock.ts'
import { testApp } from '../../support/app.ts'
import { balancesOf, checkBalanced, journalsOf } from '../../support/ledger.ts'
import { decree } from '../../support/policy.ts'
import { begin, byTheClock, li, movements, psp, put, reserve, root, take, told } from './fund.ts'

await t.test('money for the fund is announced by an admin and posted when the payment system reports it', async (t) => {
  const app = await testApp(t)
  const made = await begin(app, 'fund_top_up', 5_000_000, { reference: 'TOP-1' })
  t.match(made, {
    status: 201,
    headers: { etag: '"1"', location: `${movements}/${made.body.id}` },
    body: {
      kind: 'fund_top_up',
      status: 'expected',
      merchant_id: null,
      amount: 5_000_000,
      received_amount: null,
      needs_second_admin: false,
      requested_by: root,
      reference: 'TOP-1',
      due_at: '2026-12-21T19:16:00.000Z',
      version: 1,
    },
  })
  const { id } = made.body
  t.strictSame(
    made.body.available_actions.map((x: { action: string }) => x.action),
    ['cancel'],
    'who announced it does not report it',
  )
  t.match(await take(app, root, id, 'receive'), { status: 403, body: { code: 'separation_of_duties' } })
  t.match(await take(app, 'admin:ROOT', id, 'receive'), { status: 403 }, 'case tells no two people apart')
  t.strictSame(await journalsOf(app.db, app.platformId), [], 'nothing is posted before')

  const seen = await app.call('GET', `${movements}/${id}`, { as: psp })
  t.match(seen, {
    status: 200,
    body: {
      available_actions: [
        {
          resource: 'fund_movement',
          action: 'receive',
          operation_id: 'receiveFundMovement',
          href: `${movements}/${id}/receive`,
          body_schema: '#/components/schemas/ReceiveFundMovement',
        },
      ],
    },
  })
  const received = await take(app, psp, id, 'receive', { amount: 4_999_000, payment_reference: 'BK-1' })
  t.match(received, {
    status: 200,
    body: { status: 'received', received_amount: 4_999_000, difference: -1_000, reported_by: psp, due_at: null, version: 2 },
  })
  t.strictSame(await journalsOf(app.db, app.platformId), ['1.1 outside → fund 4999000 CNY fund_topped_up'])

  await t.test('a second report of the same changes nothing, one that says something else is refused', async (t) => {
    for (const body of [{}, { amount: 4_999_000 }, { amount: 4_999_000, payment_reference: 'BK-1' }])
      t.match(await take(app, psp, id, 'receive', body), { status: 200, body: { version: 2, received_amount: 4_999_000 } })
    for (const body of [{ amount: 5_000_000 }, { payment_reference: 'BK-2' }])
      t.match(await take(app, psp, id, 'receive', body), { status: 422, body: { code: 'report_contradicts' } })
    t.equal((await journalsOf(app.db, app.platformId)).length, 1)
    t.match(await take(app, psp, id, 'complete'), { status: 409, body: { code: 'action_not_available', available_actions: [] } })
  })
  t.strictSame(await told(app, id), ['fund_movement_expected', 'fund_movement_received'])
  await checkBalanced(t, app.db, app.platformId)
})

await t.test('an admin who did not announce it reports it where there is no payment system', async (t) => {
  const app = await testApp(t)
  const { body } = await begin(app, 'deposit', 30_000)
  t.match(await take(app, li, body.id, 'receive'), {
    status: 200,
    body: { status: 'received', reported_by: li, merchant_id: 'M-1' },
  })
  t.strictSame(await journalsOf(app.db, app.platformId), ['1.1 outside → deposit of M-1 30000 CNY deposit_received'])
  t.strictSame(await told(app), ['deposit_movement_expected', 'deposit_movement_received'])
  await checkBalanced(t, app.db, app.platformId)
})

await t.test('a withdrawal within the amount of the policy goes on at once', async (t) => {
  const app = await testApp(t)
  await put(app, 'fund_top_up', 3_000_000)
  const paid = await begin(app, 'fund_withdrawal', 1_000_000)
  t.match(paid, { status: 201, body: { status: 'paying', needs_second_admin: false, decided_by: null } })
  t.strictSame(await balancesOf(app.db, app.platformId), { 'fund CNY': 2_000_000, 'outside CNY': -2_000_000 }, 'debited at once')
  t.match(await take(app, root, paid.body.id, 'complete'), { status: 403 }, 'who asked does not report it')
  t.match(await take(app, psp, paid.body.id, 'complete', { payment_reference: 'BK-9' }), {
    status: 200,
    body: { status: 'done', payment_reference: 'BK-9' },
  })
  t.strictSame(await told(app, paid.body.id), ['fund_movement_payment_requested', 'fund_movement_done'])

  await t.test('and one that failed goes back to the fund', async (t) => {
    const failed = await begin(app, 'fund_withdrawal', 400_000)
    t.match(await take(app, psp, failed.body.id, 'fail', { explanation: '账户已注销' }), {
      status: 200,
      body: { status: 'failed', end_reason_code: 'payment_failed', end_explanation: '账户已注销' },
    })
    t.match(await take(app, psp, failed.body.id, 'fail'), { status: 200, body: { version: 2 } }, 'reported twice')
  })
  t.strictSame(await journalsOf(app.db, app.platformId), [
    '1.1 outside → fund 3000000 CNY fund_topped_up',
    '2.1 fund → outside 1000000 CNY fund_withdrawn',
    '3.1 fund → outside 400000 CNY fund_withdrawn',
    '4.1 outside → fund 400000 CNY fund_withdrawal_failed, takes back 3.1',
  ])
  await checkBalanced(t, app.db, app.platformId)
})

await t.test('reports in any order come to the same: a payment outweighs a failure', async (t) => {
  const app = await testApp(t)
  await put(app, 'fund_top_up', 1_000)
  const one = (await begin(app, 'fund_withdrawal', 600)).body.id
  await take(app, psp, one, 'fail')
  t.match(await take(app, psp, one, 'complete'), { status: 200, body: { status: 'done', uncovered_amount: 0 } })
  const other = (await begin(app, 'fund_withdrawal', 400)).body.id
  await take(app, psp, other, 'complete')
  t.match(await take(app, psp, other, 'fail'), { status: 200, body: { status: 'done', version: 2 } })
  t.strictSame(await journalsOf(app.db, app.platformId), [
    '1.1 outside → fund 1000 CNY fund_topped_up',
    '2.1 fund → outside 600 CNY fund_withdrawn',
    '3.1 outside → fund 600 CNY fund_withdrawal_failed, takes back 2.1',
    '4.1 fund → outside 600 CNY fund_withdrawn',
    '5.1 fund → outside 400 CNY fund_withdrawn',
  ])
  t.strictSame(await balancesOf(app.db, app.platformId), {})
  await checkBalanced(t, app.db, app.platformId)
})

await t.test(
  'what was paid after all although the fund has been spent meanwhile is posted as soon as it has money',
  async (t) => {
    const app = await testApp(t)
    await put(app, 'fund_top_up', 1_000)
    const late = (await begin(app, 'fund_withdrawal', 600)).body.id
    await take(app, psp, late, 'fail')
    const spent = (await begin(app, 'fund_withdrawal', 900)).body.id
    await take(app, psp, spent, 'complete')
    t.match(await take(app, psp, late, 'complete'), { status: 200, body: { status: 'done', uncovered_amount: 500 } })
    await byTheClock(app)
    t.match(await app.call('GET', `${movements}/${late}`), { body: { uncovered_amount: 500 } }, 'the fund has nothing yet')
    await put(app, 'fund_top_up', 200)
    await byTheClock(app)
    t.match(await app.call('GET', `${movements}/${late}`), { body: { uncovered_amount: 300 } })
    await put(app, 'fund_top_up', 1_000)
    await byTheClock(app)
    t.match(await app.call('GET', `${movements}/${late}`), { body: { uncovered_amount: 0, status: 'done' } })
    t.strictSame((await journalsOf(app.db, app.platformId)).slice(-5), [
      '5.1 fund → outside 100 CNY fund_withdrawn',
      '6.1 outside → fund 200 CNY fund_topped_up',
      '7.1 fund → outside 200 CNY fund_withdrawn',
      '8.1 outside → fund 1000 CNY fund_topped_up',
      '9.1 fund → outside 300 CNY fund_withdrawn',
    ])
    t.match(await balancesOf(app.db, app.platformId), { 'fund CNY': 700 })
    await checkBalanced(t, app.db, app.platformId)
  },
)

await t.test('above the amount of the policy a second admin decides', async (t) => {
  const app = await testApp(t)
  await put(app, 'fund_top_up', 5_000_000)
  const ask = async () => (await begin(app, 'fund_withdrawal', 1_000_001)).body

  await t.test('another person approves, and the fund is debited then', async (t) => {
    const asked = await ask()
    // 3 business days from Saturday on: Monday to Wednesday
    t.match(asked, { status: 'asked', needs_second_admin: true, due_at: '2026-11-25T10:00:00.000Z' })
    t.match(await balancesOf(app.db, app.platformId), { 'fund CNY': 5_000_000 })
    for (const as of [root, 'admin:Root'])
      t.match(await take(app, as, asked.id, 'approve'), { status: 403, body: { code: 'separation_of_duties' } })
    for (const as of [psp, 'supervisor:zhao', 'agent:alice', 'merchant:M-1', 'buyer:B-1', 'integration:erp', 'orders:oms'])
      t.match(await take(app, as, asked.id, 'approve'), { status: 403, body: { code: 'forbidden' } }, as)
    t.match(await take(app, li, asked.id, 'approve', {}, { 'if-match': '"7"' }), { status: 412 })
    t.match(await take(app, li, asked.id, 'approve', {}, { 'if-match': '"1"' }), {
      status: 200,
      body: { status: 'paying', decided_by: li, version: 2 },
    })
    t.match(await take(app, li, asked.id, 'approve'), { status: 409, body: { code: 'action_not_available' } })
    t.match(await balancesOf(app.db, app.platformId), { 'fund CNY': 3_999_999 })
    t.strictSame(await told(app, asked.id), ['fund_movement_asked', 'fund_movement_payment_requested'])
  })

  await t.test('or refuses with words', async (t) => {
    const asked = await ask()
    t.match(await take(app, li, asked.id, 'refuse'), {
      status: 400,
      body: { errors: [{ pointer: '/explanation', code: 'missing' }] },
    })
    t.match(await take(app, li, asked.id, 'refuse', { explanation: '金额有误' }), {
      status: 200,
      body: { status: 'refused', end_reason_code: 'second_admin', end_explanation: '金额有误', decided_by: li },
    })
    t.match(await take(app, li, asked.id, 'approve'), { status: 409 })
  })

  await t.test('silence of three business days refuses it', async (t) => {
    const asked = await ask()
    app.clock.advance(3 * DAY)
    t.match(await byTheClock(app), { ended: 0 })
    app.clock.advance(DAY - 8 * HOUR)
    t.match(await byTheClock(app), { ended: 1 })
    t.match(await app.call('GET', `${movements}/${asked.id}`), {
      body: { status: 'refused', end_reason_code: 'no_answer', decided_by: 'system:redress' },
    })
    t.match(await byTheClock(app), { ended: 0 })
  })

  await t.test('who asked may call it off', async (t) => {
    const asked = await ask()
    t.match(await take(app, root, asked.id, 'cancel'), {
      status: 200,
      body: { status: 'cancelled', end_reason_code: 'called_off' },
    })
  })

  await t.test('in a currency without an amount any withdrawal waits, and the policy of the day counts', async (t) => {
    t.match((await begin(app, 'fund_withdrawal', 1, { currency: 'EUR' })).body, { status: 'asked', needs_second_admin: true })
    await decree(app, ({ fund }) => {
      fund.second_admin_above = { CNY: 10, EUR: 100 }
      fund.second_admin_within = { count: 2, unit: 'hours' }
    })
    t.match((await begin(app, 'fund_withdrawal', 11)).body, { status: 'asked', policy_version: 2 })
    t.match((await begin(app, 'fund_withdrawal', 100, { currency: 'EUR' })).body, {
      status: 'refused',
      end_reason_code: 'fund_short',
    })
  })
  await checkBalanced(t, app.db, app.platformId)
})

await t.test('where the money is missing a withdrawal is refused with the reason, and nothing is an error', async (t) => {
  const app = await testApp(t)
  t.match(await begin(app, 'fund_withdrawal', 1), { status: 201, body: { status: 'refused', end_reason_code: 'fund_short' } })
  t.match(await begin(app, 'deposit_withdrawal', 1), {
    status: 201,
    body: { status: 'refused', end_reason_code: 'deposit_short' },
  })
  await put(app, 'deposit', 1_000)
  await reserve(app, 300)
  t.match(await begin(app, 'deposit_withdrawal', 1_001), { body: { status: 'refused', end_reason_code: 'deposit_short' } })
  t.match(await begin(app, 'deposit_withdrawal', 701), { body: { status: 'refused', end_reason_code: 'deposit_reserved' } })
  t.match(await begin(app, 'deposit_withdrawal', 700), { body: { status: 'paying' } })
  await put(app, 'fund_top_up', 2_000_000)
  const asked = await begin(app, 'fund_withdrawal', 1_500_000)
  await begin(app, 'fund_withdrawal', 900_000)
  t.match(await take(app, li, asked.body.id, 'approve'), {
    status: 200,
    body: { status: 'refused', end_reason_code: 'fund_short', decided_by: li },
  })
  t.strictSame(await told(app, asked.body.id), ['fund_movement_asked', 'fund_movement_refused: fund_short'])
  await checkBalanced(t, app.db, app.platformId)
})

await t.test('what is announced expires or is called off, and is recorded all the same when it comes in later', async (t) => {
  const app = await testApp(t)
  const late = (await begin(app, 'fund_top_up', 100)).body.id
  const dropped = (await begin(app, 'deposit', 200)).body.id
  t.match(await take(app, li, dropped, 'cancel', { explanation: '重复登记' }), {
    body: { status: 'cancelled', end_explanation: '重复登记' },
  })
  await app.call('POST', '/v1/test-clock/advance', { body: { by: 'P31D' } })
  t.match(await byTheClock(app), { ended: 1 })
  t.match(await app.call('GET', `${movements}/${late}`), { body: { status: 'expired', end_reason_code: 'not_received' } })
  for (const id of [late, dropped])
    t.match(await take(app, psp, id, 'receive'), { status: 200, body: { status: 'received', end_reason_code: null } })
  const asked = (await begin(app, 'fund_withdrawal', 2_000_000)).body.id
  await take(app, root, asked, 'cancel')
  t.match(await take(app, psp, asked, 'receive'), { status: 409 }, 'nothing comes in by a withdrawal')
  await checkBalanced(t, app.db, app.platformId)
})

await t.test('who may see and move what', async (t) => {
  const app = await testApp(t)
  const { id } = await put(app, 'deposit', 500)
  for (const as of ['buyer:B-1', 'merchant:M-1', 'orders:oms'])
    for (const url of [movements, `${movements}/${id}`]) t.match(await app.call('GET', url, { as }), { status: 403 }, as)
  for (const as of ['agent:alice', 'supervisor:zhao', 'integration:erp', psp])
    t.match(await app.call('GET', `${movements}/${id}`, { as }), { status: 200, body: { available_actions: [] } }, as)
  for (const as of ['agent:alice', 'supervisor:zhao', psp])
    t.match(await begin(app, 'fund_top_up', 1, {}, as), { status: 403, body: { code: 'forbidden' } }, as)
  const other = await app.platform('test')
  t.match(await app.call('GET', `${movements}/${id}`, { key: other.key }), { status: 404 })
  t.match(await app.call('POST', `${movements}/${id}/receive`, { key: other.key, body: {} }), { status: 404 })
  t.match(await begin(app, 'deposit', 1, { merchant_id: undefined }), {
    status: 400,
    body: { errors: [{ pointer: '/merchant_id', code: 'missing' }] },
  })
  t.match(await begin(app, 'fund_top_up', 1, { merchant_id: 'M-1' }), {
    status: 400,
    body: { errors: [{ pointer: '/merchant_id', code: 'not_allowed' }] },
  })
  t.match(await begin(app, 'fund_top_up', 0), { status: 400, body: { errors: [{ pointer: '/amount', code: 'too_small' }] } })
})

await t.test('the list is filtered, and the same request under one key is one movement', async (t) => {
  const app = await testApp(t)
  const headers = { 'idempotency-key': 'once' }
  const body = { kind: 'fund_top_up', currency: 'CNY', amount: 7 }
  const [first, second] = [
    await app.call('POST', movements, { body, headers }),
    await app.call('POST', movements, { body, headers }),
  ]
  t.equal(second.headers['idempotent-replayed'], 'true')
  t.equal(second.body.id, first.body.id)
  await put(app, 'deposit', 1)
  await put(app, 'deposit', 2, { merchant_id: 'M-2' })
  const list = async (query: string) =>
    (await app.call('GET', `${movements}?${query}`)).body.data.map((x: { amount: number }) => x.amount)
  t.strictSame(await list(''), [2, 1, 7])
  t.strictSame(await list('status=expected'), [7])
  t.strictSame(await list('kind=deposit,deposit_withdrawal'), [2, 1])
  t.strictSame(await list('merchant=M-1'), [1])
  const page = await app.call('GET', `${movements}?limit=1`)
  t.strictSame(await list(`limit=2&cursor=${page.body.next_cursor}`), [1, 7])
})

await t.test('a withdrawal that the payment system does not answer is told each day, and stays taken', async (t) => {
  const app = await testApp(t)
  await put(app, 'fund_top_up', 5_000_000)
  const { id, due_at } = (await begin(app, 'fund_withdrawal', 1_000)).body
  t.equal(due_at, '2026-11-22T19:16:00.000Z')
  app.clock.advance(DAY - HOUR)
  await byTheClock(app)
  t.strictSame(await told(app, id), ['fund_movement_payment_requested'])
  for (let day = 0; day < 2; day++) {
    app.clock.advance(DAY)
    await byTheClock(app)
  }
  const overdue = 'fund_movement_overdue'
  t.strictSame(await told(app, id), ['fund_movement_payment_requested', overdue, overdue])
  t.match(await balancesOf(app.db, app.platformId), { 'fund CNY': 4_999_000 })
  t.match(await take(app, psp, id, 'complete', { payment_reference: 'W-1' }), { body: { status: 'done', due_at: null } })
  app.clock.advance(3 * DAY)
  await byTheClock(app)
  t.equal((await told(app, id)).filter((type: string) => type === overdue).length, 2)
  await checkBalanced(t, app.db, app.platformId)
})
