/** Why something became of a clock: the closed list of codes that events tell, each with words for people, and which code fits where. */

import type { Time } from '../../foundation/clock.ts'
import type { ComplaintState } from '../../words/complaints.ts'
import type { DeadlineKind, Side } from '../../words/deadlines.ts'

/** Code → its words, in the order they are documented. */
export const clockReasons = {
  complaint_waits: { en: 'the complaint waits for the first word of the platform', zh: '投诉等待平台首次响应' },
  case_taken_up: { en: 'the case was taken up and is to be resolved', zh: '案件已受理或重新处理，须在期限内解决' },
  respondent_asked: { en: 'the respondent is asked for an answer', zh: '等待被投诉人答复' },
  platform_stepped_in: { en: 'the platform stepped in and has to decide', zh: '平台介入，须作出判定' },
  information_requested: { en: 'the case waits for the complainant’s information', zh: '等待投诉人补充材料' },
  plan_proposed: { en: 'a plan waits for this side’s word', zh: '方案等待该方确认' },
  turn_of_step: { en: 'it is the turn of this step of the plan', zh: '轮到方案的这一步' },
  case_suspended: { en: 'the case is suspended', zh: '案件中止' },
  outcome_reached: { en: 'the case has an outcome and closes by itself', zh: '已有结果，到期自动结案' },
  decision_contestable: { en: 'the decision may be appealed', zh: '该决定可以申诉' },
  appeal_filed: { en: 'an appeal was filed', zh: '已提起申诉' },
  service_hours_awaited: { en: 'what was missed is told in the service hours', zh: '逾期通知等待服务时间' },
  still_owed: { en: 'the duty was missed and is still owed', zh: '已逾期而事项仍未完成' },
  information_provided: { en: 'the complainant gave the information', zh: '投诉人已补充材料' },
  case_resumed: { en: 'the suspension ended', zh: '案件恢复处理' },
  appeal_ended: { en: 'the appeal ended and the decision stands', zh: '申诉结束，原决定有效' },
  counted_otherwise: { en: 'its kind of time does not stand still here', zh: '改按不随案件暂停的时间计算' },
  first_word_given: { en: 'the platform answered for the first time', zh: '平台已首次响应' },
  case_settled_or_decided: { en: 'the case was settled or decided', zh: '案件已和解或作出决定' },
  respondent_answered: { en: 'the respondent answered', zh: '被投诉人已答复' },
  platform_decided: { en: 'liability was fixed, or the platform proposed a plan', zh: '已判定责任或平台已提出方案' },
  plan_answered: { en: 'this side answered the plan', zh: '该方已答复方案' },
  step_reported: { en: 'the step was reported as done or as impossible', zh: '该步骤已完成或报告无法完成' },
  outcome_answered: { en: 'the outcome was confirmed or contested', zh: '结果已被确认或提出异议' },
  appeal_decided: { en: 'the appeal was decided', zh: '申诉已裁决' },
  service_hours_began: { en: 'the service hours began', zh: '服务时间开始' },
  time_up: { en: 'its time was up', zh: '期限届满' },
  time_up_before_pause: { en: 'its time was up before the case began to wait', zh: '在案件暂停之前期限已届满' },
  plan_left_the_table: { en: 'the plan is not on the table any more', zh: '方案已不再待确认' },
  step_not_needed: { en: 'the step is not to be done any more', zh: '该步骤无需再执行' },
  right_given_up: { en: 'this side has nothing left to contest', zh: '该方已无可申诉' },
  decision_set_aside: { en: 'the decision does not stand any more', zh: '原决定不再有效' },
  window_opened_afresh: { en: 'the window begins afresh with the execution', zh: '申诉期自执行完毕重新起算' },
  appeal_withdrawn: { en: 'the appeal was withdrawn', zh: '申诉已撤回' },
  nothing_left_to_tell: { en: 'what was missed was done meanwhile', zh: '逾期事项已完成，无需通知' },
  complaint_filed: { en: 'the complaint was filed and is to be brought to its end', zh: '投诉已提交，须办结' },
  case_at_rest: { en: 'the case was resolved, rejected or closed', zh: '案件已完成、不予受理或已关闭' },
  side_owes: { en: 'a side owes something, or others are waited for', zh: '等待当事人或第三方完成事项' },
  platform_owes: { en: 'it is the platform’s turn again', zh: '重新轮到平台处理' },
  words_wait: { en: 'words of a side wait for an answer of staff', zh: '当事人的留言等待客服答复' },
  words_answered: { en: 'staff answered, or said that no answer is needed', zh: '客服已答复或确认无需答复' },
  silence_held: { en: 'words of this side hold what its silence would lead to', zh: '该方已留言，其沉默的后果暂缓' },
  hold_ended: { en: 'what words held goes on', zh: '留言引起的暂缓已结束' },
  highest_level_reached: {
    en: 'the case is on the highest level and has to be decided there',
    zh: '案件已到最高级别，须在此作出决定',
  },
  challenge_filed: { en: 'a side challenged who handles the case', zh: '当事人申请承办人回避' },
  challenge_judged: { en: 'the challenge was judged', zh: '回避申请已裁决' },
  case_left_state: { en: 'the case left the state in which it is owed', zh: '案件已离开该期限适用的状态' },
  case_closed: { en: 'the case was closed', zh: '案件已关闭' },
  policy_changed: { en: 'the present policy and calendars were applied', zh: '按现行规则与日历重新计算' },
  calendars_changed: { en: 'the present calendars were applied', zh: '按现行日历重新计算' },
  no_longer_late: { en: 'by the rules as they are now it is not late', zh: '按现行规则尚未逾期' },
  held_by_supervisor: { en: 'a supervisor holds back what follows silence', zh: '主管暂缓后续处理' },
  released_by_supervisor: { en: 'a supervisor released it', zh: '主管解除暂缓' },
  cancelled_by_supervisor: { en: 'a supervisor cancelled for good what silence would have led to', zh: '主管已取消沉默的后果' },
  brought_forward_by_supervisor: { en: 'a supervisor let it be due earlier', zh: '主管提前到期' },
} as const satisfies Readonly<Record<string, { en: string; zh: string }>>

export type ClockReason = keyof typeof clockReasons
export const clockReasonCodes = Object.keys(clockReasons) as ClockReason[]

/** What can become of a clock. */
export const clockChangeWords = [
  'started',
  'met',
  'missed',
  'cancelled',
  'paused',
  'resumed',
  'recomputed',
  'held',
  'released',
  'brought_forward',
  'action_cancelled',
] as const

/** What became of a clock in a decision; kept with the decision's event. */
export interface ClockChange {
  deadline_id: string
  kind: DeadlineKind
  party: Side
  /** How often the duty had been missed before. */
  step: number
  change: (typeof clockChangeWords)[number]
  why: ClockReason
  old_due_at: Time | null
  new_due_at: Time | null
  /** At its end: the time that was left, in milliseconds of the time it counts in; negative when it was late. */
  margin_ms: number | null
}

/** What begins, what does it and what ends it without having been done, by kind. */
const byKind: Readonly<Record<DeadlineKind, { started: ClockReason; met: ClockReason; cancelled?: ClockReason }>> = {
  first_response: { started: 'complaint_waits', met: 'first_word_given' },
  completion: { started: 'complaint_filed', met: 'case_at_rest' },
  resolution: { started: 'case_taken_up', met: 'case_settled_or_decided' },
  intervention: { started: 'platform_stepped_in', met: 'platform_decided' },
  information: { started: 'information_requested', met: 'information_provided' },
  respondent_response: { started: 'respondent_asked', met: 'respondent_answered' },
  confirmation: { started: 'plan_proposed', met: 'plan_answered', cancelled: 'plan_left_the_table' },
  return_shipment: { started: 'turn_of_step', met: 'step_reported', cancelled: 'step_not_needed' },
  inspection: { started: 'turn_of_step', met: 'step_reported', cancelled: 'step_not_needed' },
  refund: { started: 'turn_of_step', met: 'step_reported', cancelled: 'step_not_needed' },
  step: { started: 'turn_of_step', met: 'step_reported', cancelled: 'step_not_needed' },
  suspension: { started: 'case_suspended', met: 'case_resumed' },
  auto_close: { started: 'outcome_reached', met: 'outcome_answered' },
  appeal_window: { started: 'decision_contestable', met: 'appeal_filed', cancelled: 'right_given_up' },
  appeal_decision: { started: 'appeal_filed', met: 'appeal_decided', cancelled: 'appeal_withdrawn' },
  last_resort: { started: 'highest_level_reached', met: 'case_settled_or_decided' },
  challenge: { started: 'challenge_filed', met: 'challenge_judged' },
  next_reply: { started: 'words_wait', met: 'words_answered' },
  held_silence: { started: 'silence_held', met: 'hold_ended', cancelled: 'hold_ended' },
  notice: { started: 'service_hours_awaited', met: 'service_hours_began', cancelled: 'nothing_left_to_tell' },
}

/** What a clock waits for in a state of the case, and what lets it go on from there. */
const byState: Partial<Readonly<Record<ComplaintState, { paused: ClockReason; resumed: ClockReason }>>> = {
  awaiting_information: { paused: 'information_requested', resumed: 'information_provided' },
  suspended: { paused: 'case_suspended', resumed: 'case_resumed' },
}

/** Why a clock starts or ends, where whoever brings it about does not know better. */
export const reasonOf = (kind: DeadlineKind, change: ClockChange['change'], again = false): ClockReason => {
  const reasons = byKind[kind]
  if (change === 'started') return again ? 'still_owed' : reasons.started
  if (change === 'met') return reasons.met
  if (change === 'cancelled') return reasons.cancelled ?? 'case_left_state'
  return changeReasons[change]
}

const changeReasons: Readonly<Record<Exclude<ClockChange['change'], 'started' | 'met' | 'cancelled'>, ClockReason>> = {
  missed: 'time_up',
  paused: 'appeal_filed',
  resumed: 'appeal_ended',
  recomputed: 'policy_changed',
  held: 'held_by_supervisor',
  released: 'released_by_supervisor',
  brought_forward: 'brought_forward_by_supervisor',
  action_cancelled: 'cancelled_by_supervisor',
}

/** Why a clock stands still in this state of the case: for a side, else for an appeal. */
export const pausedBecause = (state: ComplaintState): ClockReason => byState[state]?.paused ?? 'appeal_filed'

/** Why a clock goes on that stood still in this state. */
export const resumedBecause = (state: ComplaintState): ClockReason => byState[state]?.resumed ?? 'appeal_ended'
