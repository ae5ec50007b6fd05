/** The command line of the bench. */
import { parseArgs } from 'node:util'

export const operationNames = ['create', 'read', 'list', 'action', 'upload', 'timeline', 'sweep'] as const
export type OperationName = (typeof operationNames)[number]

/** What can be measured by name: the operations, the service under overload, deliveries of events, and the guarantee fund. */
export const subjects = [...operationNames, 'overload', 'events', 'advance'] as const
export type Subject = (typeof subjects)[number]

export interface Settings {
  /** Cases in the books before anything is measured. */
  cases: number
  /** How often each operation is measured at each number of connections; each round loads the service once and the limit once. */
  rounds: number
  /** How long one load lasts. */
  seconds: number
  /** The numbers of connections to measure at, ascending. */
  connections: readonly number[]
  /** How long the overload lasts. */
  overloadSeconds: number
  /** How long nothing is asked before memory is read a second time: by then the service has given memory back. */
  calmSeconds: number
  /** Further numbers of open cases to measure sweeps over, ascending and less than `cases`. */
  sweepSizes: readonly number[]
  /** How many deadlines fall due in a rush, and within how many seconds. */
  rush: { cases: number; seconds: number }
  /** How many cases with how many events each are delivered. */
  events: { cases: number; each: number }
  /** Out of how many cases the fund may be asked by each side, and how many buyers who did not answer one sweep acts on. */
  advances: { freezes: number; silences: number }
  only: readonly Subject[]
  /** Measures up to this many instances of the service side by side, in place of the service beside the limit. */
  instances?: number
  /** The file that the figures are written to, as JSON. */
  json?: string
  /** The file with the figures of an earlier run, to be shown beside these. */
  compare?: string
}

export const usage = `Usage: npm run bench -- [--quick] [--cases N] [--events N] [--instances N] [--json FILE] [--compare FILE] [WHAT …]

  WHAT            some of ${subjects.join(', ')}; all without any; also --only create,read
  --quick         100,000 cases and short rounds: a few minutes in place of about half an hour over 1,000,000
  --cases N       as many cases instead, at least 10,000
  --events N      delivers the events of N cases, ten each, to two endpoints and to two beside a dead one; 10,000 without --quick, 1,000 with it
  --instances N   instead of service beside limit: 1, 2 … N (a power of two up to 8) instances behind one address
  --json FILE     writes the figures as JSON
  --compare FILE  prints the figures of an earlier --json beside these

BENCH_DATABASE_URL names a Postgres whose user may create databases; else one is started for the run.`

const rush = { cases: 100_000, seconds: 60 }
const paces = {
  quick: {
    cases: 100_000,
    rounds: 2,
    seconds: 0.7,
    overloadSeconds: 8,
    calmSeconds: 45,
    rush,
    events: { cases: 1_000, each: 10 },
    advances: { freezes: 8_000, silences: 10_000 },
  },
  full: {
    cases: 1_000_000,
    rounds: 3,
    seconds: 4,
    overloadSeconds: 60,
    calmSeconds: 45,
    rush,
    events: { cases: 10_000, each: 10 },
    advances: { freezes: 30_000, silences: 10_000 },
  },
}

/** @throws Error with a message for the person who typed the command. */
export const parseArguments = (args: readonly string[]): Settings | 'help' => {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      quick: { type: 'boolean' },
      cases: { type: 'string' },
      events: { type: 'string' },
      only: { type: 'string' },
      instances: { type: 'string' },
      json: { type: 'string' },
      compare: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  if (values.help) return 'help'
  const pace = values.quick ? paces.quick : paces.full
  const cases = values.cases === undefined ? pace.cases : Number(values.cases)
  if (!Number.isInteger(cases) || cases < 10_000 || cases > 100_000_000)
    throw new Error('--cases must be a whole number from 10000 to 100000000')
  const delivered = values.events === undefined ? pace.events.cases : Number(values.events)
  if (!Number.isInteger(delivered) || delivered < 10 || delivered > 1_000_000)
    throw new Error('--events must be a whole number from 10 to 1000000')
  const instances = values.instances === undefined ? undefined : Number(values.instances)
  if (instances !== undefined && ![2, 4, 8].includes(instances)) throw new Error('--instances must be 2, 4 or 8')
  const named = [...(values.only?.split(',') ?? []), ...positionals].map(subjectNamed)
  return {
    ...pace,
    cases,
    events: { ...pace.events, cases: delivered },
    connections: [1, 16, 64],
    sweepSizes: [10_000, 100_000].filter((size) => size < cases),
    only: named.length === 0 ? subjects : named,
    ...(instances === undefined ? {} : { instances }),
    ...(values.json === undefined ? {} : { json: values.json }),
    ...(values.compare === undefined ? {} : { compare: values.compare }),
  }
}

const subjectNamed = (name: string): Subject => {
  const found = subjects.find((known) => known === name)
  if (!found) throw new Error(`there is no operation ${name}; there are ${subjects.join(', ')}`)
  return found
}
