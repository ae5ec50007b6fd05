import { Counter, Gauge, Histogram } from 'prom-client'
import { type Clock, SECOND } from '../../foundation/clock.ts'
import { type Metrics, roomMetrics } from '../../foundation/process/metrics.ts'
import type { ReadList } from '../../foundation/sql/replica.ts'
import { disabledReasons } from '../../words/webhooks.ts'
import { countWebhooks } from '../across-platforms.ts'

export const deliveryMetrics = roomMetrics((registry) => {
  const disabled = new Counter({
    name: 'redress_webhook_endpoints_disabled_total',
    help: 'Endpoints that were disabled, by why',
    labelNames: ['reason'],
    registers: [registry],
  })
  for (const reason of disabledReasons) disabled.inc({ reason }, 0)
  return {
    disabled,
    attempts: new Counter({
      name: 'redress_webhook_attempts_total',
      help: 'Attempts at deliveries, by what came of them',
      labelNames: ['result'],
      registers: [registry],
    }),
    duration: new Histogram({
      name: 'redress_webhook_attempt_duration_seconds',
      help: 'How long an attempt took, whatever came of it',
      buckets: [0.01, 0.05, 0.1, 0.5, 1, 5, 15],
      registers: [registry],
    }),
  }
})

/** The shortest time between two counts, however often the metrics are read. */
const FRESH_MS = 15 * SECOND

/** Adds the gauges that are counted in the database when the metrics are read. A count that fails leaves the last values. */
export const watchWebhooks = ({ registry }: Pick<Metrics, 'registry'>, readList: ReadList, clock: Clock): void => {
  let countedAt = Number.NEGATIVE_INFINITY
  let counting = Promise.resolve()
  const collect = (): Promise<void> => {
    const now = clock.nowMs()
    if (now - countedAt < FRESH_MS) return counting
    countedAt = now
    counting = readList((db) => countWebhooks(db, now)).then(
      ({ active, disabled, held }) => {
        endpoints.set({ state: 'active' }, active)
        endpoints.set({ state: 'disabled' }, disabled)
        subjects.set(held)
      },
      () => undefined,
    )
    return counting
  }
  const endpoints = new Gauge({
    name: 'redress_webhook_endpoints',
    help: 'Webhook endpoints, by state',
    labelNames: ['state'],
    collect,
    registers: [registry],
  })
  const subjects = new Gauge({
    name: 'redress_webhook_subjects_held',
    help: 'Subjects whose next event has been waiting for an endpoint for more than an hour',
    collect,
    registers: [registry],
  })
}
