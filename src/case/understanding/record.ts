/** The only writer of what is learnt. */
import { sql } from 'kysely'
import type { Time } from '../../foundation/clock.ts'
import type { Db, Trx } from '../../foundation/sql/database.ts'
import type { Lesson } from './find.ts'

/** Keeps a key for a platform that has none. Of two instances one is faster. */
export const insertDigestKey = async (db: Db, platform_id: string, sealed: Buffer, created_at: Time): Promise<void> => {
  await db
    .insertInto('category_keys')
    .values({ platform_id, sealed, created_at })
    .onConflict((conflict) => conflict.column('platform_id').doNothing())
    .execute()
}

export const replaceDigestKey = async (db: Db, platformId: string, sealed: Buffer): Promise<void> => {
  await db.updateTable('category_keys').set({ sealed }).where('platform_id', '=', platformId).execute()
}

/** Lets one instance at a time learn on a platform. */
export const lockLearning = async (trx: Trx, platformId: string): Promise<void> => {
  await trx.selectFrom('category_keys').select('platform_id').where('platform_id', '=', platformId).forUpdate().execute()
}

/**
 * Marks cases as learnt from. What was chosen anew meanwhile, and what a decision holds at the moment, waits for another turn. A decision that was
 * taken beside it is taken again (`quiet_count`), so that it does not write the mark of before.
 * @returns those that are marked
 */
export const markLearnt = async (trx: Trx, platformId: string, lessons: readonly Lesson[]): Promise<Set<string>> => {
  const { rows } = await sql<{ id: string }>`
    with free as (
      select c.id from complaints c
        join unnest(${lessons.map(({ id }) => id)}::uuid[], ${lessons.map(({ category }) => category)}::text[],
                    ${lessons.map(({ person }) => person)}::text[]) as l (id, category, person)
          on l.id = c.id and l.category = c.category and l.person = c.category_given_by
       where c.platform_id = ${platformId}::uuid and c.category_learning = 1
       order by c.id for no key update of c skip locked),
    marked as (
      update complaints c set category_learning = 2, quiet_count = c.quiet_count + 1
        from free where c.platform_id = ${platformId}::uuid and c.id = free.id returning c.id)
    select id from marked`.execute(trx)
  return new Set(rows.map(({ id }) => id))
}

/** Adds to the counts of a month. */
export const addChoices = async (
  trx: Trx,
  platformId: string,
  month: string,
  added: readonly { category: string; person: string; texts: number }[],
): Promise<void> => {
  await sql`
    insert into category_choices (platform_id, month, category, chosen_by, texts)
    select ${platformId}::uuid, ${month}, a.category, a.person, a.texts
      from unnest(${added.map(({ category }) => category)}::text[], ${added.map(({ person }) => person)}::text[],
                  ${added.map(({ texts }) => texts)}::integer[]) as a (category, person, texts)
    on conflict (platform_id, month, category, chosen_by) do update
      set texts = category_choices.texts + excluded.texts`.execute(trx)
}

/** Adds to the counts of a month for one category. */
export const addGrams = async (
  trx: Trx,
  platformId: string,
  month: string,
  category: string,
  added: ReadonlyMap<number, number>,
): Promise<void> => {
  await sql`
    insert into category_grams (platform_id, month, category, gram, texts)
    select ${platformId}::uuid, ${month}, ${category}, a.gram, a.texts
      from unnest(${[...added.keys()]}::integer[], ${[...added.values()]}::integer[]) as a (gram, texts)
    on conflict (platform_id, month, category, gram) do update
      set texts = category_grams.texts + excluded.texts`.execute(trx)
}

/** Gives up choices that have waited since before a moment: their people were too few to learn from. */
export const giveUpWaiting = async (db: Db, platformId: string, before: Time, most: number): Promise<number> => {
  const { rows } = await sql<{ gone: number }>`
    with old as (
      select id from complaints
       where platform_id = ${platformId}::uuid and category_learning = 1 and updated_at < ${before}::timestamptz
       order by id limit ${most}::integer for no key update skip locked),
    given_up as (
      update complaints c set category_learning = 0, quiet_count = c.quiet_count + 1
        from old where c.platform_id = ${platformId}::uuid and c.id = old.id returning 1)
    select count(*)::integer as gone from given_up`.execute(db)
  return rows[0]?.gone ?? 0
}

/**
 * Removes what was learnt in months before one.
 * @param most how many rows of grams are removed
 * @returns how many are gone
 */
export const forgetMonths = async (db: Db, platformId: string, since: string, most: number): Promise<number> => {
  const { rows } = await sql<{ gone: number }>`
    with old as (
      select month, category, gram from category_grams
       where platform_id = ${platformId}::uuid and month < ${since} limit ${most}::integer),
    grams as (
      delete from category_grams g using old
       where g.platform_id = ${platformId}::uuid and g.month = old.month and g.category = old.category and g.gram = old.gram
      returning 1),
    choices as (
      delete from category_choices where platform_id = ${platformId}::uuid and month < ${since} returning 1)
    select (select count(*) from grams)::integer as gone, (select count(*) from choices) as choices`.execute(db)
  return rows[0]?.gone ?? 0
}
