import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import t, { type Test } from 'tap'
import {
  type EmbeddedUrls,
  runningEmbeddedPostgres,
  startEmbeddedPostgres,
} from '../../src/foundation/embedded-postgres/start.ts'
import { onServer } from '../support/postgres.ts'

// A private folder, as `mktemp -d` makes it: when root runs this, the server's own user cannot walk into it.
const dataFolder = (t: Test): string => {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'redress-embedded-'))
  t.teardown(() => rmSync(dataDir, { recursive: true, force: true }))
  return dataDir
}

/** Started here; stopped when the test ends at the latest. */
const started = async (t: Test, dataDir: string, { durable = false } = {}) => {
  const said: string[] = []
  const say = (message: string) => void said.push(message)
  const postgres = await startEmbeddedPostgres({ dataDir, durable, log: { info: say, warn: say } })
  t.teardown(() => postgres.stop())
  return { ...postgres, said }
}

/** Started by a process of its own. */
const heldByAnother = async (t: Test, dataDir: string) => {
  const holder = spawn(process.execPath, [path.join(import.meta.dirname, 'hold-postgres.ts'), dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.teardown(() => holder.kill('SIGKILL'))
  const [line] = (await once(createInterface(holder.stdout), 'line')) as [string]
  return { ...(JSON.parse(line) as EmbeddedUrls), holder }
}

const query = (url: string, text: string): Promise<unknown[]> =>
  onServer(url, async (client) => (await client.query<Record<string, unknown>>(text)).rows)

const serverPid = (dataDir: string): number =>
  Number.parseInt(readFileSync(path.join(dataDir, 'postgres/cluster/postmaster.pid'), 'utf8'), 10)

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    // somebody else's process, then
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** The first answer within 20 s. */
const eventually = async <T>(attempt: () => Promise<T>): Promise<T> => {
  for (let left = 200; ; left--) {
    try {
      return await attempt()
    } catch (error) {
      if (left === 0) throw error
      await delay(100)
    }
  }
}

await t.test('rows are still there after a stop and a start, and nothing runs in between', async (t) => {
  const dataDir = dataFolder(t)
  const first = await started(t, dataDir)
  await query(first.ownerUrl, 'create table kept as select 42 as answer')
  const pid = serverPid(dataDir)
  t.same(runningEmbeddedPostgres(dataDir), { url: first.url, ownerUrl: first.ownerUrl })
  await first.stop()
  await first.stop()
  t.equal(isAlive(pid), false)
  t.equal(runningEmbeddedPostgres(dataDir), undefined)

  const second = await started(t, dataDir)
  t.same(await query(second.ownerUrl, 'select answer from kept'), [{ answer: 42 }])
  t.equal(new URL(second.url).password, new URL(first.url).password)
  t.equal(new URL(second.ownerUrl).password, new URL(first.ownerUrl).password)
})

await t.test('only the owner of the folder gets in', async (t) => {
  const dataDir = dataFolder(t)
  const { ownerUrl: url } = await started(t, dataDir, { durable: true })
  const folder = path.join(dataDir, 'postgres')
  t.equal(statSync(folder).mode & 0o777, 0o700)
  for (const file of readdirSync(folder).filter((name) => name !== 'cluster'))
    t.equal(statSync(path.join(folder, file)).mode & 0o777, 0o600, file)
  await t.rejects(query(Object.assign(new URL(url), { password: 'guessed' }).href, 'select 1'), { code: '28P01' })
  t.same(await query(url, "select current_setting('max_connections') as connections, current_setting('fsync') as fsync"), [
    { connections: '100', fsync: 'on' },
  ])
})

await t.test('the log tells nothing of statements and rows', async (t) => {
  const dataDir = dataFolder(t)
  const { ownerUrl: url } = await started(t, dataDir)
  await t.rejects(
    query(url, "create table person (name text primary key); insert into person values ('Wang Xiaoming'), ('Wang Xiaoming')"),
    {
      code: '23505',
    },
  )
  await t.rejects(query(url, "select 'Wang Xiaoming'::uuid"), { code: '22P02' })
  const log = readFileSync(path.join(dataDir, 'postgres/postgres.log'), 'utf8')
  t.match(log, /ready to accept connections/)
  t.notMatch(log, /Xiaoming/)
})

await t.test('a large log is turned over at the start', async (t) => {
  const dataDir = dataFolder(t)
  mkdirSync(path.join(dataDir, 'postgres'))
  const log = path.join(dataDir, 'postgres/postgres.log')
  writeFileSync(log, 'x'.repeat(5 * 1024 * 1024 + 1))
  await started(t, dataDir)
  t.equal(statSync(`${log}.1`).size, 5 * 1024 * 1024 + 1)
  t.ok(statSync(log).size < 100_000)
})

await t.test('a second start on the same folder is refused in one line, and the first goes on', async (t) => {
  const dataDir = dataFolder(t)
  const { url, ownerUrl, holder } = await heldByAnother(t, dataDir)
  const folder = path.join(dataDir, 'postgres')
  await t.rejects(startEmbeddedPostgres({ dataDir, durable: false, log: console }), {
    name: 'FolderInUse',
    message: `${folder} is in use by process ${holder.pid}: stop it first, or give this one another DATA_DIR.`,
  })
  t.same(await query(url, 'select 1 as one'), [{ one: 1 }])
  t.same(runningEmbeddedPostgres(dataDir), { url, ownerUrl })
  holder.kill('SIGTERM')
  const [code] = (await once(holder, 'exit')) as [number]
  t.equal(code, 0)
})

await t.test('after kill -9 of its owner the folder is taken over with every committed row', async (t) => {
  const dataDir = dataFolder(t)
  const { ownerUrl: url, holder } = await heldByAnother(t, dataDir)
  await query(url, 'create table kept as select 42 as answer')
  const orphan = serverPid(dataDir)
  holder.kill('SIGKILL')
  await once(holder, 'exit')
  t.equal(isAlive(orphan), true, 'the server outlives its owner')
  t.equal(runningEmbeddedPostgres(dataDir), undefined, 'but nobody may rely on it')

  const { ownerUrl: again } = await started(t, dataDir)
  t.same(await query(again, 'select answer from kept'), [{ answer: 42 }])
  await t.rejects(query(url, 'select 1'), { code: 'ECONNREFUSED' }, 'the old server is gone')
})

await t.test('process ids that were given to others are not taken for the owner or the server', async (t) => {
  const dataDir = dataFolder(t)
  await (await started(t, dataDir)).stop()
  const stranger = process.ppid
  writeFileSync(path.join(dataDir, 'postgres/owner.lock'), JSON.stringify({ pid: stranger, started: 'at another time' }))
  writeFileSync(path.join(dataDir, 'postgres/cluster/postmaster.pid'), `${stranger}\n`, { mode: 0o644 })
  const { ownerUrl: url } = await started(t, dataDir)
  t.same(await query(url, 'select 1 as one'), [{ one: 1 }])
  t.equal(isAlive(stranger), true)
})

await t.test('an unfinished first start is begun anew', async (t) => {
  const dataDir = dataFolder(t)
  mkdirSync(path.join(dataDir, 'postgres/cluster.new/base'), { recursive: true })
  const { ownerUrl: url } = await started(t, dataDir)
  t.same(await query(url, 'select 1 as one'), [{ one: 1 }])
})

await t.test('a server that is killed comes back on the same port with every committed row, each time', async (t) => {
  const dataDir = dataFolder(t)
  const { ownerUrl: url, said, stop } = await started(t, dataDir, { durable: true })
  await query(url, 'create table kept as select 42 as answer')
  for (const _ of [1, 2]) {
    const pid = serverPid(dataDir)
    process.kill(pid, 'SIGKILL')
    t.same(await eventually(() => query(url, 'select answer from kept')), [{ answer: 42 }])
    t.not(serverPid(dataDir), pid)
  }
  t.ok(said.includes('embedded Postgres ended by itself; starting it again'))
  await stop()
  await t.rejects(query(url, 'select 1'), { code: 'ECONNREFUSED' })
})

await t.test('stopping while a killed server is on its way back ends it for good', async (t) => {
  const dataDir = dataFolder(t)
  const { ownerUrl: url, stop } = await started(t, dataDir)
  const pid = serverPid(dataDir)
  process.kill(pid, 'SIGKILL')
  await eventually(async () => assert(!isAlive(pid)))
  await stop()
  await t.rejects(query(url, 'select 1'), { code: 'ECONNREFUSED' })
  const { ownerUrl: again } = await started(t, dataDir)
  t.same(await query(again, 'select 1 as one'), [{ one: 1 }])
})
