/** Whole runs of the bench at a tiny size: what they measure means nothing, that they measure everything does. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import t, { type Test } from 'tap'
import { operationNames, type Settings, subjects } from '../../scripts/bench/arguments.ts'
import { measure } from '../../scripts/bench/run.ts'
import { tables } from '../../scripts/bench/tables.ts'

const tiny: Settings = {
  cases: 5_000,
  rounds: 1,
  seconds: 0.1,
  connections: [4],
  overloadSeconds: 1,
  calmSeconds: 0,
  sweepSizes: [1_000],
  rush: { cases: 500, seconds: 1 },
  events: { cases: 50, each: 4 },
  advances: { freezes: 200, silences: 50 },
  only: subjects,
}

const run = (t: Test, settings: Settings) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'redress-bench-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  return measure(settings, folder, new AbortController().signal)
}

t.test('every operation beside the limit, sweeps by size, overload', async (t) => {
  const report = await run(t, tiny)
  t.strictSame(
    report.rows.map(({ operation, variant, concurrency }) => `${operation} ${variant} ${concurrency}`.replace('  ', ' ')),
    [
      ...['create 4', 'read 4', 'list newest 4', 'list by due date 4', 'timeline 4', 'action accept 4', 'action respond 4'],
      ...['action accept plan 4', 'action message 4', 'upload 4', 'create with an endpoint 4', 'sweep 1'],
    ],
  )
  const figures = ['rps', 'p50_ms', 'p99_ms', 'limit_rps', 'ratio'] as const
  t.ok(report.rows.every((row) => figures.every((figure) => Number(row[figure]) > 0)))
  t.strictSame(
    report.rows.filter(({ round_trips }) => !(Number(round_trips) > 0)).map(({ variant }) => variant),
    ['with an endpoint'],
    'those of deliveries cannot be told from those of the create',
  )
  t.strictSame([...new Set(report.rows.map((row) => row.operation))].sort(), [...operationNames].sort())
  t.match(report.sweeps, [
    { cases: 1_000, due: 500 },
    { cases: 5_000, due: 500 },
  ])
  t.match(report.rush, { due: 500, seconds: 1 })
  const { lateness_p50_s: p50 = -1, lateness_p99_s: p99 = -1, rps = 0 } = report.rush ?? {}
  t.ok(0 <= p50 && p50 <= p99 && rps > 0, `late by ${p50} and ${p99} s, ${rps} filings/s`)
  t.match(report.events, { cases: 50, each: 4, behind: Number })
  t.ok(
    Number(report.events?.deliveries_ps) > 0 && Number(report.events?.limit_ps) > 0 && Number(report.events?.beside_dead_s) > 0,
  )
  t.match(report.advances, { freezes: [{ connections: 4 }], silences: { due: 50 } })
  t.ok(Number(report.advances?.freezes[0]?.ratio) > 0 && Number(report.advances?.silences.rps) > 0)
  const kinds = report.overload?.kinds ?? []
  t.match(kinds, [{ kind: 'action' }, { kind: 'create' }, { kind: 'read' }, { kind: 'list' }, { kind: 'export' }])
  t.ok(kinds.every((kind) => kind.offered > 0))
  t.strictSame(
    kinds.flatMap((kind) => Object.entries(kind.others)),
    [],
    'an answer is a good one or a 503',
  )
  t.ok(
    kinds.every((kind) => kind.refused_without_retry_after === 0),
    'a 503 says when to come again',
  )
  t.ok(Number(report.cold_start_s) > 0 && Number(report.cold_start_embedded_s) > 0)
  t.match(tables(report), /^summary$/m)
})

t.test('two instances behind one address', async (t) => {
  const report = await run(t, { ...tiny, only: ['create', 'sweep'], instances: 2 })
  t.match(report.instances, [
    { operation: 'create', instances: 1 },
    { operation: 'create', instances: 2 },
    { operation: 'sweep', instances: 1 },
    { operation: 'sweep', instances: 2 },
  ])
  t.ok(report.instances.every(({ rps, direct_rps }) => rps > 0 && direct_rps > 0))
  t.strictSame(report.rows, [])
})
