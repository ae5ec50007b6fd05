/** What docs/guide/returns.md says is what happens. */
import t from 'tap'
import { clockOf, type DeadlineKind } from '../../../src/words/deadlines.ts'
import { guidePage, rowsInChapter, rowsUnder } from '../../support/guide.ts'
import { agent, buyer, merchant, once, type Story } from '../../support/rules.ts'

const page = guidePage('returns')
const people: Readonly<Record<string, typeof buyer>> = { buyer, merchant, agent }
const bodies: Readonly<Record<string, object>> = {
  'completes return_address': { return_to: { address: '退货仓' } },
  'completes return_shipment': { tracking_number: 'SF1' },
  'fails arrival': { explanation: '未收到' },
  'completes inspection': { passed: true },
  'completes refund': { payment_reference: 'PAY-1' },
}

const does = (story: Story, who: string, what: string): void => {
  const [word = '', kind = ''] = what.replaceAll('`', '').split(' ')
  const actor = people[who] ?? buyer
  if (word === 'accepts') {
    story.onPlan(actor, 'accept')
    return
  }
  const step = story.plan.steps.find((one) => one.kind === kind)?.id
  const body = bodies[`${word} ${kind}`]
  story.by(actor, word === 'fails' ? 'fail_step' : 'complete_step', body, { plan: story.plan.id, step })
}

t.test('the worked example of the guide is what happens', (t) => {
  const rows = rowsInChapter(page, 'A return as it goes')
  t.equal(rows.length, 8)
  const story = once
    .accepted()
    .by(merchant, 'create', { remedies: [{ type: 'return_and_refund', amount: 10_000 }], explanation: '退货退款' })
    .onPlan(merchant, 'propose')
  for (const [when = '', who = '', what = '', turn = '', until = ''] of rows) {
    story.at(when.replace(/^\w+ /, ''))
    does(story, who, what)
    const [side, kind] = turn.replaceAll('`', '').split(': ')
    t.ok(story.open.includes(`${kind} of ${side} until ${until}`), `${when}: ${turn} until ${until}, of ${story.open.join('; ')}`)
  }
  t.equal(story.status, 'resolved')
  t.end()
})

t.test('the steps of the page have the clocks that it names', (t) => {
  const rows = rowsUnder(page, 'step')
  const kinds = rows.flatMap(([, , time = '']) => [...time.matchAll(/`(\w+)`/g)].map(([, kind]) => kind as DeadlineKind))
  t.strictSame(kinds.toSorted(), ['arrival', 'difference', 'inspection', 'return_address', 'return_again', 'return_shipment'])
  for (const kind of kinds) t.ok(clockOf[kind], kind)
  t.end()
})
