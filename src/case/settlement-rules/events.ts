/** Events about a merchant: they are about no case. */
import Type from 'typebox'
import { StrEnum } from '../../foundation/http/schema.ts'

/** Declared as the events of cases are, in `case/case-events/declared/`. */
export const merchantEvents = {
  settlement_rules_changed: {
    en: 'A merchant changed or withdrew what it agrees to and offers by itself.',
    zh: '商家修改或撤回了自动和解规则。',
    resource: 'settlement_rules',
    data: {
      actor: Type.Object({ role: StrEnum(['merchant']) }),
      rules_version: Type.Integer({ minimum: 1, description: 'The version that holds for complaints from now on.' }),
      rules: Type.Integer({ minimum: 0, description: 'How many rules it has; 0 where they were withdrawn.' }),
    },
  },
} as const
