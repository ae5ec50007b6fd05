/** What the service really sends to Postgres: every statement with its values, whoever built it and however, and how it is carried out. */
import pg from 'pg'
import type { Test } from 'tap'

export interface Statement {
  text: string
  values: readonly unknown[]
  /** Settings of its transaction that the planner looks at. */
  settings: readonly string[]
  /** During what it was sent. */
  during: string
}

export interface Recorder {
  statements: Statement[]
  /** What is sent from now on is kept under this name; without a name nothing is kept. */
  during: (name?: string) => void
}

/** What only frames the statements around it. */
const FRAME = /^\s*(begin|start transaction|commit|rollback|savepoint|release|set|reset|show)\b/i

/** Listens to all connections of this process to the database of this URL as its role, until the test ends. */
export const recordStatements = (t: Test, url: string): Recorder => {
  const { username, pathname } = new URL(url)
  const database = pathname.slice(1)
  const statements: Statement[] = []
  const settings = new WeakMap<pg.Client, string[]>()
  let current: string | undefined
  const { query } = pg.Client.prototype
  pg.Client.prototype.query = function (this: pg.Client, ...given: unknown[]): unknown {
    const [first, second] = given as [string | { text?: string; values?: unknown[] }, unknown]
    const text = (typeof first === 'string' ? first : first.text) ?? ''
    if (this.database !== database || this.user !== username || current === undefined) return Reflect.apply(query, this, given)
    const ofTransaction = settings.get(this) ?? []
    if (/^\s*set local enable_/i.test(text)) settings.set(this, [...ofTransaction, text])
    else if (/^\s*(begin|start|commit|rollback)\b/i.test(text)) settings.delete(this)
    if (!FRAME.test(text)) {
      const values = Array.isArray(second) ? second : typeof first === 'string' ? [] : (first.values ?? [])
      statements.push({ text, values, settings: ofTransaction, during: current })
    }
    return Reflect.apply(query, this, given)
  } as typeof query
  t.teardown(() => {
    pg.Client.prototype.query = query
  })
  const during = (name?: string) => {
    current = name
  }
  return { statements, during }
}

export interface PlanNode {
  'Node Type': string
  'Relation Name'?: string
  Alias?: string
  'Index Name'?: string
  'Index Cond'?: string
  'Recheck Cond'?: string
  Filter?: string
  'Join Filter'?: string
  'Hash Cond'?: string
  'Merge Cond'?: string
  'Actual Rows'?: number
  'Actual Loops'?: number
  'Rows Removed by Filter'?: number
  'Rows Removed by Index Recheck'?: number
  Plans?: PlanNode[]
}

/** How Postgres decides on a plan: for these very values, or once for all values, as it may for a prepared statement that comes again. */
export const planners = ['force_custom_plan', 'force_generic_plan'] as const
export type Planner = (typeof planners)[number]

/**
 * The plan of a statement as the service sends it.
 * @param run whether it is also run, to count rows; what it writes is undone
 */
export const planOf = async (
  client: pg.Client,
  { text, values, settings }: Statement,
  planner: Planner,
  { run }: { run: boolean },
): Promise<PlanNode> => {
  const bound = values.length === 0 ? '' : `(${values.map(literal).join(', ')})`
  await client.query('begin')
  try {
    for (const setting of settings) await client.query(setting)
    await client.query(`set local plan_cache_mode = ${planner}`)
    await client.query(`prepare explained as ${text}`)
    const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
      `explain (format json, verbose${run ? ', analyze, timing off' : ''}) execute explained${bound}`,
    )
    const [top] = rows.map((row) => row['QUERY PLAN'][0].Plan)
    if (top === undefined) throw new Error(`no plan for ${text}`)
    return top
  } finally {
    await client.query('rollback')
    await client.query('deallocate all')
  }
}

/** A node and everything below it. */
export const allNodes = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(allNodes)]

/** A value in SQL as the driver would send it. */
const literal = (value: unknown): string => {
  const text = asText(value)
  return text === null ? 'null' : pg.escapeLiteral(text)
}

const asText = (value: unknown): string | null => {
  if (value === null || value === undefined) return null
  if (Buffer.isBuffer(value)) return `\\x${value.toString('hex')}`
  if (Array.isArray(value)) return `{${value.map((item) => JSON.stringify(asText(item))).join(',')}}`
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** How many rows a node handed on or dropped. */
export const rowsRead = (node: PlanNode): number =>
  ((node['Actual Rows'] ?? 0) + (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Index Recheck'] ?? 0)) *
  (node['Actual Loops'] ?? 1)

/** A node that reads a table, with what it is joined under. */
export interface Scan {
  node: PlanNode
  within: readonly PlanNode[]
}

/** Every read of a table in a plan. */
export const scansOf = (node: PlanNode, within: readonly PlanNode[] = []): Scan[] => [
  ...(node['Node Type'].endsWith('Scan') && node['Relation Name'] !== undefined ? [{ node, within }] : []),
  ...(node.Plans ?? []).flatMap((child) => scansOf(child, [node, ...within])),
]

/** What a column of the scanned table is set equal to: in the scan itself, in the bitmap below it, or in a join above it. */
export const conditionsOf = ({ node, within }: Scan, column: string): string[] => {
  const own = allNodes(node).flatMap((part) => [part['Index Cond'], part['Recheck Cond'], part.Filter])
  const joins = within.flatMap((part) => [part['Join Filter'], part['Hash Cond'], part['Merge Cond']])
  const qualified = `${node.Alias}.${column}`
  return [...own, ...joins].flatMap((condition = '') =>
    [...condition.matchAll(/\(([^()]*(?:\([^()]*\)\.\w+)?[^()]*) = ([^()]*(?:\([^()]*\)\.\w+)?[^()]*)\)/g)].flatMap(
      ([, left = '', right = '']) => (left === qualified ? [right] : right === qualified ? [left] : []),
    ),
  )
}
