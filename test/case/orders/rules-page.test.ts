/** What docs/rules.md says is what happens. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import t from 'tap'
import { orderSourceNames } from '../../../src/words/orders.ts'
import { type Called, type Json, testApp } from '../../support/app.ts'
import { rowsInChapter, rowsUnder } from '../../support/guide.ts'
import { oms, stateOrder } from '../../support/orders.ts'
import { decree } from '../../support/policy.ts'
import { alice, tell, tellToLiability } from '../../support/story.ts'

const page = readFileSync(path.join(import.meta.dirname, '../../../docs/rules.md'), 'utf8')

t.test('the page names every source in both languages', (t) => {
  t.strictSame(
    rowsUnder(page, '`source`').map((row) => row.slice(0, 3)),
    Object.entries(orderSourceNames).map(([code, { zh, en }]) => [`\`${code}\``, zh, en]),
  )
  t.end()
})

/** `201, needs approval` or ``422 `code` `` as the page says it. */
const inWords = ({ status, body }: Called): string => {
  if (status >= 400) return `${status} \`${body.code}\``
  return body.needs_approval ? `${status}, needs approval` : String(status)
}

t.test('the worked example is what happens', async (t) => {
  const app = await testApp(t)
  const line = (line_id: string) => ({ line_id, name: '相机', quantity: 1, unit_amount: 500_000 })
  const order = { id: 'O-RULES', currency: 'CNY', paid_amount: 1_000_000, lines: [line('1'), line('2')] }
  const story = await tellToLiability(app, { order })
  const rows = rowsInChapter(page, 'A case as it goes')
  const told: string[] = []
  for (const [who, does = ''] of rows) {
    const [, type = '', amount, of] = /(\w+) ?(\d+)?(?: for line (\d))?$/.exec(does) ?? []
    const remedy = { type, ...(amount && { amount: Number(amount) }), ...(of && { line_ids: [of] }) }
    const answer =
      who === 'Bank'
        ? await app.call('POST', '/v1/orders/O-RULES/refunds-elsewhere', {
            as: oms,
            body: { amount: Number(amount), reference: 'CB-1', kind: 'chargeback' },
          })
        : await story.try(alice, `/v1/complaints/${story.id}/refund-plans`, { remedies: [remedy], explanation: '方案' })
    told.push(inWords(answer))
  }
  t.ok(told.length > 5)
  t.strictSame(
    told,
    rows.map(([, , answer]) => answer),
  )
})

t.test('the examples of splitting are what happens', async (t) => {
  const app = await testApp(t)
  const rows = rowsUnder(page, 'paid')
  const told: string[] = []
  for (const [n, [paid, lines = '', asked = '']] of rows.entries()) {
    const [pieces = '', price = ''] = lines.split(' × ')
    const ordered =
      price === ''
        ? lines.split(' + ').map((one) => ({ quantity: 1, unit_amount: Number(one) }))
        : [{ quantity: Number(pieces), unit_amount: Number(price) }]
    const order = {
      id: `O-SPLIT-${n}`,
      currency: 'CNY',
      paid_amount: Number(paid),
      lines: ordered.map((line, index) => ({ line_id: String(index + 1), name: '商品', ...line })),
    }
    const [, amount, quantity] = /^(\d+)(?: for (\d+) pieces?)?/.exec(asked) ?? []
    const [, of] = /line (\d)/.exec(asked) ?? []
    const remedy = {
      type: 'refund',
      amount: Number(amount),
      ...(quantity && { quantity: Number(quantity) }),
      ...(of && { line_ids: [of] }),
    }
    const story = await tell(app, { order })
    await story.by(alice, 'accept')
    const answer = await story.try('merchant:M-1', `/v1/complaints/${story.id}/refund-plans`, {
      remedies: [remedy],
      explanation: '方案',
    })
    told.push(String(answer.status))
  }
  t.ok(told.length > 5)
  t.strictSame(
    told,
    rows.map(([, , , answer]) => answer),
  )
})

t.test('the examples of statutory damages are what happens', async (t) => {
  const app = await testApp(t)
  await decree(app, (document: Json) => {
    document.statutory_damages_multiple = 3
  })
  const line = (line_id: string, unit_amount: number, quantity = 1) => ({ line_id, name: '商品', quantity, unit_amount })
  const lines = [line('1', 6_000), line('2', 6_000), line('3', 1_000, 2)]
  const rows = rowsUnder(page, 'of which in dispute')
  const told: string[] = []
  for (const [n, [disputed = '', asked = '']] of rows.entries()) {
    const stated = { id: `O-LAW-${n}`, currency: 'CNY', paid_amount: 14_000, lines }
    await stateOrder(app, stated)
    const [pieces = ''] = /^(\d) piece/.exec(disputed) ?? []
    const named = lines
      .filter(({ line_id }) => disputed.replace(pieces, '').includes(line_id))
      .map((one) => ({ ...one, ...(pieces && { disputed_quantity: Number.parseInt(pieces, 10) }) }))
    const story = await tellToLiability(app, { order: { ...stated, lines: named } })
    const [, amount, of] = /^(\d+)(?: for line (\d))?$/.exec(asked) ?? []
    const remedy = { type: 'statutory_damages', amount: Number(amount), rule: '第五十五条', ...(of && { line_ids: [of] }) }
    const answer = await story.try(alice, `/v1/complaints/${story.id}/refund-plans`, { remedies: [remedy], explanation: '赔偿' })
    told.push(String(answer.status))
  }
  t.ok(told.length > 5)
  t.strictSame(
    told,
    rows.map(([, , answer]) => answer),
  )
})

t.test('the examples of payments are what happens', async (t) => {
  const app = await testApp(t)
  const rows = rowsUnder(page, 'it says')
  for (const [said = '', ...expected] of rows) {
    const story = await tell(app)
    await story.by(alice, 'accept')
    await story.writePlan('merchant:M-1', { remedies: [{ type: 'refund', amount: 5_000 }], explanation: '退款' })
    await story.onPlan('merchant:M-1', 'propose')
    await story.onPlan('buyer:B-1', 'accept')
    for (const word of said.split(', ')) {
      const [, attempt, action = '', amount] = /^(?:(\d) )?(\w+)(?: (\d+))?$/.exec(word) ?? []
      const [step] = story.plan.steps
      const body = {
        ...(attempt && { attempt_id: step.attempts[Number(attempt) - 1].id }),
        ...(amount && { amount: Number(amount) }),
        ...(['fail', 'return', 'skip', 'cancel'].includes(action) && { explanation: '账户异常' }),
      }
      await story.onPlan(alice, `steps/${step.id}/${action}`, body)
    }
    const [step] = story.plan.steps
    const { status, paid_amount, held_amount, overpaid_amount } = step
    t.strictSame([status, ...[paid_amount, held_amount, overpaid_amount].map(String)], expected, said)
  }
  t.ok(rows.length > 5)
})
