import { Counter } from 'prom-client'
import { type Metrics, roomMetrics } from '../../foundation/process/metrics.ts'
import type { Decision } from '../case-file/decision.ts'
import { isCategoryGiven } from './choice.ts'

export const suggestionMetrics = roomMetrics((registry) => ({
  suggestions: new Counter({
    name: 'redress_suggestions_total',
    help: 'Suggested categories that staff saw when they chose one, by whether they took it',
    labelNames: ['source', 'accepted'],
    registers: [registry],
  }),
  withheld: new Counter({
    name: 'redress_withheld_suggestions_total',
    help: 'Suggested categories that staff did not see when they chose one, by whether they would have been right',
    labelNames: ['source', 'right'],
    registers: [registry],
  }),
}))

/** Counts, once a decision is written, what became of a suggestion. */
export const countSuggestions = (metrics: Metrics, { before, file, isFirst }: Decision): void => {
  const { complaint } = file
  const suggestion = complaint.understood?.suggestion
  if (isFirst || !suggestion?.category || isCategoryGiven(before.complaint) || !isCategoryGiven(complaint)) return
  const same = suggestion.category === complaint.category ? 'yes' : 'no'
  const { suggestions, withheld } = suggestionMetrics(metrics)
  if (complaint.understood?.withheld) withheld.inc({ source: suggestion.source, right: same })
  else suggestions.inc({ source: suggestion.source, accepted: same })
}
