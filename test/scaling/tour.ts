/** A tour through the whole API: every operation is answered with success at least once. */
import { sql } from 'kysely'
import { HOUR, toTime } from '../../src/foundation/clock.ts'
import { settled } from '../outward/feed/room.ts'
import { eventually } from '../process/child.ts'
import { ask, imposed, paidFirst } from '../support/advances.ts'
import type { Called, Json, TestApp } from '../support/app.ts'
import { oms } from '../support/orders.ts'
import {
  alice,
  type CaseStory,
  dismissal,
  liability,
  newOrder,
  qian,
  refundOf,
  returnOf,
  type Service,
  tell,
  zhao,
} from '../support/story.ts'

const buyer = 'buyer:B-1'
const merchant = 'merchant:M-1'
const li = 'supervisor:li'

export type Tourist = Service & Pick<TestApp, 'call' | 'clock' | 'db' | 'platformId'>

const toInvestigation = async (service: Service, change: Json = {}) =>
  (await (await tell(service, change)).by(alice, 'accept')).by(buyer, 'escalate', { reason_code: 'no_agreement' })
const toLiability = async (service: Service, change: Json = {}) =>
  (await toInvestigation(service, change)).by(alice, 'determine-liability', liability)

/** A case under appeal, with one of everything. */
export const oneOfEverything = async (service: Service, change: Json = {}): Promise<CaseStory> => {
  const story = await toLiability(service, change)
  await story.addEvidence(buyer)
  await story.try(buyer, `/v1/complaints/${story.id}/messages`, { text: '你好', visibility: 'parties' })
  await story.writePlan(qian, refundOf(5_000))
  await story.onPlan(li, 'impose', { explanation: '责任明确' })
  return story.file(merchant, { reason_code: 'wrong_facts', statement: '请复核' })
}

/** What is under `/v1` and only reads, about one case. */
export const readsOf = ({ id, plan, appeal, evidence }: CaseStory): string[] => [
  ...[
    '',
    '/events',
    '/events?sort=sequence',
    '/messages',
    '/evidence',
    '/evidence-requirements',
    '/refund-plans',
    '/appeals',
    '/money',
    '/planned-actions',
  ].map((path) => `/v1/complaints/${id}${path}`),
  `/v1/refund-plans/${plan.id}`,
  `/v1/appeals/${appeal.id}`,
  `/v1/evidence/${evidence.id}`,
  `/v1/evidence/${evidence.id}/content`,
]

const talk = async (service: Service): Promise<void> => {
  const refused = await tell(service)
  await refused.by(alice, 'request-information', { items: ['照片'] })
  await refused.by(buyer, 'provide-information', { statement: '照片已上传' })
  await refused.by(alice, 'reject', { reason_code: 'out_of_scope', explanation: '不在范围内' })
  await refused.file(buyer, { reason_code: 'wrong_facts', statement: '在范围内' })
  await refused.onAppeal(buyer, 'withdraw')

  const talked = await tell(service)
  await talked.by(alice, 'accept')
  await talked.by(qian, 'assign', { owner: alice })
  await talked.by(merchant, 'respond', { position: 'dispute', statement: '已足额发货' })
  await talked.by(alice, 'escalate', { reason_code: 'no_agreement' })
  await talked.try(merchant, `/v1/complaints/${talked.id}/messages`, { text: '谢谢', visibility: 'parties' })
  await talked.by(alice, 'no-answer-needed', { reason_code: 'thanks' })
  await talked.by(alice, 'suspend', { reason_code: 'court' })
  await talked.by(alice, 'resume')
  await talked.by(buyer, 'challenge', { reason_code: 'acquainted', explanation: '承办人与商家相识' })
  const { challenges } = await talked.seenBy(qian)
  await talked.by(qian, 'judge-challenge', { challenge_id: challenges[0].id, sustained: false, explanation: '查无此事' })
  await talked.by(alice, 'stand-down', { reason_code: 'other' })
  await talked.by(buyer, 'withdraw')
  await (await tell(service)).by(qian, 'close', { reason_code: 'other' })
}

const prove = async (service: Service): Promise<void> => {
  const story = await tell(service)
  for (const [as, verb, body] of [
    [alice, 'accept', {}],
    [alice, 'refuse', { explanation: '看不清' }],
    [buyer, 'withdraw', {}],
  ] as const) {
    await story.addEvidence(buyer)
    check(await story.try(as, `/v1/evidence/${story.evidence.id}/${verb}`, body), `evidence ${verb}`)
  }
}

const settle = async (service: Service): Promise<void> => {
  const large = await toLiability(service, { order: newOrder(900_000) })
  await large.writePlan(qian, refundOf(600_000))
  await large.onPlan(qian, 'submit')
  await large.onPlan(zhao, 'send-back', { explanation: '金额' })
  await large.onPlan(qian, 'submit')
  await large.onPlan(zhao, 'approve')
  await large.onPlan(qian, 'cancel', { explanation: '撤回' })

  const agreed = await toLiability(service)
  await agreed.writePlan(qian, refundOf(5_000))
  await agreed.onPlan(qian, 'propose')
  await agreed.onPlan(merchant, 'counter', refundOf(4_000))
  await agreed.onPlan(buyer, 'decline', { explanation: '太少' })
  await agreed.writePlan(qian, refundOf(5_000))
  await agreed.onPlan(qian, 'propose')
  await agreed.onPlan(buyer, 'accept')
  await agreed.onPlan(merchant, 'accept')
  await agreed.onStep(alice, 'complete', { payment_reference: 'PAY-1' })
  await agreed.by(buyer, 'reopen', { explanation: '未解决' })
  await agreed.by(alice, 'determine-liability', liability)
  await agreed.by(alice, 'dismiss', dismissal)
  await agreed.by(buyer, 'confirm')
}

/** Money that does not arrive: every word of the payment system and of those who see to it. */
const bounced = async (service: Service): Promise<void> => {
  const story = await toLiability(service)
  await story.writePlan(qian, {
    ...refundOf(5_000),
    remedies: [...refundOf(5_000).remedies, { type: 'compensation', amount: 500 }],
  })
  await story.onPlan(li, 'impose', { explanation: '责任明确' })
  const on = (index: number, as: string, action: string, body: object = {}) =>
    story.onPlan(as, `steps/${story.plan.steps[index].id}/${action}`, body)
  await on(1, alice, 'cancel', { explanation: '金额有误' })
  await on(1, alice, 'fail', { explanation: '已取消' })
  await on(0, alice, 'progress')
  await on(0, alice, 'complete', { payment_reference: 'PAY-2' })
  await on(0, alice, 'return', { explanation: '账户已注销' })
  for (const _again of [1, 2]) {
    await on(0, alice, 'retry')
    await on(0, alice, 'fail', { explanation: '账户已注销' })
  }
  await on(0, buyer, 'name-payee', { payee_reference: 'payee_8f3c21d9' })
  await on(0, alice, 'fail', { explanation: '账户已注销' })
  await on(0, alice, 'skip', { explanation: '改为补发' })
}

const contest = async (service: Service): Promise<void> => {
  const failed = await toLiability(service)
  await failed.writePlan(qian, returnOf(5_000))
  await failed.onPlan(li, 'impose', { explanation: '责任明确' })
  await failed.onStep(alice, 'fail', { explanation: 'refused' })
  await failed.onPlan(alice, `steps/${failed.plan.steps[0].id}/skip`, { explanation: '不退了' })

  const denied = await oneOfEverything(service)
  await denied.onAppeal(qian, 'assign', { reviewer: zhao })
  await denied.onAppeal(zhao, 'deny', { explanation: '不成立' })
  const upheld = await oneOfEverything(service)
  await upheld.onAppeal(qian, 'assign', { reviewer: zhao })
  await upheld.onAppeal(merchant, 'challenge', { reason_code: 'acquainted', explanation: '复核人与买家相识' })
  await upheld.onAppeal(zhao, 'stand-down', { reason_code: 'acquainted' })
  await upheld.onAppeal('supervisor:wu', 'uphold', { explanation: '成立' })
}

/** What the desk asks for, two pages of each. */
const deskLists = [
  '',
  'kind=refund',
  'kind=appeal_decision,refund&party=platform',
  'kind=appeal_window&party=respondent',
  'status=running,met&kind=first_response,resolution,refund',
  'status=missed,cancelled&kind=first_response',
  'party=complainant',
  'due_before=2027-01-01T00:00:00Z',
  'unanswered=true',
  'unanswered=false',
]

const foresee = async (service: Service): Promise<void> => {
  const story = await tell(service)
  const planned = `/v1/complaints/${story.id}/planned-actions`
  const { data } = await story.read(buyer, planned)
  for (const act of ['hold', 'release', 'bring-forward'])
    check(await story.try(zhao, `${planned}/${data[0].id}/${act}`, { explanation: '等待鉴定' }), act)
  await story.by(alice, 'request-information', { items: ['照片'] })
  const { data: open } = await story.read(zhao, planned)
  const { id } = open.find(({ deadline }: Json) => deadline.kind === 'information')
  check(await story.try(zhao, `${planned}/${id}/cancel`, { explanation: '买家住院' }), 'cancel')
  for (const query of deskLists) {
    const url = `/v1/deadlines?${query ? `${query}&` : ''}limit=5`
    const { next_cursor: next } = await story.read(alice, url)
    if (next !== null) await story.read(alice, `${url}&cursor=${next}`)
  }
}

/** The policy is read, tried, changed, and laid over the cases that are open. */
const govern = async (service: Tourist): Promise<void> => {
  const { call, apiKey: key } = service
  const admin = async (method: 'GET' | 'POST' | 'PUT', url: string, options: object = {}) =>
    check(await call(method, url, { key, ...options }), `${method} ${url}`)
  const { document, version } = await admin('GET', '/v1/policy')
  await admin('GET', '/v1/policy?version=1')
  const changed = { ...document, compensation_cap_percent: document.compensation_cap_percent + 1, public_time_limits: true }
  const { next_cursor: cursor } = await admin('POST', '/v1/policy/preview', { body: { document: changed, limit: 5 } })
  if (cursor !== null) await admin('POST', '/v1/policy/preview', { body: { document: changed, limit: 5, cursor } })
  await admin('PUT', '/v1/policy', { body: { document: changed, explanation: '试点' }, headers: { 'if-match': `"${version}"` } })
  check(await call('GET', `/public/${service.platformId}/time-limits`, { as: null, key: null }), 'GET public time limits')
  const { next_cursor: older } = await admin('GET', '/v1/policy/versions?limit=1')
  await admin('GET', `/v1/policy/versions?limit=1&cursor=${older}`)
  const { id } = await admin('POST', '/v1/policy/recompute', { body: { explanation: '试点' } })
  await eventually(async () => {
    const { status } = await admin('GET', `/v1/policy/recomputations/${id}`)
    return status === 'done' ? status : undefined
  }, 'the recomputation is done')
  await admin('GET', '/v1/policy/recomputations')
  const lexicon = await admin('GET', '/v1/category-lexicon')
  const words = { ...lexicon.document, margin: lexicon.document.margin + 1 }
  const headers = { 'if-match': `"${lexicon.version}"` }
  const { version: next } = await admin('PUT', '/v1/category-lexicon', {
    body: { document: words, explanation: '试点' },
    headers,
  })
  await admin('GET', `/v1/category-lexicon?version=${next}`)
}

const administer = async ({ call, clock, apiKey: key }: Tourist): Promise<void> => {
  const admin = async (method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, body?: object, headers = {}) =>
    check(await call(method, url, { key, headers, ...(body ? { body } : {}) }), `${method} ${url}`)
  const { id } = await admin('POST', '/v1/api-keys', { name: 'shop', roles: ['buyer'] })
  await admin('GET', `/v1/api-keys/${id}`)
  await admin('GET', '/v1/api-keys')
  await admin('GET', '/v1/me')
  await admin('DELETE', `/v1/api-keys/${id}`)
  const { hours, time_zone } = await admin('GET', '/v1/calendars/weekdays')
  await admin('PUT', `/v1/calendars/tour-${id}`, { hours, time_zone, public_holidays: { country: 'CN' } })
  await admin('PUT', `/v1/calendars/tour-${id}`, { hours, time_zone }, { 'if-match': '"1"' })
  await admin('GET', `/v1/calendars/tour-${id}?version=1`)
  const { next_cursor: older } = await admin('GET', `/v1/calendars/tour-${id}/versions?limit=1`)
  await admin('GET', `/v1/calendars/tour-${id}/versions?limit=1&cursor=${older}`)
  await admin('GET', '/v1/calendars?limit=2')
  await admin('GET', '/v1/test-clock')
  // the hour of first response is over, so there is something to sweep
  await tell({ call, apiKey: key })
  clock.advance(2 * HOUR)
  await admin('POST', '/v1/test-clock/advance', { by: 'PT1H' })
  await admin('POST', '/v1/sweeps', { dry_run: true })
  await admin('POST', '/v1/automation/stop', { explanation: '核查' })
  await admin('POST', '/v1/sweeps')
  await admin('POST', '/v1/automation/start')
  await admin('GET', '/v1/automation')
  await admin('GET', '/v1/sweeps')
  for (const url of ['/openapi.json', '/openapi-3.0.json', '/livez', '/readyz', '/metrics']) await call('GET', url, { key: null })
}

/** A case that cannot be decided is seen, tried again, and decided. */
const mend = async (service: Tourist): Promise<void> => {
  const { call, clock, db, platformId, apiKey: key } = service
  const admin = async (method: 'GET' | 'POST', url: string, body?: object) =>
    check(await call(method, url, { key, ...(body ? { body } : {}) }), `${method} ${url}`)
  const { id } = await tell(service)
  const goBy = (version: number) =>
    sql`update complaints set policy_version = ${version} where platform_id = ${platformId} and id = ${id}`.execute(db)
  await goBy(99)
  clock.advance(2 * HOUR)
  await admin('POST', '/v1/sweeps')
  await admin('GET', `/v1/complaints/${id}/planned-actions`)
  await admin('GET', '/v1/stuck-cases?limit=5')
  await admin('POST', `/v1/stuck-cases/${id}/retry`)
  await admin('POST', '/v1/sweeps')
  await goBy(1)
  await admin('POST', '/v1/stuck-cases/retry', { error_class: 'policy_missing' })
  await admin('POST', '/v1/sweeps', { dry_run: true })
  await admin('POST', '/v1/sweeps')
}

/** Follows the events. */
const follow = async ({ call, apiKey: key, db }: Tourist): Promise<void> => {
  await settled({ db })
  const read = async (url: string) => check(await call('GET', url, { as: 'integration:erp', key }), `GET ${url}`)
  const { data, next_cursor } = await read('/v1/events?limit=5')
  await read(`/v1/events?after=${next_cursor}&limit=5&types=plan_*,refund_requested&merchant=M-1`)
  await read(`/v1/events?complaint=${data[0].subject.id}&limit=5`)
  await read('/v1/events?after=now&wait=1')
  await read(`/v1/events/${data[0].id}`)
}

/** Has events sent to a receiver, which is not there. */
const webhooks = async ({ call, apiKey: key, db, platformId }: Tourist): Promise<void> => {
  const admin = async (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, body?: object, headers = {}) =>
    check(await call(method, url, { key, headers, ...(body ? { body } : {}) }), `${method} ${url}`)
  const endpoint = await admin('POST', '/v1/webhook-endpoints', { url: 'https://127.0.0.1:1/', types: ['complaint_*'] })
  const url = `/v1/webhook-endpoints/${endpoint.id}`
  await admin('GET', '/v1/webhook-endpoints?limit=5')
  await admin('GET', url)
  await admin('PATCH', url, { ordered: true }, { 'if-match': '"1"' })
  await admin('POST', `${url}/rotate-secret`)
  await admin('POST', `${url}/test`, {})
  // a deliverer may be at work meanwhile, and is not needed for this
  await sql`update webhook_endpoints set feed_position = ${Number.MAX_SAFE_INTEGER}::bigint
    where platform_id = ${platformId} and id = ${endpoint.id}`.execute(db)
  await admin('POST', `${url}/recover`, { since: '2020-01-01T00:00:00Z', only_failed: false })
  const { data } = await admin('GET', `${url}/deliveries?limit=5`)
  await admin('GET', `${url}/deliveries?limit=5&state=pending`)
  await admin('POST', `/v1/webhook-deliveries/${data[0].id}/retry`)
  await admin('POST', `/v1/webhook-deliveries/${data[0].id}/skip`)
  await admin('DELETE', url)
}

/** An order is stated, corrected and read, money of it goes back elsewhere, and the plans of all cases are listed. */
const account = async (service: Tourist): Promise<void> => {
  const { call, apiKey: key } = service
  const story = await toLiability(service)
  const { order } = await story.seenBy(alice)
  const href = `/v1/orders/${order.id}`
  await story.read(oms, '/v1/currencies')
  const { currency, paid_amount, lines, version } = await story.read(oms, href)
  const body = { currency, paid_amount, lines, shipping_amount: 100 }
  check(await call('PUT', href, { as: oms, key, body, headers: { 'if-match': `"${version}"` } }), 'PUT order')
  check(await story.try(oms, `${href}/refunds-elsewhere`, { amount: 100, reference: 'CB-1' }), 'refund elsewhere')
  const record = { type: 'shipping_record', reference: 'WMS-1', record: { carrier: 'SF' }, visible_to: 'parties' }
  check(await story.try(oms, `${href}/records`, record), 'record of an order')
  check(await story.try(oms, `${href}/records`, { ...record, reference: 'WMS-2' }), 'another')
  for (const url of [`${href}/records`, `/v1/complaints/${story.id}/order-records`]) {
    const { next_cursor: next } = await story.read(alice, `${url}?limit=1`)
    await story.read(alice, `${url}?limit=1&cursor=${next}`)
  }
  await story.read(merchant, `/v1/complaints/${story.id}/evidence-requirements`)
  for (const as of [alice, buyer, merchant]) await story.read(as, `/v1/complaints/${story.id}/settlement-options`)
  for (const query of [
    '',
    'status=in_review',
    'merchant=M-1',
    'sort=updated_at',
    'updated_from=2026-01-01T00:00:00Z&sort=updated_at',
  ]) {
    const url = `/v1/refund-plans?${query ? `${query}&` : ''}limit=1`
    const { next_cursor: next } = await story.read(zhao, url)
    if (next !== null) await story.read(zhao, `${url}&cursor=${next}`)
  }
}

/** The fund pays buyers first: every action on advances and debts, each in a case of its own buyer and merchant. */
const advance = async (service: Tourist): Promise<void> => {
  const { call, apiKey: key, clock, db, platformId } = service
  const act = async (story: CaseStory, as: string, href: string, body: Json = {}): Promise<Json> =>
    check(await story.try(as, href, body), href)
  const between = (n: number) => ({
    complainant: { role: 'buyer', id: `B-A${n}` },
    respondent: { role: 'merchant', id: `M-A${n}` },
  })
  const first = await imposed(service, refundOf(5_000), between(1))
  await first.read(alice, `/v1/complaints/${first.id}/advance-eligibility`)
  const paid = await paidFirst(first)
  await first.read(alice, `/v1/complaints/${first.id}/advances`)
  await first.read(alice, `/v1/advances/${paid.id}`)
  await act(first, alice, `/v1/advances/${paid.id}/recover`, { amount: 1_000, payment_reference: 'PAY-7781' })
  const hold = await act(first, alice, `/v1/complaints/${first.id}/holds`, { amount: 2_000, explanation: '暂缓结算' })
  await first.read(alice, `/v1/complaints/${first.id}/holds`)
  await act(first, alice, `/v1/holds/${hold.id}/report-held`, { amount: 2_000 })
  await first.read(alice, `/v1/holds/${hold.id}`)
  await act(first, alice, `/v1/holds/${hold.id}/report-released`)
  const other = await act(first, alice, `/v1/complaints/${first.id}/holds`, { amount: 2_000, explanation: '暂缓结算' })
  await act(first, alice, `/v1/holds/${other.id}/report-refused`)
  const affiliates = '/v1/merchants/M-A1/affiliates'
  check(await call('GET', '/v1/time-limits', { key }), 'GET time limits')
  check(await call('PUT', affiliates, { key, body: { merchant_ids: ['M-A9'], explanation: '同一主体' } }), 'PUT affiliates')
  await first.read(alice, affiliates)
  for (const [n, end] of (['pay', 'waive', 'write-off'] as const).entries()) {
    const story = await imposed(service, refundOf(5_000), between(n + 2))
    await paidFirst(story)
    // only this merchant's time is over: the books of others stay as they are
    const over = toTime(clock.nowMs())
    await db
      .updateTable('deadlines')
      .set({ due_at: over, wakes_at: over })
      .where('platform_id', '=', platformId)
      .where('complaint_id', '=', story.id)
      .where('kind', '=', 'merchant_pays')
      .execute()
    check(await call('POST', '/v1/sweeps', { as: 'admin:root', key, body: {} }), 'POST sweeps')
    const { data } = await story.read(alice, `/v1/complaints/${story.id}/receivables`)
    await story.read(alice, `/v1/receivables/${data[0].id}`)
    const body = end === 'pay' ? { amount: 2_000 } : { explanation: '无法追讨' }
    await act(story, zhao, `/v1/receivables/${data[0].id}/${end}`, body)
  }
  const back = await imposed(service, returnOf(20_000), between(5))
  const idle = await tell(service, between(9))
  await idle.by(alice, 'accept')
  const kept = await act(idle, alice, `/v1/complaints/${idle.id}/holds`, { explanation: '暂缓结算' })
  await act(idle, zhao, `/v1/holds/${kept.id}/release`, { explanation: '双方已和解' })
  const frozen = await ask(back)
  await act(back, zhao, `/v1/advances/${frozen.id}/not-returned`, { explanation: '没有物流信息' })
  await act(back, zhao, `/v1/advances/${frozen.id}/wait-on`, { explanation: '买家提供了单号' })
  await act(back, zhao, `/v1/advances/${frozen.id}/not-returned`, { explanation: '仍未收到' })
  await act(back, zhao, `/v1/advances/${frozen.id}/return`, { explanation: '无法证明' })
  const given = await ask(back)
  await act(back, alice, `/v1/advances/${given.id}/cancel`, { explanation: '商家已退款' })
  for (const [n, end] of (['approve', 'send-back'] as const).entries()) {
    const large = await imposed(service, refundOf(300_000), { ...between(n + 6), order: newOrder(300_000) })
    const asked = await ask(large, qian, { set_aside: ['amount'] })
    await act(large, zhao, `/v1/advances/${asked.id}/${end}`, end === 'approve' ? {} : { explanation: '请补充证据' })
  }
}

/** A merchant settles by itself what its rules say, and says where its goods go back to. */
const automate = async (service: Tourist): Promise<void> => {
  const { call, apiKey: key } = service
  const as = 'merchant:M-9'
  const href = '/v1/merchants/M-9/settlement-rules'
  const rules = [{ rule_id: 'small', currency: 'CNY', agree: { up_to_amount: 5_000 } }]
  check(await call('PUT', href, { as, key, body: { rules } }), 'PUT settlement rules')
  const story = await tell(service, { respondent: { role: 'merchant', id: 'M-9' } })
  await story.by(alice, 'accept')
  const returns = '/v1/merchants/M-9/return-instructions'
  check(await call('PUT', returns, { as, key, body: { address: '退货仓' } }), 'PUT return instructions')
  await story.read(zhao, returns)
  check(await call('DELETE', returns, { as, key }), 'DELETE return instructions')
  await story.read(zhao, href)
  await story.read(zhao, `${href}?version=1`)
  check(await call('DELETE', href, { as, key }), 'DELETE settlement rules')
}

/** Money goes into and out of the fund and the deposit of a merchant. */
const fund = async (service: Tourist): Promise<void> => {
  const { call, apiKey: key } = service
  const href = '/v1/fund/movements'
  const psp = 'payments:psp'
  const begin = async (kind: string, amount: number, more: Json = {}) =>
    check(await call('POST', href, { key, body: { kind, currency: 'CNY', amount, ...more } }), `POST ${kind}`)
  const take = async (as: string, { id }: Json, action: string, body: Json = {}) =>
    check(await call('POST', `${href}/${id}/${action}`, { as, key, body }), `POST ${action}`)
  await take(psp, await begin('fund_top_up', 5_000_000, { reference: 'TOP-1' }), 'receive', { amount: 4_999_000 })
  await take(psp, await begin('deposit', 30_000, { merchant_id: 'M-9' }), 'receive')
  await take('admin:li', await begin('fund_top_up', 1), 'cancel')
  const large = await begin('fund_withdrawal', 2_000_000)
  await take('admin:li', large, 'approve')
  await take(psp, large, 'complete', { payment_reference: 'BK-1' })
  await take('admin:li', await begin('fund_withdrawal', 2_000_000), 'refuse', { explanation: '金额有误' })
  const back = await begin('deposit_withdrawal', 1_000, { merchant_id: 'M-9' })
  await take(psp, back, 'fail', { explanation: '账户已注销' })
  check(await call('GET', `${href}/${large.id}`, { key }), 'GET movement')
  for (const query of ['', 'status=done,failed', 'kind=deposit', 'merchant=M-9', 'limit=1'])
    check(await call('GET', `${href}?${query}`, { key }), `GET movements ${query}`)
  check(await call('GET', '/v1/fund', { key }), 'GET fund')
  const account = '/v1/merchants/M-9/account'
  check(await call('GET', account, { as: 'merchant:M-9', key }), 'GET account')
  const { next_cursor: next } = check(
    await call('GET', `${account}/statement?limit=1&account=deposit&currency=CNY`, { key }),
    'GET statement',
  )
  check(await call('GET', `${account}/statement?limit=1&account=deposit&currency=CNY&cursor=${next}`, { key }), 'GET statement')
  const period = 'from=2026-01-01T00:00:00Z&to=2100-01-01T00:00:00Z'
  check(await call('GET', `${account}/statement?${period}&format=csv`, { key }), 'GET statement as CSV')
  check(await call('GET', '/v1/reconciliation?limit=1', { key }), 'GET reconciliation')
  check(await call('GET', '/v1/reconciliation?kind=order_refunds&format=csv', { as: zhao, key }), 'GET reconciliation as CSV')
}

/** Words make a case critical, and ten people complain about one item. */
const weigh = async (service: Tourist): Promise<void> => {
  const { call, apiKey: key } = service
  const alarming = { description: '充电时突然起火，我的手烧伤了' }
  const story = await tell(service, alarming)
  await story.try(buyer, `/v1/complaints/${story.id}/messages`, { text: '我要找12315', visibility: 'parties' })
  await story.by(zhao, 'confirm-risk')
  await story.by(zhao, 'set-risk', { level: 'normal', reason_code: 'no_danger', explanation: '已核实' })
  for (const query of ['risk=critical', 'risk=high,critical&sort=risk', 'risk=low,normal'])
    await story.read(alice, `/v1/complaints?${query}&limit=1`)
  for (let n = 0; n < 10; n++) {
    const order = newOrder(25_900)
    order.lines = [{ ...order.lines[0], sku: 'CROWD' }]
    await tell(service, { complainant: { role: 'buyer', id: `B-crowd-${n}` }, order })
  }
  check(await call('POST', '/v1/sweeps', { as: 'admin:root', key, body: {} }), 'POST sweeps')
  const { data } = await story.read(alice, '/v1/mass-cases?status=open&merchant=M-1&limit=1')
  await story.read(alice, `/v1/mass-cases/${data[0].id}`)
  await story.read(alice, `/v1/complaints?mass_case=${data[0].id}&limit=1`)
  check(await story.try(zhao, `/v1/mass-cases/${data[0].id}/end`, { explanation: '商家已召回' }), 'end')
}

/** Walks every operation; a step that is refused throws. */
export const tour = async (service: Tourist): Promise<void> => {
  await talk(service)
  await prove(service)
  await settle(service)
  await bounced(service)
  await contest(service)
  await foresee(service)
  await weigh(service)
  const story = await oneOfEverything(service)
  for (const as of [alice, buyer, merchant]) {
    for (const url of [...readsOf(story), '/v1/complaints', '/v1/appeals']) await story.read(as, url)
  }
  const { version } = await story.seenBy(alice)
  check(
    await service.call('PATCH', `/v1/complaints/${story.id}`, {
      as: alice,
      key: service.apiKey,
      body: { tags: ['x'] },
      headers: { 'if-match': `"${version}"` },
    }),
    'PATCH',
  )
  await follow(service)
  await webhooks(service)
  await account(service)
  await automate(service)
  await mend(service)
  await govern(service)
  // moves the clock by weeks
  await fund(service)
  await advance(service)
  await administer(service)
}

const check = ({ status, body, text }: Called, what: string): Json => {
  if (status < 200 || status > 299) throw new Error(`${what}: ${status} ${text}`)
  return body
}
