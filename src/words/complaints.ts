/** The closed lists of the complaint: wire values, in the order they are documented. */

/** The states, with their Chinese names. The transitions between them are in `lifecycle.ts`. */
export const complaintStateNames = {
  submitted: '待受理',
  awaiting_information: '待补充',
  negotiating: '协商中',
  investigating: '处理中',
  awaiting_confirmation: '待确认',
  executing: '执行中',
  resolved: '已完成',
  rejected: '不予受理',
  suspended: '中止',
  under_appeal: '申诉中',
  closed: '已关闭',
} as const
export type ComplaintState = keyof typeof complaintStateNames

/** The states in which nothing has been agreed, decided or executed yet. */
export const undecidedStates: readonly ComplaintState[] = [
  'submitted',
  'awaiting_information',
  'negotiating',
  'investigating',
  'suspended',
  'awaiting_confirmation',
]

/** 1 agent, 2 supervisor, 3 dispute panel. */
export const HIGHEST_LEVEL = 3

export const channels = ['portal', 'chat', 'hotline', 'email', 'social', 'api'] as const
export type Channel = (typeof channels)[number]

export const categories = [
  'product_quality',
  'not_as_described',
  'counterfeit',
  'wrong_or_missing_item',
  'not_received',
  'logistics',
  'service_attitude',
  'after_sales',
  'order_handling',
  'price_dispute',
  'promotion',
  'transaction_dispute',
  'platform_policy',
  'other',
] as const
export type Category = (typeof categories)[number]

export const categorySources = ['caller', 'default', 'suggested', 'agent'] as const
export type CategorySource = (typeof categorySources)[number]

export const rejectionReasonCodes = [
  'out_of_window',
  'out_of_scope',
  'duplicate',
  'malicious',
  'insufficient_information',
  'already_settled',
  'in_court',
] as const
export type RejectionReasonCode = (typeof rejectionReasonCodes)[number]

export const suspensionReasonCodes = ['court', 'police', 'agreed_talks', 'lab_test'] as const
export type SuspensionReasonCode = (typeof suspensionReasonCodes)[number]

export const liableParties = ['merchant', 'logistics', 'buyer', 'platform', 'force_majeure'] as const
export type LiableParty = (typeof liableParties)[number]

/** Why a decision deviates from the liability that was fixed, with its names. Only a supervisor may use `other`. */
export const deviationReasonNames = {
  goodwill: { zh: '善意让步', en: 'Goodwill' },
  statutory_duty: { zh: '法定义务', en: 'Statutory duty' },
  settled_by_parties: { zh: '双方自行和解', en: 'Settled by the parties' },
  evidence_lost_by_platform: { zh: '平台遗失证据', en: 'Evidence lost by the platform' },
  other: { zh: '其他', en: 'Other' },
} as const
export type DeviationReasonCode = keyof typeof deviationReasonNames
export const deviationReasonCodes = Object.keys(deviationReasonNames) as DeviationReasonCode[]

/** Why somebody should not decide a case, with its names. */
export const standDownReasonNames = {
  conflict_of_interest: { zh: '利益冲突', en: 'Conflict of interest' },
  acquainted: { zh: '与当事人相识', en: 'Acquainted with a party' },
  other: { zh: '其他', en: 'Other' },
} as const
export type StandDownReasonCode = keyof typeof standDownReasonNames
export const standDownReasonCodes = Object.keys(standDownReasonNames) as StandDownReasonCode[]

/** What became of a challenge, with its names. The last two end it without a judgement. */
export const challengeStatusNames = {
  open: { zh: '待裁决', en: 'Open' },
  sustained: { zh: '成立', en: 'Sustained' },
  refused: { zh: '不成立', en: 'Refused' },
  replaced: { zh: '未经裁决已更换', en: 'Replaced without a judgement' },
  stays: { zh: '未经裁决留任', en: 'Stays without a judgement' },
} as const
export type ChallengeStatus = keyof typeof challengeStatusNames
export const challengeStatuses = Object.keys(challengeStatusNames) as ChallengeStatus[]

/** What became of a case, with its names. */
export const outcomeNames = {
  settled: { zh: '已和解', en: 'Settled' },
  upheld: { zh: '支持投诉', en: 'Upheld' },
  not_upheld: { zh: '不支持投诉', en: 'Not upheld' },
  not_fulfilled: { zh: '未履行', en: 'Not fulfilled' },
  rejected: { zh: '不予受理', en: 'Rejected' },
  withdrawn: { zh: '已撤回', en: 'Withdrawn' },
  no_response: { zh: '投诉方未回应', en: 'No response' },
} as const
export type Outcome = keyof typeof outcomeNames
export const outcomes = Object.keys(outcomeNames) as Outcome[]

/** The reasons a supervisor may close a case with. */
export const supervisorCloseReasons = ['settled_elsewhere', 'duplicate', 'in_court', 'no_longer_needed', 'other'] as const
export type SupervisorCloseReason = (typeof supervisorCloseReasons)[number]

/** The reasons a case closes with by a party's word or by silence. */
export const otherCloseReasons = [
  'confirmed',
  'withdrawn',
  'auto_confirmed',
  'no_response',
  'return_not_shipped',
  'rejected',
] as const
export type OtherCloseReason = (typeof otherCloseReasons)[number]
export type CloseReason = SupervisorCloseReason | OtherCloseReason
