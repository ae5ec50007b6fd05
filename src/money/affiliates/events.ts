/** What is told of the affiliates of a merchant: it is about no case. */
import Type from 'typebox'
import { StrEnum } from '../../foundation/http/schema.ts'
import { PersonId } from '../../platform/access/schema.ts'
import { MOST_AFFILIATES } from './schema.ts'

/** Declared as the events of cases are, in `case/case-events/declared/`. */
export const affiliateEvents = {
  merchant_affiliates_changed: {
    en: 'An admin said whose deposits pay for a merchant besides its own.',
    zh: '管理员变更了商家的关联商家。',
    resource: 'merchant_affiliates',
    data: {
      actor: Type.Object({ role: StrEnum(['admin']) }),
      affiliates_version: Type.Integer({ minimum: 1, description: 'The version that holds from now on.' }),
      merchant_ids: Type.Array(PersonId.ref, { maxItems: MOST_AFFILIATES, description: 'In the order in which they pay.' }),
    },
  },
} as const
