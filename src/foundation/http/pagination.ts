import { hash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { sql } from 'kysely'
import { NEVER } from '../clock.ts'
import { isId } from '../ids.ts'
import { isTime } from '../time-format.ts'
import { problem } from './problems.ts'
import { withParameter } from './query.ts'
import { DEFAULT_LIMIT } from './schema.ts'

/**
 * Keyset pages: a cursor holds the sort key of the last row that was shown, so a walk shows each row that stays exactly once, however many
 * are added meanwhile. A cursor belongs to one list of one caller: the platform, the actor, the path and every filter are bound into it.
 */

/** What one part of a sort key looks like. A cursor with other parts was not made here. */
export type KeyKind = 'time' | 'id' | 'integer' | 'name' | 'text'
export type KeyPart = string | number

const looksRight: Readonly<Record<KeyKind, (part: unknown) => boolean>> = {
  time: (part) => typeof part === 'string' && (part === NEVER || isTime(part)),
  id: (part) => typeof part === 'string' && isId(part),
  integer: (part) => Number.isSafeInteger(part),
  name: (part) => typeof part === 'string' && /^[a-z][a-z0-9_-]{0,63}$/.test(part),
  text: (part) => typeof part === 'string',
}

export interface Page {
  /** How many items to show. Read one more (`limit + 1`): it tells whether there is a next page. */
  limit: number
  /** The sort key to go on after; `undefined` on the first page. */
  after: readonly KeyPart[] | undefined
}

/**
 * The page that was asked for. Call it after `checkInput`.
 * @param shape the kinds of the sort key's parts, in order
 * @throws Problem `invalid_cursor` (400) for a cursor of another list, of other filters, of another caller, or changed on its way
 */
export const readPage = (request: FastifyRequest, shape: readonly KeyKind[]): Page => {
  const { limit = DEFAULT_LIMIT, cursor } = request.query as { limit?: number; cursor?: string }
  return { limit, after: cursor === undefined ? undefined : readKey(cursor, binding(request), shape, 'cursor') }
}

/** `(a, b) > (…)` (or `<` when walking down): the rows beyond the last one shown; `true` on the first page. */
export const beyond = (page: Pick<Page, 'after'>, columns: readonly string[], order: 'asc' | 'desc') =>
  page.after === undefined
    ? sql<boolean>`true`
    : sql<boolean>`(${sql.join(columns.map((column) => sql.ref(column)))}) ${sql.raw(order === 'asc' ? '>' : '<')} (${sql.join(page.after)})`

/** How many times rows are read for one page where some are left out. After that the page is sent short. */
const MOST_READINGS = 10

/** The rows of a page. `goesOnAfter` is set where they are too few to fill it although the list goes on. */
export interface Rows<Row> {
  rows: readonly Row[]
  goesOnAfter?: readonly KeyPart[] | undefined
}

/**
 * Leaves out the rows that the caller may not see and fills the page up with the next ones. One read is enough if nothing is left out.
 * @param keyOf the sort key of a row, of the shape given to `readPage`
 * @param read up to `limit + 1` rows in the list's order
 */
export const readShown = async <Row>(
  page: Page,
  keyOf: (row: Row) => readonly KeyPart[],
  isShown: (row: Row) => boolean,
  read: (page: Page) => Promise<readonly Row[]>,
): Promise<Rows<Row>> => {
  const rows: Row[] = []
  let after = page.after
  for (let reading = 0; reading < MOST_READINGS; reading++) {
    const found = await read({ limit: page.limit, after })
    rows.push(...found.filter(isShown))
    const last = found.at(-1)
    if (last === undefined || found.length <= page.limit || rows.length > page.limit) return { rows }
    after = keyOf(last)
  }
  return { rows, goesOnAfter: after }
}

/**
 * What a page needs of rows that are all there, the oldest first: those before its cursor, the newest first, one more than it shows.
 * @param keyOf by what the list is in order: an ascending number or text, the only part of its cursor
 */
export const newestOf = <Row>({ limit, after }: Page, rows: readonly Row[], keyOf: (row: Row) => KeyPart): Row[] => {
  const [before] = after ?? []
  return (before === undefined ? [...rows] : rows.filter((row) => keyOf(row) < before)).reverse().slice(0, limit + 1)
}

/**
 * Sends one page.
 * @param found up to `limit + 1` rows in the list's order, or what `readShown` made of them
 * @param keyOf the sort key of a row, of the shape given to `readPage`
 */
export const sendPage = <Row>(
  request: FastifyRequest,
  reply: Pick<FastifyReply, 'header' | 'type' | 'send'>,
  page: Page,
  found: readonly Row[] | Rows<Row>,
  keyOf: (row: Row) => readonly KeyPart[],
  show: (row: Row) => object,
) => {
  const { shown, nextCursor } = pageOf(request, reply, page, found, keyOf)
  return reply.type('application/json').send({ data: shown.map(show), next_cursor: nextCursor })
}

/** The rows of a page and where the next one begins, which `Link` tells, too: for answers that are no plain list. */
export const pageOf = <Row>(
  request: FastifyRequest,
  reply: Pick<FastifyReply, 'header'>,
  page: Page,
  found: readonly Row[] | Rows<Row>,
  keyOf: (row: Row) => readonly KeyPart[],
): { shown: readonly Row[]; nextCursor: string | null } => {
  const { rows, goesOnAfter } = 'rows' in found ? found : { rows: found, goesOnAfter: undefined }
  const shown = rows.slice(0, page.limit)
  const last = shown.at(-1)
  const after = rows.length > page.limit && last !== undefined ? keyOf(last) : goesOnAfter
  const nextCursor = after === undefined ? null : writeKey(after, binding(request))
  if (nextCursor !== null) void reply.header('Link', `<${nextUrl(request, nextCursor)}>; rel="next"`)
  return { shown, nextCursor }
}

const nextUrl = (request: FastifyRequest, cursor: string): string => {
  const [path = '', ...query] = request.url.split('?')
  return `${path}?${withParameter(query.join('?'), 'cursor', cursor)}`
}

/** All that a cursor is bound to: whose list, which list, which filters. */
const binding = (request: FastifyRequest): string => {
  const { limit: _limit, cursor: _cursor, ...filters } = request.query as Record<string, unknown>
  const sorted = Object.entries(filters).sort(([a], [b]) => (a < b ? -1 : 1))
  return JSON.stringify([request.asker?.tenant, request.asker?.name, request.url.split('?', 1)[0], sorted])
}

const SUM_BYTES = 12

const checksum = (key: string, bound: string): Buffer => hash('sha256', `${bound}\n${key}`, 'buffer').subarray(0, SUM_BYTES)

/** A sort key as a cursor. @param bound all that it belongs to */
export const writeKey = (parts: readonly KeyPart[], bound: string): string => {
  const key = JSON.stringify(parts)
  return Buffer.concat([checksum(key, bound), Buffer.from(key)]).toString('base64url')
}

/**
 * The sort key in a cursor. The checksum catches mistakes and mix-ups; it is no signature and need not be one, since a list shows its caller
 * only what the caller may see, wherever the walk starts.
 * @param parameter in which it was sent
 * @throws Problem `invalid_cursor` (400)
 */
export const readKey = (cursor: string, bound: string, shape: readonly KeyKind[], parameter: string): readonly KeyPart[] => {
  const bytes = Buffer.from(cursor, 'base64url')
  const key = bytes.subarray(SUM_BYTES).toString()
  const genuine = bytes.toString('base64url') === cursor && checksum(key, bound).equals(bytes.subarray(0, SUM_BYTES))
  const parts = genuine ? parse(key) : undefined
  if (!Array.isArray(parts) || parts.length !== shape.length || !shape.every((kind, i) => looksRight[kind](parts[i]))) {
    throw problem('invalid_cursor', 'Use next_cursor as it was given, with the filters it was given for.', {
      errors: [{ pointer: `?${parameter}`, code: 'invalid_cursor', detail: 'does not belong to this list' }],
    })
  }
  return parts as KeyPart[]
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
