/** A movement is made, or one that is there goes on: read and locked, judged, decided, told, written. */
import type { FastifyRequest } from 'fastify'
import { checkVersion } from '../../foundation/http/conditional.ts'
import { checkInput } from '../../foundation/http/validation.ts'
import type { Trx } from '../../foundation/sql/database.ts'
import { platformNow } from '../../platform/platforms/clock.ts'
import type { Deps } from '../../rules/deps.ts'
import { movementKindRows } from '../../words/fund.ts'
import { invalidField, notFound, problem } from '../../words/problems.ts'
import {
  accountOfMovement,
  approve,
  begin,
  cancel,
  complete,
  type Deciding,
  fail,
  isKnown,
  type Moved,
  nothing,
  receive,
  refuse,
  type Wanted,
} from './decide.ts'
import { findHolding, findPaid, lockMovement } from './find.ts'
import { tellMovement, writeMovement } from './record.ts'
import type { MovementBody, MovementRequest } from './schema.ts'
import type { MovementRow } from './table.ts'
import { judgeMovement, movementActions } from './view.ts'

/** What a movement needs of the service. */
type Needs = Pick<Deps, 'clock' | 'rules'>

const deciding = ({ clock }: Pick<Needs, 'clock'>, { caller }: FastifyRequest): Deciding => ({
  actor: caller.actor,
  now: platformNow(caller.platform, clock),
})

/** Tells a decision and writes it. The accounts come last: they stay locked from there to the commit. */
const keep = async (
  { clock }: Pick<Needs, 'clock'>,
  trx: Trx,
  moved: Moved,
  { actor }: Pick<Deciding, 'actor'>,
): Promise<MovementRow> => {
  await tellMovement(trx, moved, actor.role, clock.nowMs())
  await writeMovement(trx, moved)
  return moved.movement
}

/** @throws Problem `validation_failed` where the merchant is missing, or there is none to be named */
const checkMerchant = ({ kind, merchant_id }: Wanted): void => {
  const isDeposit = movementKindRows[kind].account === 'deposit'
  if (isDeposit === (merchant_id !== undefined)) return
  throw isDeposit
    ? invalidField('/merchant_id', 'missing', `is missing: a ${kind} is that of a merchant`)
    : invalidField('/merchant_id', 'not_allowed', `is for deposits: a ${kind} is of no merchant`)
}

/** Announces money, or asks for it; the caller is an admin. */
export const beginMovement = async (deps: Needs, trx: Trx, request: FastifyRequest, wanted: Wanted): Promise<MovementRow> => {
  const { platform } = request.caller
  checkMerchant(wanted)
  const rules = await deps.rules.present(platform, trx)
  const by = deciding(deps, request)
  const holding =
    movementKindRows[wanted.kind].way === 'in'
      ? nothing
      : await findHolding(trx, platform.id, accountOfMovement({ ...wanted, merchant_id: wanted.merchant_id ?? null }))
  return keep(deps, trx, begin(platform.id, wanted, by, rules, holding), by)
}

const decide = async (
  trx: Trx,
  action: MovementRequest,
  movement: MovementRow,
  by: Deciding,
  body: MovementBody,
): Promise<Moved> => {
  const holding = () => findHolding(trx, movement.platform_id, accountOfMovement(movement))
  switch (action) {
    case 'approve':
      return approve(movement, by, await holding())
    case 'refuse':
      return refuse(movement, by, body.explanation ?? '')
    case 'cancel':
      return cancel(movement, by, body.explanation)
    case 'receive':
      return receive(movement, by, body)
    case 'complete':
      return complete(movement, by, body, await holding())
    case 'fail': {
      const paid = await findPaid(trx, movement.platform_id, movement.id)
      if (paid === undefined) throw new Error('a withdrawal under way without its transfer')
      return fail(movement, by, body.explanation, paid)
    }
  }
}

/**
 * Takes one action on a movement. A report that is known already changes nothing.
 * @throws Problem `not_found`, `forbidden`, `separation_of_duties`, `version_stale`, `action_not_available`, `report_contradicts`
 */
export const moveOn = async (
  deps: Needs,
  trx: Trx,
  request: FastifyRequest,
  { id, action }: { id: string; action: MovementRequest },
): Promise<{ movement: MovementRow; isNews: boolean }> => {
  const { platform, actor } = request.caller
  const movement = await lockMovement(trx, platform.id, id)
  if (movement === undefined) throw notFound()
  const verdict = judgeMovement(action, movement, actor)
  if (!verdict.may && verdict.because !== 'action_not_available') throw problem(verdict.because, verdict.detail)
  checkInput(request)
  checkVersion(request, movement.version, { required: false })
  const body = request.body as MovementBody
  if (isKnown(action, movement, body)) return { movement, isNews: false }
  if (!verdict.may) throw problem(verdict.because, verdict.detail, { available_actions: movementActions(movement, actor) })
  const by = deciding(deps, request)
  return { movement: await keep(deps, trx, await decide(trx, action, movement, by, body), by), isNews: true }
}
