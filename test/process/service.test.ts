/** The service as its operator meets it: starts, stops, refusals, and what a kill −9 leaves behind. */
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { sql } from 'kysely'
import t, { type Test } from 'tap'
import { buyer, faultsInBooks, filing, merchant } from '../races/cases.ts'
import { testApp } from '../support/app.ts'
import { testDatabase } from '../support/database.ts'
import { ask, eventually, type Reply, type Service, startService } from './child.ts'

const dataFolder = (t: Test): string => {
  const folder = mkdtempSync(path.join(tmpdir(), 'redress-service-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A key with every role, made with the admin key. */
const keyOf = async (url: string, adminKey: string): Promise<string> => {
  const { status, body } = await ask(`${url}/v1/api-keys`, {
    key: adminKey,
    body: { name: 'shop', roles: ['buyer', 'merchant', 'agent', 'supervisor'] },
  })
  if (status !== 201) throw new Error(`${status} ${body.code}`)
  return body.key
}

const fileAs = (url: string, key: string, reference: string): Promise<Reply> =>
  ask(`${url}/v1/complaints`, { key, as: buyer, body: filing({ reference }) })

const references = async (url: string, key: string): Promise<string[]> => {
  const { status, body } = await ask(`${url}/v1/complaints?limit=100`, { key, as: buyer })
  if (status !== 200) throw new Error(`${status} ${body.code}`)
  return body.data.map((x: { reference: string }) => x.reference).sort()
}

const stop = async (t: Test, service: Service): Promise<void> => {
  service.child.kill('SIGTERM')
  t.equal(await service.ended, 0, service.err())
}

await t.test('on its embedded database', async (t) => {
  const dataDir = dataFolder(t)
  const start = () => startService(t, { DATA_DIR: dataDir })
  const first = start()
  const url = await first.url
  const [adminKey = ''] = first.printedKeys()
  const key = await keyOf(url, adminKey)

  await t.test('it prints its key once, where it listens and how to begin', async (t) => {
    t.equal(first.printedKeys().length, 1)
    t.match(first.out(), `Docs: ${url}/docs`)
    t.match(first.out(), `  curl -H 'Authorization: Bearer ${adminKey}' ${url}/v1/complaints\n`)
    t.match(await ask(`${url}/readyz`), { status: 200 })
    t.match(await ask(`${url}/v1/test-clock`, { key: adminKey }), { status: 200 }, 'and has a test platform')
    t.equal((await fileAs(url, key, 'before')).status, 201)
  })

  const endpoint = await ask(`${url}/v1/webhook-endpoints`, { key: adminKey, body: { url: 'http://127.0.0.1:1/' } })
  t.equal(endpoint.status, 201, 'it keeps a key of its own for secrets')

  await t.test('a second one on the same folder is refused in one line, and the first works on', async (t) => {
    const second = start()
    t.equal(await second.ended, 1)
    t.match(second.err(), /^redress: [^\n]+ is in use by process \d+: stop it first, or give this one another DATA_DIR\.\n$/)
    t.strictSame(second.printedKeys(), [])
    t.strictSame(await references(url, key), ['before'])
  })

  await t.test('its database killed: 503 meanwhile, then everything is there again', async (t) => {
    const pid = Number.parseInt(readFileSync(path.join(dataDir, 'postgres/cluster/postmaster.pid'), 'utf8'), 10)
    process.kill(pid, 'SIGKILL')
    const refused = await eventually(async () => {
      const reply = await fileAs(url, key, 'meanwhile')
      return reply.status === 503 ? reply : undefined
    }, 'it notices')
    t.match(refused.body, { code: 'unavailable' })
    t.match(refused.headers.get('retry-after'), /^\d+$/)
    t.equal((await ask(`${url}/livez`)).status, 200, 'the process itself lives')
    await eventually(async () => ((await ask(`${url}/readyz`)).status === 200 ? true : undefined), 'it is ready again')
    const answer = await eventually(async () => {
      const reply = await fileAs(url, key, 'after')
      return reply.status === 503 ? undefined : reply
    }, 'it files again')
    t.ok(answer.status === 201 || answer.body.code === 'reference_taken', `${answer.status} ${answer.body.code}`)
    const kept = await references(url, key)
    t.ok(kept.includes('before') && kept.includes('after'), kept.join())
  })

  await t.test('killed itself, and started again: everything is there, and no key is printed', async (t) => {
    const kept = await references(url, key)
    first.child.kill('SIGKILL')
    t.equal(await first.ended, 'SIGKILL')
    const second = start()
    const again = await second.url
    t.strictSame(await references(again, key), kept)
    t.strictSame(second.printedKeys(), [])
    t.notMatch(second.out(), adminKey)
    t.equal((await fileAs(again, key, 'last')).status, 201)
    await stop(t, second)

    const third = start()
    t.strictSame(await references(await third.url, key), [...kept, 'last'].sort())
    const tried = await ask(`${await third.url}/v1/webhook-endpoints/${endpoint.body.id}/test`, { key: adminKey, body: {} })
    t.match(tried.body, { delivered: false, error: 'connection' }, 'and opens them still')
    await stop(t, third)
  })
})

await t.test('a connection that breaks in the middle of a transaction costs the transaction and not the process', async (t) => {
  const { db } = await testDatabase(t)
  const trx = await db.startTransaction().execute()
  const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(trx)
  const pid = rows[0]?.pid
  await sql`select pg_terminate_backend(${pid})`.execute(db)
  await eventually(async () => {
    const still = await sql`select 1 from pg_stat_activity where pid = ${pid}`.execute(db)
    return still.rows.length === 0 ? true : undefined
  }, 'the connection is gone')
  await t.rejects(sql`select 1`.execute(trx))
  await t.rejects(trx.rollback().execute())
  t.match((await sql`select 1 as one`.execute(db)).rows, [{ one: 1 }])
})

await t.test('SIGTERM: what has begun is finished, and the exit code is 0', async (t) => {
  const one = await testApp(t)
  const service = startService(t, { DATABASE_URL: one.url })
  const url = await service.url
  const key = one.everyRole
  const { body: complaint } = await fileAs(url, key, 'held')

  const holder = await one.db.startTransaction().execute()
  await sql`select 1 from complaints for update`.execute(holder)
  const running = ask(`${url}/v1/complaints/${complaint.id}/accept`, { key, as: 'agent:alice', body: {} })
  await eventually(async () => {
    const { rows } = await sql`
      select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`.execute(one.db)
    return rows.length > 0 ? true : undefined
  }, 'a request is at work')
  service.child.kill('SIGTERM')
  const notReady = () =>
    ask(`${url}/readyz`).then(
      ({ status }) => status === 503 || undefined,
      () => true,
    )
  await eventually(notReady, 'it takes nothing new, by an answer or by not listening')
  t.equal(service.child.exitCode, null, 'it waits for what has begun')
  await holder.rollback().execute()

  t.match(await running, { status: 200, body: { status: 'negotiating' } })
  t.equal(await service.ended, 0, service.err())
})

await t.test('SIGTERM under load: whatever was acknowledged is there', async (t) => {
  const one = await testApp(t)
  const service = startService(t, { DATABASE_URL: one.url })
  const url = await service.url
  const acknowledged: string[] = []
  const others = new Set<number | string>()
  const client = async (number: number): Promise<void> => {
    for (let n = 0; ; n++) {
      const name = `${number}-${n}`
      try {
        const { status } = await fileAs(url, one.everyRole, name)
        if (status === 201) acknowledged.push(name)
        else others.add(status)
      } catch (error) {
        if (!(error instanceof TypeError)) throw error
        return
      }
      if (acknowledged.length === 60) service.child.kill('SIGTERM')
    }
  }
  await Promise.all(Array.from({ length: 8 }, (_, number) => client(number)))
  t.equal(await service.ended, 0, service.err())
  others.delete(503)
  t.strictSame([...others], [], 'done or 503, nothing else')
  const filed = new Set((await one.db.selectFrom('complaints').select('reference').execute()).map(({ reference }) => reference))
  t.ok(acknowledged.length >= 60)
  t.strictSame(
    acknowledged.filter((name) => !filed.has(name)),
    [],
  )
  t.strictSame(await faultsInBooks(one.db), [])
})

await t.test('a malformed environment stops the start with one line that names the variable and not its value', async (t) => {
  const starts = [
    ['PORT', 'hunter2'],
    ['SWEEP_CRON', 'hunter2'],
    ['DATABASE_URL', 'mysql://root:hunter2@127.0.0.1/x'],
    ['REDRESS_ADMIN_KEY', 'hunter2'],
  ].map(([name = '', value = '']) => ({ name, service: startService(t, { [name]: value }) }))
  for (const { name, service } of starts) {
    t.equal(await service.ended, 1)
    t.match(service.err(), new RegExp(`^redress: configuration: ${name} must be [^\n]+\n$`))
    t.notMatch(service.err() + service.out(), 'hunter2')
  }
})

await t.test('the first admin key is printed although the start fails afterwards, and works at the next', async (t) => {
  const { url, db } = await testDatabase(t)
  const blocker = createServer().listen(0, '127.0.0.1')
  t.teardown(() => void blocker.close())
  await once(blocker, 'listening')
  const { port } = blocker.address() as AddressInfo
  const failed = startService(t, { DATABASE_URL: url, PORT: String(port) })
  t.equal(await failed.ended, 1)
  t.match(failed.err(), /^redress: configuration: HOST and PORT cannot be used: [^\n]*EADDRINUSE[^\n]*\n$/)
  const [key = '', ...more] = failed.printedKeys()
  t.match(key, /^rdk_live_\S{43}$/)
  t.strictSame(more, [])
  t.equal((await db.selectFrom('api_keys').selectAll().execute()).length, 1)

  const second = startService(t, { DATABASE_URL: url })
  const { status, body } = await ask(`${await second.url}/v1/me`, { key })
  t.equal(status, 200)
  t.match(body, { platform: { name: 'default', mode: 'live' }, actor: { role: 'admin' } })
  t.strictSame(second.printedKeys(), [])
  const refused = await ask(`${await second.url}/v1/webhook-endpoints`, { key, body: { url: 'https://shop.example/' } })
  t.match(
    refused,
    { status: 409, body: { code: 'secrets_key_needed' } },
    'on a database of one’s own the key for secrets is one’s own too',
  )
  await stop(t, second)
})

await t.test('endpoints without the key of their secrets are told of at the start', async (t) => {
  const one = await testApp(t)
  t.equal((await one.call('POST', '/v1/webhook-endpoints', { body: { url: 'https://shop.example/' } })).status, 201)
  const service = startService(t, { DATABASE_URL: one.url })
  await service.url
  t.match(service.out(), /"endpoints":1[^\n]*SECRETS_KEY/)
  await stop(t, service)
})

await t.test('a database that is not there stops the start with one line and no secret', async (t) => {
  const service = startService(t, { DATABASE_URL: 'postgres://redress:hunter2@127.0.0.1:1/redress' })
  t.equal(await service.ended, 1)
  t.match(service.err(), /^redress: [^\n]*ECONNREFUSED[^\n]*\n$/)
  t.notMatch(service.err() + service.out(), 'hunter2')
})

await t.test('two that start at once on an empty database make one platform and print one key, good on both', async (t) => {
  const { url, ownerUrl, db, owner } = await testDatabase(t)
  await sql`drop schema public cascade`.execute(owner)
  await sql`create schema public`.execute(owner)
  const services = [1, 2].map(() => startService(t, { DATABASE_URL: url, DATABASE_OWNER_URL: ownerUrl, LOG_LEVEL: 'info' }))
  const urls = await Promise.all(services.map((service) => service.url))
  const keys = services.flatMap((service) => service.printedKeys())
  t.equal(keys.length, 1)
  t.match(await db.selectFrom('platforms').selectAll().execute(), [{ name: 'default', mode: 'live' }])
  t.equal((await db.selectFrom('api_keys').selectAll().execute()).length, 1)
  for (const each of urls) t.equal((await ask(`${each}/v1/api-keys`, { key: keys[0] ?? '' })).status, 200)

  // what one has filed the other shows at once
  const key = await keyOf(urls[0] ?? '', keys[0] ?? '')
  t.equal((await fileAs(urls[0] ?? '', key, 'MP-1')).status, 201)
  t.strictSame(await references(urls[1] ?? '', key), ['MP-1'])
  t.equal((await ask(`${urls[1]}/v1/complaints`, { key, as: merchant })).body.data.length, 1)
  const logged = services.map((service) => service.out().replaceAll(/^(Admin key| {2}curl).*$/gm, '')).join('')
  t.notMatch(logged, keys[0], 'the key is in no log line')
  for (const service of services) await stop(t, service)
})
