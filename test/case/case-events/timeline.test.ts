import { sql } from 'kysely'
import t from 'tap'
import { newId } from '../../../src/foundation/ids.ts'
import { type Json, testApp } from '../../support/app.ts'
import { undeclaredIn } from '../../support/events.ts'
import { alice, tell } from '../../support/story.ts'

t.test('an event that another version of the service told is shown as it is stored', async (t) => {
  const app = await testApp(t, { foreignEvents: true })
  const story = await tell(app)
  const counted = sql`
    update complaints set event_count = event_count + 1 where id = ${story.id} returning platform_id, id, event_count`
  await sql`
    with c as (${counted})
    insert into case_events (platform_id, complaint_id, sequence, id, type, at, actor_role, actor_id, resource, reason_code, visibility, data)
    select platform_id, id, event_count, ${newId()}, 'complaint_translated', now(), 'system', 'redress', 'complaint', 'of_a_later_version',
           'parties', '{"languages": ["zh", "en"], "clocks": [{"kind": "translation", "change": "begun"}]}' from c`.execute(
    app.db,
  )

  const timeline = async (as: string): Promise<Json[]> =>
    (await app.call('GET', `/v1/complaints/${story.id}/events?sort=sequence`, { as })).body.data
  const foreign = {
    sequence: 2,
    type: 'complaint_translated',
    reason_code: 'of_a_later_version',
    data: { languages: ['zh', 'en'], clocks: [{ kind: 'translation', change: 'begun' }] },
  }
  t.match(await timeline(alice), [{ type: 'complaint_submitted' }, foreign])
  const [, shown] = await timeline(story.buyer)
  t.match(shown, { ...foreign, data: { languages: ['zh', 'en'] } })
  t.notOk('clocks' in shown.data, 'whom a clock may be told of, only the other version knows')

  const { status } = await story.try(alice, `/v1/complaints/${story.id}/accept`)
  t.equal(status, 503, 'what it asks for only the other version knows, and that acts')
})

t.test('a test whose database holds an event that is not as declared fails', async (t) => {
  const app = await testApp(t, { foreignEvents: true })
  const story = await tell(app)
  t.strictSame(await undeclaredIn(app.db), [])
  const copy = sql`
    insert into case_events select (jsonb_populate_record(null::case_events, to_jsonb(e) || '{"sequence": 2, "data": {"channel": "fax"}}')).*
      from case_events e where complaint_id = ${story.id}`
  await copy.execute(app.db)
  t.match(await undeclaredIn(app.db), [
    /^data of complaint_submitted: .*'category'.*\/channel must be equal to one of the allowed values/,
  ])
})
