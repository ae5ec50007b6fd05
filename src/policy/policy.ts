import type { Category, Channel } from '../complaints/words.ts'
import type { EvidenceType } from '../evidence/words.ts'

/** How long something may take: elapsed time, or full business days of the platform's calendar. */
export type Duration = { counted_in: 'natural'; ms: number } | { counted_in: 'business'; days: number }

/** Who has to prove a complaint of some category first, and with what; then the other side. */
export interface BurdenOfProof {
  party: 'buyer' | 'merchant' | 'platform'
  accepted_types: readonly EvidenceType[]
  within: Duration
}

/**
 * Every number and choice in which platforms, countries and categories differ. Code never holds such a number: it reads the policy
 * that it is handed. All amounts are minor units.
 */
export interface Policy {
  durations: {
    first_response: Readonly<Record<Channel, Duration>>
    resolution: Duration
    intervention: Duration
    information: Duration
    respondent_response: Duration
    confirmation: Duration
    return_shipment: Duration
    inspection: Duration
    refund: Duration
    step: Duration
    suspension: Duration
    auto_close: Duration
    appeal_window: Duration
    appeal_decision: Duration
    /** How long after a missed duty the next escalation comes. */
    repeat: Duration
  }
  warnings: {
    /** A clock warns when this share of its time is used up. */
    at_percent: number
    /** An auto-close warns this long before, in milliseconds. */
    before_auto_close_ms: number
  }
  /** Staff plans above this total need a supervisor; a currency that is not listed always does. */
  approval_amounts: Readonly<Record<string, number>>
  /** Staff compensations above this share of the item value of the plan's lines need a supervisor. */
  compensation_cap_percent: number
  /** What compensations may add to the paid amount of an order, as a share of its item value. No approval lifts this. */
  compensation_beyond_paid_percent: number
  /** Plans in a row that may lapse by the complainant's silence; the last one closes the case. */
  silent_expiries_before_close: number
  burden_of_proof: Readonly<Record<Category, readonly BurdenOfProof[]>>
  /** Where a party may still turn after a denied appeal. */
  outside_routes: readonly string[]
}
