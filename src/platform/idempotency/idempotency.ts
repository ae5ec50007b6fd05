import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { addMs, HOUR, type Time, toTime } from '../../foundation/clock.ts'
import type { Db, Trx } from '../../foundation/sql/database.ts'
import { waitedFor } from '../../foundation/sql/errors.ts'
import { type Inserting, insertRows, setOnConflict, type Write, writeStages } from '../../foundation/sql/rows.ts'
import { mayRunAgain, withReruns } from '../../foundation/sql/transaction.ts'
import { type FieldError, Problem, problem } from '../../words/problems.ts'
import { actorName } from '../access/caller.ts'
import { deleteAnswers, findOldestAnswers } from '../across-platforms.ts'
import type { IdempotencyKeyRow } from './table.ts'

/**
 * `Idempotency-Key`: the answer of a write is stored in the transaction of its effect, so either both exist or neither does.
 * Only successes are stored; a refused request runs again.
 */

/** How long an answer is kept, in real time. */
const KEPT_MS = 24 * HOUR
const HEADER = /^(?:"([\x20-\x7e]{1,255})"|(?!""$)([\x20-\x7e]{1,255}))$/

/** What a write answers. */
export interface Answer {
  status: 200 | 201 | 202
  body: object
  location?: string
  /** Sent as `ETag`. */
  version?: number
  /** The body as it is sent and kept; made of `body` where it is absent. */
  text?: string
  /** Whether it is the stored answer of an earlier request. */
  replayed?: boolean
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

/** A claim on a key and the answer that goes with it: one row, written with the effect. */
export interface KeptAnswer extends Claim {
  status: number
  headers: Record<string, string>
  body: string
}

/** Makes of an answer the row that is written together with its effect; `undefined` where no key was sent. */
export type Keep = (answer: Answer) => KeptAnswer | undefined

export interface AttemptOptions {
  /** Stands for the body's bytes where the body was a stream: the fields and file hash of an upload. */
  fingerprint?: string | undefined
  /** Whether to look for an earlier answer before the attempt: for effects that are not undone when the key turns out to be taken. */
  lookFirst?: boolean
}

/**
 * Runs a write and answers it, at most once per `Idempotency-Key` of this credential and actor. The key is claimed when the effect is
 * written, not before: of two at once, one writes; the other finds the key taken, writes nothing, and gets the stored answer.
 *
 * @param attempt commits its effect and what `keep` makes of its answer together, and calls `checkInput` before `keep`. It may be run more
 *   than once, and is told how often it has been tried.
 * @throws Problem `idempotency_key_reused` (422), `idempotency_in_progress` (409), and whatever `attempt` throws
 */
export const attemptOnce = async (
  db: Db,
  request: FastifyRequest,
  attempt: (keep: Keep, earlierTries: number) => Promise<Answer>,
  { fingerprint, lookFirst = false }: AttemptOptions = {},
): Promise<Answer> => {
  const claim = claimOf(request, fingerprint)
  const keep: Keep = (answer) => {
    if (!request.inputChecked) throw new Error(`${request.method} ${request.routeOptions.url} wrote without checkInput`)
    // serialised once: what is sent is what is kept
    answer.text ??= JSON.stringify(answer.body)
    return claim && { ...claim, status: answer.status, headers: headersOf(answer), body: answer.text }
  }
  const earlier = lookFirst ? await earlierAnswer(db, request, claim) : undefined
  if (earlier) return earlier
  return withReruns(async (earlierTries) => {
    try {
      return await attempt(keep, earlierTries)
    } catch (error) {
      const refused = error instanceof Problem || mayRunAgain(error) || waitedForKey(error)
      const replayed = refused ? await earlierAnswer(db, request, claim) : undefined
      if (replayed) return replayed
      if (waitedForKey(error)) {
        throw problem('idempotency_in_progress', 'Ask again with the same key in a moment.', { retryAfter: 1 })
      }
      throw error
    }
  })
}

/** `attemptOnce` for an effect that does all of its work in one transaction, `trx`. */
export const answerOnce = (db: Db, request: FastifyRequest, effect: (trx: Trx) => Promise<Answer>): Promise<Answer> =>
  attemptOnce(db, request, (keep) =>
    db.transaction().execute(async (trx) => {
      const answer = await effect(trx)
      await keepAnswer(trx, keep(answer))
      return answer
    }),
  )

/** The stored answer of an earlier request with this key, to be sent again. @throws Problem `idempotency_key_reused` */
const earlierAnswer = async (db: Db, request: FastifyRequest, claim: Claim | undefined): Promise<Answer | undefined> => {
  if (claim === undefined) return undefined
  const kept = await findKept(db, claim)
  if (kept === undefined) return undefined
  if (!kept.request_hash.equals(claim.request_hash)) {
    throw problem('idempotency_key_reused', 'The first request with this key had another method, path or body.')
  }
  request.inputChecked = true
  return replayOf(kept)
}

interface Claim {
  platform_id: string
  api_key_id: string
  actor: string
  key: string
  request_hash: Buffer
  created_at: Time
}

const claimOf = (request: FastifyRequest, fingerprint: string | undefined): Claim | undefined => {
  const key = request.method === 'POST' ? keyOf(request) : undefined
  if (key === undefined) return undefined
  return {
    platform_id: request.caller.platform.id,
    api_key_id: request.caller.credential,
    actor: actorName(request.caller.actor),
    key,
    request_hash: hashOf(request, fingerprint),
    created_at: toTime(request.server.clock.nowMs()),
  }
}

const hashOf = (request: FastifyRequest, fingerprint: string | undefined): Buffer =>
  createHash('sha256')
    .update(`${request.method}\n${request.raw.url}\n`)
    .update(fingerprint ?? request.bodyBytes ?? '')
    .digest()

/** An answer from before this time counts as absent. */
const keptSince = (now: Time): Time => addMs(now, -KEPT_MS)

/** Whether the statement gave up waiting for another request that is writing the same key. */
export const waitedForKey = (error: unknown): boolean => waitedFor(error, 'idempotency_keys')

/**
 * Writes answers with their keys; writes nothing when one of the keys is taken. A key whose answer is past its keeping time is replaced.
 */
export const keepAnswers = (kept: readonly KeptAnswer[]): Write[] => {
  const [first] = kept
  if (first === undefined) return []
  const rows = kept
    .map((row) => ({ ...row, request_hash: `\\x${row.request_hash.toString('hex')}` }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
  const takeOver = setOnConflict(
    ['request_hash', 'status', 'headers', 'body', 'created_at'],
    'platform_id, api_key_id, actor, key',
  )
  // the earliest request decides for all of them: a stored answer that only a later request finds too old is looked at again
  const earliest = kept.reduce((least, { created_at }) => (created_at < least ? created_at : least), first.created_at)
  const conflict: Inserting['conflict'] = (bind) =>
    `${takeOver} where idempotency_keys.created_at < ${bind(keptSince(earliest))}::timestamptz`
  return [insertRows('answers_kept', 'idempotency_keys', rows, { conflict })]
}

/** Keeps one answer, in the transaction of its effect or, where the effect has none, in one of its own. */
export const keepAnswer = async (db: Db, kept: KeptAnswer | undefined): Promise<void> => {
  if (kept) await writeStages(db, kept.platform_id, [keepAnswers([kept])])
}

const findKept = (db: Db, claim: Claim): Promise<IdempotencyKeyRow | undefined> =>
  db
    .selectFrom('idempotency_keys')
    .selectAll()
    .where('platform_id', '=', claim.platform_id)
    .where('api_key_id', '=', claim.api_key_id)
    .where('actor', '=', claim.actor)
    .where('key', '=', claim.key)
    .where('created_at', '>=', keptSince(claim.created_at))
    .executeTakeFirst()

const replayOf = ({ status, headers, body }: IdempotencyKeyRow): Answer => {
  const { location, etag } = headers
  return {
    status: status as Answer['status'],
    body: JSON.parse(body) as object,
    text: body,
    replayed: true,
    ...(location === undefined ? {} : { location }),
    ...(etag === undefined ? {} : { version: Number(etag.slice(1, -1)) }),
  }
}

const headersOf = (answer: Answer): Record<string, string> => ({
  ...(answer.location === undefined ? {} : { location: answer.location }),
  ...(answer.version === undefined ? {} : { etag: `"${answer.version}"` }),
})

/** Sends an answer: of a write, or of a read as `send(reply, { status: 200, body, version })`. */
export const send = (reply: Pick<FastifyReply, 'code' | 'headers' | 'header' | 'type' | 'send'>, answer: Answer) => {
  void reply.code(answer.status).headers(headersOf(answer)).type('application/json')
  if (answer.replayed) void reply.header('Idempotent-Replayed', 'true')
  return reply.send(answer.text ?? answer.body)
}

/** How often an instance looks for old answers again when other instances have deleted the ones it found. */
const MOST_ROUNDS = 10

/**
 * Removes stored answers past their keeping time, a bounded number at once. Several instances may do so at the same time: each takes what
 * the others leave.
 * @returns how many
 */
export const forgetOldKeys = async (db: Db, nowMs: number, atMost = 1000): Promise<number> => {
  const before = keptSince(toTime(nowMs))
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const old = await findOldestAnswers(db, before, atMost)
    if (old === undefined) break
    const gone = await withReruns(() => deleteAnswers(db, old))
    if (gone > 0) return gone
  }
  return 0
}
