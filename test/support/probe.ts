import { sql } from 'kysely'
import Type, { type Static } from 'typebox'
import { normaliseTime, toTime } from '../../src/foundation/clock.ts'
import { checkVersion } from '../../src/foundation/http/conditional.ts'
import { beyond, readPage, sendPage } from '../../src/foundation/http/pagination.ts'
import { Amount, AnyOf, Currency, listQuery, Nullable, named, Strict, Text, TimeText } from '../../src/foundation/http/schema.ts'
import type { App } from '../../src/foundation/http/server.ts'
import { checkInput } from '../../src/foundation/http/validation.ts'
import { newId } from '../../src/foundation/ids.ts'
import type { Trx } from '../../src/foundation/sql/database.ts'
import type { Deps } from '../../src/outward/deps.ts'
import { type Answer, answerOnce, send } from '../../src/platform/idempotency/idempotency.ts'
import { changeProblems, created, listOf, ok, problems } from '../../src/platform/wire/responses.ts'
import { problem } from '../../src/words/problems.ts'

/** A resource that exists in tests only: each probe is a row of `sweep_runs`, so that every effect can be counted. */
const NewProbe = named(
  'NewProbe',
  Strict({
    amount: Amount(),
    note: Type.Optional(Nullable(Text(2000))),
    at: Type.Optional(TimeText()),
    price: Type.Optional(Strict({ amount: Amount(), currency: Currency.ref })),
    lines: Type.Optional(Type.Array(Strict({ 'sku/~': Text(10) }), { maxItems: 10 })),
    record: Type.Optional(Type.Object({}, { additionalProperties: true })),
  }),
)
const Probe = named(
  'Probe',
  Type.Object({ id: Type.String(), amount: Type.Integer(), at: Nullable(TimeText()), note: Nullable(Type.String()) }),
)
const PatchProbe = Strict({ amount: Type.Optional(Amount()) })
const Params = Type.Object({ id: Type.String() })
const tags = ['Probe']

/** The only probe that exists for PATCH, which tests the order of checks. */
export const KNOWN = '019a9f3c-8d2e-7c31-9a55-0d6f3b1c2e4f'

const insert = async (trx: Trx, platformId: string, startedAt: string, amount: number): Promise<string> => {
  const id = newId()
  const zero = {
    due: 0,
    escalated: 0,
    closed: 0,
    expired: 0,
    deemed_accepted: 0,
    warned: 0,
    failed: 0,
    left_over: false,
    stopped: false,
  }
  const row = {
    platform_id: platformId,
    id,
    trigger: 'request' as const,
    started_at: startedAt,
    duration_ms: 0,
    status: 'done' as const,
    seen_at: null,
    ...zero,
    due: amount % 1000,
  }
  await trx.insertInto('sweep_runs').values(row).execute()
  return id
}

export const probeRoutes = (app: App, { db, clock }: Deps): void => {
  app.post(
    '/v1/probes',
    {
      schema: {
        operationId: 'createProbe',
        tags,
        summary: 'Make a probe',
        body: NewProbe.ref,
        response: { 201: created(Probe.ref), ...changeProblems() },
      },
    },
    async (request, reply) => {
      const answer = await answerOnce(db, request, async (trx) => {
        checkInput(request)
        const { amount, at, note } = request.body as Static<typeof NewProbe.schema>
        const id = await insert(trx, request.caller.platform.id, toTime(clock.nowMs()), amount)
        const body = { id, amount, at: at ? normaliseTime(at) : null, note: note ?? null }
        return { status: 201, body, location: `/v1/probes/${id}`, version: 1 } satisfies Answer
      })
      return send(reply, answer)
    },
  )

  app.get(
    '/v1/probes',
    {
      schema: {
        operationId: 'listProbes',
        tags,
        summary: 'List probes, newest first',
        querystring: listQuery({
          status: Type.Optional(AnyOf(['open', 'closed'])),
          owner: Type.Optional(Type.String()),
          flagged: Type.Optional(Type.Boolean()),
        }),
        response: { 200: listOf(Type.Object({ id: Type.String() })), ...problems('invalid_cursor') },
      },
    },
    async (request, reply) => {
      checkInput(request)
      const page = readPage(request, ['time', 'id'])
      const rows = await db
        .selectFrom('sweep_runs')
        .where('platform_id', '=', request.caller.platform.id)
        .where(beyond(page, ['started_at', 'id'], 'desc'))
        .orderBy('started_at', 'desc')
        .orderBy('id', 'desc')
        .limit(page.limit + 1)
        .select(['id', 'started_at'])
        .execute()
      return sendPage(
        request,
        reply,
        page,
        rows,
        (row) => [row.started_at, row.id],
        ({ id }) => ({ id }),
      )
    },
  )

  // checks in the documented order; the request chooses the reason to be refused for
  app.patch(
    '/v1/probes/:id',
    {
      schema: {
        operationId: 'patchProbe',
        tags,
        summary: 'Change a probe',
        params: Params,
        consumes: ['application/merge-patch+json', 'application/json'],
        body: PatchProbe,
        response: {
          200: ok(Probe.ref),
          ...changeProblems(
            'forbidden',
            'not_found',
            'version_stale',
            'version_required',
            'action_not_available',
            'order_total_exceeded',
          ),
        },
      },
    },
    async (request, reply) => {
      const answer = await answerOnce(db, request, async () => {
        if (request.params.id !== KNOWN) throw problem('not_found', 'There is no such probe.')
        if (request.caller.actor.role === 'buyer') throw problem('forbidden', 'Not for buyers.')
        checkInput(request)
        checkVersion(request, 3, { required: true })
        const { amount = 0 } = request.body as Static<typeof PatchProbe>
        if (request.caller.actor.role === 'merchant') throw problem('action_not_available', 'Not now.', { available_actions: [] })
        if (amount > 100) throw problem('order_total_exceeded', 'Too much.')
        return { status: 200, body: { id: KNOWN, amount, at: null, note: null }, version: 4 } satisfies Answer
      })
      return send(reply, answer)
    },
  )

  app.post(
    '/v1/probes/:id/forget-to-check',
    {
      schema: {
        operationId: 'forgetToCheck',
        tags,
        summary: 'Write without looking',
        params: Params,
        response: { 200: ok(Probe.ref), ...changeProblems() },
      },
    },
    async (request, reply) => {
      const answer = await answerOnce(db, request, async (trx) => {
        await insert(trx, request.caller.platform.id, toTime(clock.nowMs()), 1)
        return { status: 200, body: {}, version: 1 } satisfies Answer
      })
      return send(reply, answer)
    },
  )

  app.get(
    '/v1/probes/:id/forget-to-check',
    {
      schema: {
        operationId: 'readWithoutCheck',
        tags,
        summary: 'Read without looking',
        params: Params,
        response: { 200: ok(Probe.ref), ...problems() },
      },
    },
    async (_request, reply) => send(reply, { status: 200, body: { id: KNOWN, amount: 1, at: null, note: null }, version: 1 }),
  )

  app.get(
    '/v1/probes/:id/break',
    {
      schema: {
        operationId: 'breakProbe',
        tags,
        summary: 'Fail in some way',
        params: Params,
        querystring: Strict({ with: Type.String() }),
        response: { 200: ok(Probe.ref), ...problems() },
      },
    },
    async (request) => {
      checkInput(request)
      const { with: secret } = request.query as { with: string }
      if (request.params.id === 'text') throw new Error(`the value was ${secret}`)
      if (request.params.id === 'database') await sql`select ${secret}::int`.execute(db)
      if (request.params.id === 'state')
        await sql`do ${sql.raw(`$$ begin raise exception 'x' using errcode = '${secret}'; end $$`)}`.execute(db)
      if (request.params.id === 'slow') await sql`set statement_timeout = 50; select pg_sleep(5)`.execute(db)
      return undefined
    },
  )

  app.get(
    '/v1/probes/:id/differ',
    {
      schema: {
        operationId: 'differ',
        tags,
        summary: 'Answer otherwise than described',
        params: Params,
        response: { 200: ok(Probe.ref), ...problems() },
      },
    },
    async (request, reply) => {
      checkInput(request)
      const body = { id: KNOWN, amount: 12.7, at: '2026-11-21', note: null, secret: 1 }
      if (request.params.id === 'body') return send(reply, { status: 200, body, version: 1 })
      if (request.params.id === 'etag')
        return send(reply, { status: 200, body: { ...body, amount: 12, at: null, secret: undefined } })
      if (request.params.id === 'type') return reply.type('text/plain').header('ETag', '"1"').send('x')
      return send(reply, { status: 201, body })
    },
  )

  void app.register(async (scope) => uploadProbe(scope as App))
}

/** A body described for each media type; the fields of an upload come in beside the request's own body. */
const uploadProbe = (app: App): void => {
  app.post(
    '/v1/probes/:id/upload',
    {
      schema: {
        operationId: 'uploadProbe',
        tags,
        summary: 'Send one of two media types',
        params: Params,
        body: {
          content: {
            'application/json': { schema: Strict({ text: Text(10) }) },
            'multipart/form-data': { schema: Strict({ type: Text(10) }) },
          },
        },
        response: { 200: ok(Probe.ref), ...changeProblems() },
      },
    },
    async (request, reply) => {
      const { fields } = request.headers
      const given = typeof fields === 'string' ? (JSON.parse(fields) as unknown) : undefined
      checkInput(request, given)
      return send(reply, { status: 200, body: { id: KNOWN, amount: 1, at: null, note: null }, version: 1 })
    },
  )
  app.addContentTypeParser('multipart/form-data', (_request, payload, done) => {
    payload.resume().on('end', () => done(null))
  })
}
