/** Policies are kept for good, and words are added later: what an older document does not know is as platforms start with. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import t from 'tap'
import { HOUR } from '../../../src/foundation/clock.ts'
import { defaultPolicy } from '../../../src/rules/policy/default-policy.ts'
import { readPolicy } from '../../../src/rules/policy/reading.ts'
import { type Json, type TestApp, testApp } from '../../support/app.ts'
import { alice, refundOf, tell, zhao } from '../../support/story.ts'
import { businessDays, hours } from './policies.ts'

/** Documents as a version of the service wrote them, by its day. */
const frozen = (day: string): Json =>
  JSON.parse(readFileSync(path.join(import.meta.dirname, `../../fixtures/policies/${day}.json`), 'utf8'))

/** Puts a document where only an older version of the service would have left it: past every check, as the next version. */
const store = async ({ db, platformId }: TestApp, document: Json, version: number): Promise<void> => {
  await db
    .insertInto('policies')
    .values({
      platform_id: platformId,
      version,
      document: JSON.stringify(document) as never,
      created_at: '2026-11-22T02:00:00.000Z',
      created_by: 'admin:root',
      explanation: null,
    })
    .execute()
  await db.updateTable('platforms').set({ rules_version: version }).where('id', '=', platformId).execute()
}

/** From the first word to the closed file, over information, liability, an imposed refund and an appeal. */
const wholeCase = async (one: TestApp): Promise<Json> => {
  const story = await tell(one)
  await story.by(alice, 'request-information', { items: ['照片'] })
  await story.by(story.buyer, 'provide-information', { statement: '已上传' })
  await story.by(alice, 'accept')
  await story.by(story.buyer, 'escalate', { reason_code: 'no_agreement' })
  await story.by(alice, 'determine-liability', {
    shares: [{ party: 'merchant', percent: 100 }],
    reason_code: 'missing_item',
    root_cause: '仓库漏发',
    explanation: '装箱单缺少配件',
  })
  await story.read(story.buyer, `/v1/complaints/${story.id}/evidence-requirements`)
  await story.read(alice, `/v1/complaints/${story.id}/planned-actions`)
  await story.writePlan(alice, refundOf(5_000))
  await story.onPlan(zhao, 'impose', { explanation: '责任明确' })
  await story.file(story.respondent, { reason_code: 'wrong_facts', statement: '已发齐' })
  await story.onAppeal('supervisor:qian', 'deny', { explanation: '没有新的事实' })
  await story.onStep(alice, 'complete', { payment_reference: 'PAY-1' })
  await story.by(story.buyer, 'confirm')
  return story.seenBy(alice)
}

await t.test('a document from before a kind of clock, a category and a field were added carries a whole case', async (t) => {
  const one = await testApp(t)
  const older = frozen('2026-11-22')
  delete older.clocks.information
  delete older.clocks.appeal_decision
  delete older.burden_of_proof.wrong_or_missing_item
  delete older.outside_routes
  await store(one, older, 2)

  const complaint = await wholeCase(one)
  t.match(complaint, { status: 'closed', close_reason: 'confirmed', policy_version: 2 })

  const { body } = await one.call('GET', '/v1/policy')
  t.strictSame(body.document.clocks.information, [{ allow: { count: 3, unit: 'days' }, on_silence: ['close_no_response'] }])
  t.strictSame(body.document.outside_routes, ['consumer_association', 'mediation', 'arbitration', 'court'])
  t.strictSame(body.document.clocks.refund, older.clocks.refund)
})

await t.test('the document that platforms were born with before carries a whole case', async (t) => {
  const one = await testApp(t)
  await store(one, frozen('2026-11-22'), 2)
  t.match(await wholeCase(one), { status: 'closed', close_reason: 'confirmed', policy_version: 2 })
})

await t.test('what an older document does not say is as platforms start with, and what it says stays', (t) => {
  const older = frozen('2026-11-22')
  older.compensation_cap_percent = 12
  const read = readPolicy(older)
  t.equal(read.compensation_cap_percent, 12)
  t.strictSame(Object.keys(read.clocks).sort(), Object.keys(defaultPolicy.clocks).sort())
  t.strictSame(Object.keys(read).sort(), Object.keys(defaultPolicy).sort())
  t.strictSame(readPolicy(read), read, 'reading twice changes nothing')
  t.strictSame(readPolicy(frozen('2026-11-22')), defaultPolicy, 'a platform that never changed anything follows the defaults')
  t.end()
})

await t.test('what was read can be written back, from any age', async (t) => {
  const one = await testApp(t)
  await store(one, frozen('2026-11-22'), 2)
  const { body, headers } = await one.call('GET', '/v1/policy')
  const put = (sent: Json) => one.call('PUT', '/v1/policy', { body: sent, headers: { 'if-match': headers.etag as string } })

  t.match(await put(body), { status: 200, body: { version: 2 } }, 'read-only fields may be sent back')
  t.match(await put({ document: frozen('2026-11-22') }), { status: 200, body: { version: 2 } }, 'as the older version knew it')
  for (const [field, value] of Object.entries({ version: 7, created_at: '2026-11-23T02:00:00.000Z', created_by: 'admin:eve' }))
    t.match(
      await put({ ...body, [field]: value }),
      { status: 400, body: { errors: [{ pointer: `/${field}`, code: 'read_only' }] } },
      field,
    )
  const changed = { ...body, document: { ...body.document, compensation_cap_percent: 12 } }
  t.match(await put(changed), { status: 200, body: { version: 3, document: { compensation_cap_percent: 12 } } })
})

await t.test('a rule for some cases says only what differs', async (t) => {
  const one = await testApp(t)
  const { body, headers } = await one.call('GET', '/v1/policy')
  body.document.clocks.first_response.unshift({ when: { category: ['counterfeit'] }, on_silence: ['remind', 'escalate'] })
  body.document.clocks.first_response.unshift({ when: { channel: ['email'], category: ['counterfeit'] }, allow: hours(3) })
  const put = await one.call('PUT', '/v1/policy', { body, headers: { 'if-match': headers.etag as string } })
  t.equal(put.status, 200, put.text)

  const firstClock = async (change: Json) => {
    const story = await tell(one, change)
    const { created_at, deadlines } = await story.seenBy(alice)
    const [clock] = deadlines
    return { hours: (Date.parse(clock.due_at) - Date.parse(created_at)) / HOUR, on_silence: clock.on_silence }
  }
  t.strictSame(await firstClock({ category: 'counterfeit', channel: 'social' }), { hours: 24, on_silence: 'remind' })
  t.strictSame(await firstClock({ category: 'counterfeit', channel: 'email' }), { hours: 3, on_silence: 'remind' })
  t.strictSame(await firstClock({ category: 'counterfeit', channel: 'portal' }), { hours: 1, on_silence: 'remind' })
  t.strictSame(await firstClock({ category: 'logistics', channel: 'email' }), { hours: 2, on_silence: 'escalate' })
})

await t.test('a rule may say its calendar alone: how long, the next that fits says', async (t) => {
  const one = await testApp(t)
  const { document, version } = (await one.call('GET', '/v1/policy')).body
  document.clocks.completion.unshift({ when: { category: ['counterfeit'] }, calendar: 'always' })
  const put = await one.call('PUT', '/v1/policy', { body: { document }, headers: { 'if-match': `"${version}"` } })
  t.equal(put.status, 200, put.text)
})

await t.test('what would be ignored or come to mean something else is refused with its place', async (t) => {
  const one = await testApp(t)
  const refusals: [name: string, change: (document: Json) => void, faults: string[]][] = [
    [
      'a calendar for elapsed time',
      (d) => Object.assign(d.clocks.information[0], { calendar: 'always' }),
      ['/document/clocks/information/0/calendar not_possible_here'],
    ],
    ['no time in the last rule', (d) => delete d.clocks.refund[0].allow, ['/document/clocks/refund/0/allow missing']],
    [
      'no silence in the last rule',
      (d) => delete d.clocks.refund[0].on_silence,
      ['/document/clocks/refund/0/on_silence missing'],
    ],
    [
      'a warning before an end that another rule sets',
      (d) => d.clocks.refund.unshift({ when: { channel: ['chat'] }, warn: { before: hours(1) } }),
      ['/document/clocks/refund/0/warn/before needs_allow'],
    ],
    [
      'a last piece of the other kind of time',
      (d) => Object.assign(d, { least_notice: { natural: businessDays(1), business: hours(9) } }),
      ['/document/least_notice/business other_kind_of_time', '/document/least_notice/natural other_kind_of_time'],
    ],
  ]
  for (const [name, change, faults] of refusals) {
    const { body, headers } = await one.call('GET', '/v1/policy')
    change(body.document)
    const { status, body: problem } = await one.call('PUT', '/v1/policy', {
      body: { document: body.document },
      headers: { 'if-match': headers.etag as string },
    })
    t.equal(status, 422, name)
    t.strictSame(problem.errors.map((error: Json) => `${error.pointer} ${error.code}`).sort(), faults, name)
  }
  const { body, headers } = await one.call('GET', '/v1/policy')
  Object.assign(body.document.clocks.information[0], { calendar: 'always', while_overdue: [businessDays(1)] })
  const put = await one.call('PUT', '/v1/policy', { body, headers: { 'if-match': headers.etag as string } })
  t.equal(put.status, 200, 'the steps while it is overdue are counted in it')
})
