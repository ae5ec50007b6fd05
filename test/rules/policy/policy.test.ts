import t from 'tap'
import { DAY, toTime } from '../../../src/foundation/clock.ts'
import { defaultPolicy } from '../../../src/rules/policy/default-policy.ts'
import { type Json, testApp } from '../../support/app.ts'
import { alice, tell } from '../../support/story.ts'
import { document, week } from '../calendars/documents.ts'
import { businessDays, changePolicy, days, hours, minutes, readPolicy, tryPolicy } from './policies.ts'

const everybody = ['buyer:B-1', 'merchant:M-1', 'agent:alice', 'supervisor:zhao', 'admin:root']

await t.test('versions', async (t) => {
  const one = await testApp(t)
  const { call, clock } = one

  await t.test('a platform is born with a policy, which its desk may read and the parties may not', async (t) => {
    for (const as of ['agent:alice', 'supervisor:zhao', 'admin:root']) {
      const { status, body, headers } = await call('GET', '/v1/policy', { as })
      t.equal(status, 200, as)
      t.equal(headers.etag, '"1"')
      t.match(body, { version: 1, created_by: 'system:redress', explanation: 'the policy a platform starts with' })
      t.strictSame(body.document, defaultPolicy)
      t.equal((await call('GET', '/v1/policy/versions', { as })).status, 200)
    }
    for (const as of ['buyer:B-1', 'merchant:M-1']) {
      for (const url of ['/v1/policy', '/v1/policy?version=9', '/v1/policy/versions'])
        t.match(await call('GET', url, { as }), { status: 403, body: { code: 'forbidden' } }, `${as} ${url}`)
    }
  })

  await t.test('only admins write it, and only over what they read', async (t) => {
    const { document } = await readPolicy(one)
    const body = { document: { ...document, compensation_cap_percent: 20 }, explanation: 'Stricter' }
    for (const as of everybody.filter((name) => name !== 'admin:root')) {
      t.match(await call('PUT', '/v1/policy', { as, body: {} }), { status: 403, body: { code: 'forbidden' } }, as)
      t.match(await call('POST', '/v1/policy/preview', { as, body: {} }), { status: 403, body: { code: 'forbidden' } }, as)
    }
    t.match(await call('PUT', '/v1/policy', { body: {} }), {
      status: 400,
      body: { errors: [{ pointer: '/document', code: 'missing' }] },
    })
    t.match(await call('PUT', '/v1/policy', { body }), { status: 428, body: { code: 'version_required' } })
    const stale = { headers: { 'if-match': '"7"' } }
    t.match(await call('PUT', '/v1/policy', { body, ...stale }), { status: 412, body: { code: 'version_stale' } })
    const broken = { document: { ...document, calendar: 'nowhere' } }
    t.equal((await call('PUT', '/v1/policy', { body: broken, ...stale })).status, 412, 'stale comes before unworkable')
    t.equal((await readPolicy(one)).version, 1, 'nothing refused has left a trace')
  })

  await t.test('each change is a version that stays readable', async (t) => {
    clock.advance(60_000)
    const written = await changePolicy(one, (document) => Object.assign(document, { compensation_cap_percent: 20 }), {
      explanation: 'Stricter',
    })
    t.match(written, {
      version: 2,
      created_by: 'admin:root',
      explanation: 'Stricter',
      document: { compensation_cap_percent: 20 },
    })
    t.strictSame(await readPolicy(one), written)
    const first = await call('GET', '/v1/policy?version=1', { as: 'agent:alice' })
    t.equal(first.headers.etag, '"1"')
    t.strictSame(first.body.document, defaultPolicy)
    t.match(await call('GET', '/v1/policy?version=3'), { status: 404, body: { code: 'not_found' } })
    t.match(await call('GET', '/v1/policy?version=0'), { status: 400, body: { errors: [{ pointer: '?version' }] } })
  })

  await t.test('what changes nothing makes no version, in whatever order it is written', async (t) => {
    const same = await changePolicy(one, (document) => {
      const { calendar, clocks, ...others } = document
      for (const name of Object.keys(document)) delete document[name]
      Object.assign(document, others, { clocks: Object.fromEntries(Object.entries(clocks).reverse()), calendar })
    })
    t.equal(same.version, 2)
  })

  await t.test('the list is newest first, page by page, without the documents', async (t) => {
    await changePolicy(one, (document) => Object.assign(document, { compensation_cap_percent: 25 }))
    const first = (await call('GET', '/v1/policy/versions?limit=2')).body
    t.match(first.data, [
      { version: 3, explanation: null },
      { version: 2, explanation: 'Stricter' },
    ])
    t.notOk('document' in first.data[0])
    const second = (await call('GET', `/v1/policy/versions?limit=2&cursor=${first.next_cursor}`)).body
    t.match(second, { data: [{ version: 1 }], next_cursor: null })
    t.match(await call('GET', '/v1/policy/versions?cursor=x'), { status: 400, body: { code: 'invalid_cursor' } })
  })

  await t.test('of two who change it at once one must read again', async (t) => {
    const { document, version } = await readPolicy(one)
    const two = await testApp(t, { beside: one })
    const put = (app: typeof one, percent: number) =>
      app.call('PUT', '/v1/policy', {
        body: { document: { ...document, compensation_cap_percent: percent } },
        headers: { 'if-match': `"${version}"` },
      })
    const answers = await Promise.all([put(one, 41), put(two, 42), put(one, 43), put(two, 44)])
    t.strictSame(answers.map(({ status }) => status).sort(), [200, 412, 412, 412])
    const won = answers.find(({ status }) => status === 200)
    t.strictSame((await readPolicy(one)).document, won?.body.document)
    t.equal((await readPolicy(one)).version, version + 1)
  })

  await t.test('another platform has its own', async (t) => {
    const other = await one.platform('live')
    t.match((await call('GET', '/v1/policy', { key: other.key })).body, { version: 1, document: defaultPolicy })
    t.equal((await call('GET', '/v1/policy?version=2', { key: other.key })).status, 404)
    t.equal((await call('GET', '/v1/policy/versions', { key: other.key })).body.data.length, 1)
  })
})

await t.test('a case keeps the policy it was opened under, a new one has the new', async (t) => {
  const one = await testApp(t)
  const two = await testApp(t, { beside: one })
  const old = await tell(one)
  await changePolicy(one, ({ clocks }) => {
    clocks.first_response.at(-1).allow = hours(3)
    clocks.information[0].allow = days(9)
  })
  const young = await tell(two)
  const due = async (story: typeof old, kind: string): Promise<Json> => {
    const { deadlines } = await story.seenBy(alice)
    const { started_at, due_at } = deadlines.find((x: Json) => x.kind === kind)
    return (Date.parse(due_at) - Date.parse(started_at)) / 3_600_000
  }
  t.equal((await old.seenBy(alice)).policy_version, 1)
  t.equal((await young.seenBy(alice)).policy_version, 2)
  t.equal(await due(old, 'first_response'), 1)
  t.equal(await due(young, 'first_response'), 3, 'on the other instance, too')
  for (const story of [old, young]) await story.by(alice, 'request-information', { items: ['照片'] })
  t.equal(await due(old, 'information'), 72, 'clocks that start later follow the case’s own policy')
  t.equal(await due(young, 'information'), 9 * 24)
})

await t.test('a policy that cannot work is refused with every reason', async (t) => {
  const one = await testApp(t)
  const escalate = ['escalate']
  const cases: [name: string, change: (document: Json) => void, faults: string[]][] = [
    ['no such calendar for all', (d) => Object.assign(d, { calendar: 'mars' }), ['/calendar unknown_calendar']],
    [
      'no such calendar of a rule',
      (d) => Object.assign(d.clocks.resolution[0], { calendar: 'mars' }),
      ['/clocks/resolution/0/calendar unknown_calendar'],
    ],
    [
      'no such calendar for the service hours',
      (d) => Object.assign(d, { service_hours: { calendar: 'mars', holds_back: ['warnings'] } }),
      ['/service_hours/calendar unknown_calendar'],
    ],
    ['no rule for everything else', (d) => d.clocks.first_response.pop(), ['/clocks/first_response missing_rule']],
    [
      'rules that nothing comes to',
      (d) =>
        d.clocks.refund.push(
          { when: { channel: ['chat'] }, allow: hours(1), on_silence: escalate },
          { allow: hours(2), on_silence: escalate },
        ),
      ['/clocks/refund/1 never_reached', '/clocks/refund/2 never_reached'],
    ],
    [
      'an empty condition fits everything',
      (d) => d.clocks.refund.unshift({ when: {}, allow: hours(1), on_silence: escalate }),
      ['/clocks/refund/1 never_reached'],
    ],
    [
      'a wait that nobody is ever called into',
      (d) => Object.assign(d.clocks.resolution[0], { on_silence: ['escalate', 'remind'] }),
      ['/clocks/resolution/0/on_silence/1 never_ends'],
    ],
    [
      'words that the kind cannot have',
      (d) => {
        d.clocks.first_response[0].on_silence = ['close']
        d.clocks.information[0].on_silence = ['escalate', 'close_no_response']
        d.clocks.appeal_window[0].on_silence = ['remind', 'window_shuts']
        d.clocks.auto_close[0].on_silence = ['close', 'close']
      },
      [
        '/clocks/appeal_window/0/on_silence/0 silence_not_possible',
        '/clocks/auto_close/0/on_silence/0 silence_not_possible',
        '/clocks/first_response/0/on_silence/0 silence_not_possible',
        '/clocks/information/0/on_silence/0 silence_not_possible',
      ],
    ],
    [
      'silence taken for consent where it may not be',
      (d) => {
        d.clocks.confirmation[0].when = { party: ['complainant', 'respondent'], plan_of: ['platform'] }
        d.clocks.confirmation[1].on_silence = ['deem_accepted']
      },
      ['/clocks/confirmation/0/on_silence/0 silence_not_possible', '/clocks/confirmation/1/on_silence/0 silence_not_possible'],
    ],
    [
      'a plan where there is none',
      (d) => d.clocks.refund.unshift({ when: { plan_of: ['party'] }, allow: hours(1), on_silence: escalate }),
      ['/clocks/refund/0/when/plan_of not_possible_here'],
    ],
    [
      'bands that no amount fits',
      (d) =>
        d.clocks.refund.unshift(
          { when: { amount: { currency: 'CNY', from: 500, below: 500 } }, allow: hours(1), on_silence: escalate },
          { when: { amount: { currency: 'CNY', below: 0 } }, allow: hours(1), on_silence: escalate },
        ),
      ['/clocks/refund/0/when/amount/below empty_band', '/clocks/refund/1/when/amount/below empty_band'],
    ],
    [
      'warnings that cannot come before',
      (d) => {
        d.clocks.auto_close[0].warn = { before: days(7) }
        d.clocks.refund[0].warn = { before: businessDays(1) }
        d.clocks.resolution[0].warn = { before: { count: 63 * 60, unit: 'business_minutes' } }
        d.clocks.step[0].warn = { before: { count: 6 * 24 + 23, unit: 'hours' } }
      },
      [
        '/clocks/auto_close/0/warn/before not_shorter',
        '/clocks/refund/0/warn/before other_kind_of_time',
        '/clocks/resolution/0/warn/before not_shorter',
      ],
    ],
    [
      'a warning for all that does not suit some, told once for each reason',
      (d) => Object.assign(d, { warn: { before: minutes(30) } }),
      ['/warn/before not_shorter', '/warn/before other_kind_of_time'],
    ],
    [
      'a stretch that no case lies in',
      (d) => {
        d.burden_of_proof.other = [
          {
            party: 'buyer',
            accepted_types: ['photo'],
            within: days(1),
            when: { received_after: hours(48), received_within: days(2) },
          },
        ]
      },
      ['/burden_of_proof/other/0/when/received_within empty_stretch'],
    ],
    [
      'longer than anybody waits for',
      (d) => {
        d.clocks.suspension[0].allow = businessDays(800)
        d.filing_windows[0].allow = businessDays(100_000)
        d.while_overdue = [businessDays(700), { count: 100_000, unit: 'business_hours' }]
        d.words.held_at_most = businessDays(900)
      },
      [
        '/clocks/suspension/0/allow too_long',
        '/filing_windows/0/allow too_long',
        '/while_overdue/1 too_long',
        '/words/held_at_most too_long',
      ],
    ],
    [
      'everything at once',
      (d) => {
        d.calendar = 'mars'
        d.clocks.intervention[0].calendar = 'venus'
        d.clocks.refund[0].on_silence = ['remind']
      },
      [
        '/calendar unknown_calendar',
        '/clocks/intervention/0/calendar unknown_calendar',
        '/clocks/refund/0/on_silence/0 never_ends',
      ],
    ],
  ]
  for (const [name, change, faults] of cases) {
    const { status, body } = await tryPolicy(one, change)
    t.match({ status, code: body.code }, { status: 422, code: 'policy_cannot_work' }, name)
    t.strictSame(
      body.errors.map((error: Json) => `${error.pointer} ${error.code}`).sort(),
      faults.map((fault) => `/document${fault}`),
      name,
    )
    const { document } = await readPolicy(one)
    change(document)
    t.match(await one.call('POST', '/v1/policy/preview', { body: { document } }), { status: 422, body: { errors: body.errors } })
  }

  await t.test('what its description does not allow is a 400, to the last field', async (t) => {
    const wrong: [change: (document: Json) => void, pointer: string, code: string][] = [
      [(d) => delete d.clocks, '/document/clocks', 'missing'],
      [(d) => delete d.burden_of_proof, '/document/burden_of_proof', 'missing'],
      [(d) => Object.assign(d.clocks, { survey: [] }), '/document/clocks/survey', 'unknown_field'],
      [(d) => Object.assign(d.clocks, { refund: [] }), '/document/clocks/refund', 'too_few'],
      [(d) => Object.assign(d.clocks.refund[0], { allow: hours(0) }), '/document/clocks/refund/0/allow/count', 'too_small'],
      [(d) => Object.assign(d.clocks.refund[0].allow, { unit: 'weeks' }), '/document/clocks/refund/0/allow/unit', 'not_one_of'],
      [(d) => Object.assign(d.clocks.refund[0], { on_silence: [] }), '/document/clocks/refund/0/on_silence', 'too_few'],
      [
        (d) => Object.assign(d.clocks.refund[0], { on_silence: ['tell'] }),
        '/document/clocks/refund/0/on_silence/0',
        'not_one_of',
      ],
      [(d) => Object.assign(d.clocks.refund[0], { when: { city: 'x' } }), '/document/clocks/refund/0/when/city', 'unknown_field'],
      [(d) => Object.assign(d.approval_amounts, { XXX: 1 }), '/document/approval_amounts', 'propertyNames'],
      [(d) => Object.assign(d, { compensation_cap_percent: 101 }), '/document/compensation_cap_percent', 'too_large'],
      [(d) => Object.assign(d.levels['2'], { tells: ['press'] }), '/document/levels/2/tells/0', 'not_one_of'],
      [(d) => delete d.levels['3'], '/document/levels/3', 'missing'],
      // a chat is no answer to a complaint
      [(d) => Object.assign(d.words, { hears: ['respondent_response'] }), '/document/words/hears/0', 'not_one_of'],
      [(d) => Object.assign(d.words, { hears: ['appeal_window'] }), '/document/words/hears/0', 'not_one_of'],
    ]
    for (const [change, pointer, code] of wrong) {
      const { status, body } = await tryPolicy(one, change)
      t.equal(status, 400, pointer)
      t.ok(
        body.errors.some((error: Json) => error.pointer === pointer && error.code === code),
        `${pointer} ${code}`,
      )
    }
  })
  t.equal((await readPolicy(one)).version, 1)
})

await t.test('service hours that do not come are refused', async (t) => {
  const one = await testApp(t)
  const weeks = Array.from({ length: 60 }, (_, n) => ({
    date: toTime(Date.parse('2026-11-23') + 7 * n * DAY).slice(0, 10),
    name: 'closed',
  }))
  const shut = document({ hours: week({ monday: '09:00-18:00' }), holidays: weeks })
  t.equal((await one.call('PUT', '/v1/calendars/shut', { body: shut })).status, 200)
  const { status, body } = await tryPolicy(one, (d) =>
    Object.assign(d, { service_hours: { calendar: 'shut', holds_back: ['notices'] } }),
  )
  t.match(
    { status, errors: body.errors },
    { status: 422, errors: [{ pointer: '/document/service_hours/calendar', code: 'never_open' }] },
  )
})

await t.test('what a policy allows, it allows', async (t) => {
  const one = await testApp(t)
  const changes: [name: string, change: (document: Json) => void][] = [
    ['a reminder before the end', (d) => Object.assign(d.clocks.information[0], { on_silence: ['remind', 'close_no_response'] })],
    ['an escalation in place of an end', (d) => Object.assign(d.clocks.inspection[0], { on_silence: ['remind', 'escalate'] })],
    ['no warnings at all', (d) => Object.assign(d, { warn: null })],
    [
      'rules by channel, category, party and amount',
      (d) =>
        d.clocks.resolution.unshift({
          when: {
            channel: ['chat'],
            category: ['counterfeit'],
            party: ['platform'],
            amount: { currency: 'CNY', from: 1_000_000 },
          },
          allow: businessDays(3),
          calendar: 'weekdays',
          on_silence: ['escalate'],
          warn: { before: businessDays(1) },
          while_overdue: [hours(4), hours(2)],
        }),
    ],
    ['service hours', (d) => Object.assign(d, { service_hours: { calendar: 'weekdays', holds_back: ['warnings', 'notices'] } })],
    [
      'no windows, no proofs, nobody told',
      (d) => {
        d.filing_windows = []
        d.burden_of_proof.logistics = []
        d.levels['1'].tells = []
      },
    ],
  ]
  for (const [name, change] of changes) t.equal((await tryPolicy(one, change)).status, 200, name)
  t.equal((await readPolicy(one)).version, 1 + changes.length)
})
