import { Counter, Gauge, Histogram } from 'prom-client'
import { roomMetrics } from '../../foundation/process/metrics.ts'

export const sweepMetrics = roomMetrics((registry) => {
  /** The timetable sets `ageSeconds`; it is missing where no timetable runs. */
  const lastTick: { ageSeconds?: () => number } = {}
  new Gauge({
    name: 'redress_sweep_last_tick_seconds',
    help: 'Time since the timetable of sweeps was last seen at work, by a clock that nobody can set',
    registers: [registry],
    collect() {
      const age = lastTick.ageSeconds?.()
      if (age === undefined) this.remove()
      else this.set(age)
    },
  })
  return {
    lastTick,
    /** What sweeps did. */
    results: new Counter({
      name: 'redress_sweep_results_total',
      help: 'Cases and deadlines that sweeps acted on',
      labelNames: ['result'],
      registers: [registry],
    }),
    /** Sweeps that left something of a platform for the next because of a limit. */
    leftOver: new Counter({
      name: 'redress_sweep_left_over_total',
      help: 'Sweeps of a platform that reached a limit and left the rest for the next',
      registers: [registry],
    }),
    /** Platforms that were left out of a sweep because they could not be served. */
    platformsFailed: new Counter({
      name: 'redress_sweep_platforms_failed_total',
      help: 'Platforms that a sweep left out because their rows were out of reach, while it swept the others',
      registers: [registry],
    }),
    /** How late deadlines were acted on. */
    lateness: new Histogram({
      name: 'redress_sweep_lateness_seconds',
      help: 'How long after its time a sweep acted on a deadline',
      buckets: [1, 10, 60, 600],
      registers: [registry],
    }),
  }
})
