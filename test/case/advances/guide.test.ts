/** The worked examples of docs/money.md are played, and end with the very journals that the page shows. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import t, { type Test } from 'tap'
import { DAY } from '../../../src/foundation/clock.ts'
import { ask, imposed, paidFirst, payIn } from '../../support/advances.ts'
import { type TestApp, testApp } from '../../support/app.ts'
import { checkBalanced, journalsOf } from '../../support/ledger.ts'
import { alice, liability, qian, refundOf, returnOf, zhao } from '../../support/story.ts'

const page = readFileSync(path.join(import.meta.dirname, '../../../docs/money.md'), 'utf8')

/** The journal that the page shows under a name. */
const shown = (name: string): string[] =>
  (page.split(`\`\`\`text journal:${name}\n`)[1] ?? '').split('\n```')[0]?.split('\n') ?? []

const funded = async (t: Test, deposit: number): Promise<TestApp> => {
  const app = await testApp(t)
  await payIn(app.db, app.platformId, [{ kind: 'fund_topped_up', amount: 100_000 }])
  await payIn(app.db, app.platformId, [{ kind: 'deposit_received', amount: deposit, owner: 'M-1' }])
  return app
}
const later = async (app: TestApp, days: number): Promise<void> => {
  app.clock.advance(days * DAY)
  await app.call('POST', '/v1/sweeps', { body: {} })
}
const endsAsShown = async (t: Test, app: TestApp, name: string): Promise<void> => {
  await checkBalanced(t, app.db, app.platformId)
  t.strictSame(await journalsOf(app.db, app.platformId), shown(name))
}

t.test('paid after the return', async (t) => {
  const app = await funded(t, 30_000)
  const story = await imposed(app, returnOf(25_900))
  const advance = await ask(story, zhao)
  t.match(advance, { status: 'frozen', mode: 'after_return' })
  await story.onStep(story.buyer, 'complete', { tracking_number: 'SF1', carrier: '顺丰' })
  await story.onStep(story.respondent, 'complete', { passed: true })
  await story.onStep(alice, 'complete', { payment_reference: 'F-1' })
  await later(app, 6)
  await endsAsShown(t, app, 'after_return')
})

t.test('paid at once, with a shortfall', async (t) => {
  const app = await funded(t, 1_000)
  const story = await imposed(app, refundOf(5_000))
  await paidFirst(story)
  await later(app, 6)
  const [debt] = (await story.read(alice, `/v1/complaints/${story.id}/receivables`)).data
  await story.try(alice, `/v1/receivables/${debt.id}/pay`, { amount: 1_500 })
  await story.try(zhao, `/v1/receivables/${debt.id}/waive`, { explanation: '商家困难' })
  await endsAsShown(t, app, 'at_once')
})

t.test('a won appeal after the payment', async (t) => {
  const app = await funded(t, 30_000)
  const story = await imposed(app, refundOf(5_000))
  await paidFirst(story)
  await later(app, 6)
  await story.file(story.respondent, { reason_code: 'advance_not_due', statement: '不应由我方承担' })
  await story.onAppeal(qian, 'uphold', { explanation: '部分责任' })
  await story.by(qian, 'determine-liability', {
    ...liability,
    shares: [
      { party: 'merchant', percent: 50 },
      { party: 'platform', percent: 50 },
    ],
  })
  await story.writePlan(alice, refundOf(3_000))
  await story.onPlan(zhao, 'impose', { explanation: '各半' })
  await later(app, 6)
  await later(app, 2)
  t.match(await story.seenBy(alice), { status: 'closed' })
  await endsAsShown(t, app, 'cascade')
})

t.test('a held settlement is taken first, given back and let go', async (t) => {
  const app = await funded(t, 100_000)
  const story = await imposed(app, refundOf(5_000))
  const hold = await story.try(alice, `/v1/complaints/${story.id}/holds`, { amount: 3_000, explanation: '涉嫌售假' })
  await story.try('payments:psp', `/v1/holds/${hold.body.id}/report-held`, { amount: 3_000 })
  await paidFirst(story)
  await later(app, 6)
  await story.file(story.respondent, { reason_code: 'advance_not_due', statement: '不应由我方承担' })
  await story.onAppeal(qian, 'uphold', { explanation: '责任不在商家' })
  await story.by(story.buyer, 'withdraw')
  await later(app, 1)
  t.match(await story.try('payments:psp', `/v1/holds/${hold.body.id}/report-released`), { status: 202 })
  await endsAsShown(t, app, 'held')
})
