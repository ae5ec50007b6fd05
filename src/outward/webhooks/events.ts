/** Events of the platform itself: they are about no case. */
import Type from 'typebox'
import { Id, StrEnum } from '../../foundation/http/schema.ts'
import { disabledReasons } from '../../words/webhooks.ts'

/** Declared as the events of cases are, in `case/case-events/declared/`. */
export const platformEvents = {
  webhook_endpoint_disabled: {
    en: 'A webhook endpoint was disabled, since it answered 410 or failed for five days.',
    zh: 'Webhook 端点已停用：返回 410，或连续失败五天。',
    resource: 'webhook_endpoint',
    data: { actor: Type.Object({ role: StrEnum(['system']) }), reason_code: StrEnum(disabledReasons), endpoint_id: Id() },
  },
} as const

export type PlatformEventType = keyof typeof platformEvents
