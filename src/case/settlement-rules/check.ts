/** What a schema cannot say about settlement rules. Pure. */

import { type FieldError, problem } from '../../words/problems.ts'
import { amountFault } from '../refund-plans/draft.ts'
import { takesGoodsBack } from '../refund-plans/steps.ts'
import { agreedRemedies } from './decide.ts'
import type { SettlementRulesBody } from './schema.ts'
import type { SettlementRule } from './table.ts'

/** An address is for goods that come back. */
const addressFault = (pointer: string, takesBack: boolean, address: string | undefined): FieldError[] =>
  address === undefined || takesBack
    ? []
    : [{ pointer: `${pointer}/return_address`, code: 'not_allowed', detail: 'is for goods that come back' }]

const faultsOf = (rule: SettlementRule, index: number, rules: readonly SettlementRule[]): FieldError[] => {
  const at = `/rules/${index}`
  const { rule_id, agree, offer } = rule
  const faults: FieldError[] = []
  if (rules.findIndex((other) => other.rule_id === rule_id) !== index)
    faults.push({ pointer: `${at}/rule_id`, code: 'duplicates', detail: 'is already the name of another rule' })
  if ((agree === undefined) === (offer === undefined))
    faults.push({ pointer: at, code: 'one_of', detail: 'needs exactly one of agree and offer' })
  if (agree) faults.push(...addressFault(`${at}/agree`, agreedRemedies(agree).some(takesGoodsBack), agree.return_address))
  if (offer)
    faults.push(
      ...amountFault(offer, `${at}/offer/amount`),
      ...addressFault(`${at}/offer`, takesGoodsBack(offer.type), offer.return_address),
    )
  return faults
}

/** @throws Problem `validation_failed` with a pointer to each fault */
export const checkSettlementRules = ({ rules }: SettlementRulesBody): void => {
  const errors = (rules as SettlementRule[]).flatMap(faultsOf)
  if (errors.length > 0) throw problem('validation_failed', 'The rules cannot be applied as they are.', { errors })
}
