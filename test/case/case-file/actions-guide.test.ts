import t from 'tap'
import { type Json, testApp } from '../../support/app.ts'
import { guidePage, rowsInChapter } from '../../support/guide.ts'
import { alice, type CaseStory, qian, returnOf, tellToLiability } from '../../support/story.ts'

const buyer = 'buyer:B-1'
const merchant = 'merchant:M-1'
const page = guidePage('actions')

const actionOf = async (story: CaseStory, as: string, action: string): Promise<Json> =>
  (await story.seenBy(as)).available_actions.find((one: Json) => one.action === action)

const notOfMoney = { properties: { attempt_id: false, amount: false } }

/** The needed fields, as the page writes them. */
const needed = ({ required }: Json): string => required.map((name: string) => `\`${name}\``).join(', ')

await t.test('the worked example of the guide is what is listed', async (t) => {
  const app = await testApp(t)
  const [create, shipment, inspection, word, remark] = rowsInChapter(page, 'An example')
  const story = await tellToLiability(app)

  const made = await actionOf(story, alice, 'create')
  t.equal(needed(made), create?.[2])
  t.strictSame(made.limits.properties.currency, { const: 'CNY' })
  t.match(
    made.limits.properties.remedies.items.anyOf.find((one: Json) => one.properties.type.enum?.includes('refund')),
    { properties: { amount: { maximum: 25_900 } }, required: ['amount'] },
  )

  await story.writePlan(qian, returnOf(25_900))
  await story.onPlan(qian, 'propose')
  await story.onPlan(buyer, 'accept')
  await story.onPlan(merchant, 'accept')
  const sent = await actionOf(story, buyer, 'complete_step')
  t.match(sent, { step_kind: 'return_shipment', operation_id: 'completeStep', limits: notOfMoney, mandatory: true })
  t.equal(needed(sent), shipment?.[2])
  const written = await actionOf(story, buyer, 'post')
  t.equal(needed(written), word?.[2])
  t.match(written.limits.properties.visibility, { const: 'parties' })

  await story.onStep(buyer, 'complete', { tracking_number: 'SF1' })
  await story.onStep(merchant, 'complete')
  const inspected = await actionOf(story, merchant, 'complete_step')
  t.match(inspected, { step_kind: 'inspection', limits: notOfMoney })
  t.equal(needed(inspected), inspection?.[2])

  await story.onStep(merchant, 'complete', { passed: true })
  await story.onStep(alice, 'complete', { payment_reference: 'PAY-1' })
  await story.by(buyer, 'confirm')
  const kept = await actionOf(story, alice, 'post')
  t.equal(needed(kept), remark?.[2])
  t.match(kept.limits.properties.visibility, { const: 'internal' })
  t.equal(await actionOf(story, buyer, 'post'), undefined, 'a party writes nothing any more')
})

await t.test('the page explains every field of an entry', async (t) => {
  const app = await testApp(t)
  const story = await tellToLiability(app)
  const [one] = (await story.seenBy(alice)).available_actions
  const explained = page.match(/`[a-z_]+`/g)?.map((word) => word.slice(1, -1)) ?? []
  t.strictSame(
    Object.keys(one).filter((field) => !explained.includes(field)),
    [],
  )
})
