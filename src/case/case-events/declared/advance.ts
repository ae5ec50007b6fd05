/** Events of advances of the guarantee fund, and of the debts that come of them. */

import Type from 'typebox'
import { Amount, Currency, Id, StrEnum } from '../../../foundation/http/schema.ts'
import { advanceChecks, advanceModes } from '../../../words/advances.ts'
import { type Declarations, Explanation } from '../declaration.ts'

const money = { amount: Amount(), currency: Currency.ref }
const explained = { explanation: Type.Optional(Explanation) }
const ofStaff = { of: ['advance'], visibility: 'staff' } as const
const ofParties = { of: ['advance'], visibility: 'parties' } as const

export const advanceEvents = {
  advance_asked: {
    en: 'Staff asked the guarantee fund to pay a refund first.',
    zh: '客服申请由保障基金先行垫付。',
    ...ofStaff,
    data: {
      ...money,
      step_id: Id({ description: 'The refund that it pays.' }),
      mode: StrEnum(advanceModes),
      needs_approval: Type.Boolean({ description: 'Whether it waits for a supervisor.' }),
      overrides: Type.Array(StrEnum(advanceChecks), { description: 'The checks that a supervisor set aside.' }),
      explanation: Explanation,
    },
  },
  advance_frozen: {
    en: 'Money of the guarantee fund was put aside for the buyer.',
    zh: '保障基金已为买家冻结垫付款。',
    ...ofParties,
    data: { ...money, step_id: Id({ description: 'The refund that it pays.' }), mode: StrEnum(advanceModes) },
  },
  advance_blocked: {
    en: 'An advance is owed by now, and the service could not ask for it by itself; `reason_code` says why.',
    zh: '已到先行垫付期限，但系统未能自动申请，原因见 `reason_code`。',
    of: ['deadline'],
    visibility: 'staff',
    data: {
      checks: Type.Array(StrEnum(advanceChecks), { description: 'The checks of the gate that are in the way.' }),
    },
  },
  advance_refused: {
    en: 'The guarantee fund has not enough for an advance.',
    zh: '保障基金余额不足，未能冻结。',
    ...ofStaff,
    data: money,
  },
  advance_cancelled: {
    en: 'An advance was given up, or its refund is not due any more.',
    zh: '垫付已取消。',
    ...ofParties,
    data: { ...money, ...explained },
  },
  advance_return_doubted: {
    en: 'The goods did not come back, and the buyer is asked what became of them.',
    zh: '商品未退回，询问买家。',
    ...ofParties,
    data: { ...money, ...explained },
  },
  advance_continued: {
    en: 'The money stays put aside while the goods are waited for.',
    zh: '继续冻结，等待退货。',
    ...ofParties,
    data: { ...money, ...explained },
  },
  advance_returned: {
    en: 'Nothing showed that the goods came back: the money is the fund’s again.',
    zh: '无法证明已退货，垫付款退回基金。',
    ...ofParties,
    data: { ...money, ...explained },
  },
  advance_payout_asked: {
    en: 'The payment system was asked to pay the buyer from the guarantee fund.',
    zh: '已请求支付系统从保障基金垫付。',
    ...ofParties,
    data: { ...money, step_id: Id({ description: 'The refund that it pays.' }) },
  },
  advance_paid: {
    en: 'The buyer was paid from the guarantee fund.',
    zh: '保障基金已垫付给买家。',
    ...ofParties,
    data: money,
  },
  advance_paid_beyond: {
    en: 'More arrived than was put aside, or after the advance had ended: what is not due the buyer owes.',
    zh: '支付超出冻结金额或在垫付结束后到账，超出应付部分由买家返还。',
    ...ofParties,
    data: { ...money, owed: Amount({ description: 'What of it the buyer owes.' }) },
  },
  advance_bounced: {
    en: 'What the fund paid came back unpaid, and is put aside once more.',
    zh: '垫付款被退回，重新冻结。',
    ...ofParties,
    data: money,
  },
  advance_recovery_asked: {
    en: 'The merchant is asked to pay the fund what the buyer was paid.',
    zh: '要求商家偿还垫付款。',
    ...ofParties,
    data: money,
  },
  advance_recovered: {
    en: 'The fund has money of an advance back: from the merchant, what is held of its sale, its deposit or that of an affiliate.',
    zh: '垫付款已追回。',
    ...ofParties,
    data: {
      ...money,
      merchant_id: Type.Optional(Type.String({ description: 'The affiliate whose deposit it was taken from.' })),
      ...explained,
      to_deposit: Type.Optional(Amount({ description: 'What was paid beyond what was due, and went to the deposit.' })),
    },
  },
  advance_shortfall_owed: {
    en: 'The deposit of the merchant did not cover an advance, and the merchant owes the rest.',
    zh: '商家保证金不足，差额转为应收。',
    ...ofParties,
    data: { ...money, receivable_id: Id() },
  },
  advance_regranted: {
    en: 'A new decision grants what the buyer was paid before, and the merchant bears it.',
    zh: '新决定确认了此前的垫付。',
    ...ofParties,
    data: { ...money, step_id: Id({ description: 'The refund that it counts for.' }) },
  },
  advance_reversed: {
    en: 'The decision that an advance carried out was overturned: the merchant has back what it bore.',
    zh: '原决定被推翻，垫付已冲正。',
    ...ofParties,
    data: {
      currency: Currency.ref,
      given_back: Amount({ description: 'What went back to the merchant at once.' }),
      owed_to_merchant: Amount({ description: 'What the merchant gets when the fund has money again.' }),
      provisional: Amount({ description: 'What the buyer was paid, until the next decision grants it or asks for it.' }),
    },
  },
  advance_closed: {
    en: 'The advance has come to its end: its case is closed and nothing is owed.',
    zh: '垫付已结束。',
    ...ofStaff,
    data: {},
  },
  debt_arose: {
    en: 'Somebody owes the guarantee fund.',
    zh: '产生对保障基金的欠款。',
    of: ['receivable'],
    visibility: 'staff',
    otherwise: 'its debtor',
    data: money,
  },
  debt_paid: {
    en: 'A debt to the fund was paid, in whole or in part.',
    zh: '欠款已清偿（全部或部分）。',
    of: ['receivable'],
    visibility: 'staff',
    otherwise: 'its debtor',
    data: { ...money, ...explained, left: Amount({ description: 'What is still owed.' }) },
  },
  debt_set_off: {
    en: 'What is held of a merchant’s sale, or its deposit, paid a debt.',
    zh: '以暂缓结算款或保证金抵扣欠款。',
    of: ['receivable'],
    visibility: 'staff',
    otherwise: 'its debtor',
    data: { ...money, left: Amount({ description: 'What is still owed.' }) },
  },
  debt_waived: {
    en: 'A supervisor waived a debt.',
    zh: '主管豁免了欠款。',
    of: ['receivable'],
    visibility: 'staff',
    otherwise: 'its debtor',
    data: { ...money, ...explained },
  },
  debt_written_off: {
    en: 'A debt that nobody pays was written off.',
    zh: '欠款已核销。',
    of: ['receivable'],
    visibility: 'staff',
    otherwise: 'its debtor',
    data: { ...money, ...explained },
  },
  debt_reversed: {
    en: 'What a debt came of was overturned.',
    zh: '欠款依据被推翻，已冲正。',
    of: ['receivable'],
    visibility: 'staff',
    otherwise: 'its debtor',
    data: money,
  },
} as const satisfies Declarations
