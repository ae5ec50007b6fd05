import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { sql } from 'kysely'
import { actorName } from '../access/caller.ts'
import type { Db, Trx } from '../database.ts'
import { HOUR, type Time, toTime } from './clock.ts'
import type { IdempotencyKeyRow } from './idempotency-table.ts'
import { sqlState } from './pg-errors.ts'
import { type FieldError, problem } from './problems.ts'
import { transact } from './transaction.ts'

/**
 * `Idempotency-Key`: the answer of a write is stored in the transaction of its effect, so either both exist or neither does.
 * Only successes are stored; a refused request runs again.
 */

/** How long an answer is kept, in real time. */
const KEPT_MS = 24 * HOUR
/** How long a duplicate waits for the first request to end. */
const WAIT = '2s'
const HEADER = /^(?:"([\x20-\x7e]{1,255})"|(?!""$)([\x20-\x7e]{1,255}))$/
const LOCK_NOT_AVAILABLE = '55P03'

/** What a write answers. */
export interface Answer {
  status: 200 | 201
  body: object
  location?: string
  /** Sent as `ETag`. */
  version?: number
  /** The stored text of an earlier answer, sent byte for byte in place of `body`. */
  replayed?: string
}

/** The key without its optional quotes, or `undefined` when there is none or it is malformed. */
const keyOf = (request: FastifyRequest): string | undefined => {
  const header = request.headers['idempotency-key']
  const found = typeof header === 'string' ? HEADER.exec(header) : null
  return found?.[1] ?? found?.[2]
}

/** The fault of a malformed header, for the deferred 400. */
export const idempotencyFault = (request: FastifyRequest): FieldError | undefined =>
  request.method !== 'POST' || request.headers['idempotency-key'] === undefined || keyOf(request) !== undefined
    ? undefined
    : { pointer: 'header:Idempotency-Key', code: 'pattern', detail: 'must be 1 to 255 printable ASCII characters' }

/**
 * Runs a write and answers it, at most once per `Idempotency-Key` of this credential and actor.
 *
 * @param effect does all of its work in `trx` and calls `checkInput` on its way, else nothing is kept; it may be run more than once.
 * @param fingerprint stands for the body's bytes where the body was a stream: the fields and file hash of an upload.
 * @throws Problem `idempotency_key_reused` (422), `idempotency_in_progress` (409), and whatever `effect` throws
 */
export const answerOnce = (
  db: Db,
  request: FastifyRequest,
  effect: (trx: Trx) => Promise<Answer>,
  fingerprint?: string,
): Promise<Answer> => {
  const key = request.method === 'POST' ? keyOf(request) : undefined
  const run = async (trx: Trx): Promise<Answer> => {
    const answer = await effect(trx)
    if (!request.inputChecked) throw new Error(`${request.method} ${request.routeOptions.url} wrote without checkInput`)
    return answer
  }
  if (key === undefined) return transact(db, run)

  const now = request.server.clock.nowMs()
  const claim: Claim = {
    platform_id: request.caller.platform.id,
    api_key_id: request.caller.credential,
    actor: actorName(request.caller.actor),
    key,
    request_hash: hashOf(request, fingerprint),
    created_at: toTime(now),
  }
  return transact(db, async (trx) => {
    const isFirst = await tryClaim(trx, claim, toTime(now - KEPT_MS))
    if (!isFirst) return replay(trx, request, claim)
    const answer = await run(trx)
    await store(trx, claim, answer)
    return answer
  })
}

type Claim = Omit<IdempotencyKeyRow, 'status' | 'headers' | 'body'>

const hashOf = (request: FastifyRequest, fingerprint: string | undefined): Buffer =>
  createHash('sha256')
    .update(`${request.method}\n${request.raw.url}\n`)
    .update(fingerprint ?? request.bodyBytes ?? '')
    .digest()

/** Takes the key for this transaction. A row older than `keptSince` counts as absent and is taken over. */
const tryClaim = async (trx: Trx, claim: Claim, keptSince: Time): Promise<boolean> => {
  const fresh = { ...claim, status: null, headers: null, body: null }
  await sql`set local lock_timeout = ${sql.lit(WAIT)}`.execute(trx)
  try {
    const taken = await trx
      .insertInto('idempotency_keys')
      .values(fresh)
      .onConflict((c) =>
        c
          .columns(['platform_id', 'api_key_id', 'actor', 'key'])
          .doUpdateSet(fresh)
          .where('idempotency_keys.created_at', '<', keptSince),
      )
      .returning('key')
      .executeTakeFirst()
    await sql`set local lock_timeout to default`.execute(trx)
    return taken !== undefined
  } catch (error) {
    if (sqlState(error) !== LOCK_NOT_AVAILABLE) throw error
    throw problem('idempotency_in_progress', 'Ask again with the same key in a moment.', { retryAfter: 1 })
  }
}

const replay = async (trx: Trx, request: FastifyRequest, claim: Claim): Promise<Answer> => {
  const stored = await ofClaim(trx, claim).select(['request_hash', 'status', 'headers', 'body']).executeTakeFirstOrThrow()
  if (!stored.request_hash.equals(claim.request_hash)) {
    throw problem('idempotency_key_reused', 'The first request with this key had another method, path or body.')
  }
  if (stored.status === null || stored.body === null) throw new Error('an idempotency key was committed without its answer')
  request.inputChecked = true
  const { location, etag } = stored.headers ?? {}
  return {
    status: stored.status as Answer['status'],
    body: JSON.parse(stored.body) as object,
    replayed: stored.body,
    ...(location === undefined ? {} : { location }),
    ...(etag === undefined ? {} : { version: Number(etag.slice(1, -1)) }),
  }
}

const ofClaim = (trx: Trx, claim: Claim) =>
  trx
    .selectFrom('idempotency_keys')
    .where('platform_id', '=', claim.platform_id)
    .where('api_key_id', '=', claim.api_key_id)
    .where('actor', '=', claim.actor)
    .where('key', '=', claim.key)

const store = async (trx: Trx, claim: Claim, answer: Answer): Promise<void> => {
  await trx
    .updateTable('idempotency_keys')
    .set({ status: answer.status, headers: headersOf(answer), body: JSON.stringify(answer.body) })
    .where('platform_id', '=', claim.platform_id)
    .where('api_key_id', '=', claim.api_key_id)
    .where('actor', '=', claim.actor)
    .where('key', '=', claim.key)
    .execute()
}

const headersOf = (answer: Answer): Record<string, string> => ({
  ...(answer.location === undefined ? {} : { location: answer.location }),
  ...(answer.version === undefined ? {} : { etag: `"${answer.version}"` }),
})

/** Sends an answer: of a write, or of a read as `send(reply, { status: 200, body, version })`. */
export const send = (reply: Pick<FastifyReply, 'code' | 'headers' | 'header' | 'type' | 'send'>, answer: Answer) => {
  void reply.code(answer.status).headers(headersOf(answer)).type('application/json')
  if (answer.replayed === undefined) return reply.send(answer.body)
  return reply.header('Idempotent-Replayed', 'true').send(answer.replayed)
}

/** Removes stored answers past their keeping time, a bounded number at a go. Returns how many. */
export const forgetOldKeys = async (db: Db, nowMs: number, atMost = 1000): Promise<number> => {
  const gone = await db
    .deleteFrom('idempotency_keys')
    .where(
      sql<boolean>`ctid = any(array(select ctid from idempotency_keys where created_at < ${toTime(nowMs - KEPT_MS)} order by created_at limit ${atMost} for update skip locked))`,
    )
    .executeTakeFirst()
  return Number(gone.numDeletedRows)
}
