import { randomBytes } from 'node:crypto'
import fs from 'node:fs/promises'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { sql } from 'kysely'
import { FileMigrationProvider, Migrator } from 'kysely/migration'
import t, { type Test } from 'tap'
import { systemActor } from '../../src/access/caller.ts'
import { openCases } from '../../src/case-file/cases.ts'
import { Decision } from '../../src/case-file/decision.ts'
import { readCaseFile } from '../../src/case-file/load.ts'
import { timeLeft } from '../../src/deadlines/counting.ts'
import { HOUR, MINUTE, systemClock } from '../../src/foundation/clock.ts'
import { newId } from '../../src/foundation/ids.ts'
import { migrateToLatest } from '../../src/foundation/migrate.ts'
import { ensureFirstPlatform } from '../../src/platforms/create.ts'
import { createRuleBook } from '../../src/policy/rule-book.ts'
import { openDb } from '../support/database.ts'
import { reachedAt } from '../support/pooler.ts'
import { databaseUrl, onServer } from '../support/postgres.ts'
import { inShanghai } from '../support/rules.ts'

const folder = path.join(import.meta.dirname, '../../migrations')

/** A database as the version before policies were data left it. */
const olderDatabase = async (t: Test) => {
  const { REDRESS_TEST_SERVER: server } = process.env
  if (!server) throw new Error('tests that need a database run through `npm test -- FILE`')
  const name = `redress_older_${randomBytes(6).toString('hex')}`
  await onServer(server, (client) => client.query(`create database ${name}`))
  const db = openDb(databaseUrl(reachedAt(server), name))
  t.teardown(async () => {
    await db.destroy()
    await onServer(server, (client) => client.query(`drop database if exists ${name} with (force)`))
  })
  const provider = new FileMigrationProvider({
    fs,
    path,
    migrationFolder: folder,
    import: (file) => import(pathToFileURL(file).href),
  })
  const { error } = await new Migrator({ db, provider }).migrateTo('2026-11-21T22-45-00_walks')
  if (error) throw error
  return db
}

t.test('clocks that run when the service is upgraded go on as they were', async (t) => {
  const db = await olderDatabase(t)
  const [platform, complaint] = [newId(), newId()]
  const started = inShanghai('2026-11-27 16:00')
  await sql`insert into platforms (id, name, mode, created_at) values (${platform}, 'default', 'live', ${started})`.execute(db)
  await sql`
    insert into complaints (platform_id, id, version, case_number, status, level, channel, category, category_source, complainant_role, complainant_id,
      respondent_role, respondent_id, description, tags, risk, liability_disclosed, silent_expiries, reopened_by_complainant, decisions, took_part,
      event_count, evidence_count, evidence_chain, next_due_at, created_at, updated_at)
    values (${platform}, ${complaint}, 1, 'RD-1', 'negotiating', 1, 'portal', 'other', 'default', 'buyer', 'B-1', 'merchant', 'M-1', '…', '{}',
      '{"level": "normal", "signals": []}', false, 0, false, '[]', '{}', 1, 0, '', ${started}, ${started}, ${started})`.execute(
    db,
  )
  const clock = (kind: string, countedIn: string, due: string, status = 'running', remaining: number | null = null) =>
    sql`insert into deadlines (platform_id, id, complaint_id, kind, party, counted_in, on_silence, status, started_at, due_at, remaining_ms, wakes_at)
      values (${platform}, ${newId()}, ${complaint}, ${kind}, 'platform', ${countedIn}, 'escalate', ${status}, ${started}, ${due}, ${remaining}, ${due})`.execute(
      db,
    )
  // Friday 16:00: two hours that day, nine on Monday, seven on Tuesday
  await clock('respondent_response', 'business', inShanghai('2026-12-01 16:00'))
  await clock('information', 'natural', inShanghai('2026-11-30 16:00'))
  await clock('resolution', 'business', inShanghai('2026-12-08 16:00'), 'paused', 63 * HOUR)

  await migrateToLatest(db)
  await ensureFirstPlatform(db, { mode: 'live', clock: systemClock })

  const file = await readCaseFile(db, platform, { table: 'complaints', id: complaint })
  if (!file) throw new Error('the case is gone')
  t.match(file.complaint, { policy_version: 1, filing_window_ends_at: null, sla: {} })
  t.match(
    file.deadlines.toSorted((a, b) => (a.kind < b.kind ? -1 : 1)),
    [
      {
        kind: 'information',
        counted_in: 'natural',
        calendar: null,
        counted_since: started,
        counts_ms: 72 * HOUR,
        allowed_ms: 72 * HOUR,
      },
      { kind: 'resolution', calendar: 'weekdays', calendar_version: 1, remaining_ms: 63 * HOUR },
      { kind: 'respondent_response', calendar: 'weekdays', calendar_version: 1, counted_since: started, counts_ms: 18 * HOUR },
    ],
  )
  const rules = await createRuleBook(db).of({ id: platform, rules_version: 1 }, file)
  const d = new Decision(file, systemActor, inShanghai('2026-11-30 09:30'), rules)
  const left = d.file.deadlines.map((deadline) => [deadline.kind, timeLeft(d, deadline) / MINUTE])
  t.strictSame(Object.fromEntries(left), { information: 390, resolution: 63 * 60, respondent_response: 930 })
  await openCases(db).record({ decision: noted(d) })
})

/** The least that can be decided: somebody looked. */
const noted = (d: Decision): Decision => {
  d.tell({ type: 'complaint_updated', visibility: 'staff' })
  return d.finish()
}
