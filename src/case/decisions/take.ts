/**
 * How a request becomes a decision: read, judge, check what was sent, decide, answer, record. The order of refusals is part of the API's
 * contract: a case that the caller may not see (404), one that this instance cannot judge (503), an action that the caller may never take
 * (403), an invalid body (400), a stale version (412), an action that is not possible now (409), a rule that refuses (422).
 */
import type { FastifyRequest } from 'fastify'
import type { Clock, Time } from '../../foundation/clock.ts'
import { checkVersion } from '../../foundation/http/conditional.ts'
import { checkInput } from '../../foundation/http/validation.ts'
import { isId } from '../../foundation/ids.ts'
import type { Db } from '../../foundation/sql/database.ts'
import type { PlatformScope } from '../../platform/access/caller.ts'
import { type Answer, attemptOnce, type Keep } from '../../platform/idempotency/idempotency.ts'
import { platformNow } from '../../platform/platforms/clock.ts'
import { defaultPolicy } from '../../rules/policy/default-policy.ts'
import { RulesMissing } from '../../rules/rule-book/missing.ts'
import type { RuleBook, RuledCase } from '../../rules/rule-book/rule-book.ts'
import type { Rules } from '../../rules/rule-book/rules.ts'
import { problem } from '../../words/problems.ts'
import { countAdvances } from '../advances/metrics.ts'
import { type CaseFile, partySide } from '../case-file/case-file.ts'
import type { Decision } from '../case-file/decision.ts'
import type { Extent } from '../case-file/parts.ts'
import { countResults } from '../deadlines/metrics.ts'
import type { Deps } from '../deps.ts'
import { countHolds } from '../holds/metrics.ts'
import { doWordsWeigh, speakingIn } from '../risk/find.ts'
import { countRisk } from '../risk/metrics.ts'
import { countSettlementRules } from '../settlement-rules/metrics.ts'
import { withoutRules } from '../stuck-cases/rules.ts'
import { countSuggestions } from '../understanding/metrics.ts'
import { actionsFor, type Viewer } from './available.ts'
import { decide, type Ids, type Judged, judge, type Moves, type Target } from './decide.ts'
import { isLeft, leftToOthers } from './left-to-others.ts'
import { type CaseName, lockCaseFile } from './load.ts'
import { record } from './record.ts'
import type { Cases } from './store.ts'
import { openTo, readCaseToActOn } from './visible.ts'

/** As whom, when and by which policy a request looks at a case. */
export const viewerOf = async (
  { rules, clock }: Pick<Deps, 'rules' | 'clock'>,
  { caller }: FastifyRequest,
  file: CaseFile,
): Promise<Viewer> => {
  const ruled = await readRules(rules, caller.platform, file)
  return { actor: caller.actor, now: platformNow(caller.platform, clock), policy: policyToView(ruled) }
}

/** The policy that says who may do what: the default policy where that of the case cannot be read. Nothing is decided by the default. */
const policyToView = (ruled: Rules | undefined): Viewer['policy'] => ruled?.policy ?? defaultPolicy

export interface Action<Name extends string, Found extends Target, Facts> {
  /** The case, by its own id or by that of something in it. */
  name: CaseName
  of: Moves<Name, Found, Facts>
  action: Name
  ids?: Ids
  /** Looks up what the rule must know beyond the case, once the body is known to be sound. */
  facts: (db: Db, body: object, file: CaseFile) => Facts | Promise<Facts>
  answer: (d: Decision, found: Found, facts: Facts) => Answer
  /** How much of the case its rules look at. */
  extent?: Extent
  /** Whether the decision may put money in force, so that a second try locks the order too. */
  lockOrder?: boolean
  /** Whether the action is taken even where the rules of the case cannot be read, since it only keeps somebody's words. */
  needsNoRules?: boolean
  /** Whether `If-Match` must be there. */
  versionRequired?: boolean
  /** Why this caller may never ask for something in this body: 403, before any other fault of it. The body has not been checked yet. */
  forbids?: (file: CaseFile, viewer: Viewer, body: object) => string | undefined
  /** In place of the request's body: the fields of an upload. */
  body?: object
  /** In place of the body's bytes for the idempotency hash. */
  fingerprint?: string
}

/**
 * Takes an action as the caller of a request. The first try reads the case without a lock, and its one statement writes only if the case is
 * still the same, so no lock is held while the rules decide. A try that lost a race is repeated under the lock, where it cannot lose again.
 */
export const take = <Name extends string, Found extends Target, Facts>(
  deps: Pick<Deps, 'db' | 'cases' | 'clock' | 'rules' | 'metrics' | 'log'>,
  request: FastifyRequest,
  asked: Action<Name, Found, Facts>,
): Promise<Answer> => {
  const { db, cases, clock, rules, metrics } = deps
  const { caller } = request
  const { name, extent, lockOrder = false } = asked
  const given = asked.body ?? request.body
  // a body that is no object is refused by `checkInput`, in its turn
  const body = isObject(given) ? given : {}

  const decideOn = async (on: Db, before: CaseFile, keep: Keep, write: Cases['record']): Promise<Answer> => {
    // this version cannot tell who may do what in the case
    if (isLeft(deps, before)) throw leftToOthers()
    const now = platformNow(caller.platform, clock)
    const ruled = await readRules(rules, caller.platform, before, on)
    const viewer: Viewer = { actor: caller.actor, now, policy: policyToView(ruled) }
    refuse(request, asked, before, viewer, judge(before, asked, viewer), body)
    if (ruled === undefined && !asked.needsNoRules) throw caseStuck()
    const facts = await asked.facts(on, body, before)
    const isNoMatter = ruled === undefined || partySide(before.complaint, caller.actor) !== 'complainant'
    const wordsWeigh = isNoMatter || (await doWordsWeigh(on, speakingIn(before.complaint, body, now, ruled.policy)))
    const by = { actor: caller.actor, now, rules: ruled ?? withoutRules(before.complaint.policy_version), wordsWeigh }
    const { decision, found } = stuckWithoutRules(() => decide(before, { ...asked, body, facts }, by))
    const answer = asked.answer(decision, found, facts)
    await write({ decision, kept: keep(answer) })
    countResults(metrics, decision)
    countSettlementRules(metrics, decision)
    countAdvances(metrics, decision)
    countHolds(metrics, decision)
    countRisk(metrics, decision)
    countSuggestions(metrics, decision)
    return answer
  }
  const attempt = async (keep: Keep, earlierTries: number): Promise<Answer> => {
    if (earlierTries === 0) return decideOn(db, await readCaseToActOn(cases, caller, name, extent), keep, cases.record)
    return cases.underLock(async (trx) => {
      const file = isId(name.id) ? await lockCaseFile(trx, caller.platform.id, name, { lockOrder, extent }) : undefined
      return decideOn(trx, openTo(caller, file), keep, (entry) => record(trx, [entry]))
    })
  }
  return attemptOnce(db, request, attempt, { fingerprint: asked.fingerprint })
}

/** Refuses a request by the first thing that is wrong with it, in the contract's order. @throws Problem */
const refuse = <Name extends string, Found extends Target, Facts>(
  request: FastifyRequest,
  asked: Action<Name, Found, Facts>,
  file: CaseFile,
  viewer: Viewer,
  { found, verdict }: Judged<Found>,
  body: object,
): void => {
  if (!verdict.may && verdict.because !== 'action_not_available') throw problem(verdict.because, verdict.detail)
  const forbidden = asked.forbids?.(file, viewer, body)
  if (forbidden !== undefined) throw problem('forbidden', forbidden)
  checkInput(request, asked.body)
  checkVersion(request, found.version, { required: asked.versionRequired ?? false })
  if (!verdict.may) throw problem(verdict.because, verdict.detail, { available_actions: actionsFor(file, viewer) })
}

/** Runs a decision. Where a rule turns out to be missing only then, as a version of a calendar, it is refused just the same. */
const stuckWithoutRules = <Result>(decideIt: () => Result): Result => {
  try {
    return decideIt()
  } catch (error) {
    throw error instanceof RulesMissing ? caseStuck() : error
  }
}

/** The rules by which the case is decided; `undefined` where they cannot be read. */
export const readRules = async (
  rules: RuleBook,
  platform: PlatformScope,
  file: RuledCase,
  on?: Db,
): Promise<Rules | undefined> => {
  try {
    return await rules.of(platform, file, on)
  } catch (error) {
    if (error instanceof RulesMissing) return undefined
    throw error
  }
}

/** The rules of a case cannot be read. */
export const caseStuck = () =>
  problem(
    'case_stuck',
    'The policy or a calendar that the case goes by is not there. Nothing in it can be decided until it is; staff see it at /v1/stuck-cases.',
  )

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null && !Array.isArray(value)

/** The platform's time for a request. */
export const nowFor = (request: FastifyRequest, clock: Clock): Time => platformNow(request.caller.platform, clock)
