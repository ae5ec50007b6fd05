/** What the command line of the bench may say. */
import { parseArgs } from 'node:util'

export const operationNames = ['create', 'read', 'list', 'action', 'upload', 'timeline', 'sweep'] as const
export type OperationName = (typeof operationNames)[number]

export interface Settings {
  /** Cases in the books before anything is measured. */
  cases: number
  /** Of each operation at each concurrency: once the service and once the limit. */
  rounds: number
  /** How long one of them is loaded. */
  seconds: number
  only: readonly OperationName[]
  /** Where the figures go as JSON. */
  json?: string
  /** Figures of an earlier run to stand beside these. */
  compare?: string
}

export const usage = `Usage: npm run bench -- [--quick] [--cases N] [--only create,read,…] [--json FILE] [--compare FILE]

  --quick         100,000 cases and short rounds: about two minutes in place of fifteen or more over 1,000,000
  --cases N       as many cases instead, at least 100,000
  --only NAMES    some of ${operationNames.join(', ')}
  --json FILE     writes the figures as JSON
  --compare FILE  prints the figures of an earlier --json beside these

BENCH_DATABASE_URL names a Postgres whose user may create databases; else one is started for the run.`

/** @throws Error in words for the person who typed it. */
export const parseArguments = (args: readonly string[]): Settings | 'help' => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean' },
      cases: { type: 'string' },
      only: { type: 'string' },
      json: { type: 'string' },
      compare: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  if (values.help) return 'help'
  const pace = values.quick ? { cases: 100_000, rounds: 2, seconds: 0.7 } : { cases: 1_000_000, rounds: 3, seconds: 5 }
  const cases = values.cases === undefined ? pace.cases : Number(values.cases)
  if (!Number.isInteger(cases) || cases < 100_000 || cases > 100_000_000)
    throw new Error('--cases must be a whole number from 100000 to 100000000')
  const only = values.only === undefined ? operationNames : values.only.split(',').map(operationNamed)
  return {
    ...pace,
    cases,
    only,
    ...(values.json === undefined ? {} : { json: values.json }),
    ...(values.compare === undefined ? {} : { compare: values.compare }),
  }
}

const operationNamed = (name: string): OperationName => {
  const found = operationNames.find((known) => known === name)
  if (!found) throw new Error(`--only: there is no operation ${name}; there are ${operationNames.join(', ')}`)
  return found
}
