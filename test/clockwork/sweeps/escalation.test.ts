/** Who is told of a miss, how it goes on while the duty stays owed, and what waits for the service hours: through real sweeps. */
import t, { type Test } from 'tap'
import { done, file, filing, negotiating } from '../../races/cases.ts'
import { type Json, movableClock, type TestApp, testApp } from '../../support/app.ts'
import { decree } from '../../support/policy.ts'
import { inShanghai } from '../../support/rules.ts'
import { alice, tell } from '../../support/story.ts'

const buyer = 'buyer:B-1'
const merchant = 'merchant:M-1'
const MONDAY = '2026-11-23'
const TUESDAY = '2026-11-24'
const WEDNESDAY = '2026-11-25'

/** A service on Monday at 10:00 in Shanghai, under a policy that is changed before anything is filed. */
const serviceUnder = async (t: Test, change: (document: Json) => void): Promise<TestApp> => {
  const one = await testApp(t, { clock: movableClock(inShanghai(`${MONDAY} 10:00`)) })
  await decree(one, change)
  return one
}

const at = ({ clock }: TestApp, local: string): void => clock.advance(Date.parse(inShanghai(local)) - clock.nowMs())

/** The sweep of a moment on a clock in Shanghai. */
const sweepAt = async (app: TestApp, local: string): Promise<Json> => {
  at(app, local)
  return done(app, 'admin:root', '/v1/sweeps')
}

const seen = async (app: TestApp, id: string, as = alice): Promise<Json> =>
  (await app.call('GET', `/v1/complaints/${id}`, { as })).body

const clocksOf = async (app: TestApp, id: string, kind: string): Promise<Json[]> =>
  (await seen(app, id)).deadlines.filter((x: Json) => x.kind === kind)

const eventsOf = async (app: TestApp, id: string, type: string, as = alice): Promise<Json[]> => {
  const { data } = (await app.call('GET', `/v1/complaints/${id}/events?sort=sequence&limit=100`, { as })).body
  return data.filter((event: Json) => event.type === type)
}

await t.test('each level says who is told, and only they are', async (t) => {
  const one = await serviceUnder(t, ({ levels }) => {
    levels['1'].tells = ['agents']
    levels['2'].tells = ['respondent', 'supervisors']
    levels['3'].tells = ['complainant', 'respondent', 'panel']
  })
  const { id } = await file(one)
  t.match(await sweepAt(one, `${MONDAY} 11:00`), { due: 1, escalated: 1 })
  t.match(await eventsOf(one, id, 'escalation_notice', merchant), [{ at: inShanghai(`${MONDAY} 11:00`) }])
  t.strictSame(await eventsOf(one, id, 'escalation_notice', buyer), [], 'the buyer is not told of the second level')
  t.match(await sweepAt(one, `${TUESDAY} 11:00`), { due: 1, escalated: 1 })
  t.equal((await eventsOf(one, id, 'escalation_notice', merchant)).length, 2)
  t.equal((await eventsOf(one, id, 'escalation_notice', buyer)).length, 1)
  t.match(await sweepAt(one, `${WEDNESDAY} 11:00`), { due: 1, escalated: 0 })
  t.match(await eventsOf(one, id, 'escalation_notice'), [
    { reason_code: 'first_response_missed', data: { level: 2, step: 1, tells: ['respondent', 'supervisors'] } },
    { data: { level: 3, step: 2, tells: ['complainant', 'respondent', 'panel'] } },
  ])
  t.equal((await eventsOf(one, id, 'escalation_notice')).length, 2, 'the third miss is no news for anybody')
  t.match(
    (await clocksOf(one, id, 'first_response')).map(({ status, times_missed: times, escalation }) => [status, times, escalation]),
    [
      [
        'missed',
        1,
        { action: 'escalate', level: 2, tells: ['respondent', 'supervisors'], told_at: inShanghai(`${MONDAY} 11:00`) },
      ],
      ['missed', 2, { action: 'escalate', level: 3, told_at: inShanghai(`${TUESDAY} 11:00`) }],
      ['running', 3, { action: 'escalate', level: 3, told_at: inShanghai(`${TUESDAY} 11:00`) }],
    ],
  )
})

await t.test('by default the desk is told, and neither party', async (t) => {
  const one = await testApp(t)
  const { id } = await file(one)
  one.clock.advance(3_600_000)
  await done(one, 'admin:root', '/v1/sweeps')
  t.match(await eventsOf(one, id, 'escalation_notice'), [{ data: { tells: ['owner', 'supervisors'] } }])
  for (const as of [buyer, merchant]) t.strictSame(await eventsOf(one, id, 'escalation_notice', as), [])
})

await t.test('while a duty stays owed it goes on in the steps of the policy, the last of which repeats', async (t) => {
  const one = await serviceUnder(t, (document) => {
    document.while_overdue = [
      { count: 30, unit: 'minutes' },
      { count: 2, unit: 'hours' },
    ]
    document.clocks.resolution[0].while_overdue = [{ count: 2, unit: 'business_days' }]
  })
  const { id } = await file(one)
  const running = async () => (await clocksOf(one, id, 'first_response')).find(({ status }) => status === 'running')
  for (const [step, from, until] of [
    [1, '11:00', '11:30'],
    [2, '11:30', '13:30'],
    [3, '13:30', '15:30'],
    [4, '15:30', '17:30'],
  ] as const) {
    t.match(await sweepAt(one, `${MONDAY} ${from}`), { due: 1 })
    t.match(await running(), {
      step,
      due_at: inShanghai(`${MONDAY} ${until}`),
      overdue_since: inShanghai(`${MONDAY} 11:00`),
    })
    t.match(await done(one, 'admin:root', '/v1/sweeps'), { due: 0 })
  }
  await done(one, alice, `/v1/complaints/${id}/accept`)
  const [resolution] = await clocksOf(one, id, 'resolution')
  await sweepAt(one, '2026-12-02 15:30')
  t.equal(resolution.due_at, inShanghai('2026-12-02 15:30'))
  const again = (await clocksOf(one, id, 'resolution')).find(({ status }) => status === 'running')
  t.match(again, { step: 1, due_at: inShanghai('2026-12-04 15:30') }, 'a rule may have steps of its own')
})

await t.test('a party is reminded before the platform steps in', async (t) => {
  const one = await serviceUnder(t, ({ clocks }) => {
    clocks.respondent_response = [
      {
        allow: { count: 4, unit: 'hours' },
        on_silence: ['remind', 'remind', 'escalate'],
        while_overdue: [{ count: 1, unit: 'hours' }],
      },
    ]
  })
  const { id } = await negotiating(one)
  for (const [time, reminders] of [
    ['14:00', 1],
    ['15:00', 2],
  ] as const) {
    t.match(await sweepAt(one, `${MONDAY} ${time}`), { due: 1, escalated: 0 })
    t.match(await seen(one, id), { status: 'negotiating', level: 1 })
    t.equal((await eventsOf(one, id, 'deadline_reminder', merchant)).length, reminders)
  }
  t.match((await eventsOf(one, id, 'deadline_reminder', merchant)).at(0), {
    reason_code: 'respondent_response_missed',
    data: { kind: 'respondent_response', party: 'respondent', step: 1 },
  })
  t.strictSame(await eventsOf(one, id, 'deadline_reminder', buyer), [], 'whoever owes it is reminded, and nobody else')
  t.match(await sweepAt(one, `${MONDAY} 16:00`), { due: 1, escalated: 1 })
  t.match(await seen(one, id), { status: 'investigating', level: 2 })
  t.match(
    (await clocksOf(one, id, 'respondent_response')).map(({ status, step, escalation }) => [status, step, escalation.action]),
    [
      ['missed', 0, 'remind'],
      ['missed', 1, 'remind'],
      ['missed', 2, 'escalate'],
    ],
  )
  t.match(await done(one, 'admin:root', '/v1/sweeps'), { due: 0 })
})

await t.test(
  'the complainant is reminded before the case closes, and an answer after the reminder is in time for that',
  async (t) => {
    const one = await serviceUnder(t, ({ clocks }) => {
      clocks.information = [
        {
          allow: { count: 1, unit: 'days' },
          on_silence: ['remind', 'close_no_response'],
          while_overdue: [{ count: 2, unit: 'days' }],
        },
      ]
    })
    const [silent, late] = [await tell(one), await tell(one)]
    for (const story of [silent, late]) await story.by(alice, 'request-information', { items: ['照片'] })
    t.match(await sweepAt(one, `${TUESDAY} 10:00`), { due: 2, closed: 0 })
    t.equal((await eventsOf(one, silent.id, 'deadline_reminder', buyer)).length, 1)
    at(one, `${WEDNESDAY} 10:00`)
    await late.by(buyer, 'provide-information', { statement: '已上传' })
    t.match(await sweepAt(one, '2026-11-26 10:00'), { closed: 1 })
    t.match(await seen(one, silent.id), { status: 'closed', close_reason: 'no_response' })
    t.equal((await seen(one, late.id)).status, 'submitted')
  },
)

const inServiceHours = (document: Json): void => {
  document.service_hours = { calendar: 'weekdays', holds_back: ['warnings', 'notices'] }
}

await t.test('a miss in the evening climbs at once and is told in the morning, once', async (t) => {
  const one = await serviceUnder(t, inServiceHours)
  at(one, `${MONDAY} 17:58`)
  const { id } = await file(one, filing({ channel: 'chat' }))
  t.match(await sweepAt(one, `${MONDAY} 18:03`), { due: 1, escalated: 1 })
  t.equal((await seen(one, id)).level, 2)
  t.strictSame(await eventsOf(one, id, 'escalation_notice'), [])
  const escalation = async () => (await clocksOf(one, id, 'first_response')).find(({ status }) => status === 'missed').escalation
  t.match(await escalation(), { level: 2, told_at: null })
  t.match(await clocksOf(one, id, 'notice'), [{ status: 'running', due_at: inShanghai(`${TUESDAY} 09:00`) }])
  t.match(await sweepAt(one, `${TUESDAY} 08:59`), { due: 0 })
  t.match(await sweepAt(one, `${TUESDAY} 09:00`), { due: 1, escalated: 0 })
  const told = { at: inShanghai(`${TUESDAY} 09:00`), data: { kind: 'first_response', level: 2, step: 1 } }
  t.match(await eventsOf(one, id, 'escalation_notice'), [told])
  t.match(await escalation(), { told_at: inShanghai(`${TUESDAY} 09:00`) })
  t.match(await done(one, 'admin:root', '/v1/sweeps'), { due: 0 })
  t.equal((await eventsOf(one, id, 'escalation_notice')).length, 1)
  t.match(await sweepAt(one, `${TUESDAY} 18:00`), { due: 1, escalated: 1 }, 'the next step counts from the miss')
  t.equal((await eventsOf(one, id, 'escalation_notice')).length, 1, 'and is told in the next morning')
  await sweepAt(one, `${WEDNESDAY} 09:00`)
  t.equal((await eventsOf(one, id, 'escalation_notice')).length, 2)
})

await t.test('a sweep that comes after the service hours puts the notice off until the next ones', async (t) => {
  const one = await serviceUnder(t, inServiceHours)
  at(one, `${MONDAY} 17:58`)
  const { id } = await file(one, filing({ channel: 'chat' }))
  await sweepAt(one, `${MONDAY} 18:03`)
  t.match(await sweepAt(one, `${TUESDAY} 21:00`), { due: 1 }, 'the service was down all day; the next step is due by now')
  t.match(await done(one, 'admin:root', '/v1/sweeps'), { due: 0, failed: 0 })
  t.strictSame(await eventsOf(one, id, 'escalation_notice'), [])
  await sweepAt(one, `${WEDNESDAY} 09:00`)
  const told = { at: inShanghai(`${WEDNESDAY} 09:00`), data: { kind: 'first_response' } }
  t.match(await eventsOf(one, id, 'escalation_notice'), [told, told], 'one for each step')
  await done(one, 'admin:root', '/v1/sweeps')
  t.equal((await eventsOf(one, id, 'escalation_notice')).length, 2)
})

await t.test('what is done before the morning is told nobody', async (t) => {
  const one = await serviceUnder(t, inServiceHours)
  at(one, `${MONDAY} 17:58`)
  const { id } = await file(one, filing({ channel: 'chat' }))
  await sweepAt(one, `${MONDAY} 18:03`)
  await done(one, alice, `/v1/complaints/${id}/accept`)
  t.match(await sweepAt(one, `${TUESDAY} 09:00`), { failed: 0 })
  t.strictSame(await eventsOf(one, id, 'escalation_notice'), [])
})

await t.test('a notice of a case that ends before the morning is not told', async (t) => {
  const one = await serviceUnder(t, inServiceHours)
  at(one, `${MONDAY} 17:58`)
  const { id } = await file(one, filing({ channel: 'chat' }))
  await sweepAt(one, `${MONDAY} 18:03`)
  await done(one, buyer, `/v1/complaints/${id}/withdraw`)
  t.match(await clocksOf(one, id, 'notice'), [{ status: 'cancelled' }])
  t.match(await sweepAt(one, `${TUESDAY} 09:00`), { due: 0 })
  t.strictSame(await eventsOf(one, id, 'escalation_notice'), [])
})

await t.test('warnings keep to the service hours', async (t) => {
  await t.test('one that falls into the night comes before it where the morning is too late', async (t) => {
    const one = await serviceUnder(t, inServiceHours)
    at(one, `${MONDAY} 16:30`)
    const { id } = await file(one, filing({ channel: 'email' }))
    t.match(await sweepAt(one, `${MONDAY} 17:58`), { warned: 0 })
    t.match(await sweepAt(one, `${MONDAY} 17:59`), { warned: 1 }, 'due at 18:30, and four fifths are used up at 18:06')
    t.match(await sweepAt(one, `${MONDAY} 18:06`), { warned: 0 })
    t.match(await eventsOf(one, id, 'deadline_due_soon'), [{ at: inShanghai(`${MONDAY} 17:59`) }])
    t.match(await sweepAt(one, `${MONDAY} 18:30`), { due: 1, warned: 0 })
  })

  await t.test('one that falls into the night waits for the morning where that is early enough', async (t) => {
    const one = await serviceUnder(t, (document) => {
      inServiceHours(document)
      document.clocks.first_response = [{ allow: { count: 20, unit: 'hours' }, on_silence: ['escalate'] }]
    })
    at(one, `${MONDAY} 14:00`)
    const { id } = await file(one)
    t.match(await sweepAt(one, `${TUESDAY} 08:59`), { warned: 0 }, 'due at 10:00, and four fifths are used up at 06:00')
    t.match(await sweepAt(one, `${TUESDAY} 09:00`), { warned: 1 })
    t.match(await sweepAt(one, `${TUESDAY} 09:59`), { warned: 0 })
    t.match(await eventsOf(one, id, 'deadline_due_soon'), [{ at: inShanghai(`${TUESDAY} 09:00`) }])
  })

  await t.test('a sweep that comes too late in the evening leaves it out, and the miss is acted on all the same', async (t) => {
    const one = await serviceUnder(t, inServiceHours)
    at(one, `${MONDAY} 16:30`)
    const { id } = await file(one, filing({ channel: 'email' }))
    t.match(await sweepAt(one, `${MONDAY} 18:10`), { warned: 0, due: 0 })
    t.match(await sweepAt(one, `${MONDAY} 18:30`), { warned: 0, due: 1, escalated: 1 })
    t.strictSame(await eventsOf(one, id, 'deadline_due_soon'), [])
  })

  await t.test(
    'a sweep that missed the hour of the warning, and comes in the night, puts it off until the morning',
    async (t) => {
      const one = await serviceUnder(t, (document) => {
        inServiceHours(document)
        document.clocks.first_response = [
          { allow: { count: 24, unit: 'hours' }, on_silence: ['escalate'], warn: { at_percent: 20 } },
        ]
      })
      const { id } = await file(one)
      t.match(await sweepAt(one, `${MONDAY} 19:00`), { warned: 0, due: 0 }, 'it was to go out at 14:48')
      t.match(await sweepAt(one, `${TUESDAY} 08:59`), { warned: 0 })
      t.match(await sweepAt(one, `${TUESDAY} 09:00`), { warned: 1 })
      t.match(await eventsOf(one, id, 'deadline_due_soon'), [{ at: inShanghai(`${TUESDAY} 09:00`) }])
      t.match(await sweepAt(one, `${TUESDAY} 10:00`), { due: 1, warned: 0 })
    },
  )
})

await t.test('service hours may hold back warnings alone, or notices alone', async (t) => {
  for (const [holds_back, warnedAtNight, toldAtNight] of [
    [['warnings'], 0, 1],
    [['notices'], 1, 0],
  ] as const) {
    const one = await serviceUnder(t, (document) => {
      document.service_hours = { calendar: 'weekdays', holds_back }
    })
    at(one, `${MONDAY} 20:00`)
    const { id } = await file(one)
    t.match(await sweepAt(one, `${MONDAY} 20:50`), { warned: warnedAtNight })
    await sweepAt(one, `${MONDAY} 21:00`)
    t.equal((await eventsOf(one, id, 'escalation_notice')).length, toldAtNight, holds_back[0])
  }
})

await t.test(
  'a level says whether its notices wait: at night the first is told at once, the second in the morning',
  async (t) => {
    const one = await serviceUnder(t, (document) => {
      document.service_hours = { calendar: 'weekdays', holds_back: [] }
      document.levels['2'].notices = 'service_hours'
      document.levels['3'].notices = 'any_hour'
      document.while_overdue = [{ count: 30, unit: 'minutes' }]
    })
    at(one, `${MONDAY} 20:00`)
    const { id } = await file(one)
    const told = async () => (await eventsOf(one, id, 'escalation_notice')).map(({ at, data }) => [at, data.level, data.step])
    t.match(await sweepAt(one, `${MONDAY} 21:00`), { due: 1, escalated: 1 })
    t.strictSame(await told(), [], 'the second level sleeps')
    t.match(await sweepAt(one, `${MONDAY} 21:30`), { due: 1, escalated: 1 })
    t.strictSame(await told(), [[inShanghai(`${MONDAY} 21:30`), 3, 2]], 'the panel is told at any hour')
    t.match(await sweepAt(one, `${TUESDAY} 08:59`), { due: 1 })
    t.equal((await told()).length, 1, 'the same once more is only counted')
    await sweepAt(one, `${TUESDAY} 09:00`)
    t.strictSame((await told()).at(-1), [inShanghai(`${TUESDAY} 09:00`), 2, 1])
  },
)

await t.test('a level told at any hour is told at night, though the others wait', async (t) => {
  const one = await serviceUnder(t, (document) => {
    inServiceHours(document)
    document.levels['2'].notices = 'any_hour'
  })
  at(one, `${MONDAY} 20:00`)
  const { id } = await file(one)
  await sweepAt(one, `${MONDAY} 21:00`)
  t.match(await eventsOf(one, id, 'escalation_notice'), [{ at: inShanghai(`${MONDAY} 21:00`), data: { level: 2 } }])
})
