/**
 * The guarantee fund: money put aside for buyers out of one fund by very many at once, beside one bare statement that does it, and a sweep of buyers who
 * did not answer, whose money is the fund's again.
 */
import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { sideBySide } from './bulk.ts'
import { type CaseRows, readCaseRows, type TextRow } from './case-rows.ts'
import type { Database } from './database.ts'
import { load } from './load.ts'
import type { Server } from './processes.ts'
import { type AdvancesReport, median, percentile } from './report.ts'
import { type Measured, medianKnown, warmSeconds, watchCpu } from './rounds.ts'
import { agent, buyer, type Caller, filing, post, supervisor } from './samples.ts'
import { type Books, boundsOf, fillBooks, idOf, rowNumbers } from './seed.ts'
import type { Stage } from './stage.ts'

/** What each advance comes to, in fen: so little that the bounds of a new platform's policy refuse none, for a merchant or a day. */
const AMOUNT = 100
/** More than all of them. */
const FUND = 1_000_000_000
/** Many at one fund: from here on more connections only wait. */
const MOST_CONNECTIONS = 16

/** A case in which the merchant was found liable and the plan was imposed: its refund is owed. */
const tellImposed = async (caller: Caller, remedy: object): Promise<string> => {
  // the buyer of a counterfeit has nothing to prove, and it is the fund that asks for proofs
  const { id } = (await post(caller, buyer, '/v1/complaints', { ...filing(`SO-${randomUUID()}`), category: 'counterfeit' })).body
  await post(caller, agent, `/v1/complaints/${id}/accept`, {})
  await post(caller, agent, `/v1/complaints/${id}/escalate`, { reason_code: 'no_agreement' })
  await post(caller, agent, `/v1/complaints/${id}/determine-liability`, {
    shares: [{ party: 'merchant', percent: 100 }],
    reason_code: 'counterfeit_confirmed',
    root_cause: '假货',
    explanation: '鉴定为假货',
  })
  const offer = { remedies: [{ amount: AMOUNT, ...remedy }], explanation: '退款' }
  const plan = (await post(caller, agent, `/v1/complaints/${id}/refund-plans`, offer)).body.id
  await post(caller, supervisor, `/v1/refund-plans/${plan}/impose`, { explanation: '责任在商家' })
  return id
}

const askFor = { explanation: '商家余额不足' }

/** The rows of a case before the fund is asked, of the advance that it then has, and of one whose buyer is asked. */
interface AdvanceSamples {
  imposed: CaseRows
  advance: TextRow
  silent: CaseRows
}

const tellAdvances = async (stage: Stage, { pool }: Database, caller: Caller): Promise<AdvanceSamples> => {
  const rowsOf = (id: string) => readCaseRows(pool, stage.types, id)
  const first = await tellImposed(caller, { type: 'refund' })
  const imposed = await rowsOf(first)
  await post(caller, agent, `/v1/complaints/${first}/advances`, askFor)
  const advance = (await rowsOf(first)).advances[0] as TextRow
  const second = await tellImposed(caller, { type: 'return_and_refund', return_address: '退货仓' })
  const { id } = (await post(caller, agent, `/v1/complaints/${second}/advances`, askFor)).body
  await post(caller, agent, `/v1/advances/${id}/not-returned`, { explanation: '超过期限未退货' })
  return { imposed, advance, silent: await rowsOf(second) }
}

const platform = '(select platform_id from api_keys limit 1)'

/** Moves money in the books, by as many transfers as there are rows in `from`; no rule is asked. */
const move = async (
  db: Pick<pg.Pool, 'query'>,
  kind: string,
  debit: string,
  credit: string,
  from: string,
  values: string[] = [],
) => {
  await db.query(
    `insert into ledger_accounts (platform_id, id, kind, owner, currency)
     select ${platform}, kind || ':CNY', kind, '', 'CNY' from (values ('${debit}'), ('${credit}')) v (kind) on conflict do nothing`,
  )
  await db.query(
    `with moved as (
       insert into ledger_transfers (platform_id, id, journal_id, kind, debit, credit, currency, amount, complaint_id, advance_id, created_at)
       select ${platform}, gen_random_uuid(), gen_random_uuid(), '${kind}', '${debit}:CNY', '${credit}:CNY', 'CNY', f.amount, f.complaint_id, f.advance_id, now()
         from (${from}) f returning amount)
     update ledger_accounts set balance = balance + case kind when '${credit}' then 1 else -1 end * (select coalesce(sum(amount), 0) from moved)
      where platform_id = ${platform} and id in ('${debit}:CNY', '${credit}:CNY')`,
    values,
  )
}

/** What the advances of the books have put aside, in the ledger and in what is bounded over all cases. */
const putAside = async ({ pool }: Database, bounds: readonly [string, string]): Promise<void> => {
  const those = `platform_id = ${platform} and complaint_id >= $1 and complaint_id < $2`
  await sideBySide(pool, [bounds], async (client) => {
    await move(
      client,
      'advance_frozen',
      'fund',
      'frozen',
      `select amount, complaint_id, id as advance_id from advances where ${those}`,
      [...bounds],
    )
    for (const [kind, key, sum] of [
      ['open_of_buyer', 'buyer_id', 'count(*)'],
      ['open_of_merchant', `currency || ' ' || merchant_id`, 'sum(amount)'],
    ])
      await client.query(
        `insert into advance_bounds as b (platform_id, kind, key, bound, in_force)
         select platform_id, '${kind}', ${key}, 1000000, ${sum} from advances where ${those} group by 1, 3
         on conflict (platform_id, kind, key) do update set in_force = b.in_force + excluded.in_force`,
        [...bounds],
      )
    await client.query('vacuum (analyze) ledger_transfers, ledger_accounts, advance_bounds')
  })
}

/** @throws Error when a balance is not the sum of its transfers, or money is gone */
const checkLedger = async ({ pool }: Database): Promise<void> => {
  const { rows } = await pool.query<{ id: string }>(
    `select a.id from ledger_accounts a where a.balance <> (
       select coalesce(sum(case when t.credit = a.id then t.amount else -t.amount end), 0) from ledger_transfers t
        where t.platform_id = a.platform_id and a.id in (t.debit, t.credit))`,
  )
  if (rows.length > 0) throw new Error(`not the sum of their transfers: ${rows.map(({ id }) => id).join(', ')}`)
}

const countFrozen = async ({ pool }: Database): Promise<number> => {
  const { rows } = await pool.query<{ count: number }>(
    `select count(*)::integer as count from ledger_transfers where kind = 'advance_frozen'`,
  )
  return rows[0]?.count ?? 0
}

/**
 * The bare statement: it takes the money if it is there, and writes the transfer, an advance and its case; `$1` is the case, `$2` the step. It knows no
 * gate, no bounds, no plan, no events, no key and no request.
 */
const bareStatement = (advance: TextRow, types: Record<string, string>): string => {
  const given: Record<string, string> = { id: 'gen_random_uuid()', complaint_id: '$1::uuid', step_id: '$2::uuid' }
  const columns = Object.keys(advance)
  const valueFor = (column: string): string => {
    const text = advance[column]
    return given[column] ?? `${text == null ? 'null' : pg.escapeLiteral(text)}::${types[column]}`
  }
  const ofAccount = (kind: string) => `a.platform_id = '${advance.platform_id}' and a.id = '${kind}:CNY'`
  return `with fund as (update ledger_accounts a set balance = balance - ${AMOUNT} where ${ofAccount('fund')} and balance >= ${AMOUNT} returning 1),
    frozen as (update ledger_accounts a set balance = balance + ${AMOUNT} from fund where ${ofAccount('frozen')} returning 1),
    transfer as (insert into ledger_transfers (platform_id, id, journal_id, kind, debit, credit, currency, amount, complaint_id, created_at)
      select '${advance.platform_id}', gen_random_uuid(), gen_random_uuid(), 'advance_frozen', 'fund:CNY', 'frozen:CNY', 'CNY', ${AMOUNT}, $1, now() from frozen),
    advance as (insert into advances (${columns.join(', ')}) select ${columns.map(valueFor).join(', ')} from frozen)
    update complaints c set event_count = event_count + 1, version = version + 1, updated_at = now()
      from frozen where c.platform_id = '${advance.platform_id}' and c.id = $1`
}

/** Runs the bare statement over some connections of its own, as `load` asks a server. */
const loadBare = async (
  url: string,
  text: string,
  {
    connections,
    seconds,
    next,
    atMost,
    signal,
  }: { connections: number; seconds: number; next: () => unknown[] } & {
    atMost: number
    signal: AbortSignal
  },
) => {
  const clients = Array.from({ length: connections }, () => new pg.Client({ connectionString: url }))
  const latencies: number[] = []
  try {
    await Promise.all(clients.map((client) => client.connect()))
    const used = process.cpuUsage()
    const began = performance.now()
    let left = atMost
    const lane = async (client: pg.Client): Promise<void> => {
      while (left-- > 0 && performance.now() - began < seconds * 1000) {
        signal.throwIfAborted()
        const at = performance.now()
        const { rowCount } = await client.query({ name: 'bare', text, values: next() })
        if (rowCount !== 1) throw new Error('the bare statement has put nothing aside')
        latencies.push(performance.now() - at)
      }
    }
    await Promise.all(clients.map(lane))
    const ms = performance.now() - began
    const { user, system } = process.cpuUsage(used)
    latencies.sort((a, b) => a - b)
    return {
      answers: latencies.length,
      rps: latencies.length / (ms / 1000),
      p50: percentile(latencies, 0.5),
      p99: percentile(latencies, 0.99),
      generatorCpu: (user + system) / 1000 / latencies.length,
    }
  } finally {
    await Promise.all(clients.map((client) => client.end()))
  }
}

/** One after the other, each case once. */
const fresh = ({ ranges }: Books, name: string) => {
  const { from, to } = ranges.get(name) ?? { from: 0, to: 0 }
  let n = from
  return { count: to - from, next: () => n++ }
}

const measureFreezes = async (
  stage: Stage,
  database: Database,
  service: Server,
  books: Books,
  { imposed, advance }: AdvanceSamples,
): Promise<AdvancesReport['freezes']> => {
  const { settings, signal, say, caller } = stage
  const stepId = (JSON.parse(imposed.refund_plans[0]?.steps ?? '[]') as { id: string }[])[0]?.id ?? ''
  const stepRow = rowNumbers(imposed).get(stepId) ?? 0
  const ofService = fresh(books, 'freeze')
  const ofBare = fresh(books, 'bare')
  const text = bareStatement(advance, stage.types.advances ?? {})
  const levels = [...new Set(settings.connections.map((x) => Math.min(x, MOST_CONNECTIONS)))]
  const loads = 1 + settings.rounds * levels.length
  const bySide = {
    service: (connections: number, seconds: number) =>
      load(service.url, {
        ...{ connections, seconds, signal },
        // what is on its way at the end of a load is lost
        atMost: Math.floor(ofService.count / loads) - 2 * MOST_CONNECTIONS,
        next: () => ({
          method: 'POST',
          path: `/v1/complaints/${idOf(books.baseMs, ofService.next())}/advances`,
          headers: {
            authorization: `Bearer ${caller.key}`,
            'redress-actor': agent,
            'content-type': 'application/json',
            'idempotency-key': randomUUID(),
          },
          body: JSON.stringify(askFor),
        }),
      }),
    bare: (connections: number, seconds: number) =>
      loadBare(database.ownerUrl, text, {
        ...{ connections, seconds, signal },
        atMost: Math.floor(ofBare.count / loads),
        next: () => {
          const n = ofBare.next()
          return [idOf(books.baseMs, n), idOf(books.baseMs, n, stepRow)]
        },
      }),
  }
  const measure = async (side: keyof typeof bySide, connections: number, seconds: number): Promise<Measured> => {
    const before = await countFrozen(database)
    const cpu = watchCpu(side === 'service' ? [service.pid] : [], stage.databases.pid)
    const loaded = await bySide[side](connections, seconds)
    const used = cpu(loaded.answers)
    const frozen = (await countFrozen(database)) - before
    if (frozen < loaded.answers || frozen > loaded.answers + 2 * MOST_CONNECTIONS + 2)
      throw new Error(`${loaded.answers} answers of the ${side}, but money was put aside ${frozen} times`)
    return { ...loaded, ...used }
  }
  for (const side of ['service', 'bare'] as const)
    await measure(side, Math.min(MOST_CONNECTIONS, Math.max(...levels)), warmSeconds(settings))

  const rows: AdvancesReport['freezes'] = []
  for (const connections of levels) {
    say(`advance: freezes at one fund, ${connections} connections`)
    const measured = { service: [] as Measured[], bare: [] as Measured[] }
    for (let round = 0; round < settings.rounds; round++)
      for (const side of ['service', 'bare'] as const) measured[side].push(await measure(side, connections, settings.seconds))
    rows.push({
      connections,
      rps: median(measured.service.map((x) => x.rps)),
      p50_ms: median(measured.service.map((x) => x.p50)),
      p99_ms: median(measured.service.map((x) => x.p99)),
      bare_rps: median(measured.bare.map((x) => x.rps)),
      ratio: median(measured.service.map((x, round) => x.rps / (measured.bare[round]?.rps ?? Number.NaN))),
      service_cpu_ms: medianKnown(measured.service.map((x) => x.serverCpu)),
      postgres_cpu_ms: medianKnown(measured.service.map((x) => x.postgresCpu)),
      bare_postgres_cpu_ms: medianKnown(measured.bare.map((x) => x.postgresCpu)),
    })
  }
  return rows
}

/** Lets the answers of one batch of buyers fall due just now. */
const letFallDue = ({ pool }: Database, bounds: readonly [string, string]): Promise<void> =>
  sideBySide(pool, [bounds], async (client) => {
    await client.query(
      `with due as (
         select complaint_id, now() - interval '1 minute' + row_number() over (order by complaint_id) * interval '1 microsecond' as at
           from deadlines where kind = 'buyer_answer' and complaint_id >= $1 and complaint_id < $2),
       clock as (update deadlines d set due_at = due.at, wakes_at = due.at from due where d.complaint_id = due.complaint_id and d.kind = 'buyer_answer')
       update complaints c set next_due_at = due.at from due where c.id = due.complaint_id`,
      [...bounds],
    )
    await client.query('vacuum (analyze) deadlines, complaints')
  })

const measureSilences = async (
  stage: Stage,
  database: Database,
  service: Server,
  books: Books,
): Promise<AdvancesReport['silences']> => {
  const { settings, say, caller } = stage
  const due = settings.advances.silences
  const rounds: { seconds: number; serverCpu: number | null; postgresCpu: number | null }[] = []
  for (let round = 0; round < settings.rounds; round++) {
    say(`advance: ${due} buyers who did not answer, by one sweep`)
    await letFallDue(database, boundsOf(books, `silent ${round}`))
    const cpu = watchCpu([service.pid], stage.databases.pid)
    const began = performance.now()
    const { body } = await post({ ...caller, url: service.url }, undefined, '/v1/sweeps', {})
    const seconds = (performance.now() - began) / 1000
    if (body.due !== due || body.failed > 0)
      throw new Error(`the sweep acted on ${body.due} of ${due} silences; ${body.failed} failed`)
    rounds.push({ seconds, ...cpu(due) })
  }
  const { rows } = await database.pool.query<{ count: number }>(
    `select count(*)::integer as count from advances where status = 'returned_to_fund'`,
  )
  if (rows[0]?.count !== due * settings.rounds)
    throw new Error(`the money of ${rows[0]?.count} silent buyers is the fund's again`)
  const seconds = median(rounds.map((x) => x.seconds))
  return {
    due,
    seconds,
    rps: due / seconds,
    service_cpu_ms: medianKnown(rounds.map((x) => x.serverCpu)),
    postgres_cpu_ms: medianKnown(rounds.map((x) => x.postgresCpu)),
  }
}

/** Freezes and silences in a database of their own. Each case has its own buyer; a thousand merchants share them. */
export const measureAdvances = async (stage: Stage): Promise<AdvancesReport> => {
  const { settings, types, signal, say } = stage
  const database = await stage.openBooks()
  const service = await stage.startService(database.url, 'advances')
  const caller = { ...stage.caller, url: service.url }
  await move(
    database.pool,
    'fund_topped_up',
    'outside',
    'fund',
    `select ${FUND}::bigint as amount, null::uuid as complaint_id, null::uuid as advance_id`,
  )
  say('advance: telling the samples')
  const samples = await tellAdvances(stage, database, caller)
  // planned anew for tables that are no longer empty
  await service.stop()
  const { freezes: copies, silences } = settings.advances
  const books = await fillBooks(
    database.pool,
    types,
    [
      { name: 'freeze', sample: samples.imposed, copies },
      { name: 'bare', sample: samples.imposed, copies },
      ...Array.from({ length: settings.rounds }, (_, round) => ({
        name: `silent ${round}`,
        sample: samples.silent,
        copies: silences,
      })),
    ],
    () => signal.throwIfAborted(),
  )
  for (let round = 0; round < settings.rounds; round++) await putAside(database, boundsOf(books, `silent ${round}`))
  const again = await stage.startService(database.url, 'advances')
  const freezes = await measureFreezes({ ...stage, caller: { ...caller, url: again.url } }, database, again, books, samples)
  const report = { freezes, silences: await measureSilences(stage, database, again, books) }
  await checkLedger(database)
  await again.stop()
  await database.drop()
  return report
}
