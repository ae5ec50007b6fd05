import t from 'tap'
import { parseArguments } from '../../scripts/bench/arguments.ts'
import { type CaseRows, difference, newRows } from '../../scripts/bench/case-rows.ts'
import { comparison, median, percentile, type Report, type Row } from '../../scripts/bench/report.ts'
import { idOf } from '../../scripts/bench/seed.ts'
import { tables } from '../../scripts/bench/tables.ts'
import { isId } from '../../src/foundation/ids.ts'

const row = (change: Partial<Row> = {}): Row => ({
  operation: 'create',
  variant: '',
  concurrency: 16,
  rps: 300,
  p50_ms: 50,
  p99_ms: 120,
  limit_rps: 1000,
  limit_p50_ms: 16,
  limit_p99_ms: 40,
  ratio: 0.3,
  service_cpu_ms: 1.5,
  postgres_cpu_ms: 1.25,
  limit_cpu_ms: 0.4,
  limit_postgres_cpu_ms: null,
  generator_cpu_ms: 0.1,
  round_trips: 7,
  ...change,
})

const report = (rows: Row[], rest: Partial<Report> = {}): Report => ({
  cases: 100_000,
  rounds: 2,
  seconds: 1,
  memory_loaded_mib: 250,
  memory_mib: 150,
  cold_start_s: 0.8,
  cold_start_embedded_s: 1.4,
  pgbench: [{ concurrency: 16, tps: 2000 }],
  rows,
  sweeps: [],
  rush: null,
  overload: null,
  events: null,
  advances: null,
  instances: [],
  ...rest,
})

t.test('the command line', async (t) => {
  t.match(parseArguments([]), { cases: 1_000_000, rounds: 3 })
  t.match(parseArguments(['--quick', '--json', 'a.json', '--compare', 'b.json']), {
    cases: 100_000,
    rounds: 2,
    json: 'a.json',
    compare: 'b.json',
  })
  t.match(parseArguments(['--quick', '--cases', '200000', '--only', 'create,read']), { cases: 200_000, only: ['create', 'read'] })
  t.match(parseArguments(['--quick', '--events', '10000', 'events']), { events: { cases: 10_000, each: 10 }, only: ['events'] })
  t.match(parseArguments(['--quick']), { events: { cases: 1_000 } })
  t.throws(() => parseArguments(['--events', 'many']), /--events must be/)
  t.match(parseArguments(['sweep', 'overload', '--instances', '4']), { only: ['sweep', 'overload'], instances: 4 })
  t.match(parseArguments([]), { sweepSizes: [10_000, 100_000], connections: [1, 16, 64], overloadSeconds: 60 })
  t.match(parseArguments(['--quick']), { sweepSizes: [10_000] })
  t.equal(parseArguments(['--help']), 'help')
  t.throws(() => parseArguments(['--only', 'create,delete']), /no operation delete/)
  t.throws(() => parseArguments(['--cases', '10']), /--cases/)
  t.throws(() => parseArguments(['--instances', '3']), /--instances/)
  t.throws(() => parseArguments(['--fast']), /--fast/)
})

t.test('the middle and the percentiles', async (t) => {
  t.equal(median([9, 1, 5]), 5)
  t.equal(median([9, 1, 5, 6]), 5.5)
  const hundred = Array.from({ length: 100 }, (_, i) => i + 1)
  t.equal(percentile(hundred, 0.5), 50)
  t.equal(percentile(hundred, 0.99), 99)
  t.equal(percentile([7], 0.99), 7)
})

t.test('a table for each operation', async (t) => {
  const text = tables(report([row(), row({ concurrency: 64 }), row({ operation: 'list', variant: 'newest', round_trips: null })]))
  t.match(text, /^create\n\| connections \| +req\/s \|/)
  t.match(text, /^\| 16 +\| +300 \| +50\.0 \| +120 \| +2\.40 \| +1000 \| +0\.30 \| +1\.50 \+ 1\.25 \| +- \| +7\.00 \|$/m)
  t.match(text, /^list newest\n/m)
  t.match(text, /^summary\n\| operation +\| ratio at 16 \| ratio at 64 \| wanted \| p99\/p50 at 64 \|/m)
  t.match(text, /^\| create +\| +0\.30 \| +0\.30 \| +0\.70 \| +2\.40 \|/m)
  t.match(text, /^\| ready on an existing database +\| +0\.80 s \|$/m)
  t.match(text, /^\| memory after the whole, calm again +\| +150 MiB \|$/m)
  const widths = new Set(
    text
      .split('\n\n')[0]
      ?.split('\n')
      .slice(1)
      .map((line) => line.length),
  )
  t.equal(widths.size, 1, 'all lines of a table are of one width')
})

t.test('a table for each scenario', async (t) => {
  const size = { due: 10_000, limit_rps: 20_000, ratio: 0.4, two_rps: 12_000, two_ratio: 0.6 }
  const cpu = { service_cpu_ms: 0.1, postgres_cpu_ms: 0.2, limit_postgres_cpu_ms: null }
  const kind = {
    kind: 'list',
    offered: 1000,
    good_rps: 50,
    capacity_rps: 80,
    refused_share: 0.935,
    p50_ms: 12,
    p99_ms: Number.NaN,
    refused_p50_ms: 2,
    refused_p99_ms: 9,
    refused_without_retry_after: 0,
    timeouts: 3,
    errors: 0,
    others: { 409: 2 },
    unsent: 4,
  }
  const instances = {
    operation: 'read',
    direct_rps: 2100,
    p50_ms: 30,
    p99_ms: 60,
    service_cpu_ms: 0.4,
    postgres_cpu_ms: 0.1,
    cores: 2,
    service_cores: 0.9,
    postgres_cores: 0.3,
    balancer_cores: 0.1,
    generator_cores: 0.3,
  }
  const text = tables(
    report([], {
      sweeps: [
        { cases: 10_000, rps: 8_000, ...size, ...cpu },
        { cases: 100_000, rps: 7_200, ...size, ...cpu },
      ],
      overload: {
        capacity_rps: 400,
        action_capacity_rps: 300,
        offered_rps: 4000,
        seconds: 60,
        kinds: [kind],
        memory_before_mib: 120,
        memory_max_mib: 140,
        memory_max_first_half_mib: 139,
        event_loop_lag_p99_ms: null,
        livez_max_ms: Number.POSITIVE_INFINITY,
        recovered_s: null,
        beside_exports: { alone_rps: 300, beside_rps: 240, export_capacity_rps: 100, export_rps: 60 },
      },
      instances: [
        { ...instances, instances: 1, rps: 2000 },
        { ...instances, instances: 2, rps: 3000 },
      ],
    }),
  )
  t.match(
    text,
    /^\| 100000 +\| 10000 \| +7200 \| +20000 \| +0\.40 \| +12000 \| +0\.60 \| 0\.10 \+ 0\.20 \| +- \| +0\.90 \| +1\.00 \|$/m,
  )
  t.match(
    text,
    /^\| list +\| +1000 \| +50\.0 \| +80\.0 \| 93\.5 % \| +12\.0 \| +- \| +2\.00 \| +9\.00 \| +0 \| +3 \| +0 \| 2 × 409 \| +4 \|$/m,
  )
  t.match(text, /\/livez at most never ms. Normal again after more than 30 s/)
  t.match(text, /240\/s of 300 alone \(0\.80\); exports 60\.0\/s of 100/)
  t.match(text, /^\| read +\| +2 \| +3000 \| +1\.50 \| +2100 \|/m)
})

t.test('two runs are compared operation by operation', async (t) => {
  const now = report([row({ rps: 600 }), row({ operation: 'list', variant: 'newest' })])
  const earlier = report([
    row({ rps: 300 }),
    row({ rps: 100, concurrency: 64 }),
    row({ operation: 'list', variant: 'by due date' }),
  ])
  t.strictSame(comparison(now, earlier), [{ name: 'create c=16', now: 600, earlier: 300, times: 2 }])
})

t.test('the ids of the books are ids, in the order of their numbers', async (t) => {
  const ids = [
    idOf(1_790_000_000_000, 0),
    idOf(1_790_000_000_000, 0, 1),
    idOf(1_790_000_000_000, 1),
    idOf(1_790_000_000_000, 999_999),
  ]
  t.ok(ids.every(isId))
  t.strictSame(ids.toSorted(), ids)
})

t.test('what an action wrote is the difference of the rows', async (t) => {
  const rows = (change: Partial<CaseRows>): CaseRows => ({
    orders: [],
    complaints: [{ id: 'c', status: 'submitted', version: '1' }],
    refund_plans: [],
    advances: [],
    deadlines: [],
    case_events: [{ id: 'e1', sequence: '1' }],
    evidence: [],
    messages: [],
    ...change,
  })
  const after = rows({
    complaints: [{ id: 'c', status: 'negotiating', version: '1' }],
    case_events: [
      { id: 'e1', sequence: '1' },
      { id: 'e2', sequence: '2' },
    ],
  })
  const written = difference({ before: rows({}), after }).filter(({ added, changed }) => added.length + changed.length > 0)
  t.match(written, [
    { table: 'complaints', added: [], changed: [{ columns: { status: 'negotiating' } }] },
    { table: 'case_events', added: [{ id: 'e2' }], changed: [] },
  ])
  t.strictSame(Object.keys(written[0]?.changed[0]?.columns ?? {}), ['status'])
  const filed = difference({ before: undefined, after })
  t.equal(filed.find((x) => x.table === 'complaints')?.added.length, 1)
})

t.test('what an action leaves beside the case is new rows, not changed ones', async (t) => {
  const before = { api_keys: [{ id: 'k', used: 'no' }], idempotency_keys: [{ key: 'a' }] }
  const after = { api_keys: [{ id: 'k', used: 'yes' }], idempotency_keys: [{ key: 'a' }, { key: 'b' }] }
  t.strictSame(newRows(before, after), { idempotency_keys: [{ key: 'b' }] })
})
