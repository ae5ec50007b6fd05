import type { FastifyBaseLogger, FastifyRequest } from 'fastify'
import pg from 'pg'
import { type DestinationStream, pino } from 'pino'

/**
 * Logs name requests, routes, roles and codes; never a person, a body, a query string or a key. An error's message is left out too,
 * since drivers and parsers quote the value that they choked on: its kind, its code and where it was thrown are enough to find it.
 */

interface LoggedError {
  type: string
  code?: string
  constraint?: string
  table?: string
  routine?: string
  frames?: string[]
  cause?: LoggedError
}

export const loggedError = (error: unknown): LoggedError => {
  if (!(error instanceof Error)) return { type: typeof error }
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {}
  const row =
    error instanceof pg.DatabaseError
      ? definedOnly({ constraint: error.constraint, table: error.table, routine: error.routine })
      : {}
  const frames = (error.stack ?? '')
    .split('\n')
    .filter((line) => line.startsWith('    at '))
    .slice(0, 20)
  const cause = error.cause instanceof Error ? { cause: loggedError(error.cause) } : {}
  return { type: error.name, ...code, ...row, frames: frames.map((line) => line.trim()), ...cause }
}

const definedOnly = <T extends object>(fields: T): { [K in keyof T]?: NonNullable<T[K]> } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as { [K in keyof T]?: NonNullable<T[K]> }

/** Lines are written together: one write for each would be a tenth of what a small request costs. */
const WRITE_FROM_BYTES = 4096
const WRITE_EVERY_MS = 100
/** Lines beyond this are dropped when nobody reads the output; without a bound they would fill the memory. */
const MOST_WAITING_BYTES = 16 * 1024 ** 2

/** Standard output. Waiting lines are written when the process ends, and at once after a fatal error. */
const stdout = () =>
  pino.destination({
    dest: 1,
    sync: false,
    minLength: WRITE_FROM_BYTES,
    periodicFlush: WRITE_EVERY_MS,
    maxLength: MOST_WAITING_BYTES,
  })

/** @param destination where the lines go; stdout when left out */
export const createLogger = (options: { level: string }, destination: DestinationStream = stdout()): FastifyBaseLogger =>
  pino(
    {
      level: options.level,
      base: { service: 'redress' },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: loggedError, error: loggedError, req: () => undefined, res: () => undefined },
      redact: ['authorization', '*.authorization', 'headers.authorization', '*.headers.authorization'],
    },
    destination,
  )

const TRACEPARENT = /^[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}/

/** The trace id of a W3C `traceparent`; a malformed one is as good as none. */
export const traceIdOf = (request: FastifyRequest): string | undefined => {
  const header = request.headers.traceparent
  return typeof header === 'string' ? TRACEPARENT.exec(header)?.[1] : undefined
}
