/** A reader of the feed, as a program outside would be. */
import { sql } from 'kysely'
import { eventually } from '../../process/child.ts'
import type { Json, TestApp } from '../../support/app.ts'

export const integration = 'integration:erp'

export interface Reader {
  /** Everything read so far. */
  seen: Json[]
  cursor: string | undefined
  /** Reads to the end, page by page. */
  read: (limit?: number) => Promise<Json[]>
}

/**
 * Waits until no transaction that is open now holds the feed back: the server counts those of all its databases, and other tests have some.
 */
export const settled = async ({ db }: Pick<TestApp, 'db'>): Promise<void> => {
  const { rows } = await sql<{ next: string }>`select pg_snapshot_xmax(pg_current_snapshot())::text as next`.execute(db)
  await eventually(async () => {
    const { rows: now } = await sql<{ ended: boolean }>`
      select pg_snapshot_xmin(pg_current_snapshot()) >= ${rows[0]?.next}::text::xid8 as ended`.execute(db)
    return now[0]?.ended ? true : undefined
  }, 'earlier transactions end')
}

/** @param query further parameters, as `types=plan_*` */
export const readerOf = ({ call }: Pick<TestApp, 'call'>, query = '', cursor?: string): Reader => {
  const reader: Reader = {
    seen: [],
    cursor,
    read: async (limit = 100) => {
      const found: Json[] = []
      for (;;) {
        const after = reader.cursor === undefined ? '' : `&after=${reader.cursor}`
        const { status, body, text } = await call('GET', `/v1/events?limit=${limit}${after}${query && `&${query}`}`, {
          as: integration,
        })
        if (status !== 200) throw new Error(text)
        found.push(...body.data)
        reader.cursor = body.next_cursor
        if (!body.has_more) break
      }
      reader.seen.push(...found)
      return found
    },
  }
  return reader
}

export const typesOf = (events: readonly Json[]): string[] => events.map(({ type }) => type)

/** What is wrong with a sequence of events that somebody has read: one that comes twice, is missing, or comes before its turn. */
export const faultsIn = (events: readonly Json[]): string[] => {
  const last = new Map<string, number>()
  return events.flatMap(({ subject, sequence }) => {
    const expected = (last.get(subject.id) ?? 0) + 1
    last.set(subject.id, sequence)
    return sequence === expected ? [] : [`${subject.id}: ${sequence} where ${expected} should be`]
  })
}
