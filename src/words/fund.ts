/** The closed lists of what goes into and out of the guarantee fund and the deposits of merchants. */

interface MovementKindRow {
  zh: string
  en: string
  /** Into an account of ours, or out of it. */
  way: 'in' | 'out'
  /** Of which account. */
  account: 'fund' | 'deposit'
}

export const movementKindRows = {
  fund_top_up: { zh: '基金注资', en: 'top-up of the fund', way: 'in', account: 'fund' },
  deposit: { zh: '商家缴纳保证金', en: 'deposit of a merchant', way: 'in', account: 'deposit' },
  fund_withdrawal: { zh: '基金提取', en: 'withdrawal from the fund', way: 'out', account: 'fund' },
  deposit_withdrawal: { zh: '商家提取保证金', en: 'withdrawal of a merchant’s deposit', way: 'out', account: 'deposit' },
} as const satisfies Readonly<Record<string, MovementKindRow>>
export type MovementKind = keyof typeof movementKindRows
export const movementKinds = Object.keys(movementKindRows) as MovementKind[]

/** State → its Chinese name. */
export const movementStates = {
  expected: '待到账',
  received: '已到账',
  expired: '已过期',
  asked: '待批准',
  paying: '付款中',
  done: '已付款',
  failed: '付款失败',
  refused: '已拒绝',
  cancelled: '已取消',
} as const satisfies Readonly<Record<string, string>>
export type MovementState = keyof typeof movementStates

/** Why a movement came to nothing. */
export const movementEndReasons = {
  fund_short: { zh: '基金余额不足', en: 'the fund does not have the money' },
  deposit_short: { zh: '保证金余额不足', en: 'the deposit does not have the money' },
  deposit_reserved: { zh: '保证金已被占用', en: 'open advances and debts may still take it of the deposit' },
  second_admin: { zh: '第二管理员拒绝', en: 'the second admin refused' },
  no_answer: { zh: '逾期无人批准', en: 'no second admin answered in time' },
  not_received: { zh: '逾期未到账', en: 'nothing came in in time' },
  called_off: { zh: '已撤回', en: 'an admin called it off' },
  payment_failed: { zh: '付款失败', en: 'the payment system could not pay it' },
} as const satisfies Readonly<Record<string, { zh: string; en: string }>>
export type MovementEndReason = keyof typeof movementEndReasons
export const movementEndReasonCodes = Object.keys(movementEndReasons) as MovementEndReason[]
