import type { Time } from '../../foundation/clock.ts'
import type {
  Category,
  CategorySource,
  ChallengeStatus,
  Channel,
  CloseReason,
  ComplaintState,
  DeviationReasonCode,
  LiableParty,
  Outcome,
  RejectionReasonCode,
  StandDownReasonCode,
  SuspensionReasonCode,
} from '../../words/complaints.ts'
import type { PartySide } from '../../words/deadlines.ts'
import type { OfferedRemedyType } from '../../words/refund-plans.ts'
import type { RiskLevel } from '../../words/risk.ts'
import type { Sla } from '../deadlines/table.ts'
import type { OrderLine, Payment } from '../orders/table.ts'
import type { Risk } from '../risk/table.ts'
import type { Learning } from '../understanding/choice.ts'
import type { Understood } from '../understanding/table.ts'

export interface Contact {
  phone?: string
  email?: string
}

/** A line in dispute: what is said of the order's line, and what is wrong with it. */
export interface DisputedLine extends OrderLine {
  /** How many of its pieces the complaint is about; left out: all. */
  disputed_quantity?: number
  /** What is wrong with it, where that is not the category of the case. */
  reason_code?: Category
  /** What is wanted for it. */
  wanted_amount?: number
}

/** The order as the complaint states it. */
export interface OrderDetails {
  id: string
  currency: string
  paid_amount: number
  paid_at?: Time | null
  shipped_at?: Time | null
  received_at?: Time | null
  shipping_amount?: number
  payments?: Payment[]
  lines: DisputedLine[]
}

export interface Wanted {
  remedy?: OfferedRemedyType
  amount?: number
  currency?: string
}

export interface Liability {
  shares: { party: LiableParty; percent: number }[]
  reason_code: string
  root_cause: string
  explanation: string
  rule: string | null
  determined_by: string
  determined_at: Time
}

/** A decision that may be contested: what an appeal points at. */
export interface ContestableDecision {
  id: string
  kind: 'rejected' | 'dismissed' | 'imposed' | 'deemed_accepted' | 'closed'
  plan_id: string | null
  decided_at: Time
  /** `role:id` of who decided; null where silence did, and missing where a version of the service before this one kept it. */
  by?: string | null
  /** How many proofs the case had then; missing where a version of the service before this one decided. */
  evidence_count?: number
}

/** Why a decision deviates from the liability that was fixed. */
export interface Deviation {
  reason_code: DeviationReasonCode
  explanation: string
}

/** A side asks for somebody else than this person. */
export interface Challenge {
  id: string
  side: PartySide
  /** `role:id` of the person who is challenged, as what `of` says. */
  person: string
  of: 'owner' | 'reviewer'
  appeal_id: string | null
  reason_code: StandDownReasonCode
  explanation: string
  at: Time
  status: ChallengeStatus
  judged_by: string | null
  judged_at: Time | null
  judged_explanation: string | null
}

/** The case. `decide` changes a copy of the row and `record` writes it. Read-only columns never change after filing, but for `status`. */
export interface ComplaintRow {
  readonly platform_id: string
  readonly id: string
  version: number
  readonly case_number: string
  readonly reference: string | null
  /** Set by `setComplaintStatus`, as the lifecycle draws. */
  readonly status: ComplaintState
  level: number
  readonly channel: Channel
  category: Category
  category_source: CategorySource
  /** A category of the platform's own under it. */
  subcategory: string | null
  /** Null where a version of the service before this one filed it. */
  understood: Understood | null
  /** `role:id` of the staff who chose the category; null while nobody of staff did. */
  category_given_by: string | null
  category_learning: Learning
  readonly complainant_role: 'buyer' | 'merchant'
  readonly complainant_id: string
  readonly complainant_name: string | null
  /** When the complainant's account was made, where the platform said so. */
  readonly complainant_registered_at: Time | null
  complainant_contact: Contact | null
  readonly respondent_role: 'merchant' | 'platform'
  readonly respondent_id: string
  readonly respondent_name: string | null
  readonly respondent_contact: Contact | null
  readonly buyer_id: string | null
  readonly merchant_id: string | null
  readonly order_id: string | null
  readonly order_details: OrderDetails | null
  /** Where that is not what is known of the order, as pointers into the complaint. */
  order_statement_differs: string[]
  readonly description: string
  readonly wanted: Wanted | null
  tags: string[]
  /** Null until it is judged: a case from before risks were, up to its next decision. */
  risk: Risk | null
  /** The level that `risk` says, for lists. */
  risk_level: RiskLevel | null
  /** When staff last lowered what words of the complainant had made critical. */
  risk_lowered_at: Time | null
  /** The mass case that it belongs to. */
  mass_case_id: string | null
  readonly related_to: string | null
  duplicate_of: string | null
  owner: string | null
  liability: Liability | null
  liability_disclosed: boolean
  rejection: { reason_code: RejectionReasonCode; explanation: string } | null
  information_request: { items: string[]; requested_at: Time } | null
  suspension: { reason_code: SuspensionReasonCode; resume_at: Time } | null
  /** Without `deviation` where a version of the service before this one dismissed it. */
  dismissal: { explanation: string; deviation?: Deviation | null; separation_waived?: boolean } | null
  current_plan_id: string | null
  outcome: Outcome | null
  close_reason: CloseReason | null
  returns_to: 'submitted' | 'negotiating' | 'investigating' | null
  silent_expiries: number
  reopened_by_complainant: boolean
  decisions: ContestableDecision[]
  took_part: string[]
  /** Ids of the staff who accepted or refused proofs of a side. A side whose proofs nobody judged is missing. */
  judged_evidence_of: Partial<Record<PartySide, string[]>>
  /** Ids of the staff who stood down or were replaced. */
  recused: string[]
  challenges: Challenge[]
  /** Since when the last resort may decide; null while it is not called. */
  last_resort_at: Time | null
  event_count: number
  /** How many changes were written that told no event (`countQuietly`). */
  quiet_count: number
  evidence_count: number
  evidence_chain: string
  next_due_at: Time
  owed_since: Time | null
  /** Since when a side has been waiting for an answer of staff. */
  unanswered_since: Time | null
  /** The version of the policy that its clocks follow: that of its filing, until a recomputation moves it. */
  policy_version: number
  /** When it came in, where staff entered it later. */
  received_at: Time | null
  /** The telephone system's id of the call by which it came. */
  call_reference: string | null
  /** `role:id` of who took that call. */
  call_taken_by: string | null
  readonly filing_window_ends_at: Time | null
  sla: Sla
  readonly created_at: Time
  updated_at: Time
  closed_at: Time | null
}

declare module '../../foundation/sql/database.ts' {
  interface Tables {
    complaints: ComplaintRow
  }
}
