/**
 * One whole dispute about a tablet with a scratched screen. The merchant disputes it, the platform steps in and decides, the merchant is
 * silent, appeals and loses, and the money goes back. The clock of a live platform cannot be moved, so there the merchant declines and the
 * plan is imposed.
 */
import { randomUUID } from 'node:crypto'
import {
  acceptComplaint,
  acceptRefundPlan,
  advanceTestClock,
  approveRefundPlan,
  completeStep,
  confirmComplaint,
  createRefundPlan,
  declineRefundPlan,
  denyAppeal,
  determineLiabilityComplaint,
  escalateComplaint,
  fileAppeal,
  fileComplaint,
  getRefundPlan,
  getTestClock,
  imposeRefundPlan,
  listEvents,
  postMessage,
  proposeRefundPlan,
  type RefundPlanStep,
  respondComplaint,
  runSweep,
  submitRefundPlan,
} from '../../openapi/client/redress.ts'
import { expectData, photo, readCase, type Service, upload } from './service.ts'
import { localTime, openStage, type Person } from './stage.ts'
import { stateWord } from './words.ts'

const PAID = 689_900

/** @returns whether the case was closed in the end. @throws Error when the service refuses an act. */
export const playDispute = async (service: Service): Promise<boolean> => {
  const tag = randomUUID().slice(0, 8)
  const buyer: Person = { actor: `buyer:B-${tag}`, name: '买家 王小明' }
  const merchant: Person = { actor: `merchant:M-${tag}`, name: '商家 数码之家' }
  const agent: Person = { actor: 'agent:li', name: '客服 小李' }
  const approver: Person = { actor: 'supervisor:zhao', name: '主管 老赵' }
  const reviewer: Person = { actor: 'supervisor:qian', name: '主管 老钱（未参与原处理）' }
  const isTest = (await getTestClock({ client: service.admin, throwOnError: false })).data !== undefined

  let id: string | undefined
  const stage = openStage(service, agent, () => id)

  stage.say('━━ 一、投诉与协商 ━━')
  const filed = expectData(
    await fileComplaint({
      client: service.as(buyer.actor),
      headers: { 'Idempotency-Key': randomUUID() },
      body: {
        reference: `demo-${tag}`,
        channel: 'portal',
        complainant: { role: 'buyer', id: `B-${tag}`, name: '王小明', contact: { phone: '+8613800000000' } },
        respondent: { role: 'merchant', id: `M-${tag}`, name: '数码之家' },
        order: {
          id: `O-${tag}`,
          currency: 'CNY',
          paid_amount: PAID,
          lines: [{ line_id: '1', sku: 'PAD-256', name: '平板电脑', spec: '256G 灰', quantity: 1, unit_amount: PAID }],
        },
        category: 'not_as_described',
        description: '平板到手屏幕有划痕，像是别人退回来的，赠送的保护膜也没有。要求退货退款。',
        wanted: { remedy: 'return_and_refund', amount: PAID },
      },
    }),
  )
  id = filed.id
  await stage.act(buyer, `提交投诉 ${filed.case_number}：屏幕有划痕，要求退货退款 ¥6,899.00`, (client) => read(client, filed.id))
  await stage.options(agent)
  await stage.act(agent, '受理，成为案件负责人', (client) => acceptComplaint({ client, path: { id: filed.id } }))
  await stage.act(agent, '留言给双方：请买家上传开箱照片', (client) =>
    postMessage({
      client,
      path: { id: filed.id },
      body: { text: '请上传开箱照片，商家请提供发货前的打包记录。', visibility: 'parties' },
    }),
  )
  const evidence = `/v1/complaints/${filed.id}/evidence`
  await stage.act(buyer, '上传照片作为证据', (client) =>
    upload(client, evidence, { type: 'photo', description: '开箱照片：屏幕左上角划痕' }, photo('开箱.png')),
  )
  await stage.options(merchant)
  await stage.act(merchant, '应诉：不认可，称发货前完好', (client) =>
    respondComplaint({
      client,
      path: { id: filed.id },
      body: { position: 'dispute', statement: '发货前检查过，屏幕完好，划痕不是我们造成的。' },
    }),
  )

  stage.say('━━ 二、平台介入与判责 ━━')
  await stage.options(buyer)
  await stage.act(buyer, '协商不成，申请平台介入', (client) =>
    escalateComplaint({
      client,
      path: { id: filed.id },
      body: { reason_code: 'no_agreement', note: '商家不认可，请平台处理。' },
    }),
  )
  await stage.act(agent, '判责：商家 100%，未提供打包记录', (client) =>
    determineLiabilityComplaint({
      client,
      path: { id: filed.id },
      body: {
        shares: [{ party: 'merchant', percent: 100 }],
        reason_code: 'not_as_described',
        root_cause: '二次销售未复检',
        explanation: '买家照片清晰，商家没有提供打包记录。',
        rule: '商品描述不符处理规则',
      },
    }),
  )
  const plan = await stage.act(agent, '拟定方案：退货退款 ¥6,899.00，运费商家承担（超过 ¥5,000.00，须主管审批）', (client) =>
    createRefundPlan({
      client,
      path: { id: filed.id },
      body: {
        remedies: [
          {
            type: 'return_and_refund',
            amount: PAID,
            line_ids: ['1'],
            freight_payer: 'merchant',
            return_address: '杭州市余杭区某路 1 号',
          },
        ],
        explanation: '商品与描述不符，全额退货退款',
      },
    }),
  )
  const path = { id: plan.id }
  await stage.act(agent, '提交审批', (client) => submitRefundPlan({ client, path }))
  await stage.act(approver, '批准方案', (client) => approveRefundPlan({ client, path }))
  await stage.act(agent, '向双方提出方案', (client) => proposeRefundPlan({ client, path }))

  stage.say('━━ 三、确认与裁决 ━━')
  await stage.options(buyer)
  await stage.act(buyer, '同意方案', (client) => acceptRefundPlan({ client, path }))
  if (isTest) {
    stage.say('（商家一直不回应。测试平台的时钟拨快 3 天……）')
    expectData(await advanceTestClock({ client: service.admin, body: { by: 'P3D' } }))
    await untilExecuting(service, agent, filed.id)
    await stage.observe('商家逾期未确认，按规则视为同意，方案开始执行')
  } else {
    await stage.act(merchant, '拒绝方案', (client) => declineRefundPlan({ client, path, body: { explanation: '坚持不认可' } }))
    await stage.act(approver, '复核后直接裁决（非方案作者）：执行该方案', (client) =>
      imposeRefundPlan({ client, path, body: { explanation: '责任明确，商家拒绝没有理由。' } }),
    )
  }

  stage.say('━━ 四、申诉 ━━')
  await stage.options(merchant)
  const appeal = await stage.act(merchant, '不服，提出申诉', (client) =>
    fileAppeal({
      client,
      path: { id: filed.id },
      body: { reason_code: 'wrong_facts', statement: '划痕可能是运输造成的，请复核。' },
    }),
  )
  await stage.options(reviewer)
  await stage.act(reviewer, '驳回申诉，并告知其他救济途径', (client) =>
    denyAppeal({ client, path: { id: appeal.id }, body: { explanation: '外包装完好，没有运输损坏的证据，维持原处理。' } }),
  )

  stage.say('━━ 五、执行与结案 ━━')
  const reports: Partial<Record<RefundPlanStep['kind'], { person: Person; words: string; body: object }>> = {
    return_shipment: {
      person: buyer,
      words: '寄回商品，顺丰 SF1234567890',
      body: { carrier: 'SF', tracking_number: 'SF1234567890' },
    },
    arrival: { person: merchant, words: '签收退货包裹', body: {} },
    inspection: { person: merchant, words: '验收通过', body: { passed: true } },
    refund: { person: agent, words: '支付系统回报：退款 ¥6,899.00 成功', body: { payment_reference: `PAY-${tag}` } },
  }
  const { steps } = expectData(await getRefundPlan({ client: service.as(agent.actor), path }))
  for (const step of steps) {
    const report = reports[step.kind]
    if (report === undefined) throw new Error(`the story has no act for the step ${step.kind}`)
    await stage.act(report.person, report.words, (client) =>
      completeStep({ client, path: { id: plan.id, step_id: step.id }, body: report.body }),
    )
  }
  await stage.options(buyer)
  await stage.act(buyer, '确认已解决，结案', (client) => confirmComplaint({ client, path: { id: filed.id } }))
  return tellEnd(service, agent, filed.id)
}

const read = async (client: ReturnType<Service['as']>, id: string) => ({ data: await readCase(client, id) })

/** Sweeps until the plan is executing: this sweep or the timetable's acts on the silence. */
const untilExecuting = async (service: Service, staff: Person, id: string): Promise<void> => {
  for (let attempt = 0; attempt < 50; attempt++) {
    expectData(await runSweep({ client: service.admin }))
    const { status } = await readCase(service.as(staff.actor), id)
    if (status === 'executing') return
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  throw new Error('The plan was not deemed accepted after its confirmation time.')
}

/** Prints the whole trail and the outcome. @returns whether the case is closed */
export const tellEnd = async (service: Service, staff: Person, id: string): Promise<boolean> => {
  const client = service.as(staff.actor)
  const { data: events } = expectData(await listEvents({ client, path: { id }, query: { sort: 'sequence', limit: 100 } }))
  console.log('\n━━ 案件时间线 ━━')
  for (const { at, actor, type, resource, from_status: from, to_status: to } of events) {
    const change = to === null ? '' : `  ${from === null ? '' : `${stateWord(resource, from)} → `}${stateWord(resource, to)}`
    console.log(`${localTime(at)}  ${`${actor.role}:${actor.id}`.padEnd(24)}  ${type}${change}`)
  }
  const ended = await readCase(client, id)
  console.log(
    `\n${ended.case_number}：${stateWord('complaint', ended.status)}，结果 ${ended.outcome}，结案原因 ${ended.close_reason}`,
  )
  return ended.status === 'closed'
}
