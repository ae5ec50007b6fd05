/**
 * A stranger with nothing but what the service shows: `deadlines[]`, the policy and the calendars in their versions. With a small calculator
 * of its own, which shares no line with the service, it arrives at every due time. `REDRESS_SEED` tells other cases.
 */
import t from 'tap'
import { seeded } from '../../../scripts/demo/random.ts'
import { recompute } from '../../clockwork/recomputations/jobs.ts'
import { type Json, movableClock, testApp } from '../../support/app.ts'
import { stateOrder } from '../../support/orders.ts'
import { decree } from '../../support/policy.ts'
import { filing, liability, returnOf } from '../../support/story.ts'

const SEED = Number(process.env.REDRESS_SEED ?? 41)
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const UNITS: Record<string, number> = {
  minutes: MINUTE,
  hours: HOUR,
  days: DAY,
  business_minutes: MINUTE,
  business_hours: HOUR,
}
const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const

// ---- the stranger's calculator

/** How far a zone is ahead of UTC at a moment. */
const aheadAt = (zone: string, at: number): number => {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    hourCycle: 'h23',
    ...({ year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' } as const),
  }).formatToParts(at)
  const of = (type: string) => Number(parts.find((part) => part.type === type)?.value)
  return Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second')) - Math.floor(at / 1000) * 1000
}

/** A wall-clock time, as if it were UTC, as a moment. */
const momentOf = (zone: string, wall: number): number => {
  const guess = wall - aheadAt(zone, wall)
  return wall - aheadAt(zone, guess)
}

const minutesOf = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3))
const dated = (list: Json[], date: string): Json => list.find((one) => one.date === date)

/** The windows of a local date, in minutes. */
const hoursOn = (calendar: Json, date: string): Json[] => {
  const ordinary = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']
    .map((day) => calendar.hours[day])
    .find((windows) => windows.length > 0)
  const own = dated(calendar.workdays, date)
  if (own) return own.hours ?? ordinary
  if (dated(calendar.holidays, date)) return []
  if (dated(calendar.make_up_workdays, date)) return ordinary
  if (dated(calendar.public_holiday_dates, date)) return []
  return calendar.hours[weekdays[new Date(`${date}T00:00Z`).getUTCDay()] as string]
}

/** When so much open time after a moment is used up. */
const openTimeAfter = (calendar: Json, from: string, ms: number): string => {
  const start = Date.parse(from)
  let left = ms
  for (let wall = Math.floor((start - DAY) / DAY) * DAY; ; wall += DAY) {
    const date = new Date(wall).toISOString().slice(0, 10)
    for (const window of hoursOn(calendar, date)) {
      const opens = Math.max(start, momentOf(calendar.time_zone, wall + minutesOf(window.from) * MINUTE))
      const closes = momentOf(calendar.time_zone, wall + minutesOf(window.to) * MINUTE)
      if (closes <= opens) continue
      if (left <= closes - opens) return new Date(opens + left).toISOString()
      left -= closes - opens
    }
  }
}

const dayOf = (calendar: Json): number =>
  (calendar.business_day_minutes ??
    Math.max(
      ...Object.values(calendar.hours as Record<string, Json[]>).map((windows) =>
        windows.reduce((sum, { from, to }) => sum + minutesOf(to) - minutesOf(from), 0),
      ),
    )) * MINUTE

const lengthOf = ({ count, unit }: Json, calendar: Json): number => count * (UNITS[unit] ?? dayOf(calendar))

const later = (a: string, b: string | null): string => (b !== null && b > a ? b : a)

/** When a deadline is due, from what it shows. */
const dueTime = (deadline: Json, calendar: Json): string => {
  const left = Math.max(0, deadline.allowed_ms - deadline.used_ms)
  const counted =
    calendar === null
      ? new Date(Date.parse(deadline.counted_since) + left).toISOString()
      : openTimeAfter(calendar, deadline.counted_since, left)
  return later(counted, deadline.kept_until)
}

/** The lines of a policy that fit, for what it asks of a case here. */
const firstFitting = (lines: Json[], complaint: Json, party: string, planOf: string): number =>
  lines.findIndex(({ when = {} }) => {
    const amount = complaint.wanted.amount
    return (
      (!when.channel || when.channel.includes(complaint.channel)) &&
      (!when.category || when.category.includes(complaint.category)) &&
      (!when.party || when.party.includes(party)) &&
      (!when.plan_of || when.plan_of.includes(planOf)) &&
      (!when.amount || (amount >= (when.amount.from ?? 0) && amount < (when.amount.below ?? Number.POSITIVE_INFINITY)))
    )
  })

const at = (document: Json, pointer: string): Json =>
  pointer
    .slice(1)
    .split('/')
    .reduce((value, key) => value[key], document)

/** How long the lines that a deadline names let it take. */
const allowanceOf = (document: Json, { rule, step }: Json): Json => {
  const lines: Json[] = rule.lines.map((line: string) => at(document, line))
  if (step === 0) return lines.find(({ allow }) => allow).allow
  const own = lines.find(({ while_overdue }) => while_overdue)?.while_overdue
  return own ? own[Math.min(step, own.length) - 1] : lines.at(-1)
}

// ---- the platform's cases

const natural = (count: number, unit = 'hours') => ({ count, unit })
const business = (count: number, unit = 'business_hours') => ({ count, unit })

const rulesAtFirst = (policy: Json): void => {
  policy.while_overdue = [business(5), natural(30), business(1, 'business_days')]
  const { clocks } = policy
  clocks.first_response = [
    { when: { channel: ['chat'] }, allow: natural(40, 'minutes'), on_silence: ['escalate'] },
    { when: { category: ['counterfeit'] }, allow: business(4), calendar: 'berlin' },
    { when: { channel: ['email'] }, allow: business(90, 'business_minutes') },
    { allow: business(3), on_silence: ['remind', 'escalate'] },
  ]
  clocks.resolution = [
    { when: { amount: { currency: 'CNY', from: 10_000 } }, allow: business(6, 'business_days'), calendar: 'berlin' },
    { allow: business(9, 'business_days'), on_silence: ['escalate'] },
  ]
  clocks.respondent_response = [
    { when: { channel: ['portal', 'email'] }, allow: business(11), calendar: 'berlin' },
    { allow: business(2, 'business_days'), on_silence: ['remind', 'escalate'], while_overdue: [business(7), natural(9)] },
  ]
  clocks.auto_close = [{ allow: business(4, 'business_days'), on_silence: ['close'] }]
  clocks.confirmation = [
    { when: { party: ['respondent'], plan_of: ['platform'] }, allow: natural(70), on_silence: ['deem_accepted'] },
    { allow: business(3, 'business_days'), calendar: 'berlin', on_silence: ['expire_and_escalate'] },
  ]
}

const shorter = (policy: Json): void => {
  const { clocks } = policy
  clocks.resolution = [{ allow: business(3, 'business_days'), on_silence: ['escalate'] }]
  clocks.respondent_response = [{ allow: business(2), on_silence: ['escalate'] }]
  clocks.confirmation[0].allow = natural(5)
  clocks.information = [{ allow: natural(6), on_silence: ['close_no_response'] }]
  clocks.appeal_window = [{ allow: natural(20), on_silence: ['window_shuts'], warn: null }]
}

const longer = (policy: Json): void => {
  const { clocks } = policy
  clocks.first_response = [{ allow: natural(6, 'days'), on_silence: ['escalate'] }]
  clocks.resolution = [{ allow: business(30, 'business_days'), on_silence: ['escalate'] }]
}

// on a machine that does much else it takes longer
t.setTimeout(300_000)

await t.test(`everybody can work out when a deadline is due, seed ${SEED}`, async (t) => {
  const random = seeded(SEED)
  const { pick } = random
  const one = await testApp(t, { clock: movableClock('2026-10-15T05:17:23.000Z') })
  const get = async (url: string, as = 'agent:alice'): Promise<Json> => (await one.call('GET', url, { as })).body
  const post = (as: string, url: string, body: Json = {}) => one.call('POST', url, { as, body })

  const weekday = [
    { from: '08:30', to: '12:00' },
    { from: '13:00', to: '17:30' },
  ]
  const putCalendar = async (name: string, document: Json): Promise<void> => {
    const present = await one.call('GET', `/v1/calendars/${name}`)
    const headers: Record<string, string> = present.status === 200 ? { 'if-match': present.headers.etag ?? '' } : {}
    const { status, text } = await one.call('PUT', `/v1/calendars/${name}`, { body: document, headers })
    if (status !== 200) throw new Error(text)
  }
  const berlin = (more: Json = {}): Json => ({
    time_zone: 'Europe/Berlin',
    hours: {
      ...{ monday: weekday, tuesday: weekday, wednesday: weekday, thursday: weekday, friday: weekday },
      ...{ saturday: [{ from: '10:00', to: '11:30' }], sunday: [] },
    },
    public_holidays: { country: 'DE', region: 'BE' },
    ...more,
  })
  const china = async (more: Json): Promise<void> => {
    const { time_zone, hours, public_holidays, holidays, workdays } = await get('/v1/calendars/china', 'admin:root')
    await putCalendar('china', { time_zone, hours, public_holidays, holidays, workdays, ...more })
  }
  await putCalendar('berlin', berlin())
  await decree(one, rulesAtFirst)

  /** Moments that somebody named, by deadline. */
  const named = new Map<string, string>()
  const ids: string[] = []
  const fileOne = async (): Promise<void> => {
    const amount = pick([3_000, 9_999, 10_000, 20_000])
    const body = filing({
      channel: pick(['portal', 'chat', 'email', 'social']),
      category: pick(['counterfeit', 'logistics', 'other']),
      wanted: { remedy: 'refund', amount },
    })
    await stateOrder(one, body.order)
    ids.push((await post('buyer:B-1', '/v1/complaints', body)).body.id)
  }

  const calendars = new Map<string, Json>()
  const calendarOf = async ({ calendar, calendar_version }: Json): Promise<Json> => {
    if (calendar === null) return null
    const key = `${calendar}?version=${calendar_version}`
    const found = calendars.get(key) ?? (await get(`/v1/calendars/${key}`))
    calendars.set(key, found)
    return found
  }
  const policies = new Map<number, Json>()
  const policyOf = async (version: number): Promise<Json> => {
    const found = policies.get(version) ?? (await get(`/v1/policy?version=${version}`, 'admin:root')).document
    policies.set(version, found)
    return found
  }

  /** A supervisor lets something happen earlier: at once, or when a side has had its last piece. */
  const bringForward = async (id: string): Promise<void> => {
    const complaint = await get(`/v1/complaints/${id}`, 'supervisor:zhao')
    const open = complaint.deadlines.filter(
      (x: Json) => x.status === 'running' && x.kind !== 'appeal_window' && x.kind !== 'notice',
    )
    if (open.length === 0) return
    const deadline = pick<Json>(open)
    const now = new Date(one.clock.nowMs()).toISOString()
    const calendar = await calendarOf(deadline)
    const piece =
      calendar === null ? new Date(one.clock.nowMs() + DAY).toISOString() : openTimeAfter(calendar, now, dayOf(calendar))
    const url = `/v1/complaints/${id}/planned-actions/${deadline.id}/bring-forward`
    const { status } = await post('supervisor:zhao', url, { explanation: '提前' })
    if (status === 200) named.set(deadline.id, deadline.party === 'platform' ? now : piece)
  }

  const planOf = async (id: string): Promise<Json> => (await get(`/v1/complaints/${id}/refund-plans?limit=1`)).data[0]
  const acts: ((id: string, url: string) => Promise<unknown>)[] = [
    (_, url) => post('agent:alice', `${url}/accept`),
    (_, url) => post('agent:alice', `${url}/accept`),
    (_, url) => post('agent:alice', `${url}/request-information`, { items: ['照片'] }),
    (_, url) => post('buyer:B-1', `${url}/provide-information`, { statement: '已上传' }),
    (_, url) => post('buyer:B-1', `${url}/escalate`, { reason_code: 'no_agreement' }),
    async (id, url) => {
      const resume_at = new Date(one.clock.nowMs() + random.between(5, 90) * HOUR).toISOString()
      const answer = await post('agent:alice', `${url}/suspend`, {
        reason_code: 'court',
        ...(random.chance(0.5) && { resume_at }),
      })
      const clock =
        answer.status === 200 && answer.body.deadlines.find((x: Json) => x.kind === 'suspension' && x.status === 'running')
      if (clock?.pinned) named.set(clock.id, (await get(`/v1/complaints/${id}`)).suspension.resume_at)
    },
    (_, url) => post('agent:alice', `${url}/resume`),
    (_, url) => post('agent:alice', `${url}/determine-liability`, liability),
    async (_, url) => {
      const { body: plan } = await post('agent:alice', `${url}/refund-plans`, returnOf(1_000))
      return plan.id && post('agent:alice', `/v1/refund-plans/${plan.id}/propose`)
    },
    async (id) => post('buyer:B-1', `/v1/refund-plans/${(await planOf(id))?.id}/accept`),
    (_, url) => post('agent:alice', `${url}/dismiss`, { explanation: '证据不足' }),
    (_, url) => post('buyer:B-1', `${url}/appeals`, { reason_code: 'wrong_facts', statement: '请复核' }),
    (id) => bringForward(id),
  ]

  const seen = new Map<string, Json>()
  const saw = { dst: 0, kept: 0, pinned: 0, overdue: 0, paused: 0, resumed: 0 }
  const wrong: string[] = []

  /** Works out everything that a case shows. */
  const workOut = async (id: string): Promise<void> => {
    const complaint = await get(`/v1/complaints/${id}`)
    for (const deadline of complaint.deadlines) {
      const key = `${deadline.id} ${deadline.due_at} ${deadline.status}`
      if (seen.has(key)) continue
      seen.set(key, deadline)
      const calendar = await calendarOf(deadline)
      const expect = (what: string, found: unknown, wanted: unknown): void => {
        if (JSON.stringify(found) !== JSON.stringify(wanted))
          wrong.push(`${what} is ${JSON.stringify(wanted)}, and shown is ${JSON.stringify(found)}: ${JSON.stringify(deadline)}`)
      }
      if (deadline.status === 'paused') {
        saw.paused += 1
        expect('the rest', deadline.remaining_ms, deadline.allowed_ms - deadline.used_ms)
        continue
      }
      const due = dueTime(deadline, calendar)
      const isNamed = deadline.pinned && named.get(deadline.id) === deadline.due_at
      expect('due_at', deadline.due_at, isNamed ? named.get(deadline.id) : due)
      if (isNamed) saw.pinned += 1
      if (deadline.kept_until === deadline.due_at) saw.kept += 1
      if (deadline.step > 0) saw.overdue += 1
      if (deadline.used_ms > 0) saw.resumed += 1
      if (calendar?.time_zone === 'Europe/Berlin' && deadline.counted_since < '2026-10-25' && deadline.due_at > '2026-10-25')
        saw.dst += 1
      if (deadline.rule === null) continue
      const document = await policyOf(deadline.rule.policy_version)
      expect('the allowance', deadline.allowance, allowanceOf(document, deadline))
      if (deadline.used_ms === 0 && !deadline.pinned)
        expect('all its time', deadline.allowed_ms, lengthOf(deadline.allowance, calendar))
      const fitting = firstFitting(document.clocks[deadline.kind], complaint, deadline.party, 'platform')
      expect('the line', deadline.rule.lines[0], `/clocks/${deadline.kind}/${fitting}`)
    }
  }

  for (let round = 0; round < 30; round++) {
    if (round < 18) await fileOne()
    for (const id of ids) if (random.chance(0.6)) await pick(acts)(id, `/v1/complaints/${id}`)
    one.clock.advance(random.between(20, 26 * 60) * MINUTE)
    if (random.chance(0.5)) await post('admin:root', '/v1/sweeps')
    if (round === 6) await china({ holidays: [{ date: '2026-10-27', name: '抗台风' }] })
    if (round === 9)
      await putCalendar(
        'berlin',
        berlin({
          holidays: [{ date: '2026-10-30', name: 'Inventur' }],
          workdays: [{ date: '2026-11-01', name: 'Sonderschicht' }],
        }),
      )
    if (round === 12) await decree(one, shorter)
    if (round === 12 || round === 16) await recompute(one)
    if (round === 15) await china({ workdays: [{ date: '2026-11-07', name: '补班', hours: [{ from: '09:00', to: '12:00' }] }] })
    if (round === 21) await decree(one, longer)
    if (round === 21) await recompute(one)
    for (const id of ids) if (random.chance(0.35)) await workOut(id)
  }
  for (const id of ids) await workOut(id)

  t.strictSame(wrong.slice(0, 3), [], 'every due time is what the stranger works out')
  t.comment(`${seen.size} due times`, saw, [...calendars.keys()])
  t.ok(seen.size >= 200, `${seen.size} due times`)
  for (const [what, times] of Object.entries(saw)) t.ok(times > 0, `${what}: ${times}`)
  t.ok([...calendars.keys()].length >= 5, 'in several versions of two calendars')
})
