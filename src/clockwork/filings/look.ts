/**
 * Looks at what was filed lately, after the filing itself, so that filing pays nothing for it: what is known beside a case raises its risk, and
 * many complainants about one item of one merchant make a mass case. Each filing is looked at by its id, in order; ids are made a moment
 * before their filing is written, so the last half minute is looked at again, and what was seen is known by its row in `recent_items`.
 * Any number of instances may look at once.
 */
import type { CaseFile } from '../../case/case-file/case-file.ts'
import type { Decision } from '../../case/case-file/decision.ts'
import { isLeft } from '../../case/decisions/left-to-others.ts'
import { lockFreeCaseFiles } from '../../case/decisions/load.ts'
import { record } from '../../case/decisions/record.ts'
import {
  type Filing,
  findBusyMerchants,
  findComplaining,
  findCrowded,
  findFilingsAfter,
  findLookedTo,
  findQuiet,
  findSurroundings,
  findUnjoined,
  findUnjudged,
  type ItemAt,
} from '../../case/mass-cases/find.ts'
import { countComplainants, itemsOf } from '../../case/mass-cases/items.ts'
import { beginMassCase, endMassCase, keepItems, keepLookedTo, noteJoined } from '../../case/mass-cases/record.ts'
import { decideLearnt, type Learnt } from '../../case/risk/learn.ts'
import { countRisk } from '../../case/risk/metrics.ts'
import { DAY, SECOND, type Time, toTime } from '../../foundation/clock.ts'
import { firstIdAt, msOfId, newId } from '../../foundation/ids.ts'
import { loggedError } from '../../foundation/process/logger.ts'
import type { Trx } from '../../foundation/sql/database.ts'
import { databaseUnavailable, isCollision } from '../../foundation/sql/errors.ts'
import { transact } from '../../foundation/sql/transaction.ts'
import { findPlatform } from '../../platform/platforms/find.ts'
import { RulesMissing } from '../../rules/rule-book/missing.ts'
import type { RuledPlatform } from '../../rules/rule-book/rule-book.ts'
import type { Rules } from '../../rules/rule-book/rules.ts'
import type { FactSignal } from '../../words/risk.ts'
import type { Deps } from '../deps.ts'
import { filingMetrics } from './metrics.ts'

type Looking = Pick<Deps, 'db' | 'clock' | 'rules' | 'log' | 'metrics'>

/** Filings looked at in one go, and cases decided by one transaction. */
export const FILINGS_AT_ONCE = 500
const CASES_AT_ONCE = 50
/** Cases that one look raises by what is known beside them, at most: whoever files by the thousand is worth no decision in each. */
const MOST_RAISED = 200
/** Rounds of joining in one look; what is left over the next one adds. */
const MOST_ROUNDS = 4
/** Longer than a filing takes from its id to its commit. */
const AGAIN_MS = 30 * SECOND
/** How far back a platform is looked at for the first time. */
const FIRST_MS = DAY

/** What a look did. */
export interface Looked {
  looked: number
  raised: number
  began: number
  joined: number
  ended: number
}
const nothing = (): Looked => ({ looked: 0, raised: 0, began: 0, joined: 0, ended: 0 })

/** A platform whose filings are looked at, at its own time. */
interface At {
  platform: RuledPlatform
  now: Time
}

/** Looks at the filings of one platform that nobody has looked at yet. */
export const lookAtFilings = async (deps: Looking, platformId: string, shouldStop: () => boolean): Promise<Looked> => {
  const { db, clock } = deps
  const { rules_version, clock_offset_ms } = await findPlatform(db, platformId)
  const at: At = { platform: { id: platformId, rules_version }, now: toTime(clock.nowMs() + clock_offset_ms) }
  const done = nothing()
  const lookedTo = await findLookedTo(db, platformId)
  let after = firstIdAt(lookedTo === undefined ? Math.max(0, clock.nowMs() - FIRST_MS) : Math.max(0, msOfId(lookedTo) - AGAIN_MS))
  for (let full = true; full && !shouldStop(); ) {
    const filings = await findFilingsAfter(db, platformId, after, FILINGS_AT_ONCE)
    const last = filings.at(-1)
    if (last === undefined) break
    await lookAt(deps, at, filings, done)
    after = last.id
    if (lookedTo === undefined || after > lookedTo) await keepLookedTo(db, platformId, after)
    full = filings.length === FILINGS_AT_ONCE
  }
  await joinAll(deps, at, done, shouldStop)
  await endQuiet(deps, at, done)
  await judgeOld(deps, at, done)
  const { events } = filingMetrics(deps.metrics)
  for (const [what, count] of Object.entries(done)) events.inc({ what }, count)
  return done
}

const lookAt = async (deps: Looking, at: At, filings: readonly Filing[], done: Looked): Promise<void> => {
  const kept = await keepItems(deps.db, at.platform.id, filings.flatMap(rowsOf))
  const isNew = new Set(kept.map(({ complaint_id }) => complaint_id))
  const fresh = filings.filter(({ id }) => isNew.has(id))
  if (fresh.length === 0) return
  done.looked += fresh.length
  const { policy } = await deps.rules.present(at.platform)
  await raiseByNeighbours(deps, at, fresh, policy.risk, done)
  await beginMassCases(deps, at, kept, policy.risk, done)
}

/** Who complains about the platform complains about no merchant's item, but is seen, too. */
const rowsOf = ({ id, merchant_id, respondent_role, order_details, created_at }: Filing) => {
  const items = respondent_role === 'merchant' ? itemsOf(order_details) : []
  return (items.length === 0 ? [''] : items).map((item) => ({
    complaint_id: id,
    item,
    merchant_id: merchant_id ?? '',
    filed_at: created_at,
  }))
}

type RiskPolicy = Awaited<ReturnType<Looking['rules']['present']>>['policy']['risk']

const raiseByNeighbours = async (
  deps: Looking,
  at: At,
  fresh: readonly Filing[],
  policy: RiskPolicy,
  done: Looked,
): Promise<void> => {
  const { db } = deps
  const { repeat_complaints, repeat_within_days, merchant_open_cases } = policy
  const ids = fresh.map(({ id }) => id)
  const merchants = [...new Set(fresh.flatMap((one) => (one.respondent_role === 'merchant' ? (one.merchant_id ?? []) : [])))]
  const busy = new Set(await findBusyMerchants(db, at.platform.id, merchants, merchant_open_cases))
  const around = await findSurroundings(db, at.platform.id, ids, { repeats: repeat_complaints, days: repeat_within_days })
  const known = new Map(around.map((one) => [one.id, one]))
  const learnt = new Map<string, Learnt>()
  for (const { id, merchant_id, respondent_role, risk_level } of fresh) {
    const of = known.get(id)
    const facts: FactSignal[] = [
      ...(of && of.repeats >= repeat_complaints ? (['repeat_complainant'] as const) : []),
      ...(respondent_role === 'merchant' && busy.has(merchant_id ?? '') ? (['merchant_many_open'] as const) : []),
      ...(of?.disputed ? (['order_disputed'] as const) : []),
    ]
    // where nothing else speaks for a risk, that of a busy merchant alone is not worth a decision
    const weight = facts.reduce((sum, fact) => sum + (policy.weights[fact] ?? 0), 0)
    if (done.raised + learnt.size < MOST_RAISED && facts.length > 0 && (risk_level !== 'low' || weight >= policy.levels.normal))
      learnt.set(id, { facts })
  }
  done.raised += await learn(deps, at, learnt)
}

const beginMassCases = async (
  { db }: Looking,
  { platform, now }: At,
  kept: readonly { merchant_id: string; item: string; filed_at: Time }[],
  { mass_complainants, mass_within_hours, new_account_hours }: RiskPolicy,
  done: Looked,
): Promise<void> => {
  const latest = new Map<string, ItemAt>()
  for (const { merchant_id, item, filed_at } of kept) {
    const key = JSON.stringify([merchant_id, item])
    const known = latest.get(key)
    if (item !== '' && (known === undefined || known.at < filed_at)) latest.set(key, { merchant_id, item, at: filed_at })
  }
  if (latest.size === 0) return
  const crowded = await findCrowded(db, platform.id, [...latest.values()], { least: mass_complainants, hours: mass_within_hours })
  for (const about of crowded) {
    const complaining = await findComplaining(db, platform.id, about, mass_within_hours)
    const complainants = countComplainants(complaining, new_account_hours)
    const first = complaining.at(-1)
    if (complainants < mass_complainants || first === undefined) continue
    const began = await beginMassCase(db, {
      platform_id: platform.id,
      id: newId(),
      version: 1,
      status: 'open',
      merchant_id: about.merchant_id,
      item: about.item,
      complainants,
      began_at: first.filed_at,
      last_filed_at: about.at,
      end_reason_code: null,
      end_explanation: null,
      ended_by: null,
      ended_at: null,
      created_at: now,
      updated_at: now,
    })
    if (began) done.began += 1
  }
}

/** Adds filings to the open mass cases that they belong to. Cases that somebody else holds are left to the next look. */
const joinAll = async (deps: Looking, at: At, done: Looked, shouldStop: () => boolean): Promise<void> => {
  const { db } = deps
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const found = await findUnjoined(db, at.platform.id, FILINGS_AT_ONCE)
    let joined = 0
    for (const massCaseId of new Set(found.map(({ mass_case_id }) => mass_case_id))) {
      if (shouldStop()) return
      const members = found.filter(({ mass_case_id }) => mass_case_id === massCaseId)
      const learnt = new Map(members.map(({ complaint_id }) => [complaint_id, { facts: ['mass_case'], massCaseId } as const]))
      await learn(deps, at, learnt, async (trx, ids) => {
        const those = members.filter(({ complaint_id }) => ids.includes(complaint_id))
        if (those.length > 0) await noteJoined(trx, at.platform.id, massCaseId, those)
        joined += those.length
      })
    }
    done.joined += joined
    if (found.length < FILINGS_AT_ONCE || joined === 0) return
  }
}

/** What is written with what was learnt, for the cases that nobody else holds. */
type Also = (trx: Trx, ids: readonly string[]) => Promise<void>

/**
 * Decides in cases what was learnt of them, some in each transaction. One that cannot be decided, since its rules are missing or the database
 * refuses it, is left to the next look and holds up no other: its deadlines tell of it (`stuck-cases`).
 * @returns how many cases changed
 */
const learn = async (deps: Looking, at: At, learnt: ReadonlyMap<string, Learnt>, also?: Also): Promise<number> => {
  let changed = 0
  const all = [...learnt.keys()].sort()
  for (let from = 0; from < all.length; from += CASES_AT_ONCE) {
    const ids = all.slice(from, from + CASES_AT_ONCE)
    try {
      changed += await learnTogether(deps, at, ids, learnt, also)
    } catch (error) {
      if (databaseUnavailable(error) && !isCollision(error)) throw error
      deps.log.warn({ ...loggedError(error), cases: ids.length }, 'a batch of new complaints failed and is taken case by case')
      for (const id of ids) changed += await learnAlone(deps, at, id, learnt, also)
    }
  }
  return changed
}

const learnAlone = async (
  deps: Looking,
  at: At,
  id: string,
  learnt: ReadonlyMap<string, Learnt>,
  also?: Also,
): Promise<number> => {
  try {
    return await learnTogether(deps, at, [id], learnt, also)
  } catch (error) {
    if (databaseUnavailable(error) && !isCollision(error)) throw error
    deps.log.warn({ ...loggedError(error), complaint: id }, 'what is known beside a complaint could not be written')
    return 0
  }
}

const learnTogether = async (
  deps: Looking,
  { platform, now }: At,
  ids: readonly string[],
  learnt: ReadonlyMap<string, Learnt>,
  also?: Also,
): Promise<number> => {
  const decisions = await transact(deps.db, async (trx) => {
    const made: Decision[] = []
    const free: string[] = []
    for (const file of await lockFreeCaseFiles(trx, platform.id, ids)) {
      const what = learnt.get(file.complaint.id)
      if (what === undefined || isLeft(deps, file) || file.stuck) continue
      const rules = await rulesOf(deps, platform, file, trx)
      if (rules === undefined) continue
      const decision = decideLearnt(file, what, { now, rules })
      if (decision) made.push(decision)
      free.push(file.complaint.id)
    }
    await record(
      trx,
      made.map((decision) => ({ decision })),
    )
    await also?.(trx, free)
    return made
  })
  for (const decision of decisions) countRisk(deps.metrics, decision)
  return decisions.length
}

/** The rules of a case; `undefined` where they are missing. */
const rulesOf = async ({ rules }: Looking, platform: RuledPlatform, file: CaseFile, trx: Trx): Promise<Rules | undefined> => {
  try {
    return await rules.of(platform, file, trx)
  } catch (error) {
    if (error instanceof RulesMissing) return undefined
    throw error
  }
}

/** Cases from before an upgrade are judged by and by, so that they stand in the lists of risk. */
const judgeOld = async (deps: Looking, at: At, done: Looked): Promise<void> => {
  const ids = await findUnjudged(deps.db, at.platform.id, FILINGS_AT_ONCE)
  if (ids.length > 0) done.raised += await learn(deps, at, new Map(ids.map((id) => [id, { facts: [] }])))
}

const endQuiet = async ({ db, rules }: Looking, { platform, now }: At, done: Looked): Promise<void> => {
  const { policy } = await rules.present(platform)
  for (const quiet of await findQuiet(db, platform.id, now, policy.risk.mass_quiet_days)) {
    const end = { end_reason_code: 'quiet', end_explanation: null, ended_by: null, ended_at: now } as const
    if (await endMassCase(db, quiet, end)) done.ended += 1
  }
}
