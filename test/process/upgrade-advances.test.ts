/**
 * Plans that the version before the guarantee fund had begun, told by itself (`test/fixtures/steps`), and paid by the fund: what that version asked
 * the payment system for names no advance, and its steps and its policy know of none.
 */
import t from 'tap'
import { DAY } from '../../src/foundation/clock.ts'
import { faultsInBooks } from '../races/cases.ts'
import { ask, onAdvance, payIn, refundIn } from '../support/advances.ts'
import type { Json } from '../support/app.ts'
import { balancesOf, checkBalanced } from '../support/ledger.ts'
import { alice, type CaseStory } from '../support/story.ts'
import { storyOf, upgraded } from './upgraded.ts'

const merchant = 'merchant:M-1'
const buyer = 'buyer:B-1'

await t.test('a plan of the version before the fund goes on, and the fund pays its refund', async (t) => {
  const app = await upgraded(t, '2026-11-30T18-25-00_automatic_plans', 'steps/2026-11-30-automatic-plans.ndjson')
  const statusOf = async (story: CaseStory, { id }: Json) => (await story.read(alice, `/v1/advances/${id}`)).status
  await payIn(app.db, app.platformId, [{ kind: 'fund_topped_up', amount: 100_000 }])
  await payIn(app.db, app.platformId, [{ kind: 'deposit_received', amount: 8_000, owner: 'M-1' }])

  await t.test('its policy says when, as that of a new platform does', async (t) => {
    const story = await storyOf(app, 'asked')
    const { checks } = await story.read(alice, `/v1/complaints/${story.id}/advance-eligibility`)
    t.ok(checks.length > 10)
    t.strictSame(
      checks.filter(({ passed }: Json) => !passed),
      [],
    )
  })

  await t.test('an open attempt is asked back first, and only then the fund pays', async (t) => {
    const story = await storyOf(app, 'asked')
    t.match(refundIn(story.plan).attempts, [{ status: 'asked', amount: 5_000 }])
    const advance = await ask(story)
    t.match(advance, { status: 'frozen', mode: 'at_once', amount: 5_000 })
    await story.onStep(alice, 'fail', { explanation: '商户余额不足' })
    t.match(refundIn(story.plan).attempts, [{ status: 'cancelled' }, { status: 'asked', amount: 5_000 }])
    await story.onStep(alice, 'complete', { payment_reference: 'F-1' })
    t.equal(await statusOf(story, advance), 'paid')
    t.match(await story.seenBy(buyer), { status: 'resolved' })
    await onAdvance(story, alice, advance, 'recover', { amount: 5_000, payment_reference: 'R-1' })
    t.equal(await statusOf(story, advance), 'recovered')
  })

  await t.test('where the payment of the version before has failed, the fund pays at once', async (t) => {
    const story = await storyOf(app, 'failing')
    const advance = await ask(story)
    t.match(advance, { status: 'paying', amount: 5_000 })
    const { data } = await story.read(alice, `/v1/complaints/${story.id}/refund-plans`)
    const attempt = refundIn(data[0]).attempts.at(-1)
    await story.onPlan(alice, `steps/${refundIn(data[0]).id}/complete`, { attempt_id: attempt.id, payment_reference: 'F-2' })
    t.equal(await statusOf(story, advance), 'paid')
  })

  await t.test('where goods come back first, what was put aside waits for them', async (t) => {
    const story = await storyOf(app, 'returning')
    const advance = await ask(story)
    t.match(advance, { status: 'frozen', mode: 'after_return', amount: 20_000 })
    await story.onStep(buyer, 'complete', { tracking_number: 'SF1', carrier: '顺丰' })
    await story.onStep(merchant, 'complete', {})
    await story.onStep(merchant, 'complete', { passed: true })
    t.equal(await statusOf(story, advance), 'paying')
    await story.onStep(alice, 'complete', { payment_reference: 'F-3' })
    t.equal(await statusOf(story, advance), 'paid')
  })

  await t.test('and the deposit pays it back as far as it goes; every clock acts, and everything is counted', async (t) => {
    app.clock.advance(6 * DAY)
    const { body } = await app.call('POST', '/v1/sweeps', { body: {} })
    t.match(body, { failed: 0 })
    const trail = /^(trail|feed) of /
    t.strictSame(
      (await faultsInBooks(app.db)).filter((fault) => !trail.test(fault)),
      [],
    )
    await checkBalanced(t, app.db, app.platformId)
    t.strictSame(await balancesOf(app.db, app.platformId), {
      'fund CNY': 83_000,
      'merchant_receivable of M-1 CNY': 17_000,
      'outside CNY': -100_000,
    })
  })
})
