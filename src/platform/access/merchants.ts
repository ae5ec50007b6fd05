/** What a merchant has said once, for all its cases: at `/v1/merchants/{id}/…`. */
import type { FastifyRequest } from 'fastify'
import Type from 'typebox'
import { notFound, problem } from '../../words/problems.ts'
import { seesAll } from './caller.ts'

export const MerchantParams = Type.Object({
  id: Type.String({ maxLength: 256, description: 'The platform’s own id of the merchant.', example: 'M-12' }),
})

/**
 * @param says the refusal of whoever is no merchant
 * @throws Problem `not_found` for another merchant, `forbidden` for whoever is none
 */
export const requireMerchant = ({ caller: { actor } }: FastifyRequest, id: string, says: string): void => {
  if (actor.role !== 'merchant') throw problem('forbidden', says)
  if (actor.id !== id) throw notFound()
}

/**
 * @param says the refusal of whoever is neither a merchant nor of the platform
 * @throws Problem `not_found` for another merchant, `forbidden` for buyers
 */
export const requireMerchantOrStaff = (request: FastifyRequest, id: string, says: string): void => {
  if (!seesAll(request.caller.actor.role)) requireMerchant(request, id, says)
}
