/**
 * The rules of every platform, as this instance knows them. Versions never change, so a version that has been read stays right for good. A
 * platform's `rules_version`, which is read with each API key and by each sweep, tells whether the known versions are still the present
 * ones. A case that goes by a newer version than the known ones makes the platform be read again, too.
 */

import type { Time } from '../../foundation/clock.ts'
import { createLru } from '../../foundation/process/lru.ts'
import { createYielder } from '../../foundation/process/turns.ts'
import type { Db } from '../../foundation/sql/database.ts'
import { type Calendar, calendarOf } from '../calendars/calendar.ts'
import { createLexicons, type Lexicons } from '../category-lexicon/known.ts'
import { type CalendarName, findCalendarVersions, findPolicyDocument, findPresentRules } from '../policy/find.ts'
import { namedCalendars } from '../policy/named-calendars.ts'
import type { Policy } from '../policy/schema.ts'
import { RulesMissing } from './missing.ts'
import type { PresentCalendar, Rules } from './rules.ts'
import { createShelf } from './shelf.ts'

/** A platform whose rules are asked for. */
export interface RuledPlatform {
  id: string
  rules_version: number
}

/** The part of a case that says by which versions it is decided. */
export interface RuledCase {
  complaint: { policy_version: number }
  deadlines: readonly {
    calendar: string | null
    calendar_version: number | null
    ended_at: Time | null
    owed_since: Time | null
  }[]
}

/** Rules with a policy that is tried out and not stored. */
export interface TriedRules extends Rules {
  /** The calendars that it names and the platform has, by name. */
  calendars: ReadonlyMap<string, PresentCalendar>
}

/**
 * A promise only where the database has to be asked, since every decision waits for this. A caller within a transaction passes it as `on`,
 * since the pool may have no second connection. Rules keep what they are made of, whatever the caches drop later.
 */
export interface RuleBook {
  /** The rules by which a new case is decided. */
  present: (platform: RuledPlatform, on?: Db) => Rules | Promise<Rules>
  /** The rules by which this case is decided. */
  of: (platform: RuledPlatform, file: RuledCase, on?: Db) => Rules | Promise<Rules>
  /** The rules by which this case, or a new one, would be decided if this were the next policy. */
  under: (platform: RuledPlatform, policy: Policy, file?: RuledCase, on?: Db) => TriedRules | Promise<TriedRules>
  /** By which words a text is understood. */
  lexicon: Lexicons
}

/** The present versions of a platform. */
interface Present {
  rulesVersion: number
  policyVersion: number
  calendars: ReadonlyMap<string, number>
}

/** What one question is about. */
interface Question {
  platform: RuledPlatform
  file?: RuledCase | undefined
  policy?: Policy
}

/** What was read for one question. It is kept here until the answer, since the caches may drop it meanwhile. */
interface AtHand {
  present?: Present
  policies: Map<number, Policy>
  calendars: Map<string, Calendar>
}

/** What has to be read before a question can be answered. */
type Missing = { read: 'present' } | { read: 'policy'; version: number } | { read: 'calendars'; versions: CalendarName[] }

const MOST_PLATFORMS = 10_000
/**
 * Characters of JSON: at most about 40 MB of policies, and 60 MB of calendars, which is room for all calendars that one platform can have.
 */
const POLICY_ROOM = 16_000_000
const CALENDAR_ROOM = 48_000_000
/** What the windows that a calendar works out and keeps take besides, in the same measure. */
const DAYS_ROOM = 50_000
/** Calendars that are read at once: each can be a quarter of a megabyte, and parsing them blocks all requests. */
const AT_ONCE = 4

const nothing = (): AtHand => ({ policies: new Map(), calendars: new Map() })

const keyOf = ({ name, version }: CalendarName): string => `${name} ${version}`

/** The calendars in which open clocks of a case, and duties still owed, were counted. */
const countedIn = (file: RuledCase | undefined): CalendarName[] =>
  (file?.deadlines ?? []).flatMap(({ calendar: name, calendar_version: version, ended_at, owed_since }) =>
    name === null || version === null || (ended_at !== null && owed_since === null) ? [] : [{ name, version }],
  )

/** Whether a policy or clocks go by a calendar that is newer than what is known. */
const goesBeyond = ({ calendars }: Present, names: ReadonlySet<string>, clocks: readonly CalendarName[]): boolean =>
  names.values().some((name) => !calendars.has(name)) || clocks.some(({ name, version }) => version > (calendars.get(name) ?? 0))

const unknown = (calendar: string): never => {
  throw new RulesMissing('calendar', `a decision asks for the calendar ${calendar}, which is not part of its rules`)
}

export const createRuleBook = (db: Db): RuleBook => {
  const presents = createLru<string, Present>(MOST_PLATFORMS)
  const policies = createShelf<Policy>(POLICY_ROOM, 0)
  const calendars = createShelf<Calendar>(CALENDAR_ROOM, DAYS_ROOM)

  /** The rules with everything that a decision may ask for, or what must be read first. */
  const answer = ({ platform, file, policy: tried }: Question, atHand: AtHand): TriedRules | Missing => {
    const { id } = platform
    const present = atHand.present ?? presents.get(id)
    if (present === undefined) return { read: 'present' }
    const version = tried ? present.policyVersion + 1 : (file?.complaint.policy_version ?? present.policyVersion)
    const isBehind = present.rulesVersion < platform.rules_version || (!tried && version > present.policyVersion)
    if (isBehind && !atHand.present) return { read: 'present' }
    const policy = tried ?? atHand.policies.get(version) ?? policies.get(`${id} ${version}`)
    if (policy === undefined) return { read: 'policy', version }

    const clocks = countedIn(file)
    const names = new Set(namedCalendars(policy))
    for (const { name } of clocks) names.add(name)
    if (goesBeyond(present, names, clocks) && !atHand.present) return { read: 'present' }
    const now = [...names].flatMap((name) => {
      const version = present.calendars.get(name)
      return version === undefined ? [] : [{ name, version }]
    })
    const bound = new Map<string, Calendar>()
    const versions: CalendarName[] = []
    for (const wanted of [...now, ...clocks]) {
      const key = keyOf(wanted)
      if (bound.has(key)) continue
      const calendar = atHand.calendars.get(key) ?? calendars.get(`${id} ${key}`)
      if (calendar) bound.set(key, calendar)
      else versions.push(wanted)
    }
    if (versions.length > 0) return { read: 'calendars', versions }
    const calendarAt = (name: string, version: number): Calendar => bound.get(keyOf({ name, version })) ?? unknown(name)
    const byName = new Map(now.map(({ name, version }) => [name, { name, version, time: calendarAt(name, version) }]))
    return {
      policyVersion: version,
      policy,
      calendars: byName,
      calendarNow: (name) => byName.get(name) ?? unknown(name),
      calendarAt,
      automationStopped: false,
    }
  }

  const keepPolicy = (id: string, version: number, document: Policy): Policy =>
    policies.put(`${id} ${version}`, document, () => document)

  const readPresent = async (id: string, on: Db, atHand: AtHand): Promise<void> => {
    const { rules_version: rulesVersion, policy_version: policyVersion, document, ...row } = await findPresentRules(on, id)
    atHand.policies.set(policyVersion, keepPolicy(id, policyVersion, document))
    const versions = new Map(row.calendars.map(({ name, version }) => [name, version]))
    atHand.present = { rulesVersion, policyVersion, calendars: versions }
    // what was read in an earlier snapshot must not take the place of a later one
    if ((presents.get(id)?.rulesVersion ?? 0) <= rulesVersion) presents.set(id, atHand.present)
  }

  const readPolicy = async (id: string, version: number, on: Db, atHand: AtHand): Promise<void> => {
    atHand.policies.set(version, keepPolicy(id, version, await findPolicyDocument(on, id, version)))
  }

  const readCalendars = async (id: string, versions: readonly CalendarName[], on: Db, atHand: AtHand): Promise<void> => {
    const inTurns = createYielder()
    for (let first = 0; first < versions.length; first += AT_ONCE) {
      for (const row of await findCalendarVersions(on, id, versions.slice(first, first + AT_ONCE))) {
        const { document, resolved } = row
        const key = keyOf(row)
        const made = calendars.put(`${id} ${key}`, [document, resolved], () => calendarOf(document, resolved))
        atHand.calendars.set(key, made)
        await inTurns()
      }
    }
  }

  const read = async (question: Question, on: Db): Promise<TriedRules> => {
    const { id } = question.platform
    const atHand = nothing()
    for (;;) {
      const found = answer(question, atHand)
      if (!('read' in found)) return found
      if (found.read === 'present') await readPresent(id, on, atHand)
      else if (found.read === 'policy') await readPolicy(id, found.version, on, atHand)
      else await readCalendars(id, found.versions, on, atHand)
    }
  }

  const ask = (question: Question, on: Db): TriedRules | Promise<TriedRules> => {
    const found = answer(question, nothing())
    return 'read' in found ? read(question, on) : found
  }

  return {
    present: (platform, on = db) => ask({ platform }, on),
    of: (platform, file, on = db) => ask({ platform, file }, on),
    under: (platform, policy, file, on = db) => ask({ platform, file, policy }, on),
    lexicon: createLexicons(db),
  }
}
