/** A body for every action that a case can offer, different each time. */
import type { Random } from '../../scripts/demo/random.ts'
import type { CaseFile } from '../../src/case/case-file/case-file.ts'
import { addMs, DAY, type Time } from '../../src/foundation/clock.ts'
import type { Actor } from '../../src/platform/access/caller.ts'
import { actorName } from '../../src/platform/access/caller.ts'
import type { AvailableActionOut } from '../../src/platform/wire/available-action.ts'
import { dismissal, liability } from '../support/rules.ts'

const remediesFor = (random: Random, { order }: CaseFile): object[] => {
  const most = Math.min(order?.paid_amount ?? 1, 400_000)
  const cap = Math.max(1, Math.floor(most * 0.3))
  return random.pick([
    () => [{ type: 'refund', amount: random.between(1, most) }],
    () => [{ type: 'return_and_refund', amount: random.between(1, most) }],
    () => [{ type: 'return_and_refund', amount: random.between(1, most) }],
    () => [{ type: 'exchange' }],
    // one that costs more than what comes back
    () => [
      { type: 'exchange', ...(order && { replacement: [{ name: '升级款', quantity: 1, unit_amount: 2 * order.paid_amount }] }) },
    ],
    () => [{ type: 'repair' }],
    () => [{ type: 'reship' }, { type: 'apology' }],
    () => [{ type: 'compensation', amount: random.between(1, cap) }],
  ])()
}

const offer = (random: Random, file: CaseFile): object => ({ remedies: remediesFor(random, file), explanation: '部分退款' })

type Body = (random: Random, file: CaseFile, actor: Actor, now: Time) => object

const nothing: Body = () => ({})
const withExplanation: Body = () => ({ explanation: '按平台规则处理' })

/** By the action's name, and where that is not enough by what it is taken on; what is not named needs none. */
const bodies: Readonly<Record<string, Body>> = {
  reject: () => ({ reason_code: 'out_of_scope', explanation: '不在范围内' }),
  request_information: () => ({ items: ['开箱照片'] }),
  provide_information: () => ({ statement: '照片已上传' }),
  respond: (random, { complaint }) =>
    random.chance(0.4) && complaint.wanted?.amount ? { position: 'agree' } : { position: 'dispute', statement: '已足额发货' },
  escalate: () => ({ reason_code: 'no_agreement' }),
  assign: (random, _file, actor) => ({
    owner: actor.role === 'agent' ? actorName(actor) : random.pick(['agent:li', 'agent:chen']),
  }),
  'assign of appeal': (random) => ({ reviewer: random.pick(['supervisor:zhou', 'supervisor:wu']) }),
  determine_liability: () => liability,
  dismiss: () => dismissal,
  suspend: (random, _file, _actor, now) => ({
    reason_code: random.pick(['court', 'police', 'agreed_talks', 'lab_test']),
    ...(random.chance(0.7) && { resume_at: addMs(now, random.between(1, 5) * DAY) }),
  }),
  no_answer_needed: () => ({ reason_code: 'thanks' }),
  reopen: withExplanation,
  close: () => ({ reason_code: 'other' }),
  create: offer,
  counter: offer,
  send_back: withExplanation,
  decline: withExplanation,
  impose: withExplanation,
  cancel: withExplanation,
  complete_step: (random) => ({
    carrier: 'SF',
    tracking_number: `SF${random.between(1e9, 9e9)}`,
    ...(random.chance(0.85) ? { passed: true } : { passed: false, explanation: '退回的商品有人为损坏' }),
  }),
  'complete_step of difference': (random) => ({ payment_reference: `PAY-${random.between(1e9, 9e9)}` }),
  'complete_step of return_address': () => ({ return_to: { address: '退货仓', contact: '退货组' } }),
  // goods are one piece: what is wrong with it is wrong with all of it
  'complete_step of inspection': (random) =>
    random.chance(0.5)
      ? { passed: true }
      : { received: [{ line_id: '1', quantity: 1, verdict: random.pick(['damaged', 'used', 'different_item']) }] },
  'complete_step of contest': (random) => ({ explanation: '退回时完好', passed: random.chance(0.5) }),
  fail_step: withExplanation,
  return_step: withExplanation,
  skip_step: withExplanation,
  cancel_step: withExplanation,
  name_payee_step: (random) => ({ payee_reference: `payee_${random.between(1e9, 9e9)}` }),
  // who agreed to a settlement can contest only its execution
  file: (random, { complaint }) => ({
    reason_code:
      complaint.outcome === 'settled' || complaint.outcome === 'not_fulfilled'
        ? 'not_executed'
        : random.pick(['wrong_facts', 'wrong_rule', 'procedure']),
    statement: '请复核',
  }),
  'add of evidence': () => ({ type: 'statement', text: '收到时就是这样' }),
  uphold: withExplanation,
  deny: withExplanation,
}

export const bodyOf = (
  random: Random,
  file: CaseFile,
  actor: Actor,
  { resource, action, step_kind }: AvailableActionOut,
  now: Time,
): object => (bodies[`${action} of ${step_kind ?? resource}`] ?? bodies[action] ?? nothing)(random, file, actor, now)
