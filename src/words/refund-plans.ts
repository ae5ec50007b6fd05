/** The closed lists of refund plans: wire values, in the order they are documented. */

/** The states, with their Chinese names. The transitions between them are in `lifecycle.ts`. */
export const planStateNames = {
  draft: '草稿',
  in_review: '审批中',
  approved: '已批准',
  proposed: '待双方确认',
  executing: '执行中',
  executed: '已执行',
  declined: '已拒绝',
  expired: '已过期',
  superseded: '已被替代',
  cancelled: '已取消',
  failed: '执行失败',
} as const
export type PlanState = keyof typeof planStateNames

/** What either side may want, offer or agree to. */
export const offeredRemedyTypes = [
  'refund',
  'return_and_refund',
  'exchange',
  'repair',
  'reship',
  'compensation',
  'apology',
] as const
export type OfferedRemedyType = (typeof offeredRemedyTypes)[number]

/** All remedies: those, and what a supervisor alone imposes. */
export const remedyTypes = [...offeredRemedyTypes, 'statutory_damages'] as const
export type RemedyType = (typeof remedyTypes)[number]

export const stepKinds = [
  'return_address',
  'return_shipment',
  'inspection',
  'refund',
  'replacement_shipment',
  'arrival',
  'contest',
  'send_back',
  'repair',
  'repaired_shipment',
  'compensation',
  'apology',
  'difference',
  'freight_claim',
  'reimbursement',
  'statutory_damages',
] as const
export type StepKind = (typeof stepKinds)[number]

/** Where a step of a plan stands, with the Chinese names. */
export const stepStateNames = {
  pending: '待执行',
  under_way: '进行中',
  partly_done: '部分完成',
  done: '已完成',
  failed: '失败',
  returned: '已退回',
  cancelling: '取消中',
  skipped: '无需执行',
} as const
export type StepState = keyof typeof stepStateNames
export const stepStates = Object.keys(stepStateNames) as StepState[]

/** Where an attempt to pay stands, with the Chinese names. A cancelled one was asked back before anything was paid. */
export const attemptStateNames = {
  asked: '已请求',
  under_way: '处理中',
  done: '已支付',
  failed: '失败',
  returned: '被退回',
  cancelled: '已取消',
} as const
export type AttemptState = keyof typeof attemptStateNames
export const attemptStates = Object.keys(attemptStateNames) as AttemptState[]

/** What pieces that came back are like, or that they did not come. */
export const inspectionVerdicts = ['as_described', 'damaged', 'missing', 'different_item', 'empty', 'used'] as const

/** What becomes of the case when a step is given up: its owner decides anew, or what was done is enough. */
export const afterGivingUp = ['decide_anew', 'finish'] as const
export type AfterGivingUp = (typeof afterGivingUp)[number]

export const freightPayers = ['buyer', 'merchant', 'platform'] as const
export type FreightPayer = (typeof freightPayers)[number]
