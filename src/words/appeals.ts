/** The closed lists of the appeal: wire values, in the order they are documented. */

/** The states, with their Chinese names. The transitions between them are in `lifecycle.ts`. */
export const appealStateNames = {
  submitted: '已提交',
  under_review: '复核中',
  upheld: '申诉成立',
  denied: '申诉驳回',
  withdrawn: '已撤回',
  undecided: '未决',
} as const
export type AppealState = keyof typeof appealStateNames

export const appealReasonCodes = [
  'new_evidence',
  'wrong_facts',
  'wrong_rule',
  'procedure',
  'not_executed',
  'advance_not_due',
] as const
export type AppealReasonCode = (typeof appealReasonCodes)[number]
