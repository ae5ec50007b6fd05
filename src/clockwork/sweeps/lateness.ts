import type { Decision } from '../../case/case-file/decision.ts'
import type { Act } from '../../case/silence/silence.ts'
import { toMs } from '../../foundation/clock.ts'
import type { Metrics } from '../../foundation/process/metrics.ts'
import { sweepMetrics } from './metrics.ts'

/**
 * Measures how long after its time each deadline was acted on; to be called once the decision is written. A deadline that a person held
 * back, or that waited for the other side, is measured from the end of that wait. In a stuck case it is measured from its due time.
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
