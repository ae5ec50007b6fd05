import type { Time } from '../../foundation/clock.ts'
import type { Role } from '../../platform/access/caller.ts'
import type { Side } from '../../words/deadlines.ts'
import type {
  AfterGivingUp,
  AttemptState,
  FreightPayer,
  PlanState,
  RemedyType,
  StepKind,
  StepState,
} from '../../words/refund-plans.ts'
import type { Deviation } from '../complaints/table.ts'
import type { Pot } from '../orders/table.ts'
import type { ReturnTo } from '../return-instructions/table.ts'

export interface Remedy {
  type: RemedyType
  amount?: number
  /** How many pieces of its one line. */
  quantity?: number
  /** The part of the amount that is for shipping, and the tax in it. */
  freight_amount?: number
  tax_amount?: number
  line_ids?: string[]
  freight_payer?: FreightPayer
  method?: string
  return_address?: string
  /** Who pays for the repair. */
  repair_payer?: FreightPayer
  /** What is sent in place of what comes back, where that is not the same. */
  replacement?: ReplacementLine[]
  /** What the complainant pays on top of the goods that come back. */
  difference_amount?: number
  /** The law that grants statutory damages. */
  rule?: string
  note?: string
}

export interface ReplacementLine {
  name: string
  quantity: number
  /** Of one piece, in minor units. */
  unit_amount: number
}

/** One request to the payment system. What is reported of it, in whatever order and however often, comes to one `status`. */
export interface Attempt {
  id: string
  status: AttemptState
  /** What was asked for, in minor units. */
  amount: number
  /** By which means. */
  method: string
  /** The advance of the guarantee fund that pays it; absent where it is paid as it was. */
  advance_id?: string
  /** The account that the complainant confirmed, as the platform's payment system calls it; absent where it goes back as it was paid. */
  payee?: string
  /** Null where a version of the service before this one asked. */
  asked_at: Time | null
  /** The most that was reported as paid, and when that was first reported. */
  paid?: number
  paid_at?: Time
  ended_at: Time | null
  /** Since when the payment system is asked to leave it. */
  cancel_requested_at?: Time
  payment_reference?: string
  /** Why it came to nothing, in words. */
  explanation?: string
}

/** Why a step is wanted no more. */
export interface Stop {
  /** Staff gave it up, asked the payment system to leave it, its plan ended, or what was found of the goods stands. */
  why: 'given_up' | 'cancelled' | 'plan_ended' | 'not_due'
  afterwards?: AfterGivingUp
  /** What may still be paid on it without being too much. */
  most: number
}

export interface Step {
  id: string
  kind: StepKind
  party: Side
  /** Index into `remedies`. */
  remedy: number
  /** Set by `setStepStatus`, as its lifecycle draws. */
  readonly status: StepState
  /** The money that this step moves, in minor units; null where it moves none. */
  amount: number | null
  /** What its money counts against; missing where a version of the service before this one began the plan and nothing was counted. */
  allocation?: Pot[]
  /** Each request to the payment system; missing where none was made, or a version of the service before this one made it. */
  attempts?: Attempt[]
  /** What it counts against now, once that is not its allocation any more: a part was given back, or too much was paid. */
  counted?: Pot[]
  /** What of its amount is held no more. */
  released?: number
  /** What was paid beyond what it held: it counts for the order all the same. */
  overpaid?: number
  stopped?: Stop
  /** Which pieces of a return it refunds, where an inspection found less than was announced. */
  part?: 'passed' | 'missing' | 'kept'
  /** Since when its money waits for the complainant, who named no account. */
  unclaimed_at?: Time
  /** A payment came back after the plan was executed: when, and where the case was. */
  resumed?: { at: Time; from: 'resolved' | 'closed' }
  /** The account that the complainant has confirmed for the next attempt. */
  payee?: string
  /** Where goods are sent back to, as it held when the plan began or was named in it. */
  return_to?: ReturnTo
  /** What was sent back did not arrive, and the complainant was asked once more. */
  asked_again?: true
  /** A supervisor has it paid although the order does not hold its money any more. */
  kept?: true
  /** What of its money was paid before under a decision that was overturned: this step asks for the rest. */
  granted_from?: { step_id: string; amount: number }[]
  /** What of its money a decision after a won appeal has granted: it is not asked back. */
  granted_later?: number
  /** What of its money the complainant owes back, since no decision grants it. */
  owed_back?: number
  /** What an earlier decision had paid of it came back: it is owed anew. */
  came_back?: true
  /** A difference that was paid and went back, since what it was for did not come. */
  paid_back?: true
  /** The proof of what was laid out. */
  evidence_ids?: string[]
  /** The value of the goods that it sends; missing where it sends none. */
  goods?: number
  /** Null until its turn comes. */
  due_at: Time | null
  completed_at: Time | null
  data: Record<string, unknown>
}

export interface Confirmation {
  status: 'pending' | 'accepted' | 'deemed_accepted' | 'declined'
  by: string | null
  at: Time | null
}

export interface PlanRow {
  platform_id: string
  id: string
  complaint_id: string
  version: number
  version_number: number
  supersedes: string | null
  /** Set by `setPlanStatus`, as the lifecycle draws. */
  readonly status: PlanState
  author_role: Role
  author_id: string
  author_side: Side
  currency: string | null
  remedies: Remedy[]
  refund_amount: number
  compensation_amount: number
  statutory_damages_amount: number
  refund_in_force: number
  compensation_in_force: number
  statutory_damages_in_force: number
  explanation: string
  needs_approval: boolean
  approved_by: string | null
  /** Approved by the last resort, although separation would have forbidden it. */
  approval_separation_waived: boolean
  /** Without `deviation` where a version of the service before this one imposed it. */
  imposition: { by: string; explanation: string; deviation?: Deviation | null; separation_waived?: boolean } | null
  /** The settlement rule of the respondent that put it forward without a person. */
  settlement_rule?: { rule_id: string; rules_version: number } | null
  confirmations: { complainant: Confirmation; respondent: Confirmation }
  steps: Step[]
  /** Why it came to nothing, as a code; `end_explanation` is the same in words. */
  end_reason_code: string | null
  end_explanation: string | null
  /** The parties of its case by role; missing in rows of a version of the service before this one. */
  buyer_id?: string | null
  merchant_id?: string | null
  proposed_at: Time | null
  created_at: Time
  updated_at: Time
}

declare module '../../foundation/sql/database.ts' {
  interface Tables {
    refund_plans: PlanRow
  }
}
