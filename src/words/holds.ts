/** The closed lists of held settlements: wire values, in the order they are documented. */

/** Where a held settlement stands, with the Chinese names. */
export const holdStateNames = {
  asked: '已请求',
  held: '已暂缓结算',
  partly_held: '部分暂缓结算',
  refused: '未能暂缓',
  releasing: '解除中',
  released: '已解除',
  taken: '已扣划',
} as const
export type HoldState = keyof typeof holdStateNames
export const holdStates = Object.keys(holdStateNames) as HoldState[]

/** States in which money is held and may be taken for the fund. */
export const holdingStates = ['held', 'partly_held'] as const satisfies readonly HoldState[]
export const isHolding = ({ status }: { status: HoldState }): boolean => holdingStates.some((one) => one === status)

/** Why a held settlement goes to its merchant, with the names. */
export const releaseReasonNames = {
  outcome_final: { zh: '案件已终结', en: 'The outcome is final, and nothing claims it' },
  time_up: { zh: '期限届满', en: 'Its time was up, and nothing claims it' },
  by_staff: { zh: '人工解除', en: 'A supervisor released it' },
  by_payment_system: { zh: '支付系统自行结算', en: 'The payment system let it go by itself' },
} as const
export type ReleaseReason = keyof typeof releaseReasonNames
export const releaseReasons = Object.keys(releaseReasonNames) as ReleaseReason[]
