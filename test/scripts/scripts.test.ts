import { execFileSync } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { sql } from 'kysely'
import t from 'tap'
import { DAY, HOUR } from '../../src/foundation/clock.ts'
import { movableClock, testApp } from '../support/app.ts'
import { deskScripts } from './desk.ts'
import { OPS, type Ops, run, SCRIPTS } from './run.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'redress-scripts-'))
t.teardown(() => rmSync(folder, { recursive: true }))

// the demo lends itself a key that expires by real time
const one = await testApp(t, { clock: movableClock(new Date().toISOString()) })
const REDRESS_URL = await one.app.listen({ port: 0, host: '127.0.0.1' })
const admin = { REDRESS_URL, REDRESS_KEY: await one.key(['admin']), REDRESS_ACTOR: '' }

await t.test('scripts for operators', async (t) => {
  const ops: Ops = (name, args = [], env = admin, input) => run(path.join(OPS, name), args, env, input)

  await t.test('each explains itself, and refuses what it does not know', async (t) => {
    const names = readdirSync(OPS).filter((name) => name.endsWith('.sh') && name !== 'service.sh')
    t.equal(names.length, 20)
    for (const name of names) {
      const help = await ops(name, ['--help'], { REDRESS_KEY: '' })
      t.match(help, { code: 0, out: new RegExp(`^Usage: ${name}`), err: '' }, name)
      t.match(await ops(name, ['--nonsense']), { code: 2, err: /unknown option/ }, name)
    }
  })

  await t.test('each says in one line what is missing where it runs', async (t) => {
    const bare = path.join(folder, 'bare')
    const lone = path.join(folder, 'lone/scripts/ops')
    mkdirSync(bare)
    cpSync(OPS, lone, { recursive: true })
    const program = (name: string, text: string) => writeFileSync(path.join(bare, name), text, { mode: 0o755 })
    for (const name of ['bash', 'basename', 'dirname'])
      symlinkSync(execFileSync('bash', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim(), path.join(bare, name))
    const status = () => run(path.join(lone, 'automation.sh'), ['status'], { ...admin, PATH: bare })
    t.strictSame(await status(), { code: 2, out: '', err: 'automation.sh: curl is not installed, or not on the PATH\n' })
    program('curl', '#!/bin/sh\n')
    t.match(await status(), { code: 2, out: '', err: /^automation\.sh: Node 18 or newer is needed.* there is none;.*\n$/ })
    program('node', '#!/bin/sh\n[ "$1" = --version ] && echo v12.22.0 && exit 0\nexit 1\n')
    t.match(await status(), { code: 2, out: '', err: /^automation\.sh: Node 18 or newer is needed.* there is v12\.22\.0;.*\n$/ })

    const stranger = createServer((_request, response) => response.setHeader('Content-Type', 'text/html').end('<p>hello</p>'))
    await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve))
    t.teardown(() => stranger.close())
    const elsewhere = `http://127.0.0.1:${(stranger.address() as AddressInfo).port}`
    const [other, nobody] = await Promise.all([
      ops('automation.sh', ['status'], { ...admin, REDRESS_URL: elsewhere }),
      ops('automation.sh', ['status'], { ...admin, REDRESS_ACTOR: 'alice' }),
    ])
    t.match(other, {
      code: 3,
      out: '',
      err: `automation.sh: what answers at ${elsewhere} is not this service; is REDRESS_URL right?\n`,
    })
    t.match(nobody, { code: 2, out: '', err: 'automation.sh: REDRESS_ACTOR must be role:id, as agent:alice\n' })
  })

  const issued = await ops('issue-key.sh', ['--name', 'shop', '--roles', 'buyer,agent', '--expires', '2999-01-01T00:00:00Z'])
  t.match(issued, { code: 0, out: /^rdk_\S+\n$/, err: /^id \S+\n$/ }, 'a key is issued')
  const key = { REDRESS_URL, REDRESS_KEY: issued.out.trim() }
  const buyer = { ...key, REDRESS_ACTOR: 'buyer:B-1' }
  const agent = { ...key, REDRESS_ACTOR: 'agent:li' }

  const filing = ['--buyer', 'B-1', '--merchant', 'M-1', '--text', '=1+1 "划痕"', '--reference', 'R-1']
  const money = ['--order', 'O-1', '--currency', 'CNY', '--paid', '1000', '--remedy', 'refund', '--amount', '500']

  await t.test('a complaint is filed from options or a file, once for one idempotency key', async (t) => {
    const first = await ops('file-complaint.sh', [...filing, ...money, '--idempotency-key', 'k-1'], buyer)
    t.match(first, { code: 0, out: /^RD-\S+ {2}submitted\nid +\S+\nnext due/ })
    t.strictSame(await ops('file-complaint.sh', [...filing, ...money, '--idempotency-key', 'k-1'], buyer), first)
    const file = path.join(folder, 'complaint.json')
    const complaint = {
      channel: 'email',
      complainant: { role: 'buyer', id: 'B-2' },
      respondent: { role: 'platform', id: 'platform' },
      description: 'x',
    }
    writeFileSync(file, JSON.stringify(complaint))
    t.match(await ops('file-complaint.sh', ['--file', file], agent), { code: 0, out: /submitted/ })
  })

  await t.test('a refusal shows the code and the field and ends with 1', async (t) => {
    const taken = await ops('file-complaint.sh', filing, buyer)
    t.match(taken, { code: 1, out: '', err: /409[\s\S]*reference_taken: / })
    const invalid = await ops('file-complaint.sh', [...filing, '--category', 'nonsense'], buyer)
    t.match(invalid, { code: 1, err: /validation_failed[\s\S]*\/category/ })
    t.match(await ops('sweep.sh', [], agent), { code: 1, err: /forbidden/ })
    t.match(await ops('file-complaint.sh', ['--buyer']), { code: 2, err: /--buyer needs a value/ })
    t.match(await ops('sweep.sh', [], { ...admin, REDRESS_KEY: '' }), { code: 2, err: /REDRESS_KEY is not set/ })
    t.match(await ops('sweep.sh', [], { ...admin, REDRESS_URL: 'http://127.0.0.1:1' }), { code: 3, err: /nothing answers/ })
  })

  await t.test('the key is in no argument of curl', async (t) => {
    const real = execFileSync('bash', ['-c', 'command -v curl'], { encoding: 'utf8' }).trim()
    const log = path.join(folder, 'arguments')
    const wrapper = path.join(folder, 'curl')
    writeFileSync(wrapper, `#!/bin/sh\nprintf '%s\\n' "$@" >>'${log}'\nexec '${real}' "$@"\n`)
    chmodSync(wrapper, 0o755)
    t.equal((await ops('list-overdue.sh', [], { ...admin, PATH: `${folder}:${process.env.PATH}` })).code, 0)
    const seen = readFileSync(log, 'utf8')
    t.match(seen, '/v1/complaints?limit=100&overdue=true')
    t.notMatch(seen, admin.REDRESS_KEY)
  })

  await t.test('missed deadlines: swept, then listed', async (t) => {
    one.clock.advance(3 * HOUR)
    t.match(await ops('sweep.sh'), { code: 0, out: /^due 2 {2}escalated 2 / })
    const overdue = await ops('list-overdue.sh', [], agent)
    t.match(overdue, { code: 0, out: /RD-\S+ +first_response +since \S+ \S+ +platform \(no owner\) +submitted +level 2/ })
    t.equal(overdue.out.trim().split('\n').length, 2)
    t.match(await ops('list-overdue.sh', ['--owner', 'agent:li'], agent), { code: 0, out: '' })
  })

  await t.test('cases that cannot be decided: listed, mended, tried again', async (t) => {
    const { id, case_number } = (await one.call('GET', '/v1/complaints?reference=R-1')).body.data[0]
    const goBy = (version: number) => sql`update complaints set policy_version = ${version} where id = ${id}`.execute(one.db)
    await goBy(99)
    // again every business day
    one.clock.advance(3 * DAY)
    t.match(await ops('sweep.sh'), { code: 1, out: /failed 1/, err: /list-stuck.sh/ })
    const stuck = new RegExp(`^${case_number} +policy_missing +first_response +since \\S+ \\S+ +tries 1 +next .* +${id}\n$`)
    t.match(await ops('list-stuck.sh', [], agent), { code: 0, out: stuck })
    t.match(await ops('list-stuck.sh', ['--class', 'policy_missing', '--kind', 'first_response'], agent), { code: 0, out: stuck })
    t.strictSame(await ops('list-stuck.sh', ['--class', 'internal'], agent), { code: 0, out: '', err: '' })
    t.match(await ops('list-stuck.sh', ['--class', 'luck'], agent), { code: 1, err: /error_class/ })
    t.match(await ops('retry-stuck.sh', ['--all'], agent), { code: 1, err: /forbidden/ })
    t.match(await ops('retry-stuck.sh'), { code: 2, err: /CASE or --all/ })
    await goBy(1)
    t.match(await ops('retry-stuck.sh', [case_number]), { code: 0, out: 'retried 1\n' })
    t.match(await ops('retry-stuck.sh', ['--all', '--class', 'internal']), { code: 0, out: 'retried 0\n' })
    t.match(await ops('retry-stuck.sh', ['--all', '--class', 'policy_missing']), { code: 0, out: 'retried 1\n' })
    t.match(await ops('sweep.sh'), { code: 0, out: /^due 1 .*failed 0/ })
    t.strictSame(await ops('list-stuck.sh', [], agent), { code: 0, out: '', err: '' })
  })

  await t.test('a case with its timeline', async (t) => {
    const shown = await ops('show-case.sh', ['R-1'], agent)
    t.match(shown, {
      code: 0,
      out: /level 3[\s\S]*buyer:B-1 against merchant:M-1[\s\S]*Deadlines[\s\S]*first_response[\s\S]*Possible now[\s\S]*accept/,
    })
    t.match(shown.out, /Timeline[\s\S]*buyer:B-1 +complaint_submitted +submitted[\s\S]*system:redress +complaint_escalated/)
    t.match(await ops('show-case.sh', ['R-9'], agent), {
      code: 1,
      err: /no complaint that is yours to see has the number, reference or order R-9/,
    })
  })

  await t.test('a list is exported over all its pages', async (t) => {
    for (let n = 0; n < 101; n++) {
      const body = {
        channel: 'api',
        category: 'other',
        complainant: { role: 'buyer', id: 'B-3' },
        respondent: { role: 'merchant', id: 'M-3' },
        description: `第 ${n} 件`,
      }
      t.equal((await one.call('POST', '/v1/complaints', { as: 'buyer:B-3', body })).status, 201)
    }
    const lines = (await ops('export-list.sh', ['complaints', '--format', 'ndjson'], agent)).out.trim().split('\n')
    t.equal(new Set(lines.map((line) => (JSON.parse(line) as { id: string }).id)).size, 103)

    const output = path.join(folder, 'complaints.csv')
    const csv = await ops('export-list.sh', ['complaints', '--filter', 'buyer=B-1,B-2', '--output', output, '--excel'], agent)
    t.match(csv, { code: 0, out: '', err: '' })
    const [head, ...rows] = readFileSync(output, 'utf8').trimEnd().split('\r\n')
    t.match(head, /^\ufeffid,case_number,/)
    t.equal(rows.length, 2)
    t.match(rows[1], /,"'=1\+1 ""划痕"""$/, 'what a spreadsheet would calculate is text')

    const failed = path.join(folder, 'failed.csv')
    t.match(await ops('export-list.sh', ['sweeps', '--output', failed], agent), { code: 1, err: /forbidden/ })
    t.notOk(
      readdirSync(folder).some((name) => name.includes('failed.csv')),
      'a failed export leaves no file',
    )
  })

  await deskScripts(t, { one, ops, url: REDRESS_URL, folder })

  await t.test('a key is revoked', async (t) => {
    const id = issued.err.trim().split(' ')[1] as string
    t.match(await ops('revoke-key.sh', [id]), { code: 0, out: `revoked ${id}\n` })
    t.match(await ops('list-overdue.sh', [], agent), { code: 1, err: /unauthenticated/ })
    t.match(await ops('revoke-key.sh', ['nobody']), { code: 1, err: /not_found/ })
  })
})

await t.test('the demo', async (t) => {
  const demo = (args: readonly string[] = [], env: NodeJS.ProcessEnv = admin) =>
    run(process.execPath, [path.join(SCRIPTS, 'demo.ts'), ...args], env)

  await t.test('plays a dispute to its end and takes its key back', async (t) => {
    const played = await demo()
    t.match(played, { code: 0, err: '' })
    t.match(played.out, /视为同意[\s\S]*驳回申诉[\s\S]*已完成 → 已关闭/)
    t.match(
      played.out,
      /只到了两只[\s\S]*银行三天后退回[\s\S]*换一个收款账户[\s\S]*已完成 → 已关闭[\s\S]*已退 ¥179\.98，付款 4 次\n$/,
    )
    const { body } = await one.call('GET', '/v1/api-keys')
    t.match(body.data[0], { name: 'demo', revoked_at: String })
  })

  await t.test('plays the guarantee fund: both ways, and a deposit that falls short', async (t) => {
    const played = await demo(['--advance'])
    t.match(played, { code: 0, out: /商家仍欠基金 ¥79\.00/ })
    t.match(played.out, /保障基金 CNY：可用 ¥[0-9.]+，冻结 ¥0\.00/)
  })
  await t.test('takes a complaint per row to its end', async (t) => {
    const file = path.join(folder, 'texts.csv')
    const rows = [
      '商品,"屏幕有划痕\n还少了配件"',
      '"书, 教材",缺页',
      '平板,"卖家说""不退"""',
      '酒店,太吵',
      '水果,烂了',
      '衣服,掉色',
    ]
    writeFileSync(file, `\ufeffproduct_group,text\n${rows.join('\n')}\n`)
    const walked = await demo(['--texts', file, '--limit', '5', '--seed', '3'])
    t.match(walked, { code: 0, out: /5 of 5 cases ended/ })
    const { body } = await one.call('GET', '/v1/complaints?limit=5')
    const described = body.data.map((one: { description: string }) => one.description)
    t.ok(described.includes('屏幕有划痕\n还少了配件'))
    t.notOk(described.includes('掉色'))
  })

  await t.test('does not write into a live platform unless that is wanted', async (t) => {
    const { platformId } = await one.platform('live')
    const live = { ...admin, REDRESS_KEY: await one.key(['admin'], { platformId }) }
    t.match(await demo([], live), { code: 2, out: '', err: /^The platform \S+ is live, .*--yes plays it all the same\.\n$/ })
    const keys = await one.db.selectFrom('api_keys').select('name').where('platform_id', '=', platformId).execute()
    t.notOk(keys.some(({ name }) => name === 'demo'))
  })

  await t.test('says what it lacks', async (t) => {
    t.match(await demo(['--help']), { code: 0, out: /^Usage: npm run demo/ })
    t.match(await demo([], { REDRESS_URL, REDRESS_KEY: '' }), { code: 2, err: /needs an admin key/ })
    t.match(await demo(['--limit', 'many']), { code: 2, err: /--limit must be a whole number/ })
    t.match(await demo([], { ...admin, REDRESS_URL: 'http://127.0.0.1:1' }), { code: 1, err: /does not answer/ })
    const file = path.join(folder, 'wrong.csv')
    writeFileSync(file, 'a,b\n1,2\n')
    t.match(await demo(['--texts', file]), { code: 1, err: /columns product_group and text/ })
  })
})
