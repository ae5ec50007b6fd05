/**
 * Gives every job its turns. Lanes run side by side; a job that waits or is still at work when its next turn comes is left out of that one; one
 * that fails is told and has its next turn like any other.
 */
import { setTimeout as after } from 'node:timers/promises'
import { SECOND } from '../../foundation/clock.ts'
import { loggedError } from '../../foundation/process/logger.ts'
import type { Db } from '../../foundation/sql/database.ts'
import type { Wake } from '../deps.ts'
import { type Machine, machineFor } from '../sweeps/ticker.ts'
import { startTimetable, type Timetable } from '../sweeps/timetable.ts'
import type { Job, JobDeps, JobName, Lane } from './job.ts'
import { jobs } from './jobs.ts'
import { jobMetrics } from './metrics.ts'

/**
 * Pools apart from that of the requests. The lanes of the deadlines and of the webhooks have one each of their own, so that no other job keeps them
 * waiting.
 */
export interface Connections {
  deadlines: Db
  webhooks: Db
  others: Db
}

export interface Jobs {
  /** Every job has its turns from now on. @param pattern of `SWEEP_CRON` */
  start: (pattern: string, machine?: Machine) => void
  /** Gives a job a turn now. One that is at work has another as soon as it is through. */
  wake: Wake
  /** What keeps this instance from being ready, in words; `undefined` while sweeps come in time. */
  fault: () => string | undefined
  /**
   * No further turn; resolves when all that is at work has come to the end of its batch.
   * @param patienceMs after which it is left at work, and told; without it there is no end
   */
  stop: (patienceMs?: number) => Promise<void>
}

/** Calls at once and then every so many milliseconds, whatever is done to the system clock. @returns what ends it */
const every = (machine: Machine, periodMs: number, call: () => void): (() => void) => {
  let cancel = (): void => undefined
  const turn = (): void => {
    cancel = machine.after(periodMs, turn)
    call()
  }
  turn()
  return () => cancel()
}

/** Waits for something, but not for longer than that. */
const within = async (ms: number, awaited: Promise<unknown>): Promise<void> => {
  const over = new AbortController()
  await Promise.race([awaited, after(ms, undefined, { signal: over.signal }).catch(() => undefined)])
  over.abort()
}

/** @param lines all jobs; those of higher wings come with the process */
export const createJobs = <D extends JobDeps>(deps: D, connections: Connections, lines: readonly Job<D>[] = jobs): Jobs => {
  const { log, clock } = deps
  const { lastSuccess, duration, failures } = jobMetrics(deps.metrics)
  for (const { name } of lines) failures.inc({ job: name }, 0)
  let stopping = false
  let timetable: Timetable | undefined
  const timers: (() => void)[] = []
  /** What each lane does last. */
  const lanes = new Map<Lane, Promise<void>>()
  /** What waits in its lane or is at work. */
  const taken = new Map<Job<D>, Promise<void>>()
  const woken = new Set<Job<D>>()

  const run = async (job: Job<D>): Promise<void> => {
    if (stopping) return
    const began = performance.now()
    const passed = (): number => Math.round(performance.now() - began)
    const shouldStop = (): boolean => {
      if (job.turns === 'SWEEP_CRON') timetable?.seen()
      return stopping
    }
    try {
      const of = job.lane === 'deadlines' || job.lane === 'webhooks' ? job.lane : 'others'
      const did = await job.run({ ...deps, db: connections[of] }, shouldStop)
      lastSuccess.set({ job: job.name }, clock.nowMs() / SECOND)
      const isNews = Object.values(did).some((count) => count > 0)
      if (isNews) log.info({ job: job.name, duration_ms: passed(), ...did }, 'a job did its work')
    } catch (error) {
      failures.inc({ job: job.name })
      log.error({ ...loggedError(error), job: job.name, duration_ms: passed() }, 'a job failed; its next turn tries again')
    }
    duration.observe({ job: job.name }, passed() / SECOND)
  }

  const take = (job: Job<D>): Promise<void> => {
    const there = taken.get(job)
    if (there) return there
    const turn = (lanes.get(job.lane) ?? Promise.resolve())
      .then(() => run(job))
      .then(() => {
        taken.delete(job)
        if (woken.delete(job)) void take(job)
      })
    taken.set(job, turn)
    lanes.set(job.lane, turn)
    return turn
  }

  const jobOf = (name: JobName): Job<D> | undefined => lines.find((job) => job.name === name)

  return {
    start: (pattern, machine = machineFor(pattern)) => {
      const ticked = lines.filter(({ turns }) => turns === 'SWEEP_CRON')
      timetable = startTimetable(deps, machine, () => Promise.all(ticked.map(take)))
      for (const job of lines) if (job.turns !== 'SWEEP_CRON') timers.push(every(machine, job.turns, () => void take(job)))
    },
    wake: (name) => {
      const job = jobOf(name)
      if (stopping || job === undefined) return
      if (taken.has(job)) woken.add(job)
      else void take(job)
    },
    fault: () => timetable?.fault(),
    stop: async (patienceMs) => {
      stopping = true
      for (const cancel of timers.splice(0)) cancel()
      const ended = Promise.all([timetable?.stop(), ...taken.values()])
      await (patienceMs === undefined ? ended : within(patienceMs, ended))
      if (taken.size > 0) log.warn({ jobs: [...taken.keys()].map(({ name }) => name) }, 'jobs are left at work')
    },
  }
}
