import { restAfter } from '../../foundation/process/turns.ts'

/** Rows removed by one statement. */
export const ROWS_AT_ONCE = 1000

/**
 * Removes batch after batch until one is not full.
 * @param forget removes at most so many rows and returns how many
 */
export const forgetAll = async (
  forget: (most: number) => Promise<number>,
  shouldStop: () => boolean,
): Promise<{ removed: number }> => {
  let removed = 0
  while (!shouldStop()) {
    const began = performance.now()
    const gone = await forget(ROWS_AT_ONCE)
    removed += gone
    if (gone < ROWS_AT_ONCE) break
    await restAfter(began)
  }
  return { removed }
}
