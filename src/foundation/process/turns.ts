import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises'

/** How long a piece of work may block the event loop, in milliseconds. */
const MOST_MS = 10

/** For long work without a pause of its own. Await the returned function between its parts: it yields to the event loop after `MOST_MS`. */
export const createYielder = (): (() => Promise<void>) => {
  let since = performance.now()
  return async () => {
    if (performance.now() - since < MOST_MS) return
    await nextTurn()
    since = performance.now()
  }
}

const MOST_REST_MS = 50

/**
 * For work in batches that nobody waits for. Rests for as long as the batch took, at most `MOST_REST_MS`, so that requests come first.
 * @param began when the batch began, by `performance.now()`
 */
export const restAfter = (began: number): Promise<void> => pause(Math.min(MOST_REST_MS, performance.now() - began))
