/** Calendars over HTTP, for tests. */
import { sql } from 'kysely'
import type { Called, TestApp } from '../../support/app.ts'

export const put = (
  { call }: Pick<TestApp, 'call'>,
  name: string,
  body: object,
  { match, ...options }: { match?: string; as?: string; key?: string } = {},
): Promise<Called> =>
  call('PUT', `/v1/calendars/${name}`, { ...options, body, headers: match === undefined ? {} : { 'if-match': match } })

/** Rises with each change that instances have to hear of. */
export const rulesVersion = async ({ db, platformId }: TestApp): Promise<number> => {
  const { rows } = await sql<{
    version: number
  }>`select rules_version as version from platforms where id = ${platformId}`.execute(db)
  return rows[0]?.version ?? 0
}
