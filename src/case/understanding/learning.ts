/**
 * Learns from the choices of staff, apart from every request: a job folds them into counts, and an instance reads the counts when it needs them,
 * while filings go on by what was read before. Without the keys of the environment nothing is learnt.
 */
import { type Clock, DAY, MINUTE, toTime } from '../../foundation/clock.ts'
import type { KeyRing } from '../../foundation/key-ring.ts'
import { createLru } from '../../foundation/process/lru.ts'
import { createYielder } from '../../foundation/process/turns.ts'
import type { Db } from '../../foundation/sql/database.ts'
import { transact } from '../../foundation/sql/transaction.ts'
import { findPresentLexicon } from '../../rules/category-lexicon/find.ts'
import type { LearningRules } from '../../rules/category-lexicon/lexicon.ts'
import type { Category } from '../../words/complaints.ts'
import { digestUnder, newDigestKey, resealDigestKey } from './digest.ts'
import {
  findDigestKey,
  findLearntGrams,
  findLearntWeights,
  findLessons,
  findWaitingWeights,
  type Lesson,
  type Weight,
} from './find.ts'
import { capOf, GRAMS, gramsOf, isBalanced, type LearntClass, learntFrom } from './learner.ts'
import {
  addChoices,
  addGrams,
  forgetMonths,
  giveUpWaiting,
  insertDigestKey,
  lockLearning,
  markLearnt,
  replaceDigestKey,
} from './record.ts'
import type { Learnt } from './understand.ts'

/** Texts of one batch. */
export const LESSONS_AT_ONCE = 50

/** For so long what was read of the counts is used. */
const FRESH_MS = 10 * MINUTE
/** How long a choice waits for enough other people. */
const WAITS_MS = 90 * DAY
/** Bytes of counts that are kept in memory, over all platforms. */
const ROOM = 64_000_000
const MOST_PLATFORMS = 10_000

/** `2026-12` of the oldest month that counts. */
export const oldestMonth = (nowMs: number, keepMonths: number): string => {
  if (keepMonths === 0) return '9999-99'
  const now = new Date(nowMs)
  return toTime(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - (keepMonths - 1), 1)).slice(0, 7)
}

export interface CategoryLearning {
  /** What was learnt, as it was read last; asks for it anew, without waiting, where that was long ago. */
  known: (platformId: string) => Learnt | undefined
  /** Reads it now. */
  read: (platformId: string) => Promise<void>
  /** Folds one batch of choices into the counts. @returns how many */
  fold: (db: Db, platformId: string) => Promise<number>
  /** Removes what is too old. @param most rows @returns how many are gone */
  forget: (db: Db, platformId: string, most: number) => Promise<number>
  /** Seals the key of a platform with the first of the ring. @returns how many were sealed */
  reseal: (db: Db, platformId: string) => Promise<number>
}

/** @param tell called with what went wrong while it was read apart from a request */
export const createLearning = (
  db: Db,
  ring: KeyRing | undefined,
  clock: Clock,
  tell: (error: unknown) => void,
): CategoryLearning => {
  const kept = createLru<string, Learnt>(ROOM)
  const readAt = createLru<string, number>(MOST_PLATFORMS)
  const digests = createLru<string, (gram: string) => number>(100)
  let reading: Promise<void> = Promise.resolve()

  const digestFor = async (on: Db, keys: KeyRing, platformId: string) => {
    const known = digests.get(platformId)
    if (known) return known
    const sealed = await findDigestKey(on, platformId)
    if (sealed === undefined) return undefined
    const made = digestUnder(keys, platformId, sealed)
    digests.set(platformId, made)
    return made
  }

  const classesOf = async (platformId: string, rules: LearningRules, since: string): Promise<LearntClass[]> => {
    const weights = Map.groupBy(await findLearntWeights(db, platformId, since), ({ category }) => category)
    const inTurns = createYielder()
    const classes: LearntClass[] = []
    for (const { category, grams, texts } of await findLearntGrams(db, platformId, since)) {
      const counts = (weights.get(category) ?? []).map((weight) => weight.texts)
      const sum = counts.reduce((total, count) => total + count, 0)
      if (sum === 0) continue
      const places = new Uint32Array(GRAMS)
      for (const [index, gram] of grams.entries()) places[gram] = texts[index] ?? 0
      classes.push({ category, texts: sum, mayBeSuggested: sum >= rules.least_of_class && isBalanced(counts), grams: places })
      await inTurns()
    }
    return classes
  }

  const read = async (platformId: string): Promise<void> => {
    readAt.set(platformId, clock.nowMs())
    if (ring === undefined) return
    const { learning: rules } = (await findPresentLexicon(db, platformId)).document
    const digest = await digestFor(db, ring, platformId)
    const since = oldestMonth(clock.nowMs(), rules.keep_months)
    const classes = digest === undefined ? [] : await classesOf(platformId, rules, since)
    const options = { leastChoices: rules.least_choices, leastLikelihood: rules.least_likelihood }
    const learnt = digest && learntFrom(classes, digest, options)
    kept.set(platformId, learnt ?? (() => undefined), learnt === undefined ? 1 : classes.length * GRAMS * 4)
  }

  /** How many of the choices that wait may be learnt, of each person and category. */
  const due = async (on: Db, platformId: string, since: string): Promise<Weight[]> => {
    const waiting = Map.groupBy(await findWaitingWeights(on, platformId), ({ category }) => category)
    if (waiting.size === 0) return []
    const learnt = Map.groupBy(await findLearntWeights(on, platformId, since), ({ category }) => category)
    return [...waiting].flatMap(([category, wait]): Weight[] => {
      const had = new Map((learnt.get(category) ?? []).map(({ person, texts }) => [person, texts]))
      const people = new Map(had)
      for (const { person, texts } of wait) people.set(person, (people.get(person) ?? 0) + texts)
      const cap = capOf([...people.values()])
      return wait.flatMap((one) => {
        const texts = Math.min(one.texts, cap - (had.get(one.person) ?? 0))
        return texts > 0 ? [{ ...one, texts }] : []
      })
    })
  }

  /** The next lessons, of each person as many as of the others, so that nobody is ahead within a batch by much. */
  const nextLessons = async (on: Db, platformId: string, weights: readonly Weight[]): Promise<Lesson[]> => {
    const lessons: Lesson[] = []
    const each = Math.max(1, Math.floor(LESSONS_AT_ONCE / Math.max(1, weights.length)))
    for (const weight of weights) {
      if (lessons.length >= LESSONS_AT_ONCE) break
      const most = Math.min(weight.texts, each, LESSONS_AT_ONCE - lessons.length)
      lessons.push(...(await findLessons(on, platformId, weight, most)))
    }
    return lessons
  }

  const write = (on: Db, platformId: string, lessons: readonly Lesson[], digest: (gram: string) => number): Promise<number> => {
    const month = toTime(clock.nowMs()).slice(0, 7)
    const places = new Map(lessons.map(({ id, description }) => [id, new Set(gramsOf(description).map(digest))]))
    return transact(on, async (trx) => {
      await lockLearning(trx, platformId)
      const marked = await markLearnt(trx, platformId, lessons)
      const learnt = lessons.filter(({ id }) => marked.has(id))
      const byPerson = Map.groupBy(learnt, ({ category, person }) => `${category} ${person}`)
      const choices = [...byPerson.values()].flatMap(([one, ...more]) =>
        one === undefined ? [] : [{ category: one.category, person: one.person, texts: 1 + more.length }],
      )
      if (choices.length > 0) await addChoices(trx, platformId, month, choices)
      for (const [category, some] of Map.groupBy(learnt, (lesson): Category => lesson.category)) {
        const counts = new Map<number, number>()
        for (const { id } of some) for (const place of places.get(id) ?? []) counts.set(place, (counts.get(place) ?? 0) + 1)
        await addGrams(trx, platformId, month, category, counts)
      }
      return learnt.length
    })
  }

  return {
    known: (platformId) => {
      if (ring === undefined) return undefined
      if (clock.nowMs() - (readAt.get(platformId) ?? 0) >= FRESH_MS) {
        readAt.set(platformId, clock.nowMs())
        // one after the other, whatever number of platforms is filed on
        reading = reading.then(() => read(platformId)).catch(tell)
      }
      return kept.get(platformId)
    },
    read,
    fold: async (on, platformId) => {
      if (ring === undefined) return 0
      const { learning: rules } = (await findPresentLexicon(on, platformId)).document
      if (rules.keep_months === 0) return 0
      const weights = await due(on, platformId, oldestMonth(clock.nowMs(), rules.keep_months))
      if (weights.length === 0) return 0
      if ((await findDigestKey(on, platformId)) === undefined)
        await insertDigestKey(on, platformId, newDigestKey(ring, platformId), toTime(clock.nowMs()))
      const digest = await digestFor(on, ring, platformId)
      if (digest === undefined) return 0
      return write(on, platformId, await nextLessons(on, platformId, weights), digest)
    },
    forget: async (on, platformId, most) => {
      const { learning: rules } = (await findPresentLexicon(on, platformId)).document
      const gone = await forgetMonths(on, platformId, oldestMonth(clock.nowMs(), rules.keep_months), most)
      return gone + (await giveUpWaiting(on, platformId, toTime(clock.nowMs() - WAITS_MS), most))
    },
    reseal: async (on, platformId) => {
      const sealed = ring && (await findDigestKey(on, platformId))
      if (!ring || sealed === undefined || ring.isCurrent(sealed)) return 0
      await replaceDigestKey(on, platformId, resealDigestKey(ring, platformId, sealed))
      return 1
    },
  }
}
