import { sql } from 'kysely'
import { beyond, type KeyPart, type Page } from '../../foundation/http/pagination.ts'
import { compileOnce } from '../../foundation/sql/compiled.ts'
import type { Db, Tables } from '../../foundation/sql/database.ts'
import { type Caller, seesAll } from '../../platform/access/caller.ts'
import { type Parties, partyColumns } from '../case-file/case-file.ts'
import type { CaseEventRow } from './table.ts'

/** The columns that a timeline shows, and those that decide how it shows them. */
const shownColumns = [
  'id',
  'sequence',
  'type',
  'at',
  'actor_role',
  'actor_id',
  'resource',
  'resource_id',
  'from_status',
  'to_status',
  'reason_code',
  'note',
  'data',
] as const satisfies readonly (keyof CaseEventRow)[]
export type ShownEvent = Pick<CaseEventRow, (typeof shownColumns)[number]>

export interface Timeline {
  parties: Parties
  events: readonly ShownEvent[]
}

/** An event beside the parties of its case; only the parties, where no event is left. */
type Line = Parties & (ShownEvent | { [Column in keyof ShownEvent]: null })

interface Asked {
  platformId: string
  complaintId: string
  /** Who reads it, where that is a party. */
  role: string | undefined
  person: string | undefined
  after: KeyPart | undefined
  rows: number
}

/**
 * The parties and the events come in one statement: an answer costs one round trip, and is of one moment. As rows: Postgres would take longer to
 * make JSON of them than this side takes to read them.
 */
const linesOf = compileOnce<Tables, Line, Asked, { order: 'asc' | 'desc' }>((db, asked, { order }) => {
  const { platformId, complaintId, role, person, after, rows } = asked
  return db
    .selectFrom('complaints as c')
    .leftJoinLateral(
      (c) => {
        const ofCase = c
          .selectFrom('case_events as e')
          .select(shownColumns)
          .where('e.platform_id', '=', platformId)
          .where('e.complaint_id', '=', complaintId)
        const read =
          role === undefined || person === undefined
            ? ofCase
            : ofCase.where((e) => {
                const ownOf = (side: 'complainant' | 'respondent') =>
                  e.and([
                    e('e.visibility', '=', side),
                    e(`c.${side}_role`, '=', sql<never>`${role}`),
                    e(`c.${side}_id`, '=', person),
                  ])
                return e.or([e('e.visibility', '=', 'parties'), ownOf('complainant'), ownOf('respondent')])
              })
        return read
          .where(beyond({ after: after === undefined ? undefined : [after] }, ['sequence'], order))
          .orderBy('sequence', order)
          .limit(rows)
          .as('shown')
      },
      (join) => join.onTrue(),
    )
    .select([
      ...partyColumns.map((column) => `c.${column}` as const),
      ...shownColumns.map((column) => `shown.${column}` as const),
    ])
    .where('c.platform_id', '=', platformId)
    .where('c.id', '=', complaintId)
    .orderBy('shown.sequence', order)
    .$castTo<Line>()
})

/**
 * The parties of a case and one page of its trail as this caller may read it, `limit + 1` events of it; `undefined` where there is no such
 * case. Whether the caller may read the case at all is for who asks.
 * @param complaintId a UUID
 */
export const findTimeline = async (
  db: Db,
  { platform, actor }: Caller,
  complaintId: string,
  { order, page }: { order: 'asc' | 'desc'; page: Page },
): Promise<Timeline | undefined> => {
  const party = seesAll(actor.role) ? undefined : actor
  const asked = { role: party?.role, person: party?.id, after: page.after?.[0], rows: page.limit + 1 }
  const lines = await linesOf(db, { platformId: platform.id, complaintId, ...asked }, { order })
  const [parties] = lines
  return parties && { parties, events: lines.filter((line) => line.id !== null) }
}
