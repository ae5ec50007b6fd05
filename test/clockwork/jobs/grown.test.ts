/** A plan that was made for an empty table is not kept while the table fills up. */
import { sql } from 'kysely'
import pg from 'pg'
import t from 'tap'
import { analyzeGrown } from '../../../src/foundation/sql/statistics.ts'
import { copyCase, file, filing } from '../../races/cases.ts'
import { testApp } from '../../support/app.ts'
import { sessionUrl } from '../../support/pooler.ts'

await t.test('what has grown is analysed once, and a session then finds a case by its key', async (t) => {
  const one = await testApp(t)
  for (const table of ['complaints', 'case_events', 'deadlines'])
    await sql`alter table ${sql.table(table)} set (autovacuum_enabled = false)`.execute(one.owner)
  const session = new pg.Client({ connectionString: sessionUrl(one.url), options: '-c plan_cache_mode=force_generic_plan' })
  await session.connect()
  t.teardown(() => session.end())
  const planOf = async (id: string): Promise<string> => {
    const { rows } = await session.query<{ 'QUERY PLAN': string }>(
      `explain (costs off) execute by_key (${session.escapeLiteral(one.platformId)}, ${session.escapeLiteral(id)})`,
    )
    return rows.map((row) => row['QUERY PLAN']).join('\n')
  }
  await session.query('prepare by_key (uuid, uuid) as select 1 from complaints where platform_id = $1 and id = $2 for key share')
  const { id } = await file(one, filing())
  await planOf(id)

  t.strictSame(await analyzeGrown(one.db), [], 'small tables may wait')
  await copyCase(one.db, id, 1_000)
  const grown = await analyzeGrown(one.db)
  t.ok(grown.includes('complaints') && grown.includes('deadlines'), grown.join(', '))
  t.match(await planOf(id), 'Index Scan using complaints_pkey')
  t.strictSame(await analyzeGrown(one.db), [], 'nothing has grown since')
})
