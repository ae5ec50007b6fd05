import t from 'tap'
import { parseArguments } from '../../scripts/bench/arguments.ts'
import { type CaseRows, difference } from '../../scripts/bench/case-rows.ts'
import { comparison, median, percentile, type Report, type Row, tables } from '../../scripts/bench/report.ts'
import { idOf } from '../../scripts/bench/seed.ts'
import { isId } from '../../src/foundation/ids.ts'

const row = (change: Partial<Row> = {}): Row => ({
  operation: 'create',
  variant: '',
  concurrency: 16,
  rps: 300,
  p50_ms: 50,
  p99_ms: 120,
  limit_rps: 1000,
  ratio: 0.3,
  service_cpu_ms: 1.5,
  postgres_cpu_ms: 1.25,
  limit_cpu_ms: 0.4,
  limit_postgres_cpu_ms: null,
  round_trips: 7,
  ...change,
})

const report = (rows: Row[]): Report => ({
  cases: 100_000,
  rounds: 2,
  seconds: 1,
  memory_mib: 150,
  cold_start_s: 0.8,
  pgbench: [{ concurrency: 16, tps: 2000 }],
  rows,
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
  t.equal(parseArguments(['--help']), 'help')
  t.throws(() => parseArguments(['--only', 'create,delete']), /no operation delete/)
  t.throws(() => parseArguments(['--cases', '10']), /--cases/)
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
  t.match(text, /^\| 16 +\| +300 \| +50\.0 \| +120 \| +1000 \| +0\.30 \| +1\.50 \+ 1\.25 \| +- \| +7\.00 \|$/m)
  t.match(text, /^list newest\n/m)
  t.match(text, /Ready 0\.80 s after its start; 150 MiB/)
  const widths = new Set(
    text
      .split('\n\n')[0]
      ?.split('\n')
      .slice(1)
      .map((line) => line.length),
  )
  t.equal(widths.size, 1, 'all lines of a table are of one width')
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
    deadlines: [],
    case_events: [{ id: 'e1', sequence: '1' }],
    evidence: [],
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
