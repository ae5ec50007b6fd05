import t from 'tap'
import { isPersonId, samePerson } from '../../../src/platform/access/people.ts'
import { testApp } from '../../support/app.ts'
import { alice, filing, refundOf, tell, tellToLiability } from '../../support/story.ts'

t.test('what an id of a person may be', async (t) => {
  for (const id of [
    'B-77',
    'a',
    'auth0|123',
    'acct:7',
    'user@example.com',
    '50%',
    'a,b',
    'a b',
    '王小明',
    'Zoë',
    'أحمد',
    'नमस्ते',
    '🙂',
    'x'.repeat(256),
    '王'.repeat(256),
    '🙂'.repeat(256),
  ])
    t.ok(isPersonId(id), id)
  for (const [id, why] of [
    ['', 'nothing'],
    [' a', 'a blank before'],
    ['a ', 'a blank behind'],
    ['a\u3000', 'a wide blank behind'],
    ['a\0b', 'a NUL'],
    ['a\nb', 'a line break'],
    ['a\u2028b', 'a line separator'],
    ['a\u007fb', 'a control character'],
    ['a\u200bb', 'a space without width'],
    ['a\u202eb', 'a change of direction'],
    ['a\u00adb', 'a soft hyphen'],
    ['a\u3164b', 'an invisible letter'],
    ['a\ue000b', 'a private character'],
    ['a\ud83db', 'half of a surrogate pair'],
    ['a\uffffb', 'no character'],
    ['e\u0301', 'a letter that is not composed'],
    ['x'.repeat(257), 'too long'],
    ['🙂'.repeat(257), 'too long in characters'],
  ] as const)
    t.notOk(isPersonId(id), why)
})

t.test('when two ids are one person', async (t) => {
  for (const [one, other] of [
    ['B-1', 'B-1'],
    ['B-1', 'b-1'],
    ['Zoë', 'ZOË'],
    ['straße', 'STRASSE'],
    ['ΣΊΣΥΦΟΣ', 'σίσυφος'],
    ['иван', 'ИВАН'],
    ['ａ１', 'A1'],
  ] as const)
    t.ok(samePerson(one, other), `${one} ${other}`)
  for (const [one, other] of [
    ['B-1', 'B-2'],
    ['B-1', 'B-1 '],
    ['王', '玉'],
    ['e', 'é'],
  ] as const)
    t.notOk(samePerson(one, other), `${one} ${other}`)
})

await t.test('ids of every script, wherever one is named', async (t) => {
  const app = await testApp(t)
  const { call } = app
  const who = '%E7%8E%8B%E5%B0%8F%E6%98%8E'
  const file = (complainant: string, respondent: string, as: string) =>
    call('POST', '/v1/complaints', {
      as,
      body: filing({ complainant: { role: 'buyer', id: complainant }, respondent: { role: 'merchant', id: respondent } }),
    })
  const filed = await file('王小明', 'acct:7', `buyer:${who}`)
  t.match(filed, { status: 201, body: { complainant: { id: '王小明' }, respondent: { id: 'acct:7' } } })
  const { id } = filed.body
  const path = `/v1/complaints/${id}`
  t.equal((await call('GET', path, { as: `buyer:${who}` })).status, 200)
  t.equal((await call('GET', path, { as: 'merchant:acct:7' })).status, 200)
  t.equal((await call('GET', path, { as: 'merchant:ACCT:7' })).status, 404, 'who a party is, is taken exactly')

  const accepted = await call('POST', `${path}/accept`, { as: 'agent:auth0|123', body: { owner: 'agent:客服:一号' } })
  t.match(accepted, { status: 200, body: { owner: 'agent:客服:一号' } })
  const events = await call('GET', `${path}/events`, { as: 'merchant:acct:7' })
  t.match(events.body.data[0].actor, { role: 'agent', id: 'auth0|123' })
  const found = async (query: string) => (await call('GET', `/v1/complaints?${query}`, { as: alice })).body.data.length
  t.equal(await found(`owner=agent:${encodeURIComponent('客服:一号')}`), 1)
  t.equal(await found(`buyer=${who}`), 1)
  t.equal(await found('merchant=acct:7'), 1)
  t.equal(await found('merchant=acct%3A7'), 1)

  await t.test('what can be no id is refused, and the answer says what an id is', async (t) => {
    const told = /must be an id of 1 to 256 printable characters/
    t.match((await file('B\u200b1', 'M-1', alice)).body.errors, [{ pointer: '/complainant/id', code: 'format', detail: told }])
    t.match((await file('B-1', 'x'.repeat(257), alice)).body.errors, [
      { pointer: '/respondent/id', code: 'too_long' },
      { pointer: '/respondent/id', code: 'format' },
    ])
    t.match(await call('POST', `${path}/assign`, { as: 'supervisor:zhao', body: { owner: 'buyer:B-1' } }), {
      status: 400,
      body: { errors: [{ pointer: '/owner', detail: /must be agent:id or supervisor:id/ }] },
    })
  })
})

await t.test('duties are separated whatever the case of an id', async (t) => {
  const app = await testApp(t)
  const refused = { status: 403, body: { code: 'separation_of_duties' } }
  const story = await tellToLiability(app)

  t.match(await story.try('agent:b-1', `/v1/complaints/${story.id}/escalate`, {}), refused, 'a party as an agent')
  t.match(
    await story.try('supervisor:zhao', `/v1/complaints/${story.id}/assign`, { owner: 'agent:m-1' }),
    refused,
    'a party as owner',
  )
  const own = filing({ complainant: { role: 'buyer', id: 'ALICE' } })
  t.match(await app.call('POST', '/v1/complaints', { as: alice, body: own }), refused, 'an agent for itself')

  await story.writePlan('supervisor:Zhao', refundOf(5_000))
  t.match(await story.try('supervisor:zhao', `/v1/refund-plans/${story.plan.id}/impose`, {}), refused, 'the author of a plan')
  await story.onPlan('supervisor:qian', 'impose', { explanation: '责任明确' })
  await story.file('merchant:M-1', { reason_code: 'wrong_facts', statement: '请复核' })
  for (const as of ['supervisor:QIAN', 'supervisor:ZHAO', 'supervisor:Alice'])
    t.match(await story.try(as, `/v1/appeals/${story.appeal.id}/deny`, {}), refused, `${as} took part`)
  t.match(await story.try('supervisor:sun', `/v1/appeals/${story.appeal.id}/assign`, { reviewer: 'supervisor:Qian' }), refused)
  await story.onAppeal('supervisor:sun', 'assign', { reviewer: 'supervisor:Li' })
  await story.onAppeal('supervisor:li', 'deny', { explanation: '维持' })
  t.equal(story.appeal.status, 'denied', 'the reviewer, however it is written')

  const mine = await tell(app)
  await mine.by('agent:Alice', 'assign', { owner: alice })
  t.equal((await mine.seenBy(alice)).owner, alice, 'an agent names itself')
})
