/** Chinese words for what the demo shows. States have theirs in the lifecycle tables. */
import type { CaseEvent, Deadline } from '../../openapi/client/redress.ts'
import { type AdvanceAction, advanceLifecycle } from '../../src/case/advances/lifecycle.ts'
import { type AppealAction, appealLifecycle } from '../../src/case/appeals/lifecycle.ts'
import { type ComplaintAction, complaintLifecycle } from '../../src/case/complaints/lifecycle.ts'
import { type EvidenceAction, evidenceLifecycle } from '../../src/case/evidence/lifecycle.ts'
import { type HoldAction, holdLifecycle } from '../../src/case/holds/lifecycle.ts'
import { type ReceivableAction, receivableLifecycle } from '../../src/case/receivables/lifecycle.ts'
import { type PlanAction, planLifecycle } from '../../src/case/refund-plans/lifecycle.ts'
import type { StepAction } from '../../src/case/refund-plans/step-lifecycle.ts'
import { clockOf, type DeadlineKind, type OnSilence } from '../../src/words/deadlines.ts'

export const resourceWord: Record<CaseEvent['resource'], string> = {
  complaint: '案件',
  refund_plan: '方案',
  appeal: '申诉',
  evidence: '证据',
  message: '留言',
  deadline: '时限',
  advance: '垫付',
  receivable: '应收',
  hold: '暂缓结算',
}

const states: Partial<Record<CaseEvent['resource'], Readonly<Record<string, string>>>> = {
  complaint: complaintLifecycle.states,
  refund_plan: planLifecycle.states,
  appeal: appealLifecycle.states,
  evidence: evidenceLifecycle.states,
  advance: advanceLifecycle.states,
  receivable: receivableLifecycle.states,
  hold: holdLifecycle.states,
}
export const stateWord = (resource: CaseEvent['resource'], status: string): string => states[resource]?.[status] ?? status

export const partyWord: Record<Deadline['party'], string> = { complainant: '投诉方', respondent: '被诉方', platform: '平台' }

export const deadlineWord = (kind: DeadlineKind): string => clockOf[kind].name.zh

export const silenceWord: Record<OnSilence, string> = {
  escalate: '升级',
  close_no_response: '按未回应关闭',
  deem_accepted: '视为同意',
  deem_agreed: '未应诉视为同意诉求',
  propose_wanted: '按诉求提出方案',
  expire_and_escalate: '方案失效并升级',
  close_return_not_shipped: '按未寄回关闭',
  refer: '由平台判定',
  leave_unclaimed: '款项待领取',
  finding_stands: '验收结果生效',
  refund_due: '应予退款',
  skip_remedy: '不再换货',
  return_to_fund: '退回基金',
  claw_back: '扣划保证金',
  write_off: '核销',
  release_hold: '解除暂缓结算',
  ask_advance: '系统申请垫付',
  risk_stands: '风险成立',
  refund_without_return: '免退货退款',
  deem_passed: '视为验收通过',
  resume: '恢复处理',
  close: '关闭',
  window_shuts: '申诉期结束',
  call_last_resort: '通知最终裁决人',
  end_undecided: '申诉以未决结束',
  replace: '更换承办人',
  call_supervisors: '通知全体主管',
  remind: '催办',
  tell: '通知',
  end_hold: '结束保留',
}

const actionWords: Record<
  ComplaintAction | PlanAction | StepAction | AppealAction | EvidenceAction | AdvanceAction | ReceivableAction | HoldAction,
  string
> = {
  accept: '受理/同意',
  reject: '不予受理',
  request_information: '要求补充',
  provide_information: '补充材料',
  respond: '应诉',
  escalate: '申请介入/升级',
  assign: '分派',
  determine_liability: '判责',
  dismiss: '驳回',
  suspend: '中止',
  resume: '恢复',
  withdraw: '撤回',
  confirm: '确认解决',
  reopen: '重新打开',
  close: '关闭',
  no_answer_needed: '无需答复',
  stand_down: '主动回避',
  challenge: '申请回避',
  judge_challenge: '裁决回避申请',
  confirm_risk: '确认重大风险',
  set_risk: '设定风险等级',
  end_undecided: '以未决结束',
  create: '拟定方案',
  submit: '提交审批',
  approve: '批准',
  send_back: '退回',
  propose: '提出方案',
  decline: '拒绝',
  counter: '还价',
  impose: '裁决执行',
  expire: '失效',
  cancel: '取消',
  complete_step: '完成步骤',
  fail_step: '步骤失败',
  progress_step: '步骤进行中',
  return_step: '款项退回',
  retry_step: '重试步骤',
  skip_step: '放弃步骤',
  cancel_step: '取消付款',
  name_payee_step: '确认收款账户',
  file: '申诉',
  uphold: '支持申诉',
  deny: '驳回申诉',
  add: '举证',
  refuse: '不采信',
  ask: '申请垫付',
  not_returned: '未收到退货',
  wait_on: '继续等待',
  return: '退回基金',
  recover: '商家偿还',
  pay: '清偿',
  waive: '豁免',
  write_off: '核销',
  hold: '暂缓结算',
  report_held: '报告已暂缓',
  report_refused: '报告无可暂缓',
  release: '解除暂缓',
  report_released: '报告已解除',
}

export const actionWord = (action: string): string => (actionWords as Record<string, string>)[action] ?? action
