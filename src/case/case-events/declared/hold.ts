/** Events of held settlements. */

import Type from 'typebox'
import { Amount, Currency } from '../../../foundation/http/schema.ts'
import { type Declarations, Explanation } from '../declaration.ts'

const money = { amount: Amount(), currency: Currency.ref }
const explained = { explanation: Type.Optional(Explanation) }
const ofStaff = { of: ['hold'], visibility: 'staff' } as const
const ofMerchant = { ...ofStaff, otherwise: 'the merchant, once something is held' } as const

export const holdEvents = {
  settlement_hold_asked: {
    en: 'The payment system was asked to keep what is still to be settled to a merchant.',
    zh: '已请求支付系统对商家暂缓结算。',
    ...ofMerchant,
    data: {
      ...money,
      order_id: Type.String({ description: 'Of which order.' }),
      merchant_id: Type.String({ description: 'Whose settlement.' }),
      explanation: Explanation,
    },
  },
  settlement_held: {
    en: 'The payment system keeps what was asked for, or a part of it.',
    zh: '支付系统已暂缓结算（全部或部分）。',
    ...ofMerchant,
    data: { ...money, ...explained, asked: Amount({ description: 'What was asked for.' }) },
  },
  settlement_hold_refused: {
    en: 'The payment system has nothing left to keep.',
    zh: '支付系统无可暂缓的款项。',
    ...ofMerchant,
    data: { ...money, ...explained },
  },
  settlement_deducted: {
    en: 'The fund took held money for what the merchant bears.',
    zh: '已从暂缓结算款中扣划。',
    ...ofMerchant,
    data: { ...money, left: Amount({ description: 'What is still held.' }) },
  },
  settlement_given_back: {
    en: 'What the fund had taken is held again, since its decision was overturned.',
    zh: '原决定被推翻，扣划款退回暂缓结算。',
    ...ofMerchant,
    data: money,
  },
  settlement_release_asked: {
    en: 'The payment system was asked to let go what is held.',
    zh: '已请求支付系统解除暂缓结算。',
    ...ofMerchant,
    data: { ...money, ...explained },
  },
  settlement_released: {
    en: 'What was held went to the merchant.',
    zh: '暂缓结算已解除，款项已结算给商家。',
    ...ofMerchant,
    data: { ...money, ...explained },
  },
} as const satisfies Declarations
