import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Test } from 'tap'
import { keyRoles } from '../../src/platform/access/caller.ts'
import { movableClock, type TestApp, testApp } from '../support/app.ts'
import { migrated } from '../support/database.ts'
import { olderDatabaseAt, restore } from '../support/older-database.ts'
import { alice, CaseStory } from '../support/story.ts'

/** This version over a database that an older one has filled. @param letter its last migration @param file what it had written */
export const upgraded = async (t: Test, letter: string, file: string): Promise<TestApp> => {
  const older = await olderDatabaseAt(t, letter)
  const platformId = await restore(older.owner, file)
  await migrated(older)
  const folder = mkdtempSync(path.join(tmpdir(), 'redress-upgraded-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const clock = movableClock('2026-11-30T03:00:00.000Z')
  const begun = { ...older, folder, platformId, everyRole: '', clock } as TestApp
  const { key } = await testApp(t, { beside: begun })
  return testApp(t, { beside: { ...begun, everyRole: await key(keyRoles) } })
}

/** The case of this reference, with its plan. */
export const storyOf = async (app: TestApp, reference: string): Promise<CaseStory> => {
  const { body } = await app.call('GET', `/v1/complaints?q=${reference}`, { as: alice })
  const story = new CaseStory(app, body.data[0])
  const { data } = await story.read(alice, `/v1/complaints/${story.id}/refund-plans`)
  story.plan = data[0]
  return story
}
