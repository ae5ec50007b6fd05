/** What a message may be now, beyond the schema of its body. */
import { addresseesOfParties, addresseesOfStaff } from '../../words/messages.ts'
import { againstPlatform, partySide } from '../case-file/case-file.ts'
import { type AsksOf, operationOf } from '../case-file/operations.ts'
import { takesWords } from './lifecycle.ts'
import { NewMessageIn } from './schema.ts'

export const messageOperations = { post: operationOf('postMessage', NewMessageIn) }

const internal = { properties: { visibility: { const: 'internal' }, to: { const: 'platform' } } } as const

export const messageAsks: AsksOf = {
  post: ({ file, actor }) => {
    if (partySide(file.complaint, actor) !== null)
      return {
        limits: {
          properties: { visibility: { const: 'parties' }, to: { enum: addresseesOfParties }, automated: { const: false } },
        },
      }
    if (!takesWords(file)) return { limits: internal }
    const to = addresseesOfStaff.filter((side) => side !== 'respondent' || !againstPlatform(file.complaint))
    return { limits: { anyOf: [internal, { properties: { visibility: { const: 'parties' }, to: { enum: to } } }] } }
  },
}
