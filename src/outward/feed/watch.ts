/**
 * Wakes readers that wait for something to happen. One small statement asks for all platforms that somebody of this process waits for, many
 * times a second while somebody does: waiting costs no query of its own.
 *
 * Postgres could call (`notify`), but whoever sends takes a lock that all commits share, a pooler between takes the listener's session away,
 * and a call comes at the commit, when the feed may not yet be read that far.
 */
import { setTimeout as after } from 'node:timers/promises'
import type { ReadList } from '../../foundation/sql/replica.ts'
import { findNewestPositions } from '../across-platforms.ts'

/** The rest between two questions. */
const EVERY_MS = 50

export interface FeedWatch {
  /**
   * Waits until the feed of a platform can be read at a position or beyond.
   * @param ms at most so long
   * @returns whether it can
   */
  until: (platformId: string, position: number, ms: number, signal?: AbortSignal) => Promise<boolean>
  /** Lets all go who wait, and all who come. */
  end: () => void
}

interface Waiter {
  platformId: string
  position: number
  wake: (isThere: boolean) => void
}

export const watchFeeds = (readList: ReadList): FeedWatch => {
  const waiters = new Set<Waiter>()
  let isAsking = false
  let ended = false

  const ask = async (): Promise<void> => {
    if (isAsking) return
    isAsking = true
    while (waiters.size > 0) {
      const platforms = [...new Set([...waiters].map(({ platformId }) => platformId))]
      // a database that does not answer keeps nobody longer than they wanted to wait
      const newest = await readList((db) => findNewestPositions(db, platforms)).catch(() => new Map<string, number>())
      for (const waiter of waiters) if ((newest.get(waiter.platformId) ?? -1) >= waiter.position) waiter.wake(true)
      if (waiters.size > 0) await after(EVERY_MS)
    }
    isAsking = false
  }

  return {
    until: (platformId, position, ms, signal) =>
      new Promise((resolve) => {
        if (ended || signal?.aborted) return resolve(false)
        const wake = (isThere: boolean): void => {
          waiters.delete(waiter)
          clearTimeout(timer)
          signal?.removeEventListener('abort', giveUp)
          resolve(isThere)
        }
        const giveUp = (): void => wake(false)
        const timer = setTimeout(giveUp, ms)
        const waiter: Waiter = { platformId, position, wake }
        signal?.addEventListener('abort', giveUp)
        waiters.add(waiter)
        void ask()
      }),
    end: () => {
      ended = true
      for (const { wake } of waiters) wake(false)
    },
  }
}
