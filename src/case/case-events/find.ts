import { sql } from 'kysely'
import { beyond, type KeyPart, type Page } from '../../foundation/http/pagination.ts'
import { compileOnce } from '../../foundation/sql/compiled.ts'
import type { Db, Tables } from '../../foundation/sql/database.ts'
import { type Actor, type Caller, seesAll } from '../../platform/access/caller.ts'
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

/** Either the parties of the case or one event: to repeat the parties beside each event would take as long to read as half of the event. */
type Line = { [Column in keyof Parties]: Parties[Column] | null } & { [Column in keyof ShownEvent]: ShownEvent[Column] | null }

const isEvent = (line: Line): line is Line & ShownEvent => line.id !== null
const tellsParties = (line: Line): line is Line & Parties => line.complainant_role !== null

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
  const ofCase = db
    .selectFrom('case_events as e')
    .where('e.platform_id', '=', platformId)
    .where('e.complaint_id', '=', complaintId)
    .where(beyond({ after: after === undefined ? undefined : [after] }, ['sequence'], order))
    .orderBy('sequence', order)
    .limit(rows)
  const shown =
    role === undefined || person === undefined
      ? ofCase
      : ofCase
          .innerJoin('complaints as seen', (join) => join.on('seen.platform_id', '=', platformId).on('seen.id', '=', complaintId))
          .where((e) => {
            const ownOf = (side: 'complainant' | 'respondent') =>
              e.and([
                e('e.visibility', '=', side),
                e(`seen.${side}_role`, '=', sql<never>`${role}`),
                e(`seen.${side}_id`, '=', person),
              ])
            return e.or([e('e.visibility', '=', 'parties'), ownOf('complainant'), ownOf('respondent')])
          })
  const parties = db
    .selectFrom('complaints')
    .select(partyColumns)
    .where('platform_id', '=', platformId)
    .where('id', '=', complaintId)
  return db
    .selectFrom(parties.as('c'))
    .fullJoin(shown.select(shownColumns.map((column) => `e.${column}` as const)).as('shown'), (join) => join.on(sql.lit(false)))
    .selectAll()
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
  const parties = lines.find(tellsParties)
  return parties && { parties, events: lines.filter(isEvent) }
}

/** Who acted in one event of a case; `undefined` where there is no such event. */
export const findActor = async (
  db: Db,
  platformId: string,
  { complaintId, sequence }: { complaintId: string; sequence: number },
): Promise<Actor | undefined> =>
  db
    .selectFrom('case_events')
    .select(['actor_role as role', 'actor_id as id'])
    .where('platform_id', '=', platformId)
    .where('complaint_id', '=', complaintId)
    .where('sequence', '=', sequence)
    .executeTakeFirst()
