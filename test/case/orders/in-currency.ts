/** Orders and complaints about them, told in whole units of any currency. */
import { takesGoodsBack } from '../../../src/case/refund-plans/steps.ts'
import { currencyExponent } from '../../../src/foundation/currencies.ts'
import type { RemedyType } from '../../../src/words/refund-plans.ts'
import type { Called, Json, TestApp } from '../../support/app.ts'
import { oms } from '../../support/orders.ts'
import { alice, CaseStory, liability } from '../../support/story.ts'

const buyer = 'buyer:B-1'
const merchant = 'merchant:M-1'

let orders = 0
export const nextOrder = () => `T-${++orders}`

export type Line = [id: string, price: number, more?: object]

/** The ways in which one currency is told apart from another. */
export const inCurrency = (app: TestApp, currency: string) => {
  const scale = 10 ** (currencyExponent(currency) ?? 0)
  const lineOf = ([line_id, price, more = {}]: Line) => ({
    line_id,
    name: '商品',
    quantity: 1,
    unit_amount: Math.round(price * scale),
    ...more,
  })
  const orderOf = (id: string, paid: number, lines: Line[], more: object = {}) => ({
    id,
    currency,
    paid_amount: Math.round(paid * scale),
    lines: lines.map(lineOf),
    ...more,
  })

  /** The platform states an order. */
  const state = async (paid: number, lines: Line[], more: object = {}): Promise<Json> => {
    const { id, ...body } = orderOf(nextOrder(), paid, lines, more)
    const answer = await app.call('PUT', `/v1/orders/${id}`, { as: oms, body })
    if (answer.status !== 200) throw new Error(answer.text)
    return { id, ...body }
  }
  const elsewhere = async (order: Json, amount: number, more: object = {}): Promise<Json> => {
    const body = { amount: amount * scale, reference: `${order.id}-${++orders}`, ...more }
    const answer = await app.call('POST', `/v1/orders/${order.id}/refunds-elsewhere`, { as: oms, body })
    if (answer.status !== 201) throw new Error(answer.text)
    return answer.body
  }

  /** The buyer complains, and an agent takes it up. */
  const complain = async (order: Json, more: object = {}): Promise<CaseStory> => {
    const body = {
      channel: 'portal',
      category: 'other',
      complainant: { role: 'buyer', id: 'B-1' },
      respondent: { role: 'merchant', id: 'M-1' },
      description: '有问题',
      order,
      ...more,
    }
    const filed = await app.call('POST', '/v1/complaints', { as: buyer, body })
    if (filed.status !== 201) throw new Error(filed.text)
    const story = new CaseStory(app, filed.body)
    return story.by(alice, 'accept')
  }
  const judged = async (order: Json, more: object = {}): Promise<CaseStory> => {
    const story = await complain(order, more)
    await story.by(buyer, 'escalate', { reason_code: 'no_agreement' })
    return story.by(alice, 'determine-liability', liability)
  }

  /** Where goods come back, it says where to. */
  const remedy = (type: RemedyType, amount?: number, more: object = {}) => ({
    type,
    ...(amount !== undefined && { amount: Math.round(amount * scale) }),
    ...(takesGoodsBack(type) && { return_address: '退货仓' }),
    ...more,
  })
  const write = (story: CaseStory, as: string, ...remedies: object[]): Promise<Called> =>
    story.try(as, `/v1/complaints/${story.id}/refund-plans`, { remedies, explanation: '方案' })
  /** The merchant offers, the buyer accepts. */
  const agree = async (order: Json, ...remedies: object[]): Promise<CaseStory> => {
    const story = await complain(order)
    await story.writePlan(merchant, { remedies, explanation: '方案' })
    await story.onPlan(merchant, 'propose')
    return story.onPlan(buyer, 'accept')
  }
  return { scale, orderOf, state, elsewhere, complain, judged, remedy, write, agree }
}
