/**
 * The parts of a case: one entry each. Loading, copying, stamping, recording and `available_actions` go through this list, so that a part
 * which one of them forgets does not compile, and rows that nobody writes do not exist.
 */
import type { ComplaintState } from '../../words/complaints.ts'
import type { ComplaintRow } from '../complaints/table.ts'
import { MOST_CLOCKS } from '../deadlines/due.ts'
import type { OrderRow } from '../orders/table.ts'
import type { CaseFile } from './case-file.ts'

export type PartName = Exclude<keyof CaseFile, 'unknown'>

/** How the rows of a part change. */
type Changes =
  /** Guarded by the counts of the events that the case has told: the complaint, and with it all else of the case. */
  | 'counted'
  /** By a version that rises by one with each decision that changes the row. */
  | 'versioned'
  /** Rows start and end, and change whatever they like meanwhile. */
  | 'kept'
  /** Rows are added, and never change. */
  | 'added'
  /** Cases share it: what a decision changes is added up. */
  | 'summed'
  /** Decisions only look at it; who acts because time passes writes it. */
  | 'elsewhere'

/** When a part is read. */
type Read =
  | {
      /** In which order its rows stand, as SQL. */
      ordered: string
      /** Of many rows so many, those that come first in this order. */
      most?: { rows: number; first: string }
      /** What hearing somebody's words needs of it; absent: all of it. */
      forWords?: WordsNeed
    }
  | { one: 'of the order' | 'of the case'; forWords?: WordsNeed }
  /** Only the row that the case is named by. */
  | 'named'
  /** Never: no rule looks at what was there. */
  | 'never'

/** A condition on the rows, as SQL; or the states and the level of a case in which words can move something of it. */
type WordsNeed = { rows: string } | { inStates: readonly ComplaintState[]; fromLevel?: number }

export interface Part {
  table: string
  changes: Changes
  /** States of which a case has one row at most, by a unique index: one leaves them before the next comes in. */
  oneIn?: readonly string[]
  read: Read
}

const endedLast = 'ended_at is not null and owed_since is null'

/** In the order in which their rows are written. */
export const parts = {
  complaint: { table: 'complaints', changes: 'counted', read: { one: 'of the case' } },
  order: { table: 'orders', changes: 'summed', read: { one: 'of the order', forWords: { inStates: ['closed'] } } },
  plans: {
    table: 'refund_plans',
    changes: 'versioned',
    oneIn: ['proposed', 'executing'],
    read: {
      ordered: 'version_number',
      forWords: { inStates: ['awaiting_confirmation', 'executing', 'under_appeal', 'closed'], fromLevel: 3 },
    },
  },
  appeals: {
    table: 'appeals',
    changes: 'versioned',
    oneIn: ['submitted', 'under_review'],
    read: { ordered: 'created_at, id', forWords: { inStates: ['under_appeal', 'closed'] } },
  },
  evidence: { table: 'evidence', changes: 'versioned', read: 'named' },
  messages: { table: 'messages', changes: 'added', read: 'never' },
  deadlines: {
    table: 'deadlines',
    changes: 'kept',
    read: {
      ordered: 'started_at, id',
      most: { rows: MOST_CLOCKS, first: `${endedLast}, started_at desc` },
      forWords: { rows: `not (${endedLast})` },
    },
  },
  stuck: { table: 'stuck_cases', changes: 'elsewhere', read: { one: 'of the case' } },
  events: { table: 'case_events', changes: 'added', read: 'never' },
} as const satisfies Record<PartName, Part>

export const partNames = Object.keys(parts) as PartName[]

/** How much of a case is read: all that a rule may look at, or what hearing somebody's words needs. */
export type Extent = 'whole' | 'words'

/** Whether a part is read of a case in this state and on this level, to that extent; where only some rows are, these. */
export const isRead = (name: PartName, { status, level }: Pick<ComplaintRow, 'status' | 'level'>, extent: Extent): boolean => {
  const { read }: Part = parts[name]
  if (typeof read === 'string' || extent === 'whole' || !read.forWords || 'rows' in read.forWords) return true
  const { inStates, fromLevel = Number.POSITIVE_INFINITY } = read.forWords
  return inStates.includes(status) || level >= fromLevel
}

type Named<C extends Changes> = { [P in PartName]: (typeof parts)[P]['changes'] extends C ? P : never }[PartName]
export type VersionedPart = Named<'versioned'>
export type AddedPart = Named<'added'>

export const versionedParts = partNames.filter((name): name is VersionedPart => parts[name].changes === 'versioned')

const absent = new WeakSet<object>()

/** In place of a part that was not read. A rule that looks at it all the same is told of its mistake, in place of finding nothing there. */
const notRead = (name: PartName): object => {
  const refuse = (): never => {
    throw new Error(`${name}: this part of the case was not read; the action reads too little (parts.ts)`)
  }
  const stand = new Proxy([], { get: refuse, has: refuse, ownKeys: refuse, set: refuse })
  absent.add(stand)
  return stand
}
const standIns = new Map(partNames.map((name) => [name, notRead(name)]))

/** Whether a part of this case was read. */
export const wasRead = (file: CaseFile, name: PartName): boolean => {
  const part: object | null = file[name]
  return part === null || !absent.has(part)
}

/** A case of the parts that were read; `undefined` for one that was not, and nothing for those that never are. */
export const caseOf = (read: { [P in PartName]?: CaseFile[P] | undefined }): CaseFile =>
  Object.fromEntries(
    partNames.map((name) => {
      const { read: how } = parts[name] as Part
      if (how === 'named' || how === 'never') return [name, read[name] ?? []]
      return [name, read[name] === undefined ? standIns.get(name) : read[name]]
    }),
  ) as unknown as CaseFile

/** A case that is yet to be filed: nothing is in it but the complaint and the money of its order. */
export const newCase = (complaint: ComplaintRow, order: OrderRow | null): CaseFile =>
  caseOf({ complaint, order, plans: [], appeals: [], deadlines: [], stuck: null })

/** A copy for a decision to change. What is only added to begins empty: what was there is nobody's business. */
export const copyOf = (before: CaseFile): CaseFile => {
  const copy: Partial<Record<PartName, unknown>> = {}
  for (const name of partNames) {
    if (parts[name].changes === 'added') copy[name] = []
    // rows are plain JSON, for which this is several times faster than a structured clone
    else copy[name] = wasRead(before, name) ? JSON.parse(JSON.stringify(before[name])) : before[name]
  }
  return { ...copy, ...(before.unknown && { unknown: before.unknown }) } as unknown as CaseFile
}
