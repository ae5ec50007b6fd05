import { sql } from 'kysely'
import { addMs, type Clock, type Time, toTime } from '../../foundation/clock.ts'
import { newId } from '../../foundation/ids.ts'
import type { Db, Trx } from '../../foundation/sql/database.ts'
import { actorName, systemActor } from '../../platform/access/caller.ts'
import { digestOf, newApiKey, recognisedBy } from '../../platform/access/keys.ts'
import { findCredential } from '../../platform/across-platforms.ts'
import { askEach } from '../../platform/platforms/ask-each.ts'
import type { PlatformRow } from '../../platform/platforms/table.ts'
import { findPlatformsWithoutRules } from '../across-platforms.ts'
import { birthCalendars } from '../calendars/default-calendars.ts'
import { lockRules } from '../calendars/find.ts'
import { insertCalendars } from '../calendars/record.ts'
import { defaultPolicy } from '../policy/default-policy.ts'
import { findPlatformWithoutRules, findPolicy } from '../policy/find.ts'
import { insertPolicy } from '../policy/record.ts'

/** Platforms are made from outside the API: the first by the first start, further ones by an operator's script. */
export interface NewPlatform {
  /** Unique among platforms. */
  name: string
  mode: 'live' | 'test'
  now: Time
  /** The first admin key, where the operator chose it. */
  adminKey?: string | undefined
}

/** Creates a platform and its first admin key. The key is in the answer and nowhere else. */
export const createPlatform = async (trx: Trx, platform: NewPlatform): Promise<{ platformId: string; key: string }> => {
  const { name, mode, now, adminKey: key = newApiKey(mode) } = platform
  const platformId = newId()
  await insertPlatform(trx, { id: platformId, name, mode, created_at: now })
  await insertAdminKey(trx, platformId, key, 'first admin key', now)
  return { platformId, key }
}

/**
 * Creates the first platform if there is none. An admin key that the environment names becomes a key of the first platform.
 * Several instances may do this at once: one of them creates.
 * @returns `printKey` when a key was generated: the only chance to show it.
 */
export const ensureFirstPlatform = async (
  db: Db,
  given: { mode: 'live' | 'test'; adminKey?: string | undefined; clock: Clock },
): Promise<{ created: boolean; printKey?: string }> => {
  const now = toTime(given.clock.nowMs())
  await giveRulesToOlder(db, now)
  return db.transaction().execute(async (trx) => {
    await sql`select pg_advisory_xact_lock(hashtext('redress first platform'))`.execute(trx)
    const first = await trx.selectFrom('platforms').select('id').orderBy('created_at').orderBy('id').limit(1).executeTakeFirst()
    if (!first) {
      const { key } = await createPlatform(trx, { name: 'default', mode: given.mode, now, adminKey: given.adminKey })
      return given.adminKey === undefined ? { created: true, printKey: key } : { created: true }
    }
    if (given.adminKey !== undefined && !(await isKnown(trx, given.adminKey, now)))
      await insertAdminKey(trx, first.id, given.adminKey, 'admin key of the environment', now)
    return { created: false }
  })
}

/**
 * Makes a further admin key of a platform, for an operator who has lost them all. The key is in the answer and nowhere else.
 * @returns `undefined` where no platform has this name
 */
export const issueAdminKey = async (
  trx: Trx,
  { platform, now }: { platform: string; now: Time },
): Promise<{ platformId: string; mode: PlatformRow['mode']; key: string } | undefined> => {
  const found = await trx.selectFrom('platforms').where('name', '=', platform).select(['id', 'mode']).executeTakeFirst()
  if (found === undefined) return undefined
  const key = newApiKey(found.mode)
  await insertAdminKey(trx, found.id, key, 'admin key issued by the operator', now)
  return { platformId: found.id, mode: found.mode, key }
}

/** Inserts a platform with its first policy and calendars. */
export const insertPlatform = async (trx: Trx, row: Pick<PlatformRow, 'id' | 'name' | 'mode' | 'created_at'>): Promise<void> => {
  await trx
    .insertInto('platforms')
    .values({ ...row, clock_offset_ms: 0 })
    .execute()
  await giveRules(trx, row.id, row.created_at)
}

/** Inserts the first policy and calendars of a platform. */
const giveRules = async (trx: Trx, platformId: string, now: Time, platformNow = now): Promise<void> => {
  const by = actorName(systemActor)
  const birth = { platform_id: platformId, version: 1, created_at: now, created_by: by }
  await insertPolicy(trx, { ...birth, document: defaultPolicy, explanation: 'the policy a platform starts with' })
  await insertCalendars(trx, platformId, birthCalendars(), now, platformNow, by)
}

/**
 * Gives the rules of a new platform to platforms from before policies were data. They are looked for outside of any transaction: a
 * distributed Postgres refuses a write to a table that every node has a copy of, once the transaction has asked all nodes.
 */
const giveRulesToOlder = async (db: Db, now: Time): Promise<void> => {
  const without = { together: () => findPlatformsWithoutRules(db), alone: (id: string) => findPlatformWithoutRules(db, id) }
  // a platform that is out of reach now gets its rules at the next start
  for (const { id, clock_offset_ms } of await askEach(db, without, () => undefined))
    await db.transaction().execute(async (trx) => {
      await lockRules(trx, id)
      // another instance may have been faster
      if ((await findPolicy(trx, id)) === undefined) await giveRules(trx, id, now, addMs(now, clock_offset_ms))
    })
}

/** A revoked key is known too: naming it again does not bring it back. */
const isKnown = async (trx: Trx, key: string, now: Time): Promise<boolean> =>
  (await findCredential(trx, digestOf(key), now)) !== undefined

const insertAdminKey = async (trx: Trx, platformId: string, key: string, name: string, now: Time): Promise<void> => {
  await trx
    .insertInto('api_keys')
    .values({
      platform_id: platformId,
      id: newId(),
      name,
      digest: digestOf(key),
      ...recognisedBy(key),
      roles: ['admin'],
      created_at: now,
      created_by: actorName(systemActor),
      expires_at: null,
      revoked_at: null,
    })
    .execute()
}
