/** The machine of tests that are about turns by the clock: nothing passes by itself. */
import type { Machine } from '../../src/clockwork/sweeps/ticker.ts'

export const NOON = Date.parse('2026-11-21T12:00:00.000Z')

/** A machine whose two clocks and timers are moved by hand. `gaps` are the pauses of its pattern, repeated, from noon on. */
export const machine = (gaps: readonly number[]) => {
  let wall = NOON
  let steady = 5_000
  let timers: { at: number; call: () => void }[] = []
  const nextRuns = (count: number): number[] => {
    const round = gaps.reduce((sum, gap) => sum + gap, 0)
    const runs: number[] = []
    let run = NOON + Math.floor((wall - NOON) / round) * round
    for (let n = 0; runs.length < count; n = (n + 1) % gaps.length) {
      if (run > wall) runs.push(run)
      run += gaps[n] ?? 0
    }
    return runs
  }
  const made: Machine = {
    wallMs: () => wall,
    steadyMs: () => steady,
    after: (ms, call) => {
      const timer = { at: steady + ms, call }
      timers.push(timer)
      return () => {
        timers = timers.filter((other) => other !== timer)
      }
    },
    nextRuns,
  }
  /** Lets time pass: both clocks go on, and every timer whose time has come is called at that very time. */
  const pass = async (ms: number): Promise<void> => {
    const end = steady + ms
    for (;;) {
      const next = timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0]
      // one that was frozen over is called late
      const to = Math.max(steady, next?.at ?? end)
      wall += to - steady
      steady = to
      if (next === undefined) return
      timers = timers.filter((other) => other !== next)
      next.call()
      await new Promise(setImmediate)
    }
  }
  return {
    made,
    pass,
    setClock: (ms: number) => {
      wall += ms
    },
    /** Nothing runs for so long, timers neither. */
    freeze: (ms: number) => {
      wall += ms
      steady += ms
    },
    /** How many timers wait for their time. */
    armed: () => timers.length,
    sinceNoon: () => wall - NOON,
    sinceStart: () => steady - 5_000,
  }
}
