import { DAY, HOUR, MINUTE } from '../foundation/clock.ts'
import type { BurdenOfProof, Duration, Policy } from './policy.ts'

const natural = (ms: number): Duration => ({ counted_in: 'natural', ms })
const businessDays = (days: number): Duration => ({ counted_in: 'business', days })

/** Two business days to prove one's first word, two more for the answer to it. */
const first = (party: BurdenOfProof['party'], ...accepted_types: BurdenOfProof['accepted_types']): BurdenOfProof => ({
  party,
  accepted_types,
  within: businessDays(2),
})
const then = (party: BurdenOfProof['party'], ...accepted_types: BurdenOfProof['accepted_types']): BurdenOfProof => ({
  party,
  accepted_types,
  within: businessDays(4),
})

const buyerShowsThenMerchantPacked = [
  first('buyer', 'photo', 'video'),
  first('buyer', 'order_record'),
  then('merchant', 'packing_record'),
]

/** The policy a platform starts with. */
export const defaultPolicy: Policy = {
  durations: {
    first_response: {
      chat: natural(5 * MINUTE),
      hotline: natural(15 * MINUTE),
      portal: natural(HOUR),
      api: natural(HOUR),
      email: natural(2 * HOUR),
      social: natural(24 * HOUR),
    },
    resolution: businessDays(7),
    intervention: businessDays(2),
    information: natural(3 * DAY),
    respondent_response: businessDays(2),
    confirmation: natural(3 * DAY),
    return_shipment: natural(7 * DAY),
    inspection: natural(10 * DAY),
    refund: natural(24 * HOUR),
    step: natural(7 * DAY),
    suspension: natural(30 * DAY),
    auto_close: natural(7 * DAY),
    appeal_window: natural(7 * DAY),
    appeal_decision: businessDays(5),
    repeat: businessDays(1),
  },
  warnings: { at_percent: 80, before_auto_close_ms: DAY },
  approval_amounts: { CNY: 500_000 },
  compensation_cap_percent: 30,
  compensation_beyond_paid_percent: 30,
  silent_expiries_before_close: 2,
  burden_of_proof: {
    not_received: [first('merchant', 'shipping_record'), first('merchant', 'delivery_proof')],
    product_quality: [first('buyer', 'photo', 'video'), then('merchant', 'quality_report', 'inspection_record')],
    not_as_described: buyerShowsThenMerchantPacked,
    wrong_or_missing_item: buyerShowsThenMerchantPacked,
    counterfeit: [first('merchant', 'authorisation_paper', 'order_record')],
    logistics: [first('merchant', 'courier_damage_record', 'shipping_record')],
    service_attitude: [first('platform', 'chat_record')],
    price_dispute: [first('merchant', 'page_snapshot', 'promotion_rules')],
    promotion: [first('merchant', 'page_snapshot', 'promotion_rules')],
    after_sales: [first('buyer', 'return_tracking'), then('merchant', 'inspection_record')],
    order_handling: [],
    transaction_dispute: [],
    platform_policy: [],
    other: [],
  },
  outside_routes: ['consumer_association', 'mediation', 'arbitration', 'court'],
}
