/** The wire type of what a caller can do now: resources list it, and so does the problem that refuses an action. */
import Type from 'typebox'
import { Nullable, named, StrEnum, TimeText, type Wire } from '../../foundation/http/schema.ts'
import { silences } from '../../words/deadlines.ts'
import { stepKinds } from '../../words/refund-plans.ts'

export const AvailableAction = named(
  'AvailableAction',
  Type.Object({
    resource: StrEnum(
      [
        'complaint',
        'evidence',
        'advance',
        'receivable',
        'hold',
        'refund_plan',
        'appeal',
        'message',
        'planned_action',
        'fund_movement',
      ],
      {
        description: 'What it acts on, or makes.',
      },
    ),
    action: Type.String({ description: 'The action in snake_case, as in the lifecycle.', example: 'complete_step' }),
    operation_id: Type.String({ description: 'The operation of the OpenAPI document that takes it.', example: 'completeStep' }),
    method: StrEnum(['POST'], { description: 'How it is sent.' }),
    href: Type.String({
      description: 'Where it is sent.',
      example: '/v1/refund-plans/019a9f3c-8d2e-7c31-9a55-0d6f3b1c2e4f/steps/019a9f3c-8d2e-7c31-9a55-0d6f3b1c2e50/complete',
    }),
    body_schema: Type.String({
      description: 'The schema of its body, as a reference into the OpenAPI document.',
      example: '#/components/schemas/CompleteStep',
    }),
    required: Type.Array(Type.String(), {
      description: 'The fields of the body without which it is refused as things stand; `body_schema` may require fewer.',
      example: ['tracking_number'],
    }),
    limits: Nullable(Type.Object({}, { additionalProperties: true }), {
      description:
        'A JSON Schema (2020-12) that the body has to meet besides `body_schema` as things stand: the choices that are left, the lines of the order, the most that can still be given back. Null where there is no more to say.',
      example: { properties: { owner: { const: 'agent:alice' } } },
    }),
    step_kind: Nullable(StrEnum(stepKinds), { description: 'Of a step of a refund plan: what is to be done.' }),
    mandatory: Type.Boolean({ description: 'It meets a running deadline of the caller’s side.' }),
    due_at: Nullable(TimeText(), { description: 'When that deadline falls due.' }),
    on_silence: Nullable(StrEnum(silences), { description: 'What happens if it is not met.' }),
  }),
)
export type AvailableActionOut = Wire<typeof AvailableAction>

/** One of them, for the document. */
export const availableActionExample: AvailableActionOut = {
  resource: 'appeal',
  action: 'file',
  operation_id: 'fileAppeal',
  method: 'POST',
  href: '/v1/complaints/019a9f3c-8d2e-7c31-9a55-0d6f3b1c2e4f/appeals',
  body_schema: '#/components/schemas/NewAppeal',
  required: ['reason_code', 'statement'],
  limits: null,
  step_kind: null,
  mandatory: false,
  due_at: null,
  on_silence: null,
}
