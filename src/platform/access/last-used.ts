import type { FastifyBaseLogger } from 'fastify'
import { MINUTE, toTime } from '../../foundation/clock.ts'
import { loggedError } from '../../foundation/process/logger.ts'
import type { Db } from '../../foundation/sql/database.ts'
import { noteKeyUse } from './record.ts'

/** The time of a key's last use is written at most once in this time, so the stored time may be this far behind. */
const EVERY_MS = MINUTE
const MOST_REMEMBERED = 10_000

export interface KeyUses {
  /** Notes that a key was used now. The request does not wait for the write. */
  note: (key: UsedKey, nowMs: number) => void
  /** Resolves when all noted uses are written. */
  settled: () => Promise<void>
}

interface UsedKey {
  id: string
  platformId: string
  /** As the database had it when the key was looked up. */
  lastUsedAt: string | null
}

/**
 * Writes down when keys were last used: one key after the other on one connection, each at most once a minute of real time, by whatever
 * instance. A use that cannot be written is forgotten; the next one tries again.
 */
export const createKeyUses = (db: Db, log: FastifyBaseLogger): KeyUses => {
  const written = new Map<string, number>()
  const waiting = new Map<string, { platformId: string; nowMs: number }>()
  let working: Promise<void> | undefined

  const write = async (): Promise<void> => {
    for (const [id, { platformId, nowMs }] of waiting) {
      waiting.delete(id)
      try {
        await noteKeyUse(db, platformId, id, { now: toTime(nowMs), unlessSince: toTime(nowMs - EVERY_MS) })
      } catch (error) {
        written.delete(id)
        log.debug(loggedError(error), 'the use of a key was not written down')
      }
    }
    working = undefined
  }

  return {
    note: ({ id, platformId, lastUsedAt }, nowMs) => {
      const last = written.get(id) ?? (lastUsedAt === null ? undefined : Date.parse(lastUsedAt))
      if (last !== undefined && nowMs - last < EVERY_MS && nowMs >= last) return
      if (written.size >= MOST_REMEMBERED) written.clear()
      written.set(id, nowMs)
      waiting.set(id, { platformId, nowMs })
      working ??= write()
    },
    settled: async () => working,
  }
}
