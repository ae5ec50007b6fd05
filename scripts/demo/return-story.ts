/**
 * A return of three cups of which two arrive. Their money goes back at once; the bank returns it, later attempts fail, and the buyer names
 * another account, to which it is paid. Nobody has to wait for a clock, so it plays on live platforms as well.
 */
import { randomUUID } from 'node:crypto'
import {
  acceptComplaint,
  acceptRefundPlan,
  type Client,
  completeStep,
  confirmComplaint,
  createRefundPlan,
  failStep,
  fileComplaint,
  getRefundPlan,
  namePayeeStep,
  proposeRefundPlan,
  type RefundPlanStep,
  retryStep,
  returnStep,
} from '../../openapi/client/redress.ts'
import { expectData, type Service } from './service.ts'
import { openStage, type Person } from './stage.ts'
import { tellEnd } from './story.ts'

const CUP = 8_999

/** @returns whether the case was closed in the end, with two cups paid for. @throws Error when the service refuses an act. */
export const playReturn = async (service: Service): Promise<boolean> => {
  const tag = randomUUID().slice(0, 8)
  const buyer: Person = { actor: `buyer:B-${tag}`, name: '买家 李小红' }
  const merchant: Person = { actor: `merchant:M-${tag}`, name: '商家 茶具之家' }
  const agent: Person = { actor: 'agent:li', name: '客服 小李' }
  let id: string | undefined
  const stage = openStage(service, agent, () => id)

  stage.say('━━ 另一件：三只杯子，寄回两只，退款被银行退回 ━━')
  const filed = expectData(
    await fileComplaint({
      client: service.as(buyer.actor),
      headers: { 'Idempotency-Key': randomUUID() },
      body: {
        reference: `demo-return-${tag}`,
        channel: 'portal',
        complainant: { role: 'buyer', id: `B-${tag}`, name: '李小红' },
        respondent: { role: 'merchant', id: `M-${tag}`, name: '茶具之家' },
        order: {
          id: `O-${tag}`,
          currency: 'CNY',
          paid_amount: 3 * CUP,
          lines: [{ line_id: '1', sku: 'CUP-1', name: '茶杯', quantity: 3, unit_amount: CUP }],
        },
        category: 'not_as_described',
        description: '三只茶杯的颜色都和页面不一样，要退货。',
        wanted: { remedy: 'return_and_refund', amount: 3 * CUP },
      },
    }),
  )
  id = filed.id
  await stage.act(agent, `受理投诉 ${filed.case_number}`, (client) => acceptComplaint({ client, path: { id: filed.id } }))
  const plan = await stage.act(merchant, '愿意退货退款：三只，¥269.97', (client) =>
    createRefundPlan({
      client,
      path: { id: filed.id },
      body: {
        remedies: [
          {
            type: 'return_and_refund',
            amount: 3 * CUP,
            quantity: 3,
            line_ids: ['1'],
            freight_payer: 'merchant',
            return_address: '景德镇市珠山区某路 2 号',
          },
        ],
        explanation: '颜色有色差，同意退货',
      },
    }),
  )
  const path = { id: plan.id }
  await stage.act(merchant, '向买家提出', (client) => proposeRefundPlan({ client, path }))
  await stage.act(buyer, '同意', (client) => acceptRefundPlan({ client, path }))

  /** Reports on the step of a kind, as it is now. */
  const on = async (
    person: Person,
    words: string,
    kind: RefundPlanStep['kind'],
    report: (request: { client: Client; path: { id: string; step_id: string } }) => ReturnType<typeof completeStep>,
  ): Promise<void> => {
    const { steps } = expectData(await getRefundPlan({ client: service.as(agent.actor), path }))
    const step = steps.find((one) => one.kind === kind)
    if (step === undefined) throw new Error(`the plan has no step of the kind ${kind}`)
    await stage.act(person, words, (client) => report({ client, path: { id: plan.id, step_id: step.id } }))
  }
  await on(buyer, '寄回，顺丰 SF1234567890', 'return_shipment', (request) =>
    completeStep({ ...request, body: { carrier: 'SF', tracking_number: 'SF1234567890' } }),
  )
  await on(merchant, '验收：只到了两只，和描述的一样', 'inspection', (request) =>
    completeStep({ ...request, body: { received: [{ line_id: '1', quantity: 2, verdict: 'as_described' }] } }),
  )
  stage.say('（两只的 ¥179.98 立即退；第三只等买家确认）')
  await on(agent, '支付系统回报：退款 ¥179.98 成功', 'refund', (request) =>
    completeStep({ ...request, body: { payment_reference: `PAY-${tag}-1` } }),
  )
  await on(agent, '银行三天后退回：账户已注销', 'refund', (request) =>
    returnStep({ ...request, body: { explanation: '收款账户已注销，银行退回' } }),
  )
  for (const time of ['再试一次', '又试一次']) {
    await on(agent, time, 'refund', (request) => retryStep({ ...request, body: {} }))
    await on(agent, '支付系统回报：失败', 'refund', (request) =>
      failStep({ ...request, body: { explanation: '收款账户已注销' } }),
    )
  }
  await stage.options(buyer)
  await on(buyer, '换一个收款账户', 'refund', (request) =>
    namePayeeStep({ ...request, body: { payee_reference: `payee_${tag}` } }),
  )
  await on(agent, '支付系统回报：向新账户退款 ¥179.98 成功', 'refund', (request) =>
    completeStep({ ...request, body: { payment_reference: `PAY-${tag}-2` } }),
  )
  await on(buyer, '确认第三只没有寄出，不再要求', 'contest', (request) =>
    failStep({ ...request, body: { explanation: '第三只留下自用' } }),
  )
  await stage.act(buyer, '确认已解决，结案', (client) => confirmComplaint({ client, path: { id: filed.id } }))
  const isClosed = await tellEnd(service, agent, filed.id)
  const { steps } = expectData(await getRefundPlan({ client: service.as(agent.actor), path }))
  const paid = steps.reduce((sum, step) => sum + step.paid_amount, 0)
  stage.say(`已退 ¥${(paid / 100).toFixed(2)}，付款 ${steps.find(({ kind }) => kind === 'refund')?.attempts.length} 次`)
  return isClosed && paid === 2 * CUP
}
