import type { Decision } from '../../case/case-file/decision.ts'
import type { Act } from '../../case/silence/silence.ts'
import { toMs } from '../../foundation/clock.ts'
import type { Metrics } from '../../foundation/process/metrics.ts'
import { sweepMetrics } from './metrics.ts'

/**
 * Measures, once a decision of a sweep is written, how long after its time each deadline was acted on. What a person held back, or silence
 * that waited for the other side, was to be acted on when that was over; a case that was stuck is late from its due time on.
 */
export const observeLateness = (metrics: Metrics, { before, now }: Decision, acts: readonly Act[]): void => {
  const { lateness } = sweepMetrics(metrics)
  for (const { deadline, action } of acts) {
    if (action === 'warn') continue
    const old = before.deadlines.find(({ id }) => id === deadline.id)
    if (old === undefined) continue
    const since = old.wakes_at > old.due_at && !before.stuck ? old.wakes_at : old.due_at
    lateness.observe(Math.max(0, toMs(now) - toMs(since)) / 1000)
  }
}
