import { judge, kebab } from '../../foundation/lifecycle.ts'
import type { Actor } from '../../platform/access/caller.ts'
import type { AvailableActionOut } from '../../platform/wire/available-action.ts'
import { movementCapacities, movementLifecycle } from './lifecycle.ts'
import { type MovementRequest, type MovementWire, movementBodies } from './schema.ts'
import type { MovementRow } from './table.ts'

export const movementRequests = Object.keys(movementBodies) as MovementRequest[]

/** `approve` as `approveFundMovement`. */
export const movementOperation = (action: MovementRequest): string => `${action}FundMovement`

/** Whether this caller may take an action on a movement now. */
export const judgeMovement = (action: MovementRequest, movement: MovementRow, actor: Actor) =>
  judge(action, movementLifecycle.actions[action], movement.status, movementCapacities(actor), { actor, movement })

/** What this caller can do with a movement now. */
export const movementActions = (movement: MovementRow, actor: Actor): AvailableActionOut[] =>
  movementRequests
    .filter((action) => judgeMovement(action, movement, actor).may)
    .map((action) => {
      const { name, schema } = movementBodies[action]
      const { required = [] } = schema as { required?: string[] }
      return {
        resource: 'fund_movement',
        action,
        operation_id: movementOperation(action),
        method: 'POST',
        href: `/v1/fund/movements/${movement.id}/${kebab(action)}`,
        body_schema: `#/components/schemas/${name}`,
        required: [...required],
        limits: null,
        step_kind: null,
        mandatory: false,
        due_at: movement.due_at,
        on_silence: null,
      }
    })

/** A movement as whoever may read it sees it. */
export const movementView = ({ platform_id: _, ...movement }: MovementRow, actor: Actor): MovementWire => ({
  ...movement,
  difference: movement.received_amount === null ? null : movement.received_amount - movement.amount,
  available_actions: movementActions({ platform_id: _, ...movement }, actor),
})
