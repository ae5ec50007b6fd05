import { setImmediate as nextTurn } from 'node:timers/promises'

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
