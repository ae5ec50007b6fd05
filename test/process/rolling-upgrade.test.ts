/**
 * A newer version of the service runs beside this one and writes words into cases that this one does not know. It leaves those cases to the
 * newer one: nothing it does fails by them, and whoever reads them sees what there is.
 */
import { sql } from 'kysely'
import t, { type Test } from 'tap'
import { DAY, HOUR } from '../../src/foundation/clock.ts'
import type { Db } from '../../src/foundation/sql/database.ts'
import { defaultPolicy } from '../../src/rules/policy/default-policy.ts'
import { mend, spoil, stuckCases, sweep } from '../case/stuck-cases/room.ts'
import { recompute } from '../clockwork/recomputations/jobs.ts'
import { agent, buyer, dismissed, done, file, investigating, merchant, proposed, reviewer, supervisor } from '../races/cases.ts'
import { type Called, type Json, type TestApp, testApp } from '../support/app.ts'

/** What a migration of the newer version does first. */
const widen = (db: Db) =>
  sql`
    alter table complaints drop constraint complaints_status;
    alter table deadlines drop constraint deadlines_kind;
    alter table refund_plans drop constraint refund_plans_status;
    alter table appeals drop constraint appeals_status;
    alter table evidence drop constraint evidence_status`.execute(db)

/** A case, where the word shows when it is read, and something that somebody wants to do. */
interface Told {
  id: string
  shownAt: string
  wants: (one: TestApp) => Promise<Called>
}

const complaint = (id: string, wants: [as: string, path: string, body: object]): Told => ({
  id,
  shownAt: `/v1/complaints/${id}`,
  wants: ({ call }) => call('POST', `/v1/complaints/${id}/${wants[1]}`, { as: wants[0], body: wants[2] }),
})

const accepting: [string, string, object] = [agent, 'accept', {}]
const ofCase = sql`where complaint_id =`

/** What the newer version wrote, by what it is. */
const words: Readonly<
  Record<string, { word: string; tell: (one: TestApp) => Promise<Told>; write: (id: string) => typeof ofCase }>
> = {
  complaint_state: {
    word: 'in_mediation',
    tell: async (one) => complaint((await file(one)).id, accepting),
    write: (id) => sql`update complaints set status = 'in_mediation' where id = ${id}`,
  },
  clock_kind: {
    word: 'mediation',
    tell: async (one) => complaint((await file(one)).id, accepting),
    write: (id) => sql`update deadlines set kind = 'mediation' ${ofCase} ${id} and kind = 'first_response'`,
  },
  on_silence: {
    word: 'mediate',
    tell: async (one) => complaint((await file(one)).id, [buyer, 'withdraw', {}]),
    write: (id) => sql`update deadlines set on_silence = 'mediate' ${ofCase} ${id} and kind = 'first_response'`,
  },
  plan_state: {
    word: 'parked',
    tell: async (one) => {
      const { caseId: id, planId } = await proposed(one, [{ type: 'apology' }])
      const wants = ({ call }: TestApp) => call('POST', `/v1/refund-plans/${planId}/accept`, { as: merchant })
      return { id, shownAt: `/v1/complaints/${id}/refund-plans`, wants }
    },
    write: (id) => sql`update refund_plans set status = 'parked' ${ofCase} ${id}`,
  },
  step_state: {
    word: 'on_its_way',
    tell: async (one) => {
      const { caseId: id, planId } = await proposed(one, [{ type: 'apology' }])
      await done(one, buyer, `/v1/refund-plans/${planId}/accept`)
      const { steps } = await done(one, merchant, `/v1/refund-plans/${planId}/accept`)
      const step = `/v1/refund-plans/${planId}/steps/${steps[0].id}`
      return {
        id,
        shownAt: `/v1/refund-plans/${planId}`,
        wants: ({ call }) => call('POST', `${step}/complete`, { as: merchant }),
      }
    },
    write: (id) => sql`update refund_plans set steps = jsonb_set(steps, '{0,status}', '"on_its_way"') ${ofCase} ${id}`,
  },
  appeal_state: {
    word: 'adjourned',
    tell: async (one) => {
      const { id } = await dismissed(one)
      const appeal = await done(one, buyer, `/v1/complaints/${id}/appeals`, { reason_code: 'wrong_facts', statement: '请复核' })
      const body = { reviewer }
      const wants = ({ call }: TestApp) => call('POST', `/v1/appeals/${appeal.id}/assign`, { as: supervisor, body })
      return { id, shownAt: `/v1/appeals/${appeal.id}`, wants }
    },
    write: (id) => sql`update appeals set status = 'adjourned' ${ofCase} ${id}`,
  },
  evidence_state: {
    word: 'sealed',
    tell: async (one) => {
      const { id } = await investigating(one)
      const proof = await done(one, buyer, `/v1/complaints/${id}/evidence`, { type: 'statement', text: '收到时就是这样' })
      const wants = ({ call }: TestApp) => call('POST', `/v1/evidence/${proof.id}/accept`, { as: agent })
      return { id, shownAt: `/v1/evidence/${proof.id}`, wants }
    },
    write: (id) => sql`update evidence set status = 'sealed' ${ofCase} ${id}`,
  },
  event_type: {
    word: 'complaint_mediated',
    tell: async (one) => {
      const { id } = await file(one)
      const wants = ({ call }: TestApp) =>
        call('POST', `/v1/complaints/${id}/messages`, { as: buyer, body: { text: '在吗', visibility: 'parties' } })
      return { id, shownAt: `/v1/complaints/${id}/events`, wants }
    },
    write: (id) => sql`
      with told as (update complaints set event_count = event_count + 1 where id = ${id} returning *)
      insert into case_events (platform_id, complaint_id, sequence, id, type, at, actor_role, actor_id, resource, visibility, data)
      select platform_id, id, event_count, gen_random_uuid(), 'complaint_mediated', updated_at, 'system', 'redress', 'complaint', 'parties', '{}'
        from told`,
  },
}

/** All that a decision could change of a case. */
const rowsOf = async ({ db }: TestApp, id: string): Promise<Json> =>
  (
    await sql`select row_to_json(c) as complaint, (select json_agg(d order by id) from deadlines d where complaint_id = c.id) as clocks
      from complaints c where id = ${id}`.execute(db)
  ).rows[0]

const lines = ({ logs }: TestApp): Json[] =>
  logs.map((line) => JSON.parse(line)).filter(({ msg }) => /word of a newer version/.test(msg))

const counted = async ({ call }: TestApp, what: string): Promise<number> => {
  const { status, text } = await call('GET', '/metrics', { key: null })
  if (status !== 200) throw new Error(text)
  return Number(new RegExp(`^redress_unknown_words_total\\{what="${what}"\\} (\\S+)$`, 'm').exec(text)?.[1] ?? 0)
}

/** The service, where answers may have words that its own description does not list, and one case of each kind of word. */
const besideNewer = async (t: Test): Promise<{ one: TestApp; told: Map<string, Told> }> => {
  const one = await testApp(t, {
    foreignEvents: true,
    onDifference: (difference) => {
      if (!difference.includes('must be equal to one of the allowed values')) t.fail(difference)
    },
  })
  await widen(one.owner)
  const told = new Map<string, Told>()
  for (const [what, { tell, write }] of Object.entries(words)) {
    const story = await tell(one)
    await write(story.id).execute(one.db)
    told.set(what, story)
  }
  return { one, told }
}

await t.test('beside a newer version', async (t) => {
  const { one, told } = await besideNewer(t)
  const again = await file(one)
  await words.clock_kind?.write(again.id).execute(one.db)
  const own = await file(one)
  one.clock.advance(10 * DAY)
  const left = [...[...told.values()].map(({ id }) => id), again.id]
  const before = new Map(await Promise.all(left.map(async (id) => [id, await rowsOf(one, id)] as const)))

  await t.test('a sweep acts on what it knows, and on nothing else', async (t) => {
    const dry = await done(one, 'admin:root', '/v1/sweeps', { dry_run: true })
    t.match(dry, { failed: 0, left_over: false })
    t.same(new Set(dry.would.map((act: Json) => act.complaint_id)), new Set([own.id]))
    t.match(await sweep(one), { failed: 0, left_over: false })
    t.match(await sweep(one), { failed: 0, left_over: false })
    t.equal((await one.call('GET', `/v1/complaints/${own.id}`, { as: agent })).body.level, 3)
    for (const id of left) t.strictSame(await rowsOf(one, id), before.get(id))
    t.strictSame(await stuckCases(one), [])
  })

  await t.test('each word is told once in the log, however many cases have it and however often they are due', (t) => {
    t.same(
      lines(one)
        .map(({ what, word }) => [what, word])
        .sort(),
      Object.entries(words)
        .map(([what, { word }]) => [what, word])
        .sort(),
    )
    t.end()
  })

  for (const [what, { id, shownAt, wants }] of told) {
    await t.test(`${what} ${words[what]?.word}`, async (t) => {
      const earlier = await counted(one, what)
      t.ok(earlier > 0, 'the sweep was counted')
      const { status, body, headers } = await wants(one)
      t.match({ status, body, headers }, { status: 503, body: { code: 'unavailable' }, headers: { 'retry-after': '1' } })
      t.match(body.detail, /another instance/i)
      t.equal(await counted(one, what), earlier + 1)
      t.strictSame(await rowsOf(one, id), before.get(id), 'nothing is written')

      const shown = await one.call('GET', shownAt, { as: agent })
      t.equal(shown.status, 200)
      t.match(shown.text, `"${words[what]?.word}"`, 'the word is passed on')
      for (const part of [
        '',
        '/events',
        '/refund-plans',
        '/appeals',
        '/evidence',
        '/evidence-requirements',
        '/messages',
        '/planned-actions',
      ])
        for (const as of [agent, buyer]) {
          const { status, text } = await one.call('GET', `/v1/complaints/${id}${part}`, { as })
          t.equal(status, 200, `${as} reads ${part}: ${text.slice(0, 200)}`)
        }
      const seen = (await one.call('GET', `/v1/complaints/${id}`, { as: supervisor })).body
      t.strictSame(seen.available_actions, [], 'nothing is offered that would be refused')
      const planned = (await one.call('GET', `/v1/complaints/${id}/planned-actions`, { as: supervisor })).body
      t.equal(planned.stuck, false)
      t.same(
        planned.data.flatMap((one: Json) => one.available_actions),
        [],
      )
    })
  }

  await t.test('a kind of clock that it does not know is shown to staff alone', async (t) => {
    const kindsSeenBy = async (as: string): Promise<string[]> =>
      (await one.call('GET', `/v1/complaints/${again.id}`, { as })).body.deadlines.map(({ kind }: Json) => kind)
    t.ok((await kindsSeenBy(agent)).includes('mediation'))
    t.notOk((await kindsSeenBy(buyer)).includes('mediation'))
    const plannedFor = async (as: string): Promise<string> =>
      (await one.call('GET', `/v1/complaints/${again.id}/planned-actions`, { as })).text
    t.match(await plannedFor(agent), '"mediation"')
    t.notMatch(await plannedFor(buyer), '"mediation"')
  })

  await t.test('the lists by due time have those cases, too', async (t) => {
    const { status, body } = await one.call('GET', '/v1/complaints?sort=due_at&owner=unassigned,agent:alice&limit=100', {
      as: agent,
    })
    t.equal(status, 200)
    const listed = new Set(body.data.map(({ id }: Json) => id))
    t.same(
      left.filter((id) => !listed.has(id)),
      [],
    )
    for (const list of ['/v1/deadlines?limit=100', '/v1/appeals?limit=100', '/v1/complaints?overdue=true&limit=100'])
      t.equal((await one.call('GET', list, { as: agent })).status, 200, list)
  })

  await t.test('a recomputation leaves them out and says how many; a preview looks at the others', async (t) => {
    const job = await recompute(one)
    t.match(job, { cases_seen: left.length + 1, failed: left.length })
    for (const id of left) t.strictSame(await rowsOf(one, id), before.get(id))
    const { body: preview } = await one.call('POST', '/v1/policy/preview', { body: { document: defaultPolicy } })
    t.equal(preview.cases_seen, left.length + 1)
  })

  await t.test('an instance that knows the word acts on what was due', async (t) => {
    const { id } = told.get('on_silence') ?? {}
    const withdraw = () =>
      one.call('POST', `/v1/complaints/${id}/withdraw`, { as: buyer, body: {}, headers: { 'idempotency-key': 'withdraw-1' } })
    t.equal((await withdraw()).status, 503)
    await sql`update deadlines set on_silence = 'escalate' where complaint_id = ${id} and on_silence = 'mediate'`.execute(one.db)
    await sweep(one)
    t.equal((await one.call('GET', `/v1/complaints/${id}`, { as: agent })).body.level, 3)
    t.match(await withdraw(), { status: 200, body: { status: 'closed' } }, 'what was refused here is not kept under its key')
  })
})

await t.test('stuck cases that a newer version has taken on are tried no more here, and hold up no sweep', async (t) => {
  const one = await testApp(t, { config: { sweepBatch: 1 }, foreignEvents: true })
  await widen(one.owner)
  const ids = [(await file(one)).id, (await file(one)).id]
  await spoil(one, ...ids)
  one.clock.advance(HOUR)
  t.match(await sweep(one), { failed: 2 })
  await mend(one)
  for (const id of ids) await words.event_type?.write(id).execute(one.db)
  one.clock.advance(HOUR)
  t.match(await sweep(one), { due: 0, failed: 0 })
  t.equal((await stuckCases(one)).length, 2, 'who knows the word will let them go')
})
