/**
 * How a person's action on a case becomes a decision: read, judge, decide, answer, record; what is recorded, is so at once. The order of
 * refusals is the contract's: not yours (404), never yours to do (403), unreadable (400), stale (412), not now (409), against a rule (422).
 */
import type { FastifyRequest } from 'fastify'
import type { Clock, Time } from '../../foundation/clock.ts'
import { checkVersion } from '../../foundation/http/conditional.ts'
import { checkInput } from '../../foundation/http/validation.ts'
import { isId } from '../../foundation/ids.ts'
import type { ActionRule } from '../../foundation/lifecycle.ts'
import type { Db, Trx } from '../../foundation/sql/database.ts'
import type { Caller, PlatformScope } from '../../platform/access/caller.ts'
import { type Answer, attemptOnce, type Keep } from '../../platform/idempotency/idempotency.ts'
import { platformNow } from '../../platform/platforms/clock.ts'
import { defaultPolicy } from '../../rules/policy/default-policy.ts'
import { RulesMissing } from '../../rules/rule-book/missing.ts'
import type { RuleBook, RuledCase } from '../../rules/rule-book/rule-book.ts'
import type { Rules } from '../../rules/rule-book/rules.ts'
import { problem } from '../../words/problems.ts'
import { type CaseFile, isOpenTo, mayRead, type Parties, type Subject, type Who } from '../case-file/case-file.ts'
import { Decision } from '../case-file/decision.ts'
import type { ComplaintRow } from '../complaints/table.ts'
import { countResults } from '../deadlines/metrics.ts'
import type { Deps } from '../deps.ts'
import { withoutRules } from '../stuck-cases/rules.ts'
import { actionsFor, mayTake, type Viewer } from './available.ts'
import { type CaseName, lockCaseFile, readComplaint, readParties } from './load.ts'
import { record } from './record.ts'
import type { Cases } from './store.ts'

export const notFound = () => problem('not_found', 'There is no such resource, or it is not yours.')

/** The complaint of this id, if it is there and open to this caller. */
export const findVisibleComplaint = async (db: Db, caller: Caller, id: string): Promise<ComplaintRow | undefined> => {
  const complaint = isId(id) ? await readComplaint(db, caller.platform.id, id) : undefined
  return complaint && mayRead(complaint, caller.actor) ? complaint : undefined
}

/** The parties of a case that this caller may read, or 404: for what lists something of a case and needs nothing else of it. */
export const readVisibleParties = async (db: Db, caller: Caller, id: string): Promise<Parties & { id: string }> => {
  const parties = isId(id) ? await readParties(db, caller.platform.id, id) : undefined
  if (!parties || !mayRead(parties, caller.actor)) throw notFound()
  return parties
}

/** The complaint alone as this caller may read it, or 404. */
export const readVisibleComplaint = async (db: Db, caller: Caller, id: string): Promise<ComplaintRow> => {
  const complaint = await findVisibleComplaint(db, caller, id)
  if (!complaint) throw notFound()
  return complaint
}

/** The case as this caller may read it, or 404. */
export const readVisibleCase = async (cases: Cases, caller: Caller, name: CaseName): Promise<CaseFile> => {
  const file = await readCaseToActOn(cases, caller, name)
  if (!mayRead(file.complaint, caller.actor)) throw notFound()
  return file
}

/** The case that this caller wants to act on, or 404. Who is a party of it under another hat is told so, and reads nothing. */
export const readCaseToActOn = async (cases: Cases, caller: Caller, name: CaseName): Promise<CaseFile> => {
  const file = isId(name.id) ? await cases.read(caller.platform.id, name) : undefined
  if (!file || !isOpenTo(file.complaint, caller.actor)) throw notFound()
  return file
}

/** As whom, when and by which policy a request looks at a case. */
export const viewerOf = async (
  { rules, clock }: Pick<Deps, 'rules' | 'clock'>,
  { caller }: FastifyRequest,
  file: CaseFile,
): Promise<Viewer> => {
  const ruled = await readRules(rules, caller.platform, file)
  return { actor: caller.actor, now: platformNow(caller.platform, clock), policy: policyToView(ruled) }
}

/** Who may do what in a case whose own policy cannot be read is told by the one that platforms start with; nothing is decided by it. */
const policyToView = (ruled: Rules | undefined): Viewer['policy'] => ruled?.policy ?? defaultPolicy

/** What an action is taken on, once the case is known: more of the subject, and whose version `If-Match` speaks of. */
export interface Target {
  /** The resource's own state; `undefined` where the action makes a new one. */
  state: string | undefined
  version: number
  subject?: Pick<Subject, 'plan' | 'step' | 'appeal' | 'evidence' | 'deadline'>
}

export interface Action<Body, Found extends Target, Facts> {
  /** The case, by its own id or by that of something in it. */
  name: CaseName
  action: string
  rule: ActionRule<string, Who, Subject>
  /** Finds the target within the case that will be changed. Throws `notFound()` for what is not there or not visible to this caller. */
  find: (file: CaseFile, db: Db) => Found | Promise<Found>
  /** Looks up what the rule must know beyond the case, once the body is known to be sound. */
  facts?: (db: Db, body: Body, file: CaseFile) => Promise<Facts>
  /** Whether the decision may put money in force, so that a second try locks the order too. */
  lockOrder?: boolean
  /** What only keeps somebody's words is done, whether or not the rules of the case can be read. */
  needsNoRules?: boolean
  /** Whether `If-Match` must be there. */
  versionRequired?: boolean
  /** What in this body this caller may never ask for, whatever else is wrong with it: 403. The body has not been checked yet. */
  forbids?: (d: Decision, body: unknown) => string | undefined
  decide: (d: Decision, found: Found, body: Body, facts: Facts) => void
  answer: (d: Decision, found: Found) => Answer
  /** In place of the request's body: the fields of an upload. */
  body?: unknown
  /** In place of the body's bytes for the idempotency hash. */
  fingerprint?: string
}

/**
 * Takes an action as the caller of a request. The first try reads the case without a lock, and its one statement writes only if the case is
 * still the same; nothing is held while the rules think. Who lost to somebody else tries again under the lock, and so cannot lose again.
 */
export const act = <Body extends object, Found extends Target = Target, Facts = undefined>(
  { db, cases, clock, rules, metrics }: Pick<Deps, 'db' | 'cases' | 'clock' | 'rules' | 'metrics'>,
  request: FastifyRequest,
  spec: Action<Body, Found, Facts>,
): Promise<Answer> => {
  const { caller } = request
  const decideOn = async (on: Db, before: CaseFile, keep: Keep, write: Cases['record']): Promise<Answer> => {
    const now = platformNow(caller.platform, clock)
    const given = spec.body ?? request.body
    // anything but an object is refused below, with all else that is wrong
    const body = (isObject(given) ? given : {}) as Body
    const ruled = await readRules(rules, caller.platform, before, on)
    // who may not act here, or asks wrongly, is told that first
    const judgedBy = ruled ?? withoutRules(before.complaint.policy_version)
    const decision = new Decision(before, caller.actor, now, judgedBy, noteOf(body))
    const found = await spec.find(decision.file, on)
    const viewer: Viewer = { actor: caller.actor, now, policy: policyToView(ruled) }
    const verdict = mayTake(spec.action, spec.rule, found.state, { file: decision.file, ...viewer, ...found.subject })
    if (!verdict.may && verdict.because !== 'action_not_available') throw problem(verdict.because, verdict.detail)
    const forbidden = spec.forbids?.(decision, body)
    if (forbidden !== undefined) throw problem('forbidden', forbidden)
    checkInput(request, spec.body)
    checkVersion(request, found.version, { required: spec.versionRequired ?? false })
    if (!verdict.may) throw problem(verdict.because, verdict.detail, { available_actions: actionsFor(before, viewer) })
    if (ruled === undefined && !spec.needsNoRules) throw caseStuck()
    const facts = (await spec.facts?.(on, body, before)) as Facts
    try {
      spec.decide(decision, found, body, facts)
    } catch (error) {
      throw error instanceof RulesMissing ? caseStuck() : error
    }
    decision.finish()
    const answer = spec.answer(decision, found)
    await write({ decision, kept: keep(answer) })
    countResults(metrics, decision)
    return answer
  }
  const underLock = (keep: Keep) =>
    cases.underLock(async (trx) => {
      const before = await lockVisibleCase(trx, caller, spec)
      return decideOn(trx, before, keep, (entry) => record(trx, [entry]))
    })
  const attempt = async (keep: Keep, earlierTries: number): Promise<Answer> =>
    earlierTries === 0 ? decideOn(db, await readCaseToActOn(cases, caller, spec.name), keep, cases.record) : underLock(keep)
  return attemptOnce(db, request, attempt, { fingerprint: spec.fingerprint })
}

/** By which rules the case is decided; `undefined` where they cannot be read. */
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

const caseStuck = () =>
  problem(
    'case_stuck',
    'The policy or a calendar that the case goes by is not there. Nothing in it can be decided until it is; staff see it at /v1/stuck-cases.',
  )

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null && !Array.isArray(value)

/** The remark of a body that has not been checked yet. */
const noteOf = (body: object): string | null => ('note' in body && typeof body.note === 'string' ? body.note : null)

const lockVisibleCase = async (
  trx: Trx,
  caller: Caller,
  { name, lockOrder = false }: { name: CaseName; lockOrder?: boolean },
): Promise<CaseFile> => {
  const file = isId(name.id) ? await lockCaseFile(trx, caller.platform.id, name, { lockOrder }) : undefined
  if (!file || !isOpenTo(file.complaint, caller.actor)) throw notFound()
  return file
}

/** The platform's time for a request. */
export const nowFor = (request: FastifyRequest, clock: Clock): Time => platformNow(request.caller.platform, clock)
