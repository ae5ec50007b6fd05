import pg from 'pg'
import { isStalePlan } from './prepared.ts'

/** Another writer was faster and nothing was written. The caller decides again, as after a serialization failure of Postgres. */
export class LostRace extends Error {
  override readonly name = 'LostRace'
}

/** The SQLSTATE of an error from Postgres; a lost race, and a plan that a migration made stale, count as a serialization failure. */
export const sqlState = (error: unknown): string | undefined => {
  if (error instanceof LostRace || isStalePlan(error)) return '40001'
  return error instanceof pg.DatabaseError ? error.code : undefined
}

const INTEGRITY = /^23...$/

/**
 * The constraint that a row broke, else `undefined`. Where the row is on another node, only the message names the constraint, with the
 * number of the shard behind the name.
 */
export const brokenConstraint = (error: unknown): string | undefined => {
  if (!(error instanceof pg.DatabaseError) || !INTEGRITY.test(error.code ?? '')) return undefined
  const name = error.constraint ?? /constraint "([^"]+)"/.exec(error.message)?.[1]
  return name?.replace(/_\d+$/, '')
}

const LOCK_NOT_AVAILABLE = '55P03'

/** Whether a statement gave up waiting for a row of this table, or of a shard of it. */
export const waitedFor = (error: unknown, table: string): boolean =>
  sqlState(error) === LOCK_NOT_AVAILABLE &&
  error instanceof pg.DatabaseError &&
  new RegExp(`"${table}(_\\d+)?"`).test(error.where ?? '')

/** Shut down, connection trouble, out of resources, lock or statement timed out, still colliding after the reruns, read-only after a failover. */
const OUT_OF_REACH = /^(57P0[1-5]|57014|08...|53...|55P03|40001|40P01|25006|25P0[34])$/

/** How the driver and the sockets below it say that the database cannot be reached; they have no SQLSTATE. */
const SOCKET_CODES: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
])
const DRIVER_WORDS =
  /^(timeout exceeded when trying to connect|Connection terminated|Client has encountered a connection error|Query read timeout|Cannot use a pool after calling end|driver has already been destroyed)/

/** Collisions with other transactions. They pass, and the database itself is well. */
const COLLISION = /^(55P03|40001|40P01)$/

export const isCollision = (error: unknown): boolean => COLLISION.test(sqlState(error) ?? '')

/** Shut down, timed out, out of resources, read-only after a failover; or the statement itself is at fault. */
const OF_THE_WHOLE = /^(57...|53...|25006|42...)$/

/**
 * Whether a failure may concern only the rows that were asked for, because their node is away or their data is broken, while the database
 * serves others. False where the database did not answer at all.
 */
export const mayBeOfOne = (error: unknown): boolean => {
  const state = sqlState(error)
  return state !== undefined && !OF_THE_WHOLE.test(state)
}

/** Whether the database cannot serve now, as opposed to having refused what was asked of it. */
export const databaseUnavailable = (error: unknown): boolean => {
  if (!(error instanceof Error)) return false
  const state = sqlState(error)
  if (state !== undefined) return OUT_OF_REACH.test(state)
  const code = 'code' in error ? error.code : undefined
  return (typeof code === 'string' && SOCKET_CODES.has(code)) || DRIVER_WORDS.test(error.message)
}
