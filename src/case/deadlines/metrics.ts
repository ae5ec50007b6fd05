import { Counter, Histogram } from 'prom-client'
import { DAY, HOUR, MINUTE } from '../../foundation/clock.ts'
import { type Metrics, roomMetrics } from '../../foundation/process/metrics.ts'
import { isCounted } from '../../words/deadlines.ts'
import type { Decision } from '../case-file/decision.ts'

const inSeconds = (ms: number): number => ms / 1000

export const deadlineMetrics = roomMetrics((registry) => ({
  /** How deadlines ended, result one of met, met_late, missed, cancelled. */
  ended: new Counter({
    name: 'redress_deadlines_total',
    help: 'Deadlines that ended, by how',
    labelNames: ['kind', 'channel', 'result'],
    registers: [registry],
  }),
  /** The time that was left when they did, in seconds of the time they count in. */
  margin: new Histogram({
    name: 'redress_deadline_margin_seconds',
    help: 'Time left when a deadline ended, in the time it counts in; negative when it was late',
    labelNames: ['kind', 'channel'],
    buckets: [-7 * DAY, -DAY, -HOUR, -MINUTE, 0, MINUTE, HOUR, DAY, 7 * DAY].map(inSeconds),
    registers: [registry],
  }),
}))

/**
 * Counts, once a decision is written, which duties were met or missed, and by how much. A duty that is missed repeatedly counts as missed
 * once. If it is met in the end, it also counts as `met_late`.
 */
export const countResults = (metrics: Metrics, { clockChanges, file }: Decision): void => {
  const { ended, margin } = deadlineMetrics(metrics)
  const { channel } = file.complaint
  for (const { kind, step, change, margin_ms } of clockChanges) {
    if (change === 'missed' && step > 0) continue
    if (!isCounted(kind) || (change !== 'met' && change !== 'missed' && change !== 'cancelled')) continue
    ended.inc({ kind, channel, result: change === 'met' && (margin_ms ?? 0) < 0 ? 'met_late' : change })
    if (margin_ms !== null) margin.observe({ kind, channel }, inSeconds(margin_ms))
  }
}
