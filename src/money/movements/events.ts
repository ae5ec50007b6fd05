/** Events about movements of the fund and of deposits: they are about no case. */
import Type from 'typebox'
import { Amount, Currency, Nullable, StrEnum } from '../../foundation/http/schema.ts'
import { type MovementKind, movementEndReasonCodes, movementKindRows, movementKinds } from '../../words/fund.ts'

const roles = ['admin', 'payments', 'system'] as const

/** What became of a movement, as its event is called after `fund_movement_` or `deposit_movement_`. */
const verbs = {
  expected: { en: 'was announced', zh: '已登记，待到账' },
  asked: { en: 'was asked for, and waits for a second admin', zh: '已申请，待第二管理员批准' },
  payment_requested: { en: 'is to be paid: the payment system is asked to', zh: '请支付系统付款' },
  overdue: { en: 'was asked of the payment system, which has not answered in time', zh: '支付系统逾期未答复' },
  received: { en: 'came in', zh: '已到账' },
  done: { en: 'was paid', zh: '已付款' },
  failed: { en: 'could not be paid, and went back to the account', zh: '付款失败，已退回' },
  refused: { en: 'was refused', zh: '已拒绝' },
  cancelled: { en: 'was called off', zh: '已撤回' },
  expired: { en: 'did not come in in time', zh: '逾期未到账' },
} as const
export type MovementVerb = keyof typeof verbs

const families = {
  fund: { en: 'Money of the fund', zh: '保障基金资金' },
  deposit: { en: 'Money of a merchant’s deposit', zh: '商家保证金' },
} as const

/** Declared as the events of cases are, in `case/case-events/declared/`. */
const declaredFor = (family: keyof typeof families) =>
  Object.fromEntries(
    Object.entries(verbs).map(([verb, { en, zh }]) => [
      `${family}_movement_${verb}`,
      {
        en: `${families[family].en} ${en}.`,
        zh: `${families[family].zh}：${zh}。`,
        resource: 'fund_movement',
        data: {
          actor: Type.Object({ role: StrEnum(roles) }),
          kind: StrEnum(movementKinds.filter((kind) => movementKindRows[kind].account === family)),
          currency: Currency.ref,
          amount: Amount({ description: 'What was announced, or is to be paid, in minor units.' }),
          received_amount: Nullable(Amount(), { description: 'What came in.' }),
          reason_code: Nullable(StrEnum(movementEndReasonCodes), { description: 'Why it came to nothing.' }),
        },
      },
    ]),
  )

export const fundEvents = declaredFor('fund')
export const depositEvents = declaredFor('deposit')

export const movementEventType = (kind: MovementKind, verb: MovementVerb): string =>
  `${movementKindRows[kind].account}_movement_${verb}`
