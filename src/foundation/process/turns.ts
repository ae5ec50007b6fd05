import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises'

/** How long a piece of work may keep everybody else waiting, in milliseconds. */
const MOST_MS = 10

/** For long work without a pause of its own: called between its parts, it lets others have their turn once ten milliseconds are over. */
export const takeTurns = (): (() => Promise<void>) => {
  let since = performance.now()
  return async () => {
    if (performance.now() - since < MOST_MS) return
    await nextTurn()
    since = performance.now()
  }
}

const MOST_REST_MS = 50

/**
 * For work in batches that nobody waits for: between two of them it rests for as long as one took, up to a twentieth of a second. Requests come
 * first.
 * @param began when the batch began, by `performance.now()`
 */
export const restAfter = (began: number): Promise<void> => pause(Math.min(MOST_REST_MS, performance.now() - began))
