import { beginning, forgetOrders, type Place, restsBefore } from '../../case/orders/forget.ts'
import { restAfter } from '../../foundation/process/turns.ts'
import { forEach } from './each-platform.ts'
import { ROWS_AT_ONCE } from './forget.ts'
import type { JobDeps } from './job.ts'

/** Walks over the old orders of each platform and removes what may leave of them. */
export const forgetOldOrders = async (deps: JobDeps, shouldStop: () => boolean): Promise<{ removed: number }> => {
  const { db, clock, config } = deps
  const unreachable = 'a platform’s old orders could not be removed; the next turn tries again'
  const removed = await forEach(deps, unreachable, shouldStop, async (id) => {
    const before = await restsBefore(db, id, clock.nowMs(), config.ordersKeptDays)
    let gone = 0
    for (let from: Place | null = beginning; from !== null && !shouldStop(); ) {
      const began = performance.now()
      const turn = await forgetOrders(db, id, before, from, ROWS_AT_ONCE)
      gone += turn.removed
      from = turn.next
      if (from !== null) await restAfter(began)
    }
    return gone
  })
  return { removed }
}
