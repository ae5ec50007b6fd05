/** The closed lists of the ledger: its accounts, and what moves between them. */

/** Whose account it is: one of the platform for each currency, or one for each merchant, buyer or carrier besides. */
export type AccountOwner = 'platform' | 'merchant' | 'buyer' | 'carrier'

interface AccountKindRow {
  zh: string
  en: string
  owner: AccountOwner
  /** What a positive balance means. */
  says: string
  /** The service holds this money: it can be counted. Others say who has had it, who owes it, or who bears it. */
  cash?: true
}

/** Money moves from the account that is debited to the one that is credited, so a balance is what came in less what went out. */
export const accountKindRows = {
  fund: { zh: '保障基金', en: 'guarantee fund', owner: 'platform', cash: true, says: 'what the fund can still promise' },
  frozen: { zh: '已冻结', en: 'frozen', owner: 'platform', cash: true, says: 'what is put aside for buyers' },
  held: { zh: '暂缓结算', en: 'held settlements', owner: 'merchant', cash: true, says: 'what of a merchant’s sales is held' },
  deposit: { zh: '保证金', en: 'deposit', owner: 'merchant', cash: true, says: 'what a merchant has left as security' },
  buyer_paid: { zh: '已垫付', en: 'paid to buyers', owner: 'platform', says: 'what buyers were paid and nobody bears yet' },
  buyer_receivable: { zh: '应收买家', en: 'owed by a buyer', owner: 'buyer', says: 'what a buyer owes' },
  merchant_receivable: { zh: '应收商家', en: 'owed by a merchant', owner: 'merchant', says: 'what a merchant owes' },
  carrier_receivable: { zh: '应收承运方', en: 'owed by a carrier', owner: 'carrier', says: 'what a carrier owes' },
  buyer_payable: { zh: '应付买家', en: 'owed to a buyer', owner: 'buyer', says: 'what a buyer is still to get' },
  merchant_payable: { zh: '应付商家', en: 'owed to a merchant', owner: 'merchant', says: 'what a merchant is still to get back' },
  expense: { zh: '平台承担', en: 'borne by the platform', owner: 'platform', says: 'what the platform bears' },
  written_off: { zh: '已核销', en: 'written off', owner: 'platform', says: 'what nobody will pay any more' },
  goodwill: { zh: '已豁免', en: 'waived', owner: 'platform', says: 'what the platform has forgone' },
  outside: { zh: '外部', en: 'outside', owner: 'platform', says: 'the world: the only account that may be below zero' },
} as const satisfies Readonly<Record<string, AccountKindRow>>
export type AccountKind = keyof typeof accountKindRows
export const accountKinds = Object.keys(accountKindRows) as AccountKind[]
export const cashKinds: readonly AccountKind[] = accountKinds.filter((kind) => 'cash' in accountKindRows[kind])

interface TransferKindRow {
  zh: string
  en: string
  debit: AccountKind
  credit: AccountKind
  /** What of the account that is debited is reserved stays in it. */
  leavesReserve?: true
}

/** Everything that can move, and between which accounts. */
export const transferKindRows = {
  fund_topped_up: { zh: '基金注资', en: 'paid into the fund', debit: 'outside', credit: 'fund' },
  fund_withdrawn: { zh: '基金提取', en: 'taken out of the fund', debit: 'fund', credit: 'outside' },
  fund_withdrawal_failed: { zh: '基金提取失败退回', en: 'not taken out of the fund after all', debit: 'outside', credit: 'fund' },
  deposit_received: { zh: '收到保证金', en: 'deposit received', debit: 'outside', credit: 'deposit' },
  deposit_withdrawn: {
    zh: '退还保证金',
    en: 'deposit paid back',
    debit: 'deposit',
    credit: 'outside',
    leavesReserve: true,
  },
  deposit_withdrawal_failed: {
    zh: '退还保证金失败退回',
    en: 'deposit not paid back after all',
    debit: 'outside',
    credit: 'deposit',
  },
  advance_frozen: { zh: '冻结垫付款', en: 'put aside for a buyer', debit: 'fund', credit: 'frozen' },
  advance_released: { zh: '解冻垫付款', en: 'not put aside any more', debit: 'frozen', credit: 'fund' },
  advance_paid: { zh: '垫付给买家', en: 'paid to a buyer', debit: 'frozen', credit: 'buyer_paid' },
  advance_bounced: { zh: '垫付款退回', en: 'what a buyer was paid came back unpaid', debit: 'outside', credit: 'frozen' },
  advance_paid_again: { zh: '再次垫付给买家', en: 'paid to a buyer once more', debit: 'frozen', credit: 'outside' },
  merchant_paid: { zh: '商家偿还', en: 'paid back by the merchant', debit: 'outside', credit: 'fund' },
  deposit_taken: { zh: '扣划保证金', en: 'taken from the deposit', debit: 'deposit', credit: 'fund' },
  settlement_held: { zh: '暂缓结算', en: 'held of a merchant’s sales', debit: 'outside', credit: 'held' },
  settlement_released: { zh: '解除暂缓结算', en: 'let go to the merchant', debit: 'held', credit: 'outside' },
  held_taken: { zh: '扣划暂缓结算款', en: 'taken from held settlements', debit: 'held', credit: 'fund' },
  affiliate_deposit_taken: {
    zh: '扣划关联商家保证金',
    en: 'taken from the deposit of an affiliate',
    debit: 'deposit',
    credit: 'fund',
    leavesReserve: true,
  },
  recovered: { zh: '垫付款已追回', en: 'what the buyer was paid has come back', debit: 'buyer_paid', credit: 'outside' },
  borne: { zh: '由平台承担', en: 'borne by the platform', debit: 'buyer_paid', credit: 'expense' },
  borne_no_more: { zh: '撤销平台承担', en: 'no longer borne by the platform', debit: 'expense', credit: 'buyer_paid' },
  owed_by_merchant: { zh: '转为应收商家', en: 'owed by the merchant', debit: 'buyer_paid', credit: 'merchant_receivable' },
  owed_by_buyer: { zh: '转为应收买家', en: 'owed by the buyer', debit: 'buyer_paid', credit: 'buyer_receivable' },
  merchant_owes_no_more: {
    zh: '商家应收已清偿',
    en: 'no longer owed by the merchant',
    debit: 'merchant_receivable',
    credit: 'outside',
  },
  buyer_owes_no_more: { zh: '买家应收已清偿', en: 'no longer owed by the buyer', debit: 'buyer_receivable', credit: 'outside' },
  buyer_repaid: { zh: '买家偿还', en: 'paid back by the buyer', debit: 'outside', credit: 'fund' },
  overpaid_by_fund: {
    zh: '基金超额支付，转为应收买家',
    en: 'paid to a buyer beyond what was put aside, and owed by the buyer',
    debit: 'fund',
    credit: 'buyer_receivable',
  },
  paid_late: {
    zh: '垫付结束后支付，由平台承担',
    en: 'paid when the advance had ended, borne by the platform',
    debit: 'fund',
    credit: 'expense',
  },
  paid_late_by_others: {
    zh: '垫付结束后他方支付，由平台承担',
    en: 'the same where the fund had not enough',
    debit: 'outside',
    credit: 'expense',
  },
  paid_late_no_more: { zh: '撤销垫付结束后支付', en: 'what was paid late came back', debit: 'expense', credit: 'outside' },
  owed_to_others: {
    zh: '转为应收买家（非基金款）',
    en: 'owed by the buyer, to others than the fund',
    debit: 'outside',
    credit: 'buyer_receivable',
  },
  buyer_owes_by_no_decision: {
    zh: '撤销应收买家',
    en: 'no longer owed by the buyer, by a reversal',
    debit: 'buyer_receivable',
    credit: 'buyer_paid',
  },
  merchant_waived: { zh: '豁免商家应收', en: 'waived for the merchant', debit: 'merchant_receivable', credit: 'goodwill' },
  buyer_waived: { zh: '豁免买家应收', en: 'waived for the buyer', debit: 'buyer_receivable', credit: 'goodwill' },
  merchant_written_off: {
    zh: '核销商家应收',
    en: 'written off with the merchant',
    debit: 'merchant_receivable',
    credit: 'written_off',
  },
  buyer_written_off: { zh: '核销买家应收', en: 'written off with the buyer', debit: 'buyer_receivable', credit: 'written_off' },
  given_back_to_deposit: { zh: '退回保证金', en: 'given back to the deposit', debit: 'fund', credit: 'deposit' },
  given_back_to_held: { zh: '退回暂缓结算款', en: 'given back to held settlements', debit: 'fund', credit: 'held' },
  not_recovered: { zh: '追回撤销', en: 'what was taken back counts as paid again', debit: 'outside', credit: 'buyer_paid' },
  owed_no_more_by_reversal: {
    zh: '撤销应收商家',
    en: 'no longer owed by the merchant, by a reversal',
    debit: 'merchant_receivable',
    credit: 'buyer_paid',
  },
  waived_no_more: { zh: '撤销豁免', en: 'no longer waived', debit: 'goodwill', credit: 'buyer_paid' },
  written_off_no_more: { zh: '撤销核销', en: 'no longer written off', debit: 'written_off', credit: 'buyer_paid' },
  owed_to_merchant: { zh: '转为应付商家', en: 'owed to the merchant', debit: 'outside', credit: 'merchant_payable' },
  merchant_made_whole: { zh: '应付商家已清', en: 'no longer owed to the merchant', debit: 'merchant_payable', credit: 'outside' },
} as const satisfies Readonly<Record<string, TransferKindRow>>
export type TransferKind = keyof typeof transferKindRows
export const transferKinds = Object.keys(transferKindRows) as TransferKind[]

/** Whether a transfer of this kind takes nothing that is reserved. */
export const leavesReserve = (kind: TransferKind): boolean => 'leavesReserve' in transferKindRows[kind]
