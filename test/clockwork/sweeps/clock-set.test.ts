/** The system clock is set while the service runs: nothing that is due waits for it. The clock is libfaketime's, and only the service's own. */
import { existsSync, globSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import t from 'tap'
import { HOUR, toTime } from '../../../src/foundation/clock.ts'
import { ask, eventually, startService } from '../../process/child.ts'
import { file, happened } from '../../races/cases.ts'
import { movableClock, testApp } from '../../support/app.ts'

const library = [
  ...globSync('/usr/lib/*/faketime/libfaketimeMT.so.1'),
  '/usr/lib/faketime/libfaketimeMT.so.1',
  '/usr/local/lib/faketime/libfaketimeMT.so.1',
].find((file) => existsSync(file))

const needs = library === undefined ? { skip: 'libfaketime is not installed here (Debian: libfaketime)' } : {}

await t.test('set back by an hour, and then ahead by three', needs, async (t) => {
  // the cases were due hours ago, also by a clock that is set back
  const one = await testApp(t, { clock: movableClock(toTime(Date.now() - 6 * HOUR)) })
  const folder = mkdtempSync(path.join(tmpdir(), 'redress-clock-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const clock = path.join(folder, 'offset')
  const setClock = (seconds: number) => writeFileSync(clock, `${seconds < 0 ? '' : '+'}${seconds}\n`)
  setClock(0)
  const service = startService(t, {
    DATABASE_URL: one.url,
    SWEEP_CRON: '* * * * * *',
    LD_PRELOAD: library ?? '',
    FAKETIME_TIMESTAMP_FILE: clock,
    FAKETIME_NO_CACHE: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
  })
  const url = await service.url
  const lines = () =>
    service
      .out()
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line))
  const isActedOn = async (): Promise<void> => {
    const { id } = await file(one)
    await eventually(
      async () => ((await happened(one.db, 'complaint_escalated')).get(id) === 1 ? true : undefined),
      'a sweep acts',
    )
  }

  await isActedOn()
  for (const [offset, by] of [
    [-3_600, -3_600_000],
    [7_200, 10_800_000],
  ] as const) {
    setClock(offset)
    await isActedOn()
    const told = await eventually(async () => lines().find(({ by_ms }) => Math.abs(by_ms - by) < 60_000), 'the log tells of it')
    t.match(told, { level: 'warn', msg: /system clock was set/ })
    t.equal((await ask(`${url}/readyz`)).status, 200)
    const age = /^redress_sweep_last_tick_seconds (\S+)$/m.exec(await (await fetch(`${url}/metrics`)).text())?.[1]
    t.ok(Number(age) < 30, `the last tick was ${age} seconds ago`)
  }
  t.equal(lines().filter(({ msg }) => /system clock was set/.test(msg)).length, 2)
  t.strictSame(
    lines().filter(({ msg }) => /missed/.test(msg)),
    [],
  )
  service.child.kill('SIGTERM')
  t.equal(await service.ended, 0, service.err())
})
