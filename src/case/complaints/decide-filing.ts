/** The rules of filing: who may complain about whom, and how a case begins. Pure. */

import { NEVER, normaliseTime, type Time } from '../../foundation/clock.ts'
import type { Actor } from '../../platform/access/caller.ts'
import { actorName, isStaff } from '../../platform/access/caller.ts'
import { isAmong } from '../../platform/access/people.ts'
import { filingWindowEnd } from '../../rules/policy/which-rule.ts'
import type { Rules } from '../../rules/rule-book/rules.ts'
import { invalidField, problem } from '../../words/problems.ts'
import { oweAdvance } from '../advances/due-clock.ts'
import { Decision } from '../case-file/decision.ts'
import { newCase } from '../case-file/parts.ts'
import { finish } from '../decisions/finish.ts'
import { statementOf } from '../orders/book.ts'
import { differences, factsOf, factsOfDetails, withFurtherLines } from '../orders/facts.ts'
import { checkStatement, damagesUnder, knownAs, newOrder, timesOf, timesOfLine } from '../orders/statement.ts'
import type { OrderRow, OrderStatement } from '../orders/table.ts'
import type { Understood } from '../understanding/table.ts'
import { entryOf, startAtEntry } from './entry.ts'
import type { NewComplaintBody } from './filing-schema.ts'
import { complaintLifecycle } from './lifecycle.ts'
import type { ComplaintRow, OrderDetails } from './table.ts'

/** What the evidence chain of every case begins with. */
const CHAIN_START = '0'.repeat(64)

/** buyer→merchant, buyer→platform, merchant→platform. */
const checkParties = ({ complainant, respondent }: NewComplaintBody): void => {
  const pair = `${complainant.role}→${respondent.role}`
  if (!['buyer→merchant', 'buyer→platform', 'merchant→platform'].includes(pair)) {
    throw problem(
      'unsupported_parties',
      `/respondent: ${pair} is not possible; buyer→merchant, buyer→platform and merchant→platform are.`,
    )
  }
  if (respondent.role === 'platform' && respondent.id !== 'platform') {
    throw invalidField('/respondent/id', 'not_one_of', 'must be platform where the platform is the respondent')
  }
}

/** Buyers and merchants file for themselves; staff for anyone but themselves; admins not at all. */
const checkFiler = (actor: Actor, { complainant, respondent }: NewComplaintBody): void => {
  if (isStaff(actor.role)) {
    if (isAmong([complainant.id, respondent.id], actor.id)) {
      throw problem('separation_of_duties', 'You are a party of this case; file it as that party.')
    }
    return
  }
  if (actor.role !== complainant.role || actor.id !== complainant.id) {
    throw problem('not_your_complaint', '/complainant: buyers and merchants file only as themselves.')
  }
}

const orderDetails = (body: NonNullable<NewComplaintBody['order']>): OrderDetails => {
  checkStatement(body, '/order')
  for (const [index, { quantity, disputed_quantity }] of body.lines.entries()) {
    if (disputed_quantity !== undefined && disputed_quantity > quantity)
      throw invalidField(`/order/lines/${index}/disputed_quantity`, 'maximum', `the line has ${quantity} pieces`)
  }
  return { ...body, ...timesOf(body), lines: body.lines.map((line) => ({ ...line, ...timesOfLine(line) })) } as OrderDetails
}

/** The order as a complaint that is the first to name it would make it known; null without an order. */
export const orderOf = (platformId: string, body: NewComplaintBody, actor: Actor, now: Time, rules: Rules): OrderRow | null => {
  if (!body.order) return null
  const details = orderDetails(body.order)
  const { currency, paid_amount } = details
  const statement = { currency, paid_amount, ...factsOfDetails(details), ...damagesUnder(rules.policy) }
  const by = { source: 'party', stated_by: actorName(actor) } as const
  return knownAs(newOrder(platformId, details.id, by, now), statement, rules.policy)
}

/** Whether this actor may file what the body says, before anything is looked up. */
export const checkFiling = (actor: Actor, body: NewComplaintBody): void => {
  checkFiler(actor, body)
  checkParties(body)
}

export interface Filing {
  platformId: string
  id: string
  caseNumber: string
  body: NewComplaintBody
  /** The order as it would become known. */
  order: OrderRow | null
  /** The order as it is known already. */
  known?: OrderRow | undefined
  actor: Actor
  now: Time
  rules: Rules
  /** Whether the complainant's words weigh anything: not where staff had to lower the risk too often. */
  wordsWeigh: boolean
  /** What is understood of its words; left out where nobody has read them. */
  understood?: Understood | undefined
}

/** The first decision of a case: it is submitted, and its first clock runs. */
export const decideFiling = ({
  platformId,
  id,
  caseNumber,
  body,
  order,
  known,
  actor,
  now,
  rules,
  wordsWeigh,
  understood,
}: Filing): Decision => {
  const { complainant, respondent } = body
  // what is only suggested counts for no window
  const category = body.category ?? 'other'
  const suggested = body.category === undefined && !understood?.withheld ? understood?.suggestion : undefined
  const isSuggested = suggested?.category != null
  const givenByStaff = body.category !== undefined && isStaff(actor.role)
  const details = body.order ? orderDetails(body.order) : null
  const { time } = rules.calendarNow(rules.policy.calendar)
  const entry = entryOf(body, actor, now, rules)
  const windowEnd = filingWindowEnd(rules.policy, { channel: body.channel, category }, details, time)
  const complaint: ComplaintRow = {
    platform_id: platformId,
    id,
    version: 0,
    case_number: caseNumber,
    reference: body.reference ?? null,
    status: complaintLifecycle.initial,
    level: 1,
    channel: body.channel,
    category: suggested?.category ?? category,
    category_source: body.category !== undefined ? 'caller' : isSuggested ? 'suggested' : 'default',
    subcategory: body.subcategory ?? suggested?.subcategory ?? null,
    understood: understood ?? null,
    category_given_by: givenByStaff ? actorName(actor) : null,
    category_learning: givenByStaff ? 1 : 0,
    complainant_role: complainant.role as ComplaintRow['complainant_role'],
    complainant_id: complainant.id,
    complainant_name: complainant.name ?? null,
    complainant_contact: complainant.contact ?? null,
    complainant_registered_at: complainant.registered_at === undefined ? null : normaliseTime(complainant.registered_at),
    respondent_role: respondent.role as ComplaintRow['respondent_role'],
    respondent_id: respondent.id,
    respondent_name: respondent.name ?? null,
    respondent_contact: respondent.contact ?? null,
    buyer_id: complainant.role === 'buyer' ? complainant.id : null,
    merchant_id: complainant.role === 'merchant' ? complainant.id : respondent.role === 'merchant' ? respondent.id : null,
    order_id: order?.id ?? null,
    order_details: details,
    order_statement_differs: known && details ? differences(details, statedBy(known, details)) : [],
    description: body.description,
    wanted: body.wanted ?? null,
    tags: body.tags ?? [],
    risk: null,
    risk_level: null,
    risk_lowered_at: null,
    mass_case_id: null,
    related_to: body.related_to ?? null,
    duplicate_of: null,
    owner: null,
    liability: null,
    liability_disclosed: false,
    rejection: null,
    information_request: null,
    suspension: null,
    dismissal: null,
    current_plan_id: null,
    outcome: null,
    close_reason: null,
    returns_to: null,
    silent_expiries: 0,
    reopened_by_complainant: false,
    decisions: [],
    took_part: [],
    judged_evidence_of: {},
    recused: [],
    challenges: [],
    last_resort_at: null,
    event_count: 0,
    quiet_count: 0,
    evidence_count: 0,
    evidence_chain: CHAIN_START,
    next_due_at: NEVER,
    owed_since: null,
    unanswered_since: null,
    policy_version: rules.policyVersion,
    filing_window_ends_at: windowEnd,
    ...entry,
    sla: {},
    created_at: now,
    updated_at: now,
    closed_at: null,
  }
  const d = new Decision(newCase(complaint, known ?? null), actor, now, rules, null, wordsWeigh)
  if (known && details) addLines(d, details)
  else d.file.order = order
  startAtEntry(d)
  oweAdvance(d)
  d.tell({
    type: 'complaint_submitted',
    to: complaint.status,
    data: {
      channel: complaint.channel,
      category: complaint.category,
      ...(entry.received_at !== null && { received_at: entry.received_at }),
      ...(entry.call_reference !== null && { by_entry: true }),
      ...(windowEnd !== null && windowEnd < (entry.received_at ?? now) && { filing_window_ended_at: windowEnd }),
    },
  })
  if (complaint.order_statement_differs.length > 0)
    d.tell({ type: 'order_statement_doubted', data: { pointers: complaint.order_statement_differs } })
  return finish(d)
}

/** What is known of an order that somebody names; where an older version filed it, what is named of it now. */
const statedBy = (known: OrderRow, details: OrderDetails): OrderStatement => statementOf(known, { order_details: details })

/** Where only parties have spoken about the order, a further complaint adds the lines that it is about. */
const addLines = (d: Decision, details: OrderDetails): void => {
  const { order } = d.file
  if (order?.source !== 'party') return
  const facts = factsOf(order, { order_details: details })
  const lines = withFurtherLines(statedBy(order, details), details)
  if (order.facts !== null && lines.length === facts.lines.length) return
  order.facts = { ...facts, lines }
  order.version += 1
  order.updated_at = d.now
}
