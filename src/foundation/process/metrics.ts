import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/** Numbers for Prometheus. Labels are route templates and fixed words, so that no request can add a series. */
export interface Metrics {
  registry: Registry
  requestDuration: Histogram<'method' | 'route' | 'status'>
  /** What sweeps did: `redress_sweep_results_total{result}`. */
  sweepResults: Counter<'result'>
  /** Sweeps that left something of a platform for the next because of a limit: `redress_sweep_left_over_total`. */
  sweepLeftOver: Counter
  /** How late deadlines were acted on: `redress_sweep_lateness_seconds`. */
  sweepLateness: Histogram
  /** Who tells the age of the last tick for `redress_sweep_last_tick_seconds`; nobody where no timetable runs. */
  lastTick: { ageSeconds?: () => number }
  /** How deadlines ended: `redress_deadlines_total{kind,channel,result}`, result one of met, met_late, missed, cancelled. */
  deadlines: Counter<'kind' | 'channel' | 'result'>
  /** The time that was left when they did, in seconds of the time they count in; negative when they were late. */
  deadlineMargin: Histogram<'kind' | 'channel'>
}

const HOUR_S = 3600
const DAY_S = 24 * HOUR_S

/** @param options.process also report on the process itself (memory, event loop, descriptors); off in tests, which make many */
export const createMetrics = (options: { process: boolean }): Metrics => {
  const registry = new Registry()
  const lastTick: Metrics['lastTick'] = {}
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
  if (options.process) collectDefaultMetrics({ register: registry })
  return {
    registry,
    requestDuration: new Histogram({
      name: 'http_request_duration_seconds',
      help: 'Time from the request to the end of its answer',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers: [registry],
    }),
    sweepResults: new Counter({
      name: 'redress_sweep_results_total',
      help: 'Cases and deadlines that sweeps acted on',
      labelNames: ['result'],
      registers: [registry],
    }),
    sweepLeftOver: new Counter({
      name: 'redress_sweep_left_over_total',
      help: 'Sweeps of a platform that reached a limit and left the rest for the next',
      registers: [registry],
    }),
    sweepLateness: new Histogram({
      name: 'redress_sweep_lateness_seconds',
      help: 'How long after its time a sweep acted on a deadline',
      buckets: [1, 10, 60, 600],
      registers: [registry],
    }),
    lastTick,
    deadlines: new Counter({
      name: 'redress_deadlines_total',
      help: 'Deadlines that ended, by how',
      labelNames: ['kind', 'channel', 'result'],
      registers: [registry],
    }),
    deadlineMargin: new Histogram({
      name: 'redress_deadline_margin_seconds',
      help: 'Time left when a deadline ended, in the time it counts in; negative when it was late',
      labelNames: ['kind', 'channel'],
      buckets: [-7 * DAY_S, -DAY_S, -HOUR_S, -60, 0, 60, HOUR_S, DAY_S, 7 * DAY_S],
      registers: [registry],
    }),
  }
}
