/** The rules of filing: who may complain about whom, and how a case begins. Pure. */

import { NEVER, normaliseTime, type Time } from '../../foundation/clock.ts'
import type { Actor } from '../../platform/access/caller.ts'
import { isStaff } from '../../platform/access/caller.ts'
import { isAmong } from '../../platform/access/people.ts'
import { filingWindowEnd } from '../../rules/policy/which-rule.ts'
import type { Rules } from '../../rules/rule-book/rules.ts'
import { invalidField, problem } from '../../words/problems.ts'
import { Decision } from '../case-file/decision.ts'
import { newCase } from '../case-file/parts.ts'
import { startClock } from '../deadlines/clocks.ts'
import { finish } from '../decisions/finish.ts'
import { compensationLimit } from '../orders/money.ts'
import type { OrderRow } from '../orders/table.ts'
import { complaintLifecycle } from './lifecycle.ts'
import type { NewComplaintBody } from './schema.ts'
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
  const ids = body.lines.map((line) => line.line_id)
  const twice = ids.findIndex((id, index) => ids.indexOf(id) !== index)
  if (twice !== -1) throw invalidField(`/order/lines/${twice}/line_id`, 'duplicates', 'is already the id of another line')
  const time = (value: string | null | undefined) => (value ? normaliseTime(value) : null)
  return {
    ...body,
    paid_at: time(body.paid_at),
    shipped_at: time(body.shipped_at),
    received_at: time(body.received_at),
  } as OrderDetails
}

/** The order's money as the first complaint about it would fix it; null without an order. */
export const orderOf = (platformId: string, body: NewComplaintBody, now: Time, rules: Rules): OrderRow | null => {
  if (!body.order) return null
  const details = orderDetails(body.order)
  return {
    platform_id: platformId,
    id: details.id,
    currency: details.currency,
    paid_amount: details.paid_amount,
    compensation_limit: compensationLimit(details, rules.policy),
    refund_in_force: 0,
    compensation_in_force: 0,
    created_at: now,
  }
}

/** Whether this actor may file what the body says, before anything is looked up. */
export const checkFiling = (actor: Actor, body: NewComplaintBody): void => {
  checkFiler(actor, body)
  checkParties(body)
}

/** @param known the order as the platform knows it; its first complaint fixed currency and paid amount. */
export const checkSameOrder = (known: OrderRow, stated: OrderRow): void => {
  if (known.currency !== stated.currency || known.paid_amount !== stated.paid_amount) {
    throw problem(
      'order_mismatch',
      `/order: ${known.id} is known with ${known.paid_amount} ${known.currency} paid (minor units).`,
    )
  }
}

export interface Filing {
  platformId: string
  id: string
  caseNumber: string
  body: NewComplaintBody
  order: OrderRow | null
  actor: Actor
  now: Time
  rules: Rules
}

/** The first decision of a case: it is submitted, and its first clock runs. */
export const decideFiling = ({ platformId, id, caseNumber, body, order, actor, now, rules }: Filing): Decision => {
  const { complainant, respondent } = body
  const category = body.category ?? 'other'
  const details = body.order ? orderDetails(body.order) : null
  const { time } = rules.calendarNow(rules.policy.calendar)
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
    category,
    category_source: body.category === undefined ? 'default' : 'caller',
    complainant_role: complainant.role as ComplaintRow['complainant_role'],
    complainant_id: complainant.id,
    complainant_name: complainant.name ?? null,
    complainant_contact: complainant.contact ?? null,
    respondent_role: respondent.role as ComplaintRow['respondent_role'],
    respondent_id: respondent.id,
    respondent_name: respondent.name ?? null,
    respondent_contact: respondent.contact ?? null,
    buyer_id: complainant.role === 'buyer' ? complainant.id : null,
    merchant_id: complainant.role === 'merchant' ? complainant.id : respondent.role === 'merchant' ? respondent.id : null,
    order_id: order?.id ?? null,
    order_details: details,
    description: body.description,
    wanted: body.wanted ?? null,
    tags: body.tags ?? [],
    risk: null,
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
    sla: {},
    created_at: now,
    updated_at: now,
    closed_at: null,
  }
  const d = new Decision(newCase(complaint, order), actor, now, rules)
  startClock(d, 'first_response', { party: 'platform' })
  d.tell({
    type: 'complaint_submitted',
    to: complaint.status,
    data: {
      channel: complaint.channel,
      category: complaint.category,
      ...(windowEnd !== null && windowEnd < now && { filing_window_ended_at: windowEnd }),
    },
  })
  return finish(d)
}
