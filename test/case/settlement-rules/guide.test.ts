/** What docs/guide/settlement-rules.md says is what happens. */
import t from 'tap'
import { type Json, testApp } from '../../support/app.ts'
import { guidePage, rowsInChapter } from '../../support/guide.ts'
import { oms, stateOrder } from '../../support/orders.ts'
import { alice, newOrder, tell } from '../../support/story.ts'

const page = guidePage('settlement-rules')

t.test('the worked example of the guide is what happens', async (t) => {
  const app = await testApp(t)
  const written = await app.call('PUT', '/v1/merchants/M-1/settlement-rules', {
    as: 'merchant:M-1',
    body: JSON.parse(/```json\n([\s\S]+?)```/.exec(page)?.[1] ?? ''),
  })
  t.equal(written.status, 200, written.text)
  const rows = rowsInChapter(page, 'An example')
  const told: string[] = []
  for (const [n, [category = '', wanted = '', back = '']] of rows.entries()) {
    const order = newOrder(10_000)
    await stateOrder(app, order)
    if (back !== '')
      await app.call('POST', `/v1/orders/${order.id}/refunds-elsewhere`, {
        as: oms,
        body: { amount: Number(back), reference: `CB-${n}` },
      })
    const [remedy, amount] = wanted.split(' ')
    const story = await tell(app, {
      order,
      category: category.replaceAll('`', ''),
      wanted: { remedy, ...(amount && { amount: Number(amount) }) },
    })
    await story.by(alice, 'accept')
    const { data: plans } = await story.read(alice, `/v1/complaints/${story.id}/refund-plans`)
    const { data: events } = await story.read(alice, `/v1/complaints/${story.id}/events`)
    const skipped = events.find(({ type }: Json) => type === 'settlement_rule_skipped')
    const made = plans.map(({ remedies: [one], automatic }: Json) =>
      [one.type, one.amount, 'by', `\`${automatic.rule_id}\``].filter((word) => word !== undefined).join(' '),
    )
    const after = skipped ? `, after \`${skipped.data.rule_id}\` was skipped: \`${skipped.reason_code}\`` : ''
    told.push(`${made.join() || 'nothing: the merchant answers'}${after}`)
  }
  t.ok(told.length > 5)
  t.strictSame(
    told,
    rows.map(([, , , has]) => has),
  )
})
