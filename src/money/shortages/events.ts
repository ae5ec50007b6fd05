/** Events about deposits that are too small: they are about no case. */
import Type from 'typebox'
import { Amount, Currency, StrEnum, TimeText } from '../../foundation/http/schema.ts'

/** Declared as the events of cases are, in `case/case-events/declared/`. */
export const shortageEvents = {
  sanction_due: {
    en: 'A merchant has not topped its deposit up in time: what follows for it is the platform’s to decide.',
    zh: '商家未在期限内补足保证金，是否处置由平台决定。',
    resource: 'deposit',
    data: {
      actor: Type.Object({ role: StrEnum(['system']) }),
      currency: Currency.ref,
      amount: Amount({ description: 'What the deposit lacks now, in minor units.' }),
      since: TimeText({ description: 'Since when it lacks something.' }),
    },
  },
} as const
