/** A valid body for every action that a case can offer, different each time. */
import type { AvailableAction, Client, Complaint, NewComplaint, Remedy } from '../../openapi/client/redress.ts'
import { getRefundPlan } from '../../openapi/client/redress.ts'
import { complaintCategories } from './filing.ts'
import type { Random } from './random.ts'
import { expectData } from './service.ts'

/** Supervisors who only decide appeals, so that there is always one who took no part in the case. */
export const appealReviewers = ['supervisor:zhou', 'supervisor:wu'] as const

export interface Situation {
  random: Random
  /** `role:id` of who acts. */
  actor: string
  client: Client
  complaint: Complaint
  action: AvailableAction
}

type Body = (situation: Situation) => object | Promise<object>

const explanations = ['证据不足', '与实际情况不符', '双方已沟通', '情况已核实', '需要进一步处理', '按平台规则处理'] as const
const statements = [
  '我方认为商品没有问题。',
  '收到时就是这样的，照片可以证明。',
  '补充说明：包装完好，里面的配件缺失。',
  '请平台尽快处理。',
] as const

const explanation = (random: Random) => random.pick(explanations)
const nothing: Body = () => ({})
const withExplanation: Body = ({ random }) => ({ explanation: explanation(random) })

/** Two parties at most; the shares add up to 100. */
const shares = (random: Random) => {
  const parties = ['merchant', 'logistics', 'buyer', 'platform', 'force_majeure'] as const
  const first = random.weighted(parties, (party) => (party === 'merchant' ? 6 : 1))
  if (random.chance(0.7)) return [{ party: first, percent: 100 }]
  const second = random.pick(parties.filter((party) => party !== first))
  const percent = random.between(1, 99)
  return [
    { party: first, percent },
    { party: second, percent: 100 - percent },
  ]
}

const itemValue = (order: NonNullable<NewComplaint['order']>): number =>
  order.lines.reduce((sum, line) => sum + line.quantity * line.unit_amount, 0)

/** Remedies within the bounds of the order; without an order, remedies that need none. */
const remediesFor = (random: Random, { order }: Complaint): Remedy[] => {
  const kinds: Remedy['type'][] = order
    ? ['refund', 'return_and_refund', 'exchange', 'repair', 'reship', 'compensation', 'apology']
    : ['compensation', 'reship', 'apology']
  const type = random.pick(kinds)
  const most = Math.max(1, !order ? 30_000 : type === 'compensation' ? Math.floor(itemValue(order) * 0.3) : order.paid_amount)
  const movesMoney = type === 'refund' || type === 'return_and_refund' || type === 'compensation'
  return [
    movesMoney ? { type, amount: random.between(1, most) } : { type },
    ...(random.chance(0.1) ? [{ type: 'apology' } as const] : []),
  ]
}

const offer: Body = ({ random, complaint }) => ({
  remedies: remediesFor(random, complaint),
  explanation: explanation(random),
  ...(complaint.order ? {} : { currency: 'CNY' }),
})

/** Whether the respondent can agree: a remedy and an amount within the order are wanted. */
const isAgreeable = ({ wanted, order }: Complaint): boolean =>
  wanted?.remedy !== undefined && wanted.amount !== undefined && order !== null && wanted.amount <= order.paid_amount

const stepReport: Body = async ({ random, client, action }) => {
  const [, planId = '', stepId] = /refund-plans\/([^/]+)\/steps\/([^/]+)\//.exec(action.href) ?? []
  const plan = expectData(await getRefundPlan({ client, path: { id: planId } }))
  const kind = plan.steps.find((step) => step.id === stepId)?.kind
  if (action.required.includes('tracking_number')) {
    return { carrier: random.pick(['SF', 'YTO', 'ZTO']), tracking_number: `T${random.between(1e9, 9e9)}` }
  }
  if (kind === 'return_address') return { return_to: { address: '杭州市余杭区某路 1 号退货仓' } }
  if (kind === 'inspection')
    return random.chance(0.85) ? { passed: true } : { passed: false, explanation: '退回的商品有人为损坏' }
  if (kind === 'refund' || kind === 'compensation' || kind === 'difference')
    return { payment_reference: `PAY-${random.between(1e9, 9e9)}` }
  return {}
}

/** Who was found at fault. */
const faults = ({ liability }: Complaint): string[] => liability?.shares.map(({ party }) => party) ?? []

/** Why a decision deviates from the liability. */
const deviation = (random: Random) => ({
  reason_code: random.pick(['goodwill', 'statutory_duty', 'settled_by_parties']),
  explanation: explanation(random),
})

/** Outcomes that both sides may have agreed to. */
const agreed: readonly string[] = ['settled', 'not_fulfilled']

const standDown: Body = ({ random }) => ({ reason_code: random.pick(['conflict_of_interest', 'acquainted', 'other']) })
const challenge: Body = ({ random }) => ({
  reason_code: random.pick(['conflict_of_interest', 'acquainted']),
  explanation: explanation(random),
})

/** By resource and action, as `available_actions` names them. */
const bodies: Record<string, Body> = {
  'complaint accept': ({ random, complaint, action }) =>
    action.required.includes('category')
      ? { category: complaint.category_suggestion?.category ?? random.pick(complaintCategories) }
      : {},
  'complaint reject': ({ random }) => ({
    reason_code: random.pick(['out_of_window', 'out_of_scope', 'malicious', 'insufficient_information', 'already_settled']),
    explanation: explanation(random),
  }),
  'complaint request_information': ({ random }) => ({ items: random.chance(0.5) ? ['开箱照片'] : ['开箱照片', '物流签收记录'] }),
  'complaint provide_information': ({ random }) => ({ statement: random.pick(statements) }),
  'complaint respond': ({ random, complaint }) =>
    isAgreeable(complaint) && random.chance(0.4)
      ? { position: 'agree' }
      : { position: 'dispute', statement: random.pick(statements) },
  'complaint escalate': ({ random }) => ({ reason_code: random.pick(['no_agreement', 'no_answer', 'large_amount']) }),
  'complaint assign': ({ random, actor }) => ({
    owner: actor.startsWith('agent:') ? actor : random.pick(['agent:li', 'agent:chen']),
  }),
  'complaint determine_liability': ({ random }) => ({
    shares: shares(random),
    reason_code: random.pick(['quality_defect', 'wrong_item', 'late_delivery', 'misuse']),
    root_cause: explanation(random),
    explanation: explanation(random),
  }),
  'complaint dismiss': ({ random, complaint }) => ({
    explanation: explanation(random),
    ...(faults(complaint).includes(complaint.respondent.role) && { deviation: deviation(random) }),
  }),
  'complaint suspend': ({ random }) => ({ reason_code: random.pick(['court', 'police', 'agreed_talks', 'lab_test']) }),
  'complaint resume': nothing,
  'complaint withdraw': ({ random }) => (random.chance(0.5) ? { explanation: explanation(random) } : {}),
  'complaint confirm': nothing,
  'complaint reopen': withExplanation,
  'complaint no_answer_needed': ({ random }) => ({ reason_code: random.pick(['thanks', 'duplicate', 'no_question']) }),
  'complaint close': ({ random }) => ({
    reason_code: random.pick(['settled_elsewhere', 'in_court', 'no_longer_needed', 'other']),
  }),
  'complaint stand_down': standDown,
  'complaint challenge': challenge,
  'complaint set_risk': ({ random }) => ({
    level: random.pick(['low', 'normal', 'high']),
    reason_code: random.pick(['figure_of_speech', 'no_danger', 'public_attention', 'other']),
    explanation: explanation(random),
  }),
  'complaint judge_challenge': ({ random, complaint }) => ({
    challenge_id: complaint.challenges?.find(({ status }) => status === 'open')?.id ?? '',
    sustained: random.chance(0.3),
    explanation: explanation(random),
  }),
  'refund_plan create': offer,
  'refund_plan submit': nothing,
  'refund_plan approve': nothing,
  'refund_plan send_back': withExplanation,
  'refund_plan propose': nothing,
  'refund_plan accept': nothing,
  'refund_plan decline': withExplanation,
  'refund_plan counter': offer,
  'refund_plan impose': ({ random, complaint }) => ({
    explanation: explanation(random),
    ...(faults(complaint).every((party) => party === complaint.complainant.role) && { deviation: deviation(random) }),
  }),
  'refund_plan cancel': withExplanation,
  'refund_plan complete_step': stepReport,
  'refund_plan fail_step': withExplanation,
  'refund_plan progress_step': nothing,
  'refund_plan return_step': withExplanation,
  'refund_plan retry_step': nothing,
  'refund_plan skip_step': withExplanation,
  'refund_plan cancel_step': withExplanation,
  'refund_plan name_payee_step': ({ random }) => ({ payee_reference: `payee_${random.between(1e9, 9e9)}` }),
  // a side that agreed to a settlement can only contest its execution
  'appeal file': ({ random, complaint }) => ({
    reason_code:
      complaint.outcome !== null && agreed.includes(complaint.outcome)
        ? 'not_executed'
        : random.pick(['wrong_facts', 'wrong_rule', 'procedure']),
    statement: random.pick(statements),
  }),
  'appeal assign': ({ random }) => ({ reviewer: random.pick(appealReviewers) }),
  'appeal uphold': withExplanation,
  'appeal deny': withExplanation,
  'appeal stand_down': standDown,
  'appeal challenge': challenge,
  'appeal withdraw': nothing,
  'evidence add': ({ random }) =>
    random.chance(0.5)
      ? { type: 'statement', text: random.pick(statements) }
      : { type: 'return_tracking', record: { carrier: 'SF', tracking_number: `SF${random.between(1e9, 9e9)}` } },
  'message post': ({ random, actor }) => ({
    text: random.pick(statements),
    visibility: actor.startsWith('agent:') && random.chance(0.3) ? 'internal' : 'parties',
  }),
  'evidence accept': nothing,
  'evidence refuse': withExplanation,
  'evidence withdraw': nothing,
}

/** @throws Error for an action this demo has no body for: a new one is to be added here. */
export const bodyFor = (situation: Situation): object | Promise<object> => {
  const { resource, action } = situation.action
  const body = bodies[`${resource} ${action}`]
  if (body === undefined) throw new Error(`the demo does not know the action ${action} of ${resource}`)
  return body(situation)
}
