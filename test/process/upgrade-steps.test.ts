/**
 * Plans that two older versions had begun, told by themselves (`test/fixtures/steps`), and finished by this one: payments that fail, come back,
 * are asked back and reported late, goods that come back or are sent in exchange. The older of the two counted nothing against lines; none of
 * them knew attempts to pay.
 */
import t from 'tap'
import { DAY } from '../../src/foundation/clock.ts'
import { faultsInBooks } from '../races/cases.ts'
import type { Json } from '../support/app.ts'
import { alice, type CaseStory } from '../support/story.ts'
import { storyOf, upgraded } from './upgraded.ts'

const buyer = 'buyer:B-1'
const merchant = 'merchant:M-1'
const why = { explanation: '收款账户已注销' }

for (const [version, letter] of [
  ['2026-11-30', '2026-11-30T14-50-00_order_records'],
  ['2026-11-29', '2026-11-29T21-10-00_people'],
] as const)
  await t.test(`steps of the version of ${version}`, async (t) => {
    const app = await upgraded(t, letter, `steps/${version}.ndjson`)
    const stepIn = (story: CaseStory, kind: string): Json => story.plan.steps.find((step: Json) => step.kind === kind)
    const on = (story: CaseStory, as: string, kind: string, action: string, body: Json = {}): Promise<CaseStory> =>
      story.onPlan(as, `steps/${stepIn(story, kind).id}/${action}`, body)
    const inForce = async (reference: string): Promise<Json> =>
      (await app.call('GET', `/v1/orders/O-${reference}`, { as: alice })).body

    await t.test('a payment that fails keeps its money, and is tried again', async (t) => {
      const story = await storyOf(app, 'failing')
      t.match(stepIn(story, 'refund'), { attempts: [{ status: 'asked', amount: 6_000 }], held_amount: 6_000 }, 'as it is read')
      await on(story, alice, 'refund', 'fail', why)
      t.match(stepIn(story, 'refund'), { status: 'failed', held_amount: 6_000 })
      t.match(await inForce('failing'), { refund_in_force: 6_000 })
      await on(story, alice, 'refund', 'retry')
      const [, again] = stepIn(story, 'refund').attempts
      await on(story, alice, 'refund', 'complete', { attempt_id: again.id, payment_reference: 'PAY-2' })
      t.match(stepIn(story, 'refund'), { status: 'done', paid_amount: 6_000, overpaid_amount: 0 })
      t.match(await story.seenBy(buyer), { status: 'resolved' })
    })

    await t.test('a payment of a version before comes back, and is made again', async (t) => {
      for (const reference of ['paid', 'late']) {
        const story = await storyOf(app, reference)
        if (reference === 'late') await on(story, alice, 'refund', 'complete', { payment_reference: 'PAY-3' })
        t.match(stepIn(story, 'refund'), { status: 'done', paid_amount: 6_000 })
        await on(story, alice, 'refund', 'return', why)
        t.match(stepIn(story, 'refund'), { status: 'returned', paid_amount: 0, held_amount: 6_000 }, reference)
        t.match(await story.seenBy(buyer), { status: 'executing' })
        await on(story, alice, 'refund', 'retry')
        await on(story, alice, 'refund', 'complete', { payment_reference: 'PAY-4' })
        t.match(await story.seenBy(buyer), { status: 'resolved' })
        t.match(await inForce(reference), { refund_in_force: 6_000, refund_excess: 0 })
      }
    })

    await t.test('one is asked back, and waits for the payment system: it has not paid, or has all the same', async (t) => {
      const cancelled = await storyOf(app, 'cancelling')
      await on(cancelled, alice, 'refund', 'cancel', { explanation: '改为换货' })
      t.match(stepIn(cancelled, 'refund'), { status: 'cancelling', held_amount: 6_000 })
      await on(cancelled, alice, 'refund', 'fail', why)
      t.match(stepIn(cancelled, 'refund'), { status: 'skipped', held_amount: 0 })
      t.match(await inForce('cancelling'), { refund_in_force: 0 })

      const paid = await storyOf(app, 'withdrawn')
      await on(paid, alice, 'refund', 'cancel', { explanation: '改为换货' })
      await on(paid, alice, 'refund', 'complete', { payment_reference: 'PAY-5' })
      t.match(stepIn(paid, 'refund'), { status: 'done', paid_amount: 6_000, overpaid_amount: 0 })
      t.match(await paid.seenBy(buyer), { status: 'resolved' })
      t.match(await inForce('withdrawn'), { refund_in_force: 6_000, refund_excess: 0 })
    })

    await t.test('goods come back and are inspected piece by piece, where an address was known and where none was', async (t) => {
      for (const reference of ['returning', 'placeless']) {
        const story = await storyOf(app, reference)
        await on(story, buyer, 'return_shipment', 'complete', { tracking_number: 'SF1' })
        await on(story, merchant, 'inspection', 'complete', {
          received: [{ line_id: '1', quantity: 1, verdict: 'as_described' }],
        })
        t.match(stepIn(story, 'inspection'), { status: 'done', data: { passed: false } }, reference)
        await on(story, buyer, 'contest', 'fail', { explanation: '只寄了一个' })
        await on(story, alice, 'refund', 'complete', {})
        t.match(await story.seenBy(buyer), { status: 'resolved' })
        t.match(await inForce(reference), { refund_in_force: stepIn(story, 'refund').paid_amount, refund_excess: 0 })
      }
    })

    await t.test('an exchange goes on to its end beside a compensation', async (t) => {
      const story = await storyOf(app, 'exchanging')
      await on(story, merchant, 'inspection', 'complete', { passed: true })
      await on(story, merchant, 'replacement_shipment', 'complete', { tracking_number: 'SF2' })
      await on(story, alice, 'compensation', 'fail', why)
      t.match(await story.seenBy(buyer), { status: 'executing' })
      await on(story, alice, 'compensation', 'retry')
      await on(story, alice, 'compensation', 'complete', {})
      t.match(await story.seenBy(buyer), { status: 'resolved' })
    })

    await t.test('a plan that failed under the version before stays so; what is paid on it later counts again', async (t) => {
      const story = await storyOf(app, 'failed')
      t.match(story.plan, { status: 'failed' })
      t.match(await story.seenBy(buyer), { status: 'investigating' })
      await on(story, alice, 'refund', 'complete', { payment_reference: 'PAY-6' })
      t.match(stepIn(story, 'refund'), { paid_amount: 6_000, held_amount: 6_000, overpaid_amount: 0 }, 'the order has room')
      t.match(await inForce('failed'), { refund_in_force: 6_000 })
    })

    await t.test('and everything is counted, and every clock acts', async (t) => {
      const trail = /^(trail|feed) of /
      t.strictSame(
        (await faultsInBooks(app.db)).filter((fault) => !trail.test(fault)),
        [],
      )
      app.clock.advance(30 * DAY)
      const { body } = await app.call('POST', '/v1/sweeps', { body: {} })
      t.match(body, { failed: 0 })
      t.strictSame(
        (await faultsInBooks(app.db)).filter((fault) => !trail.test(fault)),
        [],
      )
    })
  })
