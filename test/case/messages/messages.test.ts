/** Messages over HTTP: whom they are for, who reads them, what they hold and what is owed to them. */
import t, { type Test } from 'tap'
import { DAY, HOUR } from '../../../src/foundation/clock.ts'
import { type Json, movableClock, type TestApp, testApp } from '../../support/app.ts'
import { inShanghai } from '../../support/rules.ts'
import { alice, type CaseStory, refundOf, tell, tellToInvestigation, tellToLiability, zhao } from '../../support/story.ts'
import { form, gif } from '../evidence/room.ts'

const buyer = 'buyer:B-1'
const merchant = 'merchant:M-1'

const onMonday = (t: Test): Promise<TestApp> => testApp(t, { clock: movableClock(inShanghai('2026-11-23 10:00')) })
const at = ({ clock }: TestApp, local: string): void => clock.advance(Date.parse(inShanghai(local)) - clock.nowMs())
const sweep = ({ call }: TestApp) => call('POST', '/v1/sweeps')
const say = (story: CaseStory, as: string, more: Json = {}) =>
  story.try(as, `/v1/complaints/${story.id}/messages`, { text: '在吗', visibility: 'parties', ...more })
const clock = (seen: Json, kind: string): Json => seen.deadlines.findLast((x: Json) => x.kind === kind)
const heardBy = async (story: CaseStory, as: string): Promise<string[]> =>
  (await story.read(as, `/v1/complaints/${story.id}/messages`)).data.map((x: Json) => `${x.text} ${x.to}`).reverse()

/** Resolved on Monday at ten: it closes by silence a week later. */
const resolved = async (one: TestApp): Promise<CaseStory> => {
  const story = await (await tellToLiability(one)).writePlan(zhao, refundOf(5_000))
  await story.onPlan(zhao, 'propose')
  await story.onPlan(buyer, 'accept')
  await story.onPlan(merchant, 'accept')
  return story.onStep(alice, 'complete', { payment_reference: 'PAY-1' })
}

await t.test('a buyer who objects on day 6 is heard, answered, and keeps a day', async (t) => {
  const one = await onMonday(t)
  const story = await resolved(one)
  const { version } = await story.seenBy(buyer)
  at(one, '2026-11-29 10:00')
  const { body: message } = await say(story, buyer, { text: '钱还没到，请不要关闭' })
  t.match(message, { to: 'platform', automated: false, visibility: 'parties' })

  const held = await story.seenBy(buyer)
  t.match(held, { version, status: 'resolved', unanswered_since: null }, 'a message raises no version')
  const heard = {
    side: 'complainant',
    resource: 'message',
    resource_id: message.id,
    at: inShanghai('2026-11-29 10:00'),
    until: inShanghai('2026-12-11 18:00'),
    ended_at: null,
    ended_by: null,
  }
  t.match(clock(held, 'auto_close'), { status: 'paused', remaining_ms: DAY, heard })
  t.match(clock(held, 'next_reply'), {
    party: 'platform',
    status: 'running',
    due_at: inShanghai('2026-11-30 18:00'),
    on_silence: 'escalate',
    subject_id: message.id,
  })
  t.match(clock(held, 'held_silence'), { status: 'running', due_at: heard.until, on_silence: 'end_hold' })
  t.match(await story.seenBy(alice), { unanswered_since: inShanghai('2026-11-29 10:00') })
  const across = await story.seenBy('merchant:M-1')
  t.strictSame(
    [clock(across, 'auto_close').heard, clock(across, 'next_reply')],
    [null, undefined],
    'what was said to the platform is not the other side’s to know of',
  )
  t.notOk(JSON.stringify(await story.read('merchant:M-1', `/v1/complaints/${story.id}/planned-actions`)).includes(message.id))

  const planned = async () => (await story.read(zhao, `/v1/complaints/${story.id}/planned-actions`)).data
  t.match(
    (await planned()).map((x: Json) => [x.deadline.kind, x.action, x.status, x.at, x.why]),
    [
      ['next_reply', 'escalate', 'planned', inShanghai('2026-11-30 18:00'), 'what the complainant said is not answered by then'],
      [
        'held_silence',
        'end_hold',
        'held_silence',
        inShanghai('2026-12-11 18:00'),
        'nobody has answered the words that hold a silence',
      ],
      ['auto_close', 'close', 'paused', null, 'the complainant neither confirms nor contests the outcome by then'],
    ],
  )
  t.match((await planned()).find((x: Json) => x.action === 'close').deadline.heard, heard)

  at(one, '2026-11-30 11:00')
  await sweep(one)
  t.equal((await story.seenBy(buyer)).status, 'resolved', 'day 7')

  t.match(await say(story, alice, { text: '退款已受理', to: 'complainant' }), { status: 201 })
  const answered = await story.seenBy(alice)
  t.match(clock(answered, 'auto_close'), {
    status: 'running',
    due_at: inShanghai('2026-12-01 11:00'),
    heard: { ended_by: 'answered', ended_at: inShanghai('2026-11-30 11:00') },
  })
  t.match(clock(answered, 'next_reply'), { status: 'met', margin_ms: 7 * HOUR })
  t.match(clock(answered, 'held_silence'), { status: 'cancelled' })
  t.equal(answered.unanswered_since, null)

  const trail = async (as: string) => (await story.eventsSeenBy(as)).filter((type) => /message|silence/.test(type))
  t.strictSame(await trail(buyer), ['message_posted', 'silence_held', 'message_posted', 'silence_released'])
  t.strictSame(await trail(merchant), [], 'nothing of it was said to the merchant')
  await sweep(one)
  t.match((await story.eventsSeenBy(buyer)).at(-1), 'deadline_due_soon')
  at(one, '2026-12-01 11:00')
  await sweep(one)
  t.match(await story.seenBy(buyer), { status: 'closed', close_reason: 'auto_confirmed' })
})

await t.test('whom a message is for, and who reads it', async (t) => {
  const one = await onMonday(t)
  const story = await tell(one)
  await story.by(alice, 'accept')
  await say(story, buyer, { text: '1' })
  await story.by(buyer, 'escalate', { reason_code: 'no_agreement' })
  await say(story, buyer, { text: '2' })
  await say(story, buyer, { text: '3', to: 'other_side' })
  await say(story, merchant, { text: '4', to: 'both' })
  await say(story, merchant, { text: '5' })
  await say(story, alice, { text: '6' })
  await say(story, alice, { text: '7', to: 'respondent' })
  await say(story, alice, { text: '8', visibility: 'internal' })
  await say(story, alice, { text: '9', automated: true, to: 'complainant' })
  const own = [
    '1 both',
    '2 platform',
    '3 other_side',
    '4 both',
    '5 platform',
    '6 both',
    '7 respondent',
    '8 platform',
    '9 complainant',
  ]
  t.strictSame(await heardBy(story, alice), own)
  t.strictSame(await heardBy(story, buyer), ['1 both', '2 platform', '3 other_side', '4 both', '6 both', '9 complainant'])
  t.strictSame(await heardBy(story, merchant), ['1 both', '3 other_side', '4 both', '5 platform', '6 both', '7 respondent'])
  for (const [as, seen] of [
    [alice, 9],
    [buyer, 6],
    [merchant, 6],
  ] as const)
    t.equal((await story.eventsSeenBy(as)).filter((type) => type === 'message_posted').length, seen, as)
  t.match((await story.read(buyer, `/v1/complaints/${story.id}/messages?limit=1`)).data, [{ automated: true }])

  for (const [as, body, status, pointer] of [
    [buyer, { to: 'complainant' }, 400, '/to'],
    [buyer, { to: 'nobody' }, 400, '/to'],
    [alice, { to: 'platform' }, 400, '/to'],
    [alice, { to: 'both', visibility: 'internal' }, 400, '/to'],
    [alice, { automated: 'yes' }, 400, '/automated'],
  ] as const)
    t.match(
      await say(story, as, body),
      { status, body: { code: 'validation_failed', errors: [{ pointer }] } },
      `${as} ${pointer}`,
    )
  t.match(await say(story, buyer, { automated: true }), { status: 403, body: { code: 'forbidden' } })

  const against = await tell(one, { respondent: { role: 'platform', id: 'platform' } })
  t.match(await say(against, alice, { to: 'respondent' }), { status: 400 }, 'the respondent is the platform itself')
  t.match(await say(against, buyer, { to: 'other_side' }), { status: 201 })
  t.match(await against.seenBy(alice), { unanswered_since: inShanghai('2026-11-23 10:00') }, 'which is the platform')
})

await t.test('an answer comes from a person', async (t) => {
  const one = await onMonday(t)
  const key = await one.key(['agent'])
  const story = await tell(one)
  const path = `/v1/complaints/${story.id}`
  const body = { text: '已收到您的投诉', visibility: 'parties' }
  t.match(await one.call('POST', `${path}/messages`, { key, as: null, body }), { status: 201 })
  t.match(await say(story, alice, { automated: true }), { status: 201 })
  t.match(clock(await story.seenBy(alice), 'first_response'), { status: 'running' })
  await say(story, buyer)
  t.match(await one.call('POST', `${path}/no-answer-needed`, { key, as: null, body: { reason_code: 'thanks' } }), {
    status: 409,
    body: { code: 'action_not_available', detail: /a person, named by `Redress-Actor`/ },
  })
  const listed = (seen: Json) => seen.available_actions.some((x: Json) => x.action === 'no_answer_needed')
  t.notOk(listed((await one.call('GET', path, { key, as: null })).body))
  t.ok(listed(await story.seenBy(alice)))

  one.clock.advance(30 * 60_000)
  t.match(await say(story, alice), { status: 201 })
  const seen = await story.seenBy(alice)
  t.match(seen.sla, { first_response: { result: 'met', margin_ms: 30 * 60_000 } })
  t.match(clock(seen, 'next_reply'), { status: 'met' })
  t.match(clock(seen, 'resolution'), { status: 'running' }, 'an answered case does not lie about without a clock')
})

await t.test('no answer needed: coded, told, and nothing is open any more', async (t) => {
  const one = await onMonday(t)
  const story = await tellToInvestigation(one)
  const attempt = (as: string, body: Json) => story.try(as, `/v1/complaints/${story.id}/no-answer-needed`, body)
  t.match(await attempt(alice, { reason_code: 'thanks' }), { status: 409, body: { code: 'action_not_available' } })
  await say(story, buyer, { text: '谢谢！' })
  t.match(
    (await story.seenBy(alice)).available_actions.find((x: Json) => x.action === 'no_answer_needed'),
    { mandatory: true, due_at: inShanghai('2026-11-24 10:00'), on_silence: 'escalate' },
  )
  t.match(await attempt(buyer, { reason_code: 'thanks' }), { status: 403 })
  t.match(await attempt(alice, { reason_code: 'because' }), { status: 400 })
  t.match(await attempt(alice, { reason_code: 'thanks', side: 'respondent' }), {
    status: 400,
    body: { errors: [{ pointer: '/side' }] },
  })
  t.match(await attempt(alice, { reason_code: 'thanks', note: '只是致谢' }), { status: 200, body: { unanswered_since: null } })
  const { data } = await story.read(buyer, `/v1/complaints/${story.id}/events?limit=1`)
  t.match(data, [{ type: 'no_answer_needed', reason_code: 'thanks', note: null, data: { sides: ['complainant'] } }])
  t.notOk((await story.eventsSeenBy(merchant)).includes('no_answer_needed'))
})

await t.test('what waits for an answer is listed', async (t) => {
  const one = await onMonday(t)
  const waiting = await tellToInvestigation(one)
  const quiet = await tell(one)
  await say(waiting, buyer)
  const ids = async (path: string, field: string) => (await waiting.read(alice, path)).data.map((x: Json) => x[field])
  t.strictSame(await ids('/v1/complaints?unanswered=true', 'id'), [waiting.id])
  t.strictSame(await ids('/v1/complaints?unanswered=false', 'id'), [quiet.id])
  t.strictSame(await ids('/v1/complaints?unanswered=true&status=submitted', 'id'), [])
  t.strictSame(await ids('/v1/complaints?unanswered=true&owner=agent:alice&sort=created_at', 'id'), [waiting.id])
  t.strictSame(await ids('/v1/complaints?unanswered=true&owner=agent:alice&sort=due_at', 'id'), [waiting.id])
  t.strictSame(await ids('/v1/complaints?unanswered=true&overdue=true', 'id'), [])
  t.match((await waiting.read(alice, '/v1/deadlines?unanswered=true')).data, [
    { kind: 'next_reply', complaint_id: waiting.id, unanswered_since: inShanghai('2026-11-23 10:00') },
  ])
  t.strictSame((await ids('/v1/deadlines?unanswered=false', 'kind')).includes('next_reply'), false)
  t.match(await one.call('GET', '/v1/complaints?unanswered=true', { as: buyer }), { status: 403, body: { code: 'forbidden' } })

  at(one, '2026-11-24 11:00')
  await sweep(one)
  t.match(await waiting.seenBy(alice), { level: 3, unanswered_since: inShanghai('2026-11-23 10:00') }, 'silence of staff climbs')
  t.strictSame(await ids('/v1/complaints?unanswered=true&overdue=true', 'id'), [waiting.id])
  await say(waiting, alice)
  t.strictSame(await ids('/v1/complaints?unanswered=true', 'id'), [])
})

await t.test('a proof holds what is asked for, sent as words or as a file', async (t) => {
  const one = await onMonday(t)
  for (const send of [
    (story: CaseStory) => story.addEvidence(buyer),
    ({ id }: CaseStory) =>
      one.call('POST', `/v1/complaints/${id}/evidence`, { as: buyer, ...form(['type', 'photo'], ['file', gif, 'a.gif']) }),
  ]) {
    const story = await (await tellToInvestigation(one)).by(alice, 'request-information', { items: ['照片'] })
    await send(story)
    const seen = await story.seenBy(buyer)
    t.match(clock(seen, 'information'), { status: 'paused', heard: { resource: 'evidence', side: 'complainant' } })
    t.match(clock(seen, 'next_reply'), { status: 'running' })
  }
})

await t.test('a closed case takes no message, and says what is possible instead', async (t) => {
  const one = await onMonday(t)
  const story = await (await tell(one)).by(alice, 'reject', { reason_code: 'out_of_scope', explanation: '不在范围内' })
  await story.by(zhao, 'close', { reason_code: 'other' })
  const refused = await say(story, buyer)
  t.match(refused, {
    status: 409,
    body: {
      code: 'case_closed',
      available_actions: [
        { resource: 'evidence', action: 'add' },
        { resource: 'appeal', action: 'file' },
      ],
    },
  })
  const { detail } = refused.body
  t.ok(detail.includes(`appeal the decision (POST /v1/complaints/${story.id}/appeals)`), detail)
  t.ok(detail.includes(`related_to ${story.id}`), detail)
  t.match(await say(story, alice), { status: 409, body: { code: 'case_closed', detail: /file a new complaint/ } })
  t.match(await say(story, alice, { visibility: 'internal' }), { status: 201 }, 'staff still note what they find')
  one.clock.advance(8 * DAY)
  await sweep(one)
  t.notMatch((await say(story, buyer)).body.detail, /appeal/)
  t.match(await say(story, 'buyer:B-2'), { status: 404 })
})

await t.test('while money of a closed case is on its way, there is still somebody to write to', async (t) => {
  const one = await onMonday(t)
  const story = await tellToLiability(one)
  await story.writePlan(zhao, {
    remedies: [
      { type: 'return_and_refund', amount: 5_000, return_address: '退货仓' },
      { type: 'compensation', amount: 1_000 },
    ],
    explanation: '退货退款并补偿',
  })
  await story.onPlan(zhao, 'propose')
  await story.onPlan(buyer, 'accept')
  await story.onPlan(merchant, 'accept')
  one.clock.advance(8 * DAY)
  await sweep(one)
  t.match(await story.seenBy(buyer), { status: 'closed', close_reason: 'return_not_shipped' })
  t.match(await say(story, buyer, { text: '补偿到了吗' }), { status: 201 })
  t.match(await story.seenBy(alice), { status: 'closed', unanswered_since: null })
})

await t.test('under one key a message is heard once', async (t) => {
  const one = await onMonday(t)
  const story = await resolved(one)
  const headers = { 'idempotency-key': 'twice' }
  const send = () => story.try(buyer, `/v1/complaints/${story.id}/messages`, { text: '在吗', visibility: 'parties' }, headers)
  const [first, second] = [await send(), await send()]
  t.match(second, { status: 201, body: first.body, headers: { 'idempotent-replayed': 'true' } })
  t.equal((await story.eventsSeenBy(buyer)).filter((type) => type === 'silence_held').length, 1)
})
