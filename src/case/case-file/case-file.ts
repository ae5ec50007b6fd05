/**
 * The case file: a complaint with everything a rule may look at. It is read as of one moment, changed as a copy by the pure rules of the
 * rooms, and written back at once if it is still the same. All of it belongs to one platform.
 */

import type { Time } from '../../foundation/clock.ts'
import type { AffiliatesRow } from '../../money/affiliates/table.ts'
import type { AccountRow, TransferRow } from '../../money/ledger/table.ts'
import type { Actor, KeyRole } from '../../platform/access/caller.ts'
import { isStaff, seesAll } from '../../platform/access/caller.ts'
import { isAmong, isNameOf } from '../../platform/access/people.ts'
import type { Policy } from '../../rules/policy/schema.ts'
import type { PartySide, Side } from '../../words/deadlines.ts'
import type { AdvanceRow } from '../advances/table.ts'
import type { AppealRow } from '../appeals/table.ts'
import type { CaseEventRow } from '../case-events/table.ts'
import type { ComplaintRow } from '../complaints/table.ts'
import type { DeadlineRow } from '../deadlines/table.ts'
import type { EvidenceRow } from '../evidence/table.ts'
import type { HoldRow, OtherCases } from '../holds/table.ts'
import type { MessageRow } from '../messages/table.ts'
import type { OrderLimitRow, OrderRow } from '../orders/table.ts'
import type { ReceivableRow } from '../receivables/table.ts'
import type { PlanRow, Step } from '../refund-plans/table.ts'
import type { ReturnInstructionsRow } from '../return-instructions/table.ts'
import type { SettlementRulesRow } from '../settlement-rules/table.ts'
import type { StuckCaseRow } from '../stuck-cases/table.ts'

/** A word that this version does not know; `what` is its kind (`WordKind`). */
export interface UnknownWord {
  what: string
  word: string
}

/** A case with everything a rule may look at, and with what a decision adds to it. */
export interface CaseFile {
  complaint: ComplaintRow
  /** The money of the complaint's order; null without an order. */
  order: OrderRow | null
  /** What of it is limited besides, where money has touched it. */
  limits: OrderLimitRow[]
  plans: PlanRow[]
  appeals: AppealRow[]
  /** What the guarantee fund pays first. */
  advances: AdvanceRow[]
  /** What is owed to it. */
  receivables: ReceivableRow[]
  /** What the payment system keeps of its order’s sale. */
  holds: HoldRow[]
  /** The other cases of its order; null while nothing is held in a closed case. */
  otherCases: OtherCases | null
  /** Whose deposits pay for the respondent besides its own; null where nobody has said so, and while nothing can be taken. */
  affiliates: AffiliatesRow | null
  /** The accounts of the ledger that its advances touch: what they have, as it was read. */
  accounts: AccountRow[]
  /** What the decision at hand moves in the ledger. */
  transfers: TransferRow[]
  /** The open clocks, the last that ended, and those started in the decision at hand. */
  deadlines: DeadlineRow[]
  /** What kept the system from deciding the case when it last tried; null where nothing did. */
  stuck: StuckCaseRow | null
  /** What the respondent settles by itself, as it held at the filing; null where there is nothing, or the case has been taken up. */
  settlementRules: SettlementRulesRow | null
  /** Where the respondent has goods sent back to; null where it has not said so, or no plan can begin any more. */
  returnInstructions: ReturnInstructionsRow | null
  /** The proof that is acted on, and those added in the decision at hand. */
  evidence: EvidenceRow[]
  /** Written in the decision at hand. */
  messages: MessageRow[]
  /** Told in the decision at hand. */
  events: CaseEventRow[]
  /** Words that a newer version of the service has written into it; absent where this one knows all (`known-words.ts`). */
  unknown?: readonly UnknownWord[]
}

/** Whether this version knows every word of a case, and so may decide in it. */
export const knows = ({ unknown }: CaseFile): boolean => unknown === undefined

/** What a condition of a lifecycle table is judged on. */
export interface Subject {
  file: CaseFile
  actor: Actor
  now: Time
  /** By which the case is decided. */
  policy: Policy
  plan?: PlanRow
  step?: Step
  appeal?: AppealRow
  evidence?: EvidenceRow
  deadline?: DeadlineRow
  advance?: AdvanceRow
  receivable?: ReceivableRow
  hold?: HoldRow
}

/** In which capacities somebody may act; the words of the lifecycle tables. */
export type Who =
  | 'complainant'
  | 'respondent'
  /** Staff where the platform itself is the respondent. */
  | 'staff_for_respondent'
  | 'agent'
  | 'supervisor'
  | 'system'
  /** Who wrote the plan or submitted the evidence. */
  | 'author'
  /** The side whose turn a step is. */
  | 'step_party'
  | 'appellant'
  /** Who asked for the advance. */
  | 'asker'
  /** The payment system: it reports what became of money, and reads nothing. */
  | 'payments'
  /** Who owns the case, and who reviews its appeal. */
  | 'owner'
  | 'reviewer'

export const partyColumns = ['complainant_role', 'complainant_id', 'respondent_role', 'respondent_id'] as const

/** Who the two parties of a complaint are. */
export type Parties = Pick<ComplaintRow, (typeof partyColumns)[number]>

const isParty = (role: string, id: string, actor: Actor): boolean => actor.role === role && actor.id === id

/** The side of the dispute that an actor is on; null where the actor is no party of it. */
export const partySide = (complaint: Parties, actor: Actor): PartySide | null => {
  if (isParty(complaint.complainant_role, complaint.complainant_id, actor)) return 'complainant'
  if (isParty(complaint.respondent_role, complaint.respondent_id, actor)) return 'respondent'
  return null
}

/** For which reader a view of the case is made: `all` for staff, admins and the system, else the actor's side; null for anybody else. */
export const readerOf = (complaint: Parties, actor: Actor): 'all' | PartySide | null =>
  seesAll(actor.role) ? 'all' : partySide(complaint, actor)

/** The side for which an actor acts: staff and the system act for the platform. */
export const sideOf = (complaint: ComplaintRow, actor: Actor): Side => partySide(complaint, actor) ?? 'platform'

export const againstPlatform = (complaint: ComplaintRow): boolean => complaint.respondent_role === 'platform'

/** The side for which this actor answers a plan: a party for itself, staff for the respondent where that is the platform; else null. */
export const confirmingSide = (complaint: ComplaintRow, actor: Actor): PartySide | null =>
  partySide(complaint, actor) ?? (isStaff(actor.role) && againstPlatform(complaint) ? 'respondent' : null)

/** Whether this id is that of a party, in whatever role the person acts. */
export const isPersonOfParty = ({ complainant_id, respondent_id }: Parties, id: string): boolean =>
  isAmong([complainant_id, respondent_id], id)

/** Whether an actor of staff is also a party of the case. Such a person may not act in it as staff. */
export const isPartyInDisguise = (complaint: Parties, actor: Actor): boolean =>
  isStaff(actor.role) && isPersonOfParty(complaint, actor.id)

/** Whether this caller may know that the case exists: a party its own, staff, admins and the system every case. */
export const isOpenTo = (complaint: Parties, actor: Actor): boolean => seesAll(actor.role) || partySide(complaint, actor) !== null

/** Whether this caller may act on a part of the case that it names: who may know of it, and the payment system, where a route is open to it. */
export const mayAddress = (complaint: Parties, actor: Actor): boolean => actor.role === 'payments' || isOpenTo(complaint, actor)

/** Whether this caller may read the case. A party of it may read it only as that party, not as staff or admin. */
export const mayRead = (complaint: Parties, actor: Actor): boolean =>
  isOpenTo(complaint, actor) && !(seesAll(actor.role) && actor.role !== 'system' && isPersonOfParty(complaint, actor.id))

/** All capacities that a role can have in any case; `capacitiesOf` says which an actor has in one case. */
export const capacitiesOfRole: Readonly<Record<KeyRole, readonly Who[]>> = {
  buyer: ['complainant', 'author', 'step_party', 'appellant'],
  merchant: ['complainant', 'respondent', 'author', 'step_party', 'appellant'],
  agent: ['agent', 'staff_for_respondent', 'author', 'asker', 'owner'],
  supervisor: ['supervisor', 'staff_for_respondent', 'author', 'asker', 'owner', 'reviewer'],
  admin: [],
  integration: [],
  orders: [],
  payments: ['payments'],
}

/** Every capacity that an actor has towards a case and, where given, one of its plans, steps, appeals or proofs. */
export const capacitiesOf = (subject: Subject): Set<Who> => {
  const { file, actor, plan, step, appeal, evidence, advance } = subject
  const who = new Set<Who>()
  const side = partySide(file.complaint, actor)
  if (side) who.add(side)
  if (actor.role === 'agent' || actor.role === 'supervisor' || actor.role === 'system' || actor.role === 'payments')
    who.add(actor.role)
  if (isStaff(actor.role) && againstPlatform(file.complaint)) who.add('staff_for_respondent')
  if (plan && plan.author_role === actor.role && plan.author_id === actor.id) who.add('author')
  if (evidence && evidence.submitter_role === actor.role && evidence.submitter_id === actor.id) who.add('author')
  if (step && side !== null && step.party === side) who.add('step_party')
  if (appeal && side !== null && appeal.appellant_side === side) who.add('appellant')
  if (advance && isStaff(actor.role) && isNameOf(advance.asked_by, actor)) who.add('asker')
  if (isStaff(actor.role) && isNameOf(file.complaint.owner, actor)) who.add('owner')
  if (appeal && isStaff(actor.role) && isNameOf(appeal.reviewer, actor)) who.add('reviewer')
  return who
}
