/** The closed lists of advances and of the debts that come of them: wire values, in the order they are documented. */

/** Where an advance stands, with the Chinese names. */
export const advanceStateNames = {
  requested: '待审批',
  frozen: '已冻结',
  asking_buyer: '询问买家',
  paying: '垫付中',
  paid: '已垫付',
  recovered: '已追回',
  refused: '未能冻结',
  cancelled: '已取消',
  returned_to_fund: '已退回基金',
  reversed: '已冲正',
  closed: '已结束',
} as const
export type AdvanceState = keyof typeof advanceStateNames
export const advanceStates = Object.keys(advanceStateNames) as AdvanceState[]

/** States in which an advance still binds money of the fund, or is to come back from the merchant. */
export const openAdvanceStates = [
  'requested',
  'frozen',
  'asking_buyer',
  'paying',
  'paid',
] as const satisfies readonly AdvanceState[]
export const isOpenAdvance = ({ status }: { status: AdvanceState }): boolean => openAdvanceStates.some((one) => one === status)

/** When the buyer is paid: once the goods are back and in order, or at once. With their names. */
export const advanceModeNames = {
  after_return: { zh: '退货验收后垫付', en: 'After the return' },
  at_once: { zh: '立即垫付', en: 'At once' },
} as const
export type AdvanceMode = keyof typeof advanceModeNames
export const advanceModes = Object.keys(advanceModeNames) as AdvanceMode[]

/** From when an advance may be owed by law or by the platform’s own word. */
export const advanceDueFrom = ['filing'] as const

/** Why the money of an advance could not be put aside. */
export const advanceRefusals = ['fund_short'] as const
export type AdvanceRefusal = (typeof advanceRefusals)[number]

/** What is looked at before the fund pays, with the names. */
export const advanceCheckNames = {
  buyer_against_merchant: { zh: '买家投诉商家', en: 'A buyer complains about a merchant' },
  refund_owed: { zh: '方案中有待付退款', en: 'A refund of the plan is still owed' },
  no_advance_yet: { zh: '该步骤尚无垫付', en: 'Nothing is advanced for this step yet' },
  liability_fixed: { zh: '责任已判定', en: 'Liability is fixed' },
  buyer_not_liable: { zh: '买家无责', en: 'The buyer is not alone at fault' },
  evidence_complete: { zh: '买家举证完整', en: 'The buyer has proved what is the buyer’s to prove' },
  no_abuse: { zh: '无滥用记录', en: 'No complaint of this buyer was refused as malicious' },
  nothing_owed: { zh: '买家无欠款', en: 'The buyer owes the fund nothing' },
  amount: { zh: '单笔金额', en: 'Not above the amount of one advance' },
  open_of_buyer: { zh: '买家未结垫付数', en: 'Not above the open advances of one buyer' },
  buyer_and_day: { zh: '买家当日金额', en: 'Not above the amount for one buyer and day' },
  open_of_merchant: { zh: '商家未结金额', en: 'Not above the open amount for one merchant' },
  platform_and_day: { zh: '平台当日金额', en: 'Not above the amount for one day' },
  goods_back_first: { zh: '先退货后垫付', en: 'Goods that come back come back first' },
} as const
export type AdvanceCheck = keyof typeof advanceCheckNames
export const advanceChecks = Object.keys(advanceCheckNames) as AdvanceCheck[]

/** Where a debt stands, with the Chinese names. */
export const receivableStateNames = {
  open: '未清偿',
  partly_paid: '部分清偿',
  paid: '已清偿',
  set_off: '已抵扣',
  waived: '已豁免',
  written_off: '已核销',
  reversed: '已冲正',
} as const
export type ReceivableState = keyof typeof receivableStateNames
export const receivableStates = Object.keys(receivableStateNames) as ReceivableState[]

export const debtorRoles = ['buyer', 'merchant'] as const
export type DebtorRole = (typeof debtorRoles)[number]

/** To whom it is owed: the fund, or whoever the payment system paid it for. */
export const creditors = ['fund', 'outside'] as const
export type Creditor = (typeof creditors)[number]

/** Why somebody owes the fund, with the names. */
export const receivableReasonNames = {
  advance_not_covered: { zh: '保证金不足以偿还垫付', en: 'The deposit did not cover an advance' },
  advance_not_due: { zh: '垫付不应支付', en: 'An advance turned out not to be due' },
  overpaid: { zh: '支付超出应付金额', en: 'More was paid than was due' },
  refund_not_due: { zh: '退款不应支付', en: 'A refund turned out not to be due' },
} as const
export type ReceivableReason = keyof typeof receivableReasonNames
export const receivableReasons = Object.keys(receivableReasonNames) as ReceivableReason[]
