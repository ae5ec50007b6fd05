/**
 * The guarantee fund pays twice: once against the return of the goods, once at once for a merchant whose deposit does not cover it. Neither merchant
 * pays the fund back in time, so their deposits do, and the second one owes the rest. It waits for clocks, so it needs a test platform.
 */
import { randomUUID } from 'node:crypto'
import {
  acceptComplaint,
  advanceTestClock,
  askAdvance,
  type Client,
  completeStep,
  createFundMovement,
  createRefundPlan,
  determineLiabilityComplaint,
  escalateComplaint,
  failStep,
  fileComplaint,
  getAdvance,
  getFund,
  getRefundPlan,
  getTestClock,
  imposeRefundPlan,
  listMoney,
  listReceivables,
  type NewFundMovement,
  type NewRefundPlan,
  type RefundPlanStep,
  receiveFundMovement,
  runSweep,
} from '../../openapi/client/redress.ts'
import { expectData, type Service } from './service.ts'
import { openStage, type Person } from './stage.ts'

const agent: Person = { actor: 'agent:li', name: '客服 小李' }
const approver: Person = { actor: 'supervisor:wang', name: '主管 王姐' }
const PRICE = 12_900

const yuan = (amount: number): string => `¥${(amount / 100).toFixed(2)}`

/** An admin announces money, and the payment system reports it. */
const payIn = async ({ admin, as }: Service, body: NewFundMovement): Promise<void> => {
  const movement = expectData(await createFundMovement({ client: admin, headers: { 'Idempotency-Key': randomUUID() }, body }))
  expectData(await receiveFundMovement({ client: as('payments:psp'), path: { id: movement.id }, body: {} }))
}

interface Told {
  /** In the end: what the fund has back, and what the merchant owes. */
  recovered: number
  owed: number
}

/** One case from the complaint to the recovery. @param steps what happens between the freeze and the payment */
const playCase = async (
  service: Service,
  { title, deposit, remedy, steps }: { title: string; deposit: number; remedy: NewRefundPlan['remedies'][number]; steps: Steps },
): Promise<Told> => {
  const tag = randomUUID().slice(0, 8)
  const buyer: Person = { actor: `buyer:B-${tag}`, name: '买家 周敏' }
  const merchant: Person = { actor: `merchant:M-${tag}`, name: '商家 潮玩铺' }
  let id: string | undefined
  const stage = openStage(service, agent, () => id)
  stage.say(`━━ ${title} ━━`)
  await payIn(service, { kind: 'deposit', merchant_id: `M-${tag}`, currency: 'CNY', amount: deposit })
  stage.say(`（商家保证金 ${yuan(deposit)}）`)
  const filed = expectData(
    await fileComplaint({
      client: service.as(buyer.actor),
      headers: { 'Idempotency-Key': randomUUID() },
      body: {
        reference: `demo-advance-${tag}`,
        channel: 'portal',
        complainant: { role: 'buyer', id: `B-${tag}`, name: '周敏' },
        respondent: { role: 'merchant', id: `M-${tag}`, name: '潮玩铺' },
        order: {
          id: `O-${tag}`,
          currency: 'CNY',
          paid_amount: PRICE,
          lines: [{ line_id: '1', name: '限量手办', quantity: 1, unit_amount: PRICE }],
        },
        category: 'counterfeit',
        description: '收到的是仿品，没有防伪标，要求退款。',
      },
    }),
  )
  id = filed.id
  const path = { id: filed.id }
  await stage.act(agent, `受理投诉 ${filed.case_number}：仿品`, (client) => acceptComplaint({ client, path }))
  await stage.act(buyer, '协商不成，申请平台介入', (client) =>
    escalateComplaint({ client, path, body: { reason_code: 'no_agreement' } }),
  )
  await stage.act(agent, '判责：商家 100%，未提供授权文件', (client) =>
    determineLiabilityComplaint({
      client,
      path,
      body: {
        shares: [{ party: 'merchant', percent: 100 }],
        reason_code: 'counterfeit',
        root_cause: '进货渠道不明',
        explanation: '商家未能提供授权文件。',
      },
    }),
  )
  const plan = await stage.act(agent, `拟定方案：退 ${yuan(PRICE)}`, (client) =>
    createRefundPlan({ client, path, body: { remedies: [remedy], explanation: '仿品退款' } }),
  )
  const ofPlan = { id: plan.id }
  await stage.act(approver, '裁决执行', (client) => imposeRefundPlan({ client, path: ofPlan, body: { explanation: '责任明确' } }))
  const asked = await stage.act(agent, '商家账户余额不足，申请保障基金先行垫付', (client) =>
    askAdvance({ client, path, body: { explanation: '商家账户余额不足，买家无责且举证完整。' } }),
  )
  const on: On = async (person, words, kind, report) => {
    const { steps: now } = expectData(await getRefundPlan({ client: service.as(agent.actor), path: ofPlan }))
    const step = now.find((one) => one.kind === kind)
    if (step === undefined) throw new Error(`the plan has no step of the kind ${kind}`)
    await stage.act(person, words, (client) => report({ client, path: { id: plan.id, step_id: step.id } }))
  }
  await steps({ on, buyer, merchant, tag })
  stage.say('（商家没有在 3 个工作日内偿还基金。测试平台的时钟拨快 6 天……）')
  expectData(await advanceTestClock({ client: service.admin, body: { by: 'P6D' } }))
  expectData(await runSweep({ client: service.admin, body: {} }))
  await stage.observe('从保证金扣划')
  const advance = expectData(await getAdvance({ client: service.as(agent.actor), path: { id: asked.id } }))
  const { data: debts } = expectData(await listReceivables({ client: service.as(agent.actor), path }))
  for (const debt of debts) stage.say(`商家仍欠基金 ${yuan(debt.amount - debt.paid_amount)}`)
  const { data: money } = expectData(await listMoney({ client: service.as(merchant.actor), path }))
  stage.say('商家看到的款项：')
  for (const { way, type, amount } of money) console.log(`  ${way.padEnd(8)} ${type.padEnd(20)} ${yuan(amount)}`)
  return { recovered: advance.recovered_amount, owed: debts.reduce((sum, debt) => sum + debt.amount - debt.paid_amount, 0) }
}

type Report = (request: { client: Client; path: { id: string; step_id: string } }) => ReturnType<typeof completeStep>
type On = (person: Person, words: string, kind: RefundPlanStep['kind'], report: Report) => Promise<void>
type Steps = (play: { on: On; buyer: Person; merchant: Person; tag: string }) => Promise<void>

const paid = (words: string, on: On, tag: string): Promise<void> =>
  on(agent, words, 'refund', (request) => completeStep({ ...request, body: { payment_reference: `F-${tag}` } }))

/** @returns whether the fund has back what there was to take. @throws Error when the service refuses an act, or on a live platform */
export const playAdvances = async (service: Service): Promise<boolean> => {
  const clock = await getTestClock({ client: service.admin, throwOnError: false })
  if (clock.data === undefined) throw new Error('--advance waits for clocks that only a test platform can move.')
  await payIn(service, { kind: 'fund_top_up', currency: 'CNY', amount: 100_000 })
  const first = await playCase(service, {
    title: '先退货后垫付：货到验收合格，基金付给买家的正是冻结的那笔钱',
    deposit: 20_000,
    remedy: { type: 'return_and_refund', amount: PRICE, return_address: '广州市天河区某路 3 号' },
    steps: async ({ on, buyer, merchant, tag }) => {
      await on(buyer, '寄回，顺丰 SF1234567890', 'return_shipment', (request) =>
        completeStep({ ...request, body: { carrier: 'SF', tracking_number: 'SF1234567890' } }),
      )
      await on(merchant, '验收合格', 'inspection', (request) => completeStep({ ...request, body: { passed: true } }))
      await paid(`支付系统回报：从基金垫付 ${yuan(PRICE)} 成功`, on, tag)
    },
  })
  const second = await playCase(service, {
    title: '立即垫付：商家保证金不足',
    deposit: 5_000,
    remedy: { type: 'refund', amount: PRICE },
    steps: async ({ on, tag }) => {
      await on(agent, '支付系统回报：商家余额不足，原付款已撤回', 'refund', (request) =>
        failStep({ ...request, body: { explanation: '商家余额不足' } }),
      )
      await paid(`支付系统回报：从基金垫付 ${yuan(PRICE)} 成功`, on, tag)
    },
  })
  const { data: funds } = expectData(await getFund({ client: service.admin }))
  for (const { currency, fund, frozen } of funds) console.log(`\n保障基金 ${currency}：可用 ${yuan(fund)}，冻结 ${yuan(frozen)}`)
  return first.recovered === PRICE && first.owed === 0 && second.recovered === 5_000 && second.owed === PRICE - 5_000
}
