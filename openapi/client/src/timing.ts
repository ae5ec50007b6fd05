/** The longest that a timer can be set to, in milliseconds; a longer one would go off at once. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1

/** Time and chance, so that tests can hold both. */
export interface Timing {
  /** Milliseconds on a clock that only goes forward. */
  now(): number
  /** Resolves after as many milliseconds, or at once when the signal ends the call. */
  wait(ms: number, signal: AbortSignal | undefined): Promise<void>
  /** From 0 to 1. */
  random(): number
}

export const systemTiming: Timing = {
  now: () => performance.now(),
  wait: (ms, signal) =>
    new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', done)
        resolve()
      }
      const timer = setTimeout(done, Math.min(ms, LONGEST_TIMER_MS))
      signal?.addEventListener('abort', done)
      if (signal?.aborted) done()
    }),
  random: Math.random,
}
