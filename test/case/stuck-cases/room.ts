/** What tests of stuck cases share. */
import { sql } from 'kysely'
import type { Test } from 'tap'
import { HOUR } from '../../../src/foundation/clock.ts'
import { agent, done, file } from '../../races/cases.ts'
import { type Json, type TestApp, testApp } from '../../support/app.ts'

export const sweep = (app: TestApp): Promise<Json> => done(app, 'admin:root', '/v1/sweeps')
export const stuckCases = async ({ call }: TestApp, query = ''): Promise<Json[]> =>
  (await call('GET', `/v1/stuck-cases?limit=100${query}`, { as: agent })).body.data
export const seen = async ({ call }: TestApp, id: string, as: string = agent): Promise<Json> =>
  (await call('GET', `/v1/complaints/${id}`, { as })).body
export const eventsOf = async ({ call }: TestApp, id: string, as: string = agent): Promise<Json[]> =>
  (await call('GET', `/v1/complaints/${id}/events?sort=sequence&limit=100`, { as })).body.data
export const tells = (events: Json[]): string[] => events.map(({ type }) => type).filter((type) => type.startsWith('case_'))
export const failures = ({ logs }: TestApp): Json[] =>
  logs.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'a due case could not be decided')
export const gauge = async ({ call }: TestApp, errorClass: string): Promise<string | undefined> =>
  new RegExp(`^redress_stuck_cases\\{error_class="${errorClass}"\\} (\\S+)$`, 'm').exec(
    (await call('GET', '/metrics', { key: null })).text,
  )?.[1]

/** The case goes by a version of the policy that was never written. */
export const spoil = async ({ db }: TestApp, ...ids: string[]): Promise<void> => {
  await sql`update complaints set policy_version = 99 where id = any(${ids}::uuid[])`.execute(db)
}
export const mend = async ({ db }: TestApp): Promise<void> => {
  await sql`update complaints set policy_version = 1 where policy_version = 99`.execute(db)
}

/** A case that is due and cannot be decided, and was tried once. */
export const stuckCase = async (t: Test): Promise<{ one: TestApp; id: string }> => {
  const one = await testApp(t, { config: { sweepBatch: 5 } })
  const { id } = await file(one)
  await spoil(one, id)
  one.clock.advance(HOUR)
  t.match(await sweep(one), { due: 0, failed: 1 })
  return { one, id }
}
