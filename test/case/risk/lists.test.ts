/** Risk over HTTP: who finds it, by which filter and in which order, and whose words weigh nothing any more. */
import t from 'tap'
import { HOUR, MINUTE } from '../../../src/foundation/clock.ts'
import { type Json, testApp } from '../../support/app.ts'
import { alice, tell, zhao } from '../../support/story.ts'

const FIRE = '充电宝突然起火，我的手烧伤了'
const HIGH = '再不退款我就找12315，我的律师会起诉'

const lowered = { level: 'normal', reason_code: 'empty_threat', explanation: '电话核实' }

await t.test('risk of cases', async (t) => {
  const app = await testApp(t)
  const names = new Map<string, string>()
  const file = async (name: string, description: string, change: Json = {}) => {
    const story = await tell(app, { description, ...change })
    names.set(story.id, name)
    app.clock.advance(MINUTE)
    return story
  }
  const list = (query: string, as = alice) => app.call('GET', `/v1/complaints?${query}`, { as })
  const found = async (query: string): Promise<string[]> => (await list(query)).body.data.map((row: Json) => names.get(row.id))

  const first = await file('first fire', FIRE)
  await file('first high', HIGH)
  await file('quiet', '少发了保护膜')
  await file('second fire', FIRE)
  await file('second high', HIGH)
  await file('normal', '找12315')

  await t.test('is filtered for staff, the newest first', async (t) => {
    t.strictSame(await found('risk=critical'), ['second fire', 'first fire'])
    t.strictSame(await found('risk=high,critical&sort=created_at'), ['first fire', 'first high', 'second fire', 'second high'])
    t.strictSame(await found('risk=low'), ['quiet'])
    t.strictSame(await found('risk=normal,high'), ['normal', 'second high', 'first high'])
    t.strictSame(await found('risk=high&status=submitted&buyer=B-1'), ['second high', 'first high'])
    t.strictSame(await found('risk=high&status=closed'), [])
  })

  await t.test('is sorted, the highest first, through pages', async (t) => {
    const all = ['second fire', 'first fire', 'second high', 'first high']
    t.strictSame(await found('risk=critical,high&sort=risk'), all)
    for (const limit of [1, 2, 3]) {
      const walked: (string | undefined)[] = []
      let next: string | undefined = `/v1/complaints?risk=critical,high&sort=risk&limit=${limit}`
      while (next !== undefined) {
        const { body, headers }: { body: Json; headers: Record<string, string | undefined> } = await app.call('GET', next, {
          as: alice,
        })
        walked.push(...body.data.map((row: Json) => names.get(row.id)))
        next = /^<(.*)>; rel="next"$/.exec(headers.link ?? '')?.[1]
      }
      t.strictSame(walked, all, `${limit} at a time`)
    }
    t.match(await list('sort=risk'), { status: 400, body: { errors: [{ code: 'needs_filter' }] } })
    t.match(await list('risk=low,high&sort=risk'), { status: 400 })
  })

  await t.test('is nothing for parties', async (t) => {
    for (const as of ['buyer:B-1', 'merchant:M-1']) {
      t.match(await list('risk=high', as), { status: 403 })
      t.match(await list('sort=risk', as), { status: 403 })
      const { body } = await list('', as)
      t.strictSame([...new Set(body.data.map(({ risk }: Json) => risk))], [null])
      const events = await app.call('GET', `/v1/complaints/${first.id}/events`, { as })
      t.notMatch(events.text, /risk|fast_|critical/)
    }
  })

  await t.test('tells staff why, and who was told at once', async (t) => {
    const seen = await first.seenBy(zhao)
    t.match(seen.risk, {
      level: 'critical',
      standing: 'suspected',
      signals: ['injury', 'hazard'],
      findings: [
        { signal: 'injury', weight: 40 },
        { signal: 'hazard', weight: 30, words: ['起火'] },
      ],
    })
    const confirm = seen.available_actions.find(({ action }: Json) => action === 'confirm_risk')
    t.match(confirm, { href: `/v1/complaints/${first.id}/confirm-risk`, mandatory: true })
    const { body } = await app.call('GET', `/v1/complaints/${first.id}/events`, { as: zhao })
    t.match(
      body.data.find(({ type }: Json) => type === 'fast_lane_opened'),
      { data: { to: ['supervisors'], suspected: true, public_opinion: false } },
    )
  })

  await t.test('after two lowerings in 90 days the words of that complainant weigh nothing, and staff are told', async (t) => {
    const own = { complainant: { role: 'buyer', id: 'B-loud' } }
    const one = await file('one', FIRE, own)
    await one.by(zhao, 'set-risk', lowered)
    const two = await file('two', FIRE, own)
    t.match((await two.seenBy(zhao)).risk, { level: 'critical' }, 'once is not often')
    await two.by(zhao, 'set-risk', lowered)
    const three = await file('three', FIRE, own)
    t.match((await three.seenBy(zhao)).risk, {
      level: 'low',
      findings: [
        { signal: 'injury', weight: 0 },
        { signal: 'hazard', weight: 0 },
      ],
    })
    const told = await app.call('GET', `/v1/complaints/${three.id}/events`, { as: alice })
    t.match(
      told.body.data.find(({ type }: Json) => type === 'risk_words_not_weighed'),
      { data: { signals: ['injury', 'hazard'] } },
    )
    const four = await file('four', '少发了', own)
    await app.call('POST', `/v1/complaints/${four.id}/messages`, {
      as: 'buyer:B-loud',
      body: { text: HIGH, visibility: 'parties' },
    })
    t.match((await four.seenBy(zhao)).risk, { level: 'low' }, 'nor in a message')
    t.match((await (await file('other', FIRE)).seenBy(zhao)).risk, { level: 'critical' }, 'those of others do')
    app.clock.advance(91 * 24 * HOUR)
    t.match((await (await file('later', FIRE, own)).seenBy(zhao)).risk, { level: 'critical' })
  })

  await t.test('a case from before risks were is judged at its next decision, by all that it says', async (t) => {
    const old = await file('old', FIRE)
    const { db } = app
    await db
      .deleteFrom('deadlines')
      .where('complaint_id', '=', old.id)
      .where('kind', 'like', 'fast_%' as never)
      .execute()
    await db.deleteFrom('deadlines').where('complaint_id', '=', old.id).where('kind', '=', 'risk_review').execute()
    await db.updateTable('complaints').set({ risk: null, risk_level: null }).where('id', '=', old.id).execute()
    t.equal((await old.seenBy(zhao)).risk, null)
    await app.call('POST', `/v1/complaints/${old.id}/messages`, { as: alice, body: { text: '内部备注', visibility: 'internal' } })
    const seen = await old.seenBy(zhao)
    t.match(seen.risk, { level: 'critical', standing: 'suspected' })
    t.ok(seen.deadlines.some(({ kind, status }: Json) => kind === 'fast_feedback' && status === 'running'))
  })
})
