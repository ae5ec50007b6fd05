/** The closed list of what is compared, to prove that all that knows of money agrees. */
interface ComparisonRow {
  zh: string
  en: string
  /** What is held against what. */
  says: string
  /** It is no fault: something was asked and is not answered yet. */
  open?: true
}

/** In the order in which they are looked at. */
export const comparisonRows = {
  account_balance: {
    zh: '账户余额与流水',
    en: 'balance of an account',
    says: 'what an account has, and the sum of its transfers',
  },
  currency_sum: {
    zh: '币种合计',
    en: 'sum of a currency',
    says: 'the sum of all balances of a currency, which is nothing',
  },
  movement_transfers: {
    zh: '资金收付与流水',
    en: 'transfers of a movement',
    says: 'what the state of a movement of the fund or a deposit says is posted, and what is, once',
  },
  movement_uncovered: {
    zh: '已付未记账',
    en: 'paid without cover',
    says: 'what a withdrawal paid out, and what the account had for it',
  },
  transfer_without_movement: {
    zh: '流水无对应收付',
    en: 'transfer without a movement',
    says: 'a transfer of a top-up, deposit or withdrawal, and the movement that it comes from',
  },
  step_payments: {
    zh: '步骤与付款',
    en: 'payments of a step',
    says: 'what a step of a refund plan holds, and what its attempts were reported to have paid, where one says it is done and the other does not',
  },
  order_refunds: {
    zh: '订单退款合计',
    en: 'refunds of an order',
    says: 'the refunds in force of an order, and the sum over its plans, overpayments and refunds elsewhere',
  },
  order_compensations: {
    zh: '订单赔偿合计',
    en: 'compensations of an order',
    says: 'the compensations in force of an order, and the sum over its plans and overpayments',
  },
  advances_frozen: {
    zh: '冻结款与垫付',
    en: 'money put aside',
    says: 'what is put aside in the ledger, and what the advances say is',
  },
  advances_paid: {
    zh: '垫付款去向',
    en: 'money advanced',
    says: 'what buyers were paid and nobody bears yet, and what the advances say is still to be recovered or provisional',
  },
  merchant_debts: {
    zh: '商家应收与欠款',
    en: 'debts of a merchant',
    says: 'what a merchant owes in the ledger, and what its debts come to',
  },
  buyer_debts: {
    zh: '买家应收与欠款',
    en: 'debts of a buyer',
    says: 'what a buyer owes in the ledger, and what its debts come to',
  },
  settlements_held: {
    zh: '暂缓结算款',
    en: 'held settlements',
    says: 'what is held of a merchant’s sales in the ledger, and what its held settlements come to',
  },
  movement_open: {
    zh: '付款未回报',
    en: 'withdrawal unanswered',
    says: 'a withdrawal that the payment system was asked to pay, and has not answered',
    open: true,
  },
  attempt_open: {
    zh: '付款请求未回报',
    en: 'payment unanswered',
    says: 'an attempt to pay a step that was asked for and is not answered',
    open: true,
  },
  hold_open: {
    zh: '暂缓结算未回报',
    en: 'held settlement unanswered',
    says: 'a settlement that the payment system was asked to hold or to let go, and has not answered',
    open: true,
  },
} as const satisfies Readonly<Record<string, ComparisonRow>>
export type ComparisonKind = keyof typeof comparisonRows
export const comparisonKinds = Object.keys(comparisonRows) as ComparisonKind[]
export const isOpenKind = (kind: ComparisonKind): boolean => 'open' in comparisonRows[kind]
