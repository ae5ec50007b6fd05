import type { Metrics } from '../../foundation/process/metrics.ts'
import { isCounted } from '../../words/deadlines.ts'
import type { Decision } from '../case-file/decision.ts'

/**
 * Counts, once a decision is written, which duties were met or missed, and by how much. One that is missed again and again is missed once; one
 * that is done after all is `met_late` besides.
 */
export const countResults = (metrics: Metrics, { clockChanges, file }: Decision): void => {
  const { channel } = file.complaint
  for (const { kind, step, change, margin_ms } of clockChanges) {
    if (change === 'missed' && step > 0) continue
    if (!isCounted(kind) || (change !== 'met' && change !== 'missed' && change !== 'cancelled')) continue
    metrics.deadlines.inc({ kind, channel, result: change === 'met' && (margin_ms ?? 0) < 0 ? 'met_late' : change })
    if (margin_ms !== null) metrics.deadlineMargin.observe({ kind, channel }, margin_ms / 1000)
  }
}
