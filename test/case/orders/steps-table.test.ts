/**
 * What became of steps and came out wrong, each with its neighbours: another remedy, the other side, a second complaint, a refund elsewhere,
 * and currencies with no, two and three decimals. Amounts are written in whole units of the currency.
 */
import t from 'tap'
import { DAY } from '../../../src/foundation/clock.ts'
import { faultsInBooks } from '../../races/cases.ts'
import { type Called, type Json, testApp } from '../../support/app.ts'
import { oms } from '../../support/orders.ts'
import { decree } from '../../support/policy.ts'
import { alice, type CaseStory } from '../../support/story.ts'
import { inCurrency } from './in-currency.ts'

const buyer = 'buyer:B-1'
const merchant = 'merchant:M-1'
const app = await testApp(t)
const why = { explanation: '收款账户已注销，银行退回' }
await decree(app, (document: Json) => {
  document.approval_amounts = { CNY: 100_000, JPY: 1_000, KWD: 1_000_000 }
})

/** The step of a kind in the latest plan, of several the first that is not done. */
const stepIn = (story: CaseStory, kind: string): Json => {
  const steps: Json[] = story.plan.steps.filter((step: Json) => step.kind === kind)
  return steps.find(({ status }) => status !== 'done') ?? steps[0]
}
const on = (story: CaseStory, as: string, kind: string, action: string, body: Json = {}): Promise<CaseStory> =>
  story.onPlan(as, `steps/${stepIn(story, kind).id}/${action}`, body)
const tryOn = (story: CaseStory, as: string, kind: string, action: string, body: Json = {}): Promise<Called> =>
  story.try(as, `/v1/refund-plans/${story.plan.id}/steps/${stepIn(story, kind).id}/${action}`, body)
const orderOf = async (order: Json): Promise<Json> => (await app.call('GET', `/v1/orders/${order.id}`, { as: oms })).body
/** The story with its latest plan as it is now. */
const reread = async (story: CaseStory): Promise<CaseStory> => {
  story.plan = await story.read(alice, `/v1/refund-plans/${story.plan.id}`)
  return story
}
const exceeded = { status: 422, body: { code: 'order_total_exceeded' } }

for (const currency of ['CNY', 'JPY', 'KWD'] as const) {
  const { scale, state, elsewhere, complain, remedy, write, agree } = inCurrency(app, currency)
  const line = { line_ids: ['1'] }

  await t.test(`${currency}: a payment that the bank returns is paid another way`, async (t) => {
    const order = await state(200, [['1', 200]])
    const story = await agree(order, remedy('refund', 100))
    await on(story, alice, 'refund', 'complete', { payment_reference: 'PAY-1' })
    t.match(await story.seenBy(buyer), { status: 'resolved' })
    await on(story, alice, 'refund', 'return', why)
    t.match(story.plan, { status: 'executing' })
    t.match(stepIn(story, 'refund'), { status: 'returned', paid_amount: 0, held_amount: 100 * scale })
    t.match(await story.seenBy(buyer), { status: 'executing', outcome: 'settled' })
    const second = await complain(order)
    t.match(await write(second, merchant, remedy('refund', 101)), exceeded, 'the money stays reserved over all complaints')
    t.match(await write(second, buyer, remedy('refund', 100)), { status: 201 })
    await on(story, alice, 'refund', 'retry')
    const [first, again] = stepIn(story, 'refund').attempts
    t.match([first, again], [{ status: 'returned' }, { status: 'asked', amount: 100 * scale }])
    await on(story, alice, 'refund', 'complete', { attempt_id: again.id, payment_reference: 'PAY-2' })
    t.match(stepIn(story, 'refund'), { status: 'done', paid_amount: 100 * scale, overpaid_amount: 0 })
    t.match(await story.seenBy(buyer), { status: 'resolved' })
    // reported once more, late and in another order
    for (const [action, attempt_id] of [
      ['return', first.id],
      ['complete', first.id],
      ['fail', again.id],
    ] as const)
      await on(story, alice, 'refund', action, { attempt_id, ...(action !== 'complete' && why) })
    t.match(stepIn(story, 'refund'), { status: 'done', paid_amount: 100 * scale, overpaid_amount: 0 })
    t.match(await orderOf(order), { refund_in_force: 100 * scale, refund_excess: 0 })
  })

  await t.test(`${currency}: a returned payment that went back elsewhere meanwhile is not made again`, async (t) => {
    for (const type of ['refund', 'return_and_refund'] as const) {
      const order = await state(100, [['1', 100]], { payments: [{ method: 'card', amount: 100 * scale }] })
      const story = await agree(order, remedy(type, 100))
      if (type === 'return_and_refund') {
        await on(story, buyer, 'return_shipment', 'complete', { tracking_number: 'SF1' })
        await on(story, merchant, 'inspection', 'complete', { passed: true })
      }
      await on(story, alice, 'refund', 'complete', {})
      await on(story, alice, 'refund', 'return', why)
      t.match(await elsewhere(order, 100, { means: 'card', kind: 'chargeback' }), { excess: 100 * scale })
      t.match(await tryOn(story, alice, 'refund', 'retry'), exceeded, `${type}: a refund elsewhere has taken its place`)
      t.match(await tryOn(story, buyer, 'refund', 'name-payee', { payee_reference: 'payee_1' }), { status: 409 })
      await on(story, alice, 'refund', 'skip', why)
      t.match(await orderOf(order), { refund_in_force: 100 * scale, refund_excess: 0, refund_left: 0 })
      t.match(await write(await complain(order), merchant, remedy('refund', 1)), exceeded, 'nor by a second complaint')
    }
    t.strictSame(await faultsInBooks(app.db), [])
  })

  await t.test(`${currency}: nor is a compensation lost, or what the other side sees of it`, async (t) => {
    const story = await agree(await state(200, [['1', 200]]), remedy('compensation', 10))
    await on(story, alice, 'compensation', 'complete', {})
    await story.by(buyer, 'confirm')
    await on(story, alice, 'compensation', 'return', why)
    t.match(await story.seenBy(buyer), { status: 'executing', close_reason: null })
    for (const _again of [1, 2]) {
      await on(story, alice, 'compensation', 'retry')
      await on(story, alice, 'compensation', 'fail', why)
    }
    const open = (await story.seenBy(buyer)).available_actions.find((one: Json) => one.action === 'name_payee_step')
    t.match(open, { mandatory: true, on_silence: 'leave_unclaimed', step_kind: 'compensation' })
    t.match(await tryOn(story, alice, 'compensation', 'name-payee', { payee_reference: 'payee_1' }), { status: 403 })
    await on(story, buyer, 'compensation', 'name-payee', { payee_reference: 'payee_8f3c21d9' })
    const seenAs = async (as: string): Promise<Json> =>
      (await story.read(as, `/v1/refund-plans/${story.plan.id}`)).steps[0].attempts.at(-1).payee_reference
    t.equal(await seenAs(buyer), 'payee_8f3c21d9')
    t.equal(await seenAs(alice), 'payee_8f3c21d9')
    t.equal(await seenAs(merchant), '**********21d9')
    t.match(await tryOn(story, merchant, 'compensation', 'complete'), { status: 403 }, 'the other side reports no payment')
    await on(story, alice, 'compensation', 'complete', {})
    t.match(await story.seenBy(buyer), { status: 'resolved' })
  })

  await t.test(`${currency}: what was given up and paid all the same is too much, and counts`, async (t) => {
    const order = await state(200, [['1', 200]], { payments: [{ method: 'card', amount: 200 * scale }] })
    const story = await agree(order, remedy('refund', 150, line))
    await on(story, alice, 'refund', 'fail', why)
    await on(story, alice, 'refund', 'skip', why)
    t.match(await orderOf(order), { refund_in_force: 0 })
    const second = await agree(order, remedy('refund', 200))
    t.match(second.plan, { status: 'executing' }, 'the second complaint has the money')
    await on(story, alice, 'refund', 'complete', {})
    t.match(stepIn(story, 'refund'), { status: 'skipped', paid_amount: 150 * scale, overpaid_amount: 150 * scale })
    t.match(await orderOf(order), { refund_in_force: 350 * scale, refund_excess: 150 * scale, refund_left: 0 })
    t.ok((await story.eventsSeenBy(buyer)).includes('step_overpaid'))
    await on(story, alice, 'refund', 'return', why)
    t.match(await orderOf(order), { refund_in_force: 200 * scale, refund_excess: 0 })
    t.strictSame(await faultsInBooks(app.db), [])
  })

  await t.test(`${currency}: a refund that bounces leaves the exchange beside it alone`, async (t) => {
    for (const other of ['exchange', 'reship', 'apology'] as const) {
      const order = await state(300, [
        ['1', 100],
        ['2', 200],
      ])
      const story = await agree(order, remedy('refund', 100, line), remedy(other, undefined, { line_ids: ['2'] }))
      await on(story, alice, 'refund', 'fail', why)
      t.match(story.plan, { status: 'executing' }, other)
      for (const action of ['retry', 'skip'])
        t.match(
          await tryOn(story, merchant, 'refund', action, action === 'skip' ? why : {}),
          { status: 403 },
          'the other side decides nothing of it',
        )
      t.match(await write(await complain(order), buyer, remedy('refund', 1, line)), exceeded, 'a second complaint has none of it')
      if (other === 'exchange') {
        await on(story, buyer, 'return_shipment', 'complete', { tracking_number: 'SF1' })
        await on(story, merchant, 'inspection', 'complete', { passed: true })
      }
      if (other === 'apology') await on(story, merchant, 'apology', 'complete')
      else {
        await on(story, merchant, 'replacement_shipment', 'complete', { tracking_number: 'SF2' })
        await on(story, buyer, 'arrival', 'complete')
      }
      t.match(await story.seenBy(buyer), { status: 'executing' }, 'the refund is still owed')
      await elsewhere(order, 200, { lines: [{ line_id: '2', amount: 200 * scale }] })
      t.match(await orderOf(order), { refund_in_force: 300 * scale, refund_excess: 0 }, 'a refund elsewhere takes nothing of it')
      await on(story, alice, 'refund', 'retry')
      await on(story, alice, 'refund', 'complete', {})
      t.match(await story.seenBy(buyer), { status: 'resolved' })
    }
  })

  await t.test(`${currency}: and where it is given up, its owner decides anew or leaves it at the rest`, async (t) => {
    for (const afterwards of ['finish', 'decide_anew'] as const) {
      const order = await state(300, [['1', 300]])
      const story = await agree(order, remedy('refund', 100), remedy('compensation', 10))
      await on(story, alice, 'compensation', 'complete', {})
      await on(story, alice, 'refund', 'fail', why)
      t.match(await tryOn(story, merchant, 'refund', 'skip', why), { status: 403 }, 'the other side does not')
      await on(story, alice, 'refund', 'skip', { ...why, afterwards })
      const isEnough = afterwards === 'finish'
      t.match(story.plan, { status: isEnough ? 'executed' : 'failed' })
      t.match(await story.seenBy(buyer), { status: isEnough ? 'resolved' : 'investigating' })
      t.match(await orderOf(order), { refund_in_force: 0, compensation_in_force: 10 * scale })
      if (isEnough) continue
      t.match(await write(story, alice, remedy('refund', 300)), { status: 201 }, 'a new plan may give all of it back')
    }
  })

  await t.test(`${currency}: an inspection tells how many came back, and the refund follows`, async (t) => {
    const sold = currency === 'JPY' ? 90 : 89.99
    const all = Math.round(3 * sold * scale) / scale
    const two = Math.round(2 * sold * scale)
    const three = Math.round(3 * sold * scale)
    const inspected = async (order: Json, received: Json[], as = merchant): Promise<CaseStory> => {
      const story = await agree(order, remedy('return_and_refund', all, { ...line, quantity: 3 }))
      await on(story, buyer, 'return_shipment', 'complete', { tracking_number: 'SF1' })
      return on(story, as, 'inspection', 'complete', { received })
    }
    const cups = () => state(all, [['1', sold, { quantity: 3, unit_amount: Math.round(sold * scale) }]])
    const twoOfThree = [{ line_id: '1', quantity: 2, verdict: 'as_described' }]
    const order = await cups()
    const story = await inspected(order, twoOfThree)
    t.match(stepIn(story, 'refund'), { amount: two, attempts: [{ status: 'asked', amount: two }] })
    await on(story, alice, 'refund', 'complete', {})
    t.match(await story.seenBy(buyer), { status: 'executing' }, 'the third waits for the buyer')
    await on(story, buyer, 'contest', 'fail', { explanation: '确实只寄了两件' })
    t.match(await story.seenBy(buyer), { status: 'resolved' })
    t.match(await orderOf(order), { refund_in_force: two, refund_left: three - two })
    const second = await complain(order)
    t.match(await write(second, merchant, remedy('refund', 0.5 + two / scale)), exceeded, 'a second complaint has the third')
    t.match(
      await write(second, buyer, remedy('refund', 1, { ...line, quantity: 2 })),
      { status: 422, body: { errors: [{ code: 'exceeds_quantity' }] } },
      'and one piece of it',
    )
    t.match(
      await write(second, merchant, remedy('return_and_refund', (three - two) / scale, { ...line, quantity: 1 })),
      { status: 201 },
      'another remedy for the third',
    )

    const other = await cups()
    const byStaff = await inspected(other, twoOfThree, alice)
    await on(byStaff, buyer, 'contest', 'complete', { explanation: '三件都寄了' })
    t.match(
      await tryOn(byStaff, merchant, 'contest', 'complete', { passed: false }),
      { status: 403 },
      'the other side decides nothing',
    )
    await on(byStaff, alice, 'contest', 'complete', { passed: true })
    t.match(byStaff.plan.steps.at(-1), { kind: 'refund', status: 'pending', amount: three - two })
    t.match(await orderOf(other), { refund_in_force: three })

    const elsewhereToo = await cups()
    const damaged = await inspected(elsewhereToo, [...twoOfThree, { line_id: '1', quantity: 1, verdict: 'damaged' }])
    await on(damaged, buyer, 'contest', 'fail', { explanation: '认可' })
    await on(damaged, merchant, 'send_back', 'complete', { tracking_number: 'SF9' })
    await on(damaged, alice, 'refund', 'complete', {})
    t.match(await orderOf(elsewhereToo), { refund_in_force: two })
    await elsewhere(elsewhereToo, (three - two) / scale)
    t.match(await orderOf(elsewhereToo), { refund_in_force: three, refund_left: 0, refund_excess: 0 })

    const chargedBack = await cups()
    const contested = await inspected(chargedBack, twoOfThree)
    t.match(
      await elsewhere(chargedBack, (three - two) / scale, { lines: [{ line_id: '1', amount: three - two, quantity: 1 }] }),
      { excess: three - two },
      'a refund elsewhere while the third waits',
    )
    await on(contested, buyer, 'contest', 'complete', { explanation: '三件都寄了' })
    await on(contested, alice, 'contest', 'complete', { passed: true })
    t.match(contested.plan.steps.at(-1), { kind: 'refund', status: 'failed', data: { reason_code: 'order_total_exceeded' } })
    await contested.onPlan(alice, `steps/${contested.plan.steps.at(-1).id}/skip`, { ...why, afterwards: 'decide_anew' })
    t.match(await orderOf(chargedBack), { refund_in_force: three, refund_excess: 0, refund_left: 0 })

    const swapped = await agree(await cups(), remedy('exchange', undefined, line))
    await on(swapped, buyer, 'return_shipment', 'complete', { tracking_number: 'SF1' })
    await on(swapped, merchant, 'inspection', 'complete', { received: [{ line_id: '1', quantity: 3, verdict: 'empty' }] })
    t.match(stepIn(swapped, 'inspection'), { status: 'failed', data: { reason_code: 'inspection_not_passed' } })
    t.strictSame(await faultsInBooks(app.db), [])
  })

  await t.test(`${currency}: goods are sent with a number, and their arrival counts`, async (t) => {
    for (const type of ['reship', 'exchange'] as const) {
      const order = await state(100, [['1', 100]])
      const story = await agree(order, remedy(type, undefined, line))
      if (type === 'exchange') {
        await on(story, buyer, 'return_shipment', 'complete', { tracking_number: 'SF1' })
        await on(story, merchant, 'inspection', 'complete', { passed: true })
      }
      t.match(await tryOn(story, merchant, 'replacement_shipment', 'complete', {}), {
        status: 400,
        body: { errors: [{ pointer: '/tracking_number' }] },
      })
      t.match(await tryOn(story, alice, 'replacement_shipment', 'complete', {}), { status: 400 }, 'nor staff for the merchant')
      await on(story, merchant, 'replacement_shipment', 'complete', { tracking_number: 'SF2' })
      t.match(await story.seenBy(buyer), { status: 'executing' })
      t.match(await tryOn(story, merchant, 'arrival', 'complete'), { status: 403 }, 'who sent it does not confirm it')
      await on(story, buyer, 'arrival', 'fail', { explanation: '没收到' })
      t.match(stepIn(story, 'arrival'), { status: 'pending', data: { disputed: true } })
      await on(story, alice, 'arrival', 'fail', { explanation: '物流确认丢件' })
      await elsewhere(order, 40)
      await on(story, alice, 'arrival', 'skip', { explanation: '改为退款' })
      t.match(await story.seenBy(buyer), { status: 'investigating' }, 'a replacement that never arrives resolves nothing')
      t.match(await write(story, merchant, remedy('refund', 61)), exceeded, 'less what went back elsewhere')
      t.match(await write(story, merchant, remedy('refund', 60)), { status: 201 })
      t.match(await write(await complain(order), alice, remedy('refund', 60)), { status: 201 }, 'or by a second complaint')
    }
  })

  await t.test(
    `${currency}: what is sent again and does not arrive is settled by nobody’s silence, and counts until it is given up`,
    async (t) => {
      for (const type of ['reship', 'exchange'] as const) {
        const order = await state(200, [['1', 100, { quantity: 2 }]])
        const story = await agree(order, remedy(type, undefined, { ...line, quantity: 1 }))
        if (type === 'exchange') {
          await on(story, buyer, 'return_shipment', 'complete', { tracking_number: 'SF1' })
          await on(story, merchant, 'inspection', 'complete', { passed: true })
        }
        await on(story, merchant, 'replacement_shipment', 'complete', { tracking_number: 'SF2' })
        const second = await complain(order)
        const free = async (): Promise<Json> =>
          (await second.read(alice, `/v1/complaints/${second.id}/settlement-options`)).approval.free_up_to
        const most = 1_000 * scale
        t.equal(await free(), most - 100 * scale, `${type}: its goods count in a second complaint`)
        app.clock.advance(16 * DAY)
        await app.call('POST', '/v1/sweeps', { body: {} })
        t.match(stepIn(await reread(story), 'arrival'), { status: 'pending' }, 'silence confirms nothing')
        t.match(await tryOn(story, merchant, 'arrival', 'complete'), { status: 403 }, 'nor does the other side')
        await on(story, alice, 'arrival', 'fail', { explanation: '物流确认丢件' })
        t.equal(await free(), most - 100 * scale, 'they count until they are given up')
        await elsewhere(order, 100, { lines: [{ line_id: '1', amount: 100 * scale, quantity: 1 }] })
        await on(story, alice, 'arrival', 'skip', { explanation: '改为退款' })
        t.equal(await free(), most - 100 * scale, 'and then what went back elsewhere alone')
        t.match(
          await write(second, merchant, remedy('refund', 200, { ...line, quantity: 2 })),
          exceeded,
          'which a refund cannot give back again',
        )
        t.match(await write(second, merchant, remedy('refund', 100, { ...line, quantity: 1 })), { status: 201 })
      }
      t.strictSame(await faultsInBooks(app.db), [])
    },
  )
}
