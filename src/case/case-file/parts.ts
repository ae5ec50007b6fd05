/**
 * The parts of a case: one entry each. Loading, copying, stamping, recording and `available_actions` all go through this list. A part that
 * one of them does not handle does not compile, so no part can be loaded and changed without being written.
 */
import { copyOf as copyOfRows } from '../../foundation/plain.ts'
import { type ComplaintState, undecidedStates } from '../../words/complaints.ts'
import type { ComplaintRow } from '../complaints/table.ts'
import { MOST_CLOCKS } from '../deadlines/due.ts'
import type { OrderRow } from '../orders/table.ts'
import type { CaseFile } from './case-file.ts'

export type PartName = Exclude<keyof CaseFile, 'unknown'>

/** How the rows of a part change. */
type Changes =
  /** The complaint row. Its write is guarded by `event_count` and `quiet_count`, and that guards all other parts of the case. */
  | 'counted'
  /** Each row has a version that rises by one with each decision that changes the row. */
  | 'versioned'
  /** Rows are inserted or overwritten, without a guard of their own. */
  | 'kept'
  /** Rows are added, and never change. */
  | 'added'
  /** Several cases share the row, so a decision writes differences. */
  | 'summed'
  /** Rows are added, with what they do to balances, by the ledger (`money/ledger/record.ts`). */
  | 'posted'
  /** Decisions only look at it; code outside of decisions writes it (as `stuck-cases/record.ts`). */
  | 'elsewhere'

/** When a part is read. */
type Read =
  | {
      /** The order of its rows, as SQL. */
      ordered: string
      /** Whose its rows are: of the order of the case, the accounts of the ledger that its advances touch; absent: of the case. */
      of?: 'order' | 'advances'
      /** The most rows to read: those that come first in the order `first`, as SQL. */
      most?: { rows: number; first: string }
      /** States of a case in which it has none yet: it is not looked for in them. */
      noneIn?: readonly ComplaintState[]
      /** What is read of it for the extent `words`; absent: all of it. */
      forWords?: WordsNeed
    }
  | { one: 'of the case'; forWords?: WordsNeed }
  | { one: 'of the order'; forWords?: WordsNeed }
  /** Of the other cases of the order, taken together, while the case `c` is in one of these states. */
  | { one: 'others of the order'; inStates: readonly ComplaintState[]; forWords?: WordsNeed }
  /** Of the merchant that is complained about, while the case `c` is in one of these states. @param which among its rows, and in which order */
  | { one: 'of the respondent'; inStates: readonly ComplaintState[]; which?: string; forWords?: WordsNeed }
  /** Only the row by whose id the case is asked for (`CaseName`), if any. */
  | 'named'
  /** Never: no rule looks at earlier rows. */
  | 'never'

/** Either a condition on the rows, as SQL; or the states and the lowest level of a case in which a decision on words looks at the part. */
type WordsNeed = { rows: string } | { inStates: readonly ComplaintState[]; fromLevel?: number }

export interface Part {
  table: string
  changes: Changes
  /** States in which a unique index allows one row for each case: a row that leaves them is written before one that enters them. */
  oneIn?: readonly string[]
  read: Read
}

const endedLast = 'ended_at is not null and owed_since is null'

/** Nobody has been found liable yet, and no case comes back to these: the fund has paid nothing in it. Most cases that are read are in them. */
export const beforeLiability = ['submitted', 'negotiating'] as const satisfies readonly ComplaintState[]

/** In the order in which their rows are written. */
export const parts = {
  complaint: { table: 'complaints', changes: 'counted', read: { one: 'of the case' } },
  order: { table: 'orders', changes: 'summed', read: { one: 'of the order', forWords: { inStates: ['closed'] } } },
  limits: {
    table: 'order_limits',
    changes: 'summed',
    read: { ordered: 'kind, key', of: 'order', forWords: { inStates: ['closed'] } },
  },
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
  advances: {
    table: 'advances',
    changes: 'versioned',
    read: { ordered: 'created_at, id', noneIn: beforeLiability, forWords: { inStates: ['closed'] } },
  },
  receivables: {
    table: 'receivables',
    changes: 'versioned',
    read: { ordered: 'created_at, id', noneIn: beforeLiability, forWords: { inStates: ['closed'] } },
  },
  holds: {
    table: 'settlement_holds',
    changes: 'versioned',
    read: { ordered: 'created_at, id', noneIn: ['submitted'], forWords: { inStates: ['closed'] } },
  },
  otherCases: {
    table: 'complaints',
    changes: 'elsewhere',
    read: { one: 'others of the order', inStates: ['closed'] },
  },
  accounts: {
    table: 'ledger_accounts',
    changes: 'elsewhere',
    read: { ordered: 'id', of: 'advances', noneIn: beforeLiability, forWords: { inStates: [] } },
  },
  transfers: { table: 'ledger_transfers', changes: 'posted', read: 'never' },
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
  affiliates: {
    table: 'merchant_affiliates',
    changes: 'elsewhere',
    // an advance can be taken back in these
    read: { one: 'of the respondent', inStates: ['executing', 'under_appeal', 'resolved', 'closed'], forWords: { inStates: [] } },
  },
  settlementRules: {
    table: 'settlement_rules',
    changes: 'elsewhere',
    read: {
      one: 'of the respondent',
      // what held when the case was filed, until somebody takes it up
      inStates: ['submitted'],
      which: 'and r.created_at <= c.created_at order by r.version desc limit 1',
    },
  },
  returnInstructions: {
    table: 'return_instructions',
    changes: 'elsewhere',
    // a plan can begin in these
    read: { one: 'of the respondent', inStates: undecidedStates },
  },
  events: { table: 'case_events', changes: 'added', read: 'never' },
} as const satisfies Record<PartName, Part>

export const partNames = Object.keys(parts) as PartName[]

/** How much of a case is read: all that a rule may look at, or only what a decision on a message or a new proof needs. */
export type Extent = 'whole' | 'words'

/** Whether a part is read of a case in this state and on this level, to this extent: false only where `forWords` leaves all of it out. */
export const isNeeded = (name: PartName, { status, level }: Pick<ComplaintRow, 'status' | 'level'>, extent: Extent): boolean => {
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

/** Stands in place of a part that was not read. A rule that looks at it gets an error, rather than taking the part for empty. */
const standInFor = (name: PartName): object => {
  const refuse = (): never => {
    throw new Error(`${name}: this part of the case was not read; the action reads too little (parts.ts)`)
  }
  const stand = new Proxy([], { get: refuse, has: refuse, ownKeys: refuse, set: refuse })
  absent.add(stand)
  return stand
}
const standIns = new Map(partNames.map((name) => [name, standInFor(name)]))

/** Whether a part of this case was read. */
export const wasRead = (file: CaseFile, name: PartName): boolean => {
  const part: object | null = file[name]
  return part === null || !absent.has(part)
}

/** Makes a case of the parts that were read. A missing part gets a stand-in, or is empty where it is `named` or `never` read. */
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
  caseOf({
    complaint,
    order,
    limits: [],
    plans: [],
    appeals: [],
    advances: [],
    receivables: [],
    holds: [],
    otherCases: null,
    affiliates: null,
    accounts: [],
    deadlines: [],
    stuck: null,
    settlementRules: null,
    returnInstructions: null,
  })

/** A copy for a decision to change. Parts that are only added to (`added`, `posted`) begin empty: no rule looks at earlier rows. */
export const copyOf = (before: CaseFile): CaseFile => {
  const copy: Partial<Record<PartName, unknown>> = {}
  for (const name of partNames) {
    if (parts[name].changes === 'added' || parts[name].changes === 'posted') copy[name] = []
    else copy[name] = wasRead(before, name) ? copyOfRows(before[name]) : before[name]
  }
  return { ...copy, ...(before.unknown && { unknown: before.unknown }) } as unknown as CaseFile
}
