/** Reads of what is learnt, and of what is still to be learnt from. */
import { sql } from 'kysely'
import type { Db } from '../../foundation/sql/database.ts'
import { type Category, categories } from '../../words/complaints.ts'

/** How many texts one person's choices make of a category. */
export interface Weight {
  category: Category
  person: string
  texts: number
}

const isKnown = ({ category }: { category: string }): boolean => (categories as readonly string[]).includes(category)

/** @param since the oldest month that counts */
export const findLearntWeights = async (db: Db, platformId: string, since: string): Promise<Weight[]> => {
  const { rows } = await sql<Weight>`
    select category, chosen_by as person, sum(texts)::integer as texts from category_choices
     where platform_id = ${platformId}::uuid and month >= ${since} group by category, chosen_by`.execute(db)
  return rows.filter(isKnown)
}

/** Choices that are looked at in one turn: a platform with too few people to learn from has many that wait. */
const MOST_WAITING = 20_000

export const findWaitingWeights = async (db: Db, platformId: string): Promise<Weight[]> => {
  const { rows } = await sql<Weight>`
    select category, category_given_by as person, count(*)::integer as texts from (
      select category, category_given_by from complaints
       where platform_id = ${platformId}::uuid and category_learning = 1 and category_given_by is not null
       limit ${MOST_WAITING}::integer) w
     group by category, category_given_by`.execute(db)
  return rows.filter(isKnown)
}

/** A case to learn from. */
export interface Lesson {
  id: string
  category: Category
  person: string
  description: string
}

/** The oldest cases that a person chose this category for and that are to be learnt from. */
export const findLessons = async (db: Db, platformId: string, { category, person }: Weight, most: number): Promise<Lesson[]> => {
  const { rows } = await sql<Lesson>`
    select id, category, category_given_by as person, description from complaints
     where platform_id = ${platformId}::uuid and category_learning = 1 and category = ${category} and category_given_by = ${person}
     order by id limit ${most}::integer`.execute(db)
  return rows
}

export interface LearntGrams {
  category: Category
  grams: number[]
  texts: number[]
}

export const findLearntGrams = async (db: Db, platformId: string, since: string): Promise<LearntGrams[]> => {
  const { rows } = await sql<LearntGrams>`
    select category, array_agg(gram) as grams, array_agg(texts) as texts from (
      select category, gram, sum(texts)::integer as texts from category_grams
       where platform_id = ${platformId}::uuid and month >= ${since} group by category, gram) g
     group by category`.execute(db)
  return rows.filter(isKnown)
}

/** The sealed key of the digests; `undefined` where nothing was learnt yet. */
export const findDigestKey = async (db: Db, platformId: string): Promise<Buffer | undefined> => {
  const row = await db.selectFrom('category_keys').select('sealed').where('platform_id', '=', platformId).executeTakeFirst()
  return row?.sealed
}
