/**
 * Ticks by a cron pattern. The pattern names moments of the system clock, which may be set at any time. After it was set back, a timer that
 * waits for a moment of that clock would stand still for just as long. So every pause is also measured by a clock that only goes forward: a
 * tick comes when the pause until its moment is over or when the system clock reaches its moment, whichever is first.
 */

import type { FastifyBaseLogger } from 'fastify'
import { createTask } from 'node-cron'
import { SECOND, systemClock } from '../../foundation/clock.ts'

/** What a ticker knows of the machine. Tests have one of their own. */
export interface Machine {
  /** The system clock, in milliseconds since the epoch. */
  wallMs: () => number
  /** Milliseconds that only go forward, whatever is done to the system clock. */
  steadyMs: () => number
  /** Calls `call` after `ms` milliseconds of the steady clock, unless the returned function is called before. */
  after: (ms: number, call: () => void) => () => void
  /** The next moments of the pattern by the system clock, the earliest first. */
  nextRuns: (count: number) => number[]
}

export const machineFor = (pattern: string): Machine => {
  // never started: it only computes the moments of the pattern
  const task = createTask(pattern, () => undefined)
  return {
    wallMs: () => systemClock.nowMs(),
    steadyMs: () => performance.now(),
    after: (ms, call) => {
      const timer = setTimeout(call, ms)
      return () => clearTimeout(timer)
    },
    nextRuns: (count) => task.getNextRuns(count).map((date) => date.getTime()),
  }
}

export interface Ticker {
  /** How long ago a tick began, or work in one was last seen to go on. */
  ageMs: () => number
  /** Whether the next tick is late by more than three periods. */
  isLate: () => boolean
  /** Says that the tick that is at work goes on. */
  seen: () => void
  /** No further tick; resolves when the one at work is over. */
  stop: () => Promise<void>
}

/** How often the system clock is looked at while a tick is waited for. */
const LOOK_EVERY_MS = 10 * SECOND
/** The two clocks never agree to the millisecond: a tick up to this long before a moment counts as the tick of that moment. */
const EARLY_MS = SECOND / 2
/** When the difference between the two clocks changes by at least this much, the system clock was set. */
const SET_MS = SECOND
const LATE_PERIODS = 3

/**
 * @param tick one at a time: a moment that finds the tick before still at work is left out. Must not reject.
 */
export const startTicker = (machine: Machine, log: FastifyBaseLogger, tick: () => Promise<unknown>): Ticker => {
  const { wallMs, steadyMs, after, nextRuns } = machine
  let stopped = false
  let cancel = (): void => undefined
  let atWork: Promise<unknown> | undefined
  /** The moment of the next tick by both clocks, and the time from it to the moment after. */
  let due = { wall: 0, steady: 0, period: 0 }
  let seenSteady = steadyMs()
  let offset = wallMs() - steadyMs()
  let toldLate = false

  const plan = (last: number | undefined): void => {
    const wall = wallMs()
    const runs = nextRuns(3)
    // A slightly early tick was the run of its moment, which is not planned again. A tick further off belongs to another moment.
    const isSame = last !== undefined && wall < last && last - wall <= EARLY_MS
    const [next = wall + LOOK_EVERY_MS, following = next + LOOK_EVERY_MS] = isSame ? runs.filter((run) => run > last) : runs
    due = { wall: next, steady: steadyMs() + Math.max(0, next - wall), period: following - next }
  }

  /** How late the next tick is or, while a tick is at work, its next sign of life. */
  const lateBy = (): number => steadyMs() - (atWork ? seenSteady + due.period : due.steady)
  const isLate = (): boolean => lateBy() > LATE_PERIODS * due.period

  const noticeSetClock = (): void => {
    const now = wallMs() - steadyMs()
    const byMs = Math.round(now - offset)
    if (Math.abs(byMs) >= SET_MS) log.warn({ by_ms: byMs }, 'the system clock was set; sweeps go on by their periods')
    offset = now
  }

  const noticeLate = (): void => {
    if (!isLate()) return
    if (!toldLate)
      log.error({ late_ms: Math.round(lateBy()), period_ms: due.period }, 'a sweep is late by more than three periods')
    toldLate = true
  }

  const begin = (): void => {
    if (atWork) {
      log.warn('a tick is left out: the sweep before is still running')
      return
    }
    toldLate = false
    seenSteady = steadyMs()
    atWork = tick().finally(() => {
      atWork = undefined
      seenSteady = steadyMs()
    })
  }

  const look = (): void => {
    if (stopped) return
    noticeSetClock()
    noticeLate()
    if (steadyMs() >= due.steady || wallMs() >= due.wall) {
      begin()
      plan(due.wall)
    }
    arm()
  }

  const arm = (): void => {
    cancel = after(Math.min(LOOK_EVERY_MS, Math.max(1, due.steady - steadyMs())), look)
  }

  plan(undefined)
  arm()
  return {
    ageMs: () => steadyMs() - seenSteady,
    isLate,
    seen: () => {
      seenSteady = steadyMs()
    },
    stop: async () => {
      stopped = true
      cancel()
      await atWork
    },
  }
}
