/** The scripts with which staff work on cases, played one after the other on the one service of `scripts.test.ts`. */
import { execFileSync } from 'node:child_process'
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Test } from 'tap'
import { complaintStates } from '../../src/case/complaints/lifecycle.ts'
import { DAY, HOUR, toTime } from '../../src/foundation/clock.ts'
import type { TestApp } from '../support/app.ts'
import { OPS, type Ops } from './run.ts'

interface Desk {
  one: TestApp
  ops: Ops
  /** Where the service is. */
  url: string
  /** A folder for the test's own files. */
  folder: string
}

const filing = (id: string, rest: object = {}) => ({
  channel: 'portal',
  category: 'other',
  complainant: { role: 'buyer', id, name: '王小明' },
  respondent: { role: 'merchant', id: 'M-7' },
  description: '屏幕有划痕',
  ...rest,
})

export const deskScripts = async (t: Test, { one, ops, url: REDRESS_URL, folder }: Desk): Promise<void> => {
  const REDRESS_KEY = await one.key(['buyer', 'merchant', 'agent', 'supervisor'])
  const as = (REDRESS_ACTOR: string) => ({ REDRESS_URL, REDRESS_KEY, REDRESS_ACTOR })
  const admin = { REDRESS_URL, REDRESS_KEY: await one.key(['admin']), REDRESS_ACTOR: '' }
  const [buyer, merchant, li, zhao] = [as('buyer:王小明'), as('merchant:M-7'), as('agent:小李'), as('supervisor:老赵')] as const
  const file = async (body: object, actor = 'supervisor:root'): Promise<{ id: string; case_number: string }> => {
    const filed = await one.call('POST', '/v1/complaints', { as: actor, body })
    t.equal(filed.status, 201)
    return filed.body
  }
  const accept = (id: string, owner: string) =>
    one.call('POST', `/v1/complaints/${id}/accept`, { as: 'supervisor:root', body: { owner } })
  const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '')

  const order = { id: 'O-7', currency: 'CNY', paid_amount: 1000, lines: [] }
  const { id, case_number } = await file(filing('王小明', { reference: 'D-1', order, wanted: { remedy: 'reship' } }))

  await t.test('act: lists what this person can do with a case, and does it', async (t) => {
    const [listed, strangers] = await Promise.all([ops('act.sh', ['D-1'], li), ops('act.sh', ['D-1'], as('buyer:B-9'))])
    t.match(listed, { code: 0, err: '' })
    t.match(
      listed.out,
      new RegExp(
        `complaint.reject +needs reason_code, explanation +due \\S+ \\S+ +on silence: escalate +/v1/complaints/${id}/reject\n`,
      ),
    )
    t.match(strangers, { code: 1, out: '', err: /no complaint that is yours to see/ })
    const missing = await ops('act.sh', [case_number, 'reject'], li)
    t.match(missing, { code: 1, out: '', err: /\/reason_code is missing\n +\/explanation is missing/ })
    const asked = await ops('act.sh', [case_number, 'request-information', 'items:=["开箱照片"]', 'note=内部'], li)
    t.match(asked, {
      code: 0,
      out: new RegExp(`^done: request-information\n${case_number} +awaiting_information +level 1`),
      err: '',
    })
    t.match(await ops('act.sh', ['O-7', 'provide_information', '{"statement":"有照片"}'], buyer), { code: 0, out: /submitted/ })
    const read = await one.call('GET', `/v1/complaints/${id}/events?limit=1`)
    t.match(read.body.data, [{ type: 'information_provided', actor: { role: 'buyer', id: '王小明' } }])
    t.match(await ops('act.sh', [id, 'accept', '--file', '-'], li, '{"owner":"agent:小李"}'), {
      code: 0,
      out: /negotiating.*agent:小李/,
    })
  })

  await t.test('act: says what it does not understand, before anything is done', async (t) => {
    const before = (await one.call('GET', `/v1/complaints/${id}`)).body.version
    const answers = await Promise.all([
      ops('act.sh', [id, 'fly'], li),
      ops('act.sh', [id, 'assign', 'owner'], zhao),
      ops('act.sh', [id, 'assign', 'owner:=x'], zhao),
      ops('act.sh', [id, 'assign', '--file', path.join(folder, 'none.json')], zhao),
      ops('act.sh', [], zhao),
    ])
    t.match(answers, [
      { code: 1, err: /fly is not possible now for agent:小李; possible:\ncomplaint\.request_information / },
      { code: 2, err: 'act.sh: owner is neither name=value nor name:=JSON\n' },
      { code: 2, err: 'act.sh: what follows owner:= is not JSON\n' },
      { code: 2, err: /none\.json cannot be read/ },
      { code: 2, err: /a CASE is needed/ },
    ])
    t.equal((await one.call('GET', `/v1/complaints/${id}`)).body.version, before)
  })

  await t.test('act: of several actions of one name it takes the one that is meant', async (t) => {
    t.match(await ops('act.sh', [id, 'respond', 'position=agree'], merchant), { code: 0, out: /awaiting_confirmation/ })
    t.match(await ops('act.sh', [id, 'refund_plan.accept'], buyer), { code: 0, out: /executing/ })
    const remedies = [{ type: 'reship' }, { type: 'apology' }]
    const both = await file(filing('B-3', { order: { ...order, id: 'O-9' } }))
    await accept(both.id, 'agent:小李')
    const plan = { remedies, explanation: '补发并致歉' }
    t.match(await ops('act.sh', [both.id, 'create', JSON.stringify(plan)], merchant), { code: 0 })
    t.match(await ops('act.sh', [both.id, 'propose'], merchant), { code: 0, out: /awaiting_confirmation/ })
    t.match(await ops('act.sh', [both.id, 'accept'], as('buyer:B-3')), { code: 0, out: /executing/ })
    const either = await ops('act.sh', [both.id, 'complete_step'], merchant)
    t.match(either, {
      code: 2,
      err: /can mean several actions; name the resource as well, or the address:\n.*complete_step.*complete\n/,
    })
    const addresses = [...either.err.matchAll(/\/v1\/refund-plans\/\S+complete$/gm)].map(([address]) => address)
    t.equal(addresses.length, 2)
    t.match(await ops('act.sh', [both.id, addresses[1] as string], merchant), { code: 0, out: /done: \/v1\/refund-plans/ })
  })

  await t.test('overdue: the duty, since when, and who owes it, the longest overdue first', async (t) => {
    const own = await file(filing('B-4', { reference: 'D-4' }))
    one.clock.advance(8 * DAY)
    const since = toTime(one.clock.nowMs())
    const waiting = await ops('list-overdue.sh', [], li)
    one.clock.advance(HOUR)
    await one.call('POST', '/v1/sweeps')
    const swept = await ops('list-overdue.sh', [], li)
    for (const { code, out, err } of [waiting, swept]) {
      t.match({ code, err }, { code: 0, err: '' })
      t.match(out, new RegExp(`^${own.case_number} +first_response +since \\S+ \\S+ +platform \\(no owner\\) +submitted`, 'm'))
      t.match(out, new RegExp(`^${case_number} +step +since \\S+ \\S+ +respondent merchant:M-7 +executing`, 'm'))
      const times = lines(out).map((line) => /since (\S+ \S+)/.exec(line)?.[1])
      t.strictSame(times, [...times].sort())
      t.ok(
        times.every((time) => time !== undefined && time < since.replace('T', ' ')),
        'since the first time that it was due',
      )
    }
    const mine = lines((await ops('list-overdue.sh', ['--owner', 'agent:小李'], zhao)).out)
    t.ok(mine.length > 0 && mine.length < lines(swept.out).length)
    t.notOk(mine.some((line) => line.includes('no owner')))
    t.strictSame(await ops('list-overdue.sh', [], as('merchant:M-9')), { code: 0, out: '', err: '' }, 'nothing of others')
  })

  await t.test('due today: by the clocks of the platform, or of a zone', async (t) => {
    const { case_number } = await file(filing('B-5'))
    const hour = new Date(one.clock.nowMs()).getUTCHours()
    /** The zone in which it is now this hour of the day. */
    const where = (local: number): string => {
      const east = ((local - hour + 36) % 24) - 12
      return `Etc/GMT${east > 0 ? '-' : '+'}${Math.abs(east)}`
    }
    const [morning, night, platforms, stranger, nowhere] = await Promise.all([
      ops('due-today.sh', ['--time-zone', where(10), '--party', 'platform'], li),
      ops('due-today.sh', ['--time-zone', where(23)], li),
      ops('due-today.sh', ['--owner', 'agent:nobody'], li),
      ops('due-today.sh', [], merchant),
      ops('due-today.sh', ['--time-zone', 'Mars/Base'], li),
    ])
    t.match(morning, { code: 0, err: /^Due by the end of \d{4}-\d\d-\d\d, / })
    t.match(morning.out, new RegExp(`^\\d{4}-\\d\\d-\\d\\d 11:\\d\\d +first_response +platform +${case_number} +level 1`, 'm'))
    t.equal(night.code, 0)
    t.notMatch(night.out, case_number, 'an hour from now is tomorrow there')
    t.match(platforms, { code: 0, out: '', err: /Asia\/Shanghai/ })
    t.match(stranger, { code: 1, err: /forbidden/ })
    t.match(nowhere, { code: 2, out: '', err: 'due-today.sh: Mars/Base is no time zone of the IANA list, as Asia/Shanghai\n' })
  })

  t.test('a day ends at midnight, also on the days on which clocks are changed', async (t) => {
    const endOf = (now: string, zone: string) =>
      execFileSync(process.execPath, [path.join(OPS, 'render.js'), 'day_end', zone], {
        input: JSON.stringify({ now }),
        encoding: 'utf8',
      })
    t.equal(endOf('2026-11-30T15:59:59Z', 'Asia/Shanghai'), '2026-11-30T16:00:00.000Z\n')
    t.equal(endOf('2026-03-08T06:00:00Z', 'America/New_York'), '2026-03-09T04:00:00.000Z\n', '23 hours')
    t.equal(endOf('2026-11-01T05:30:00Z', 'America/New_York'), '2026-11-02T05:00:00.000Z\n', '25 hours')
    t.equal(endOf('2024-04-25T12:00:00Z', 'Africa/Cairo'), '2024-04-25T22:00:00.000Z\n', 'a midnight that there is not')
    t.equal(endOf('2026-04-04T13:00:00Z', 'Australia/Lord_Howe'), '2026-04-05T13:30:00.000Z\n', 'half an hour')
  })

  await t.test('hold: lists what is planned, holds one of it and lets it go', async (t) => {
    const listed = await ops('hold.sh', ['D-4'], zhao)
    t.match(listed, { code: 0, out: /^first_response +platform +escalate +planned +\S+ \S+ +hold bring_forward +\S+$/m })
    const held = await ops('hold.sh', ['D-4', 'hold', 'completion', '--explanation', '等待品牌方鉴定'], zhao)
    t.match(held, {
      code: 0,
      out: /^hold: completion \S+\ncompletion .* held .*held by supervisor:老赵 until \S+ \S+: 等待品牌方鉴定\n$/,
    })
    const id = held.out.split(/\s/)[2] as string
    t.match(await ops('hold.sh', ['D-4', 'release', id], zhao), { code: 0, out: /completion .* planned / })
    const answers = await Promise.all([
      ops('hold.sh', ['D-4', 'hold', 'completion'], zhao),
      ops('hold.sh', ['D-4', 'hold', 'completion', '--explanation', '等'], li),
      ops('hold.sh', ['D-4', 'hold', 'refund', '--explanation', '等'], zhao),
      ops('hold.sh', ['D-4', 'cancel', 'completion'], zhao),
      ops('hold.sh', ['D-4', 'hold', 'completion', '--explanation', 'x', '--until', '2020-01-01T00:00:00Z'], zhao),
    ])
    t.match(answers, [
      { code: 1, err: /\/explanation is missing/ },
      { code: 1, err: "hold.sh: hold is not possible for agent:小李 now: completion is planned, and a supervisor's to hold\n" },
      { code: 1, err: /nothing of the name refund is planned/ },
      { code: 2, err: /hold or release/ },
      { code: 1, err: /hold_ends_too_early/ },
    ])
  })

  await t.test('automation: stopped with a reason and started again by an admin', async (t) => {
    t.match(await ops('automation.sh', ['status'], li), { code: 0, out: 'running\n' })
    t.match(await ops('automation.sh', ['stop', '支付系统故障'], li), { code: 1, err: /forbidden/ })
    t.match(await ops('automation.sh', ['stop'], admin), { code: 2, err: /stop needs an EXPLANATION/ })
    t.match(await ops('automation.sh', ['stop', '支付系统故障'], admin), { code: 0, out: /^stopped {2}since .*支付系统故障\n$/ })
    t.match(await ops('automation.sh', ['status'], li), { code: 0, out: /^stopped .*set by admin:\S+ at .*支付系统故障\n$/ })
    t.match(await ops('automation.sh', ['start'], admin), { code: 0, out: /^running/ })
    t.match(await ops('automation.sh', ['restart'], admin), { code: 2, err: /status, stop or start/ })
  })

  await t.test('plans: what waits for approval, and what is settled by itself', async (t) => {
    const priced = { id: 'O-PLANS', currency: 'CNY', paid_amount: 1_000_000, lines: [] }
    const case_ = await file(filing('B-P1', { order: { ...priced, lines: [] } }))
    await accept(case_.id, 'agent:小李')
    const as_ = { as: `agent:${encodeURIComponent('小李')}` }
    await one.call('POST', `/v1/complaints/${case_.id}/escalate`, { as: 'buyer:B-P1', body: { reason_code: 'no_agreement' } })
    const plan = { remedies: [{ type: 'refund', amount: 600_000 }], explanation: '全额退款' }
    const { body } = await one.call('POST', `/v1/complaints/${case_.id}/refund-plans`, { ...as_, body: plan })
    t.strictSame(await ops('list-plans.sh', [], zhao), { code: 0, out: '', err: '' })
    await one.call('POST', `/v1/refund-plans/${body.id}/submit`, as_)
    const waiting = await ops('list-plans.sh', ['--merchant', 'M-7', '--currency', 'CNY', '--amount-from', '600000'], zhao)
    t.match(waiting, {
      code: 0,
      err: '',
      out: new RegExp(`^\\S+ \\S+ +in_review +600000 CNY +in force 0 +refund +agent:小李 +M-7 +${case_.id} +${body.id}\n$`),
    })
    const answers = await Promise.all([
      ops('list-plans.sh', ['--currency', 'CNY', '--amount-from', '600001'], zhao),
      ops('list-plans.sh', ['--amount-from', '1'], zhao),
      ops('list-plans.sh', ['--status', 'all', '--automatic', 'no'], li),
      ops('list-plans.sh', ['--automatic', 'perhaps'], li),
      ops('list-plans.sh', ['--status', 'asleep'], li),
      ops('list-plans.sh', [], merchant),
    ])
    t.match(answers, [
      { code: 0, out: '' },
      { code: 1, err: /needs a currency/ },
      { code: 0, out: new RegExp(body.id) },
      { code: 2, err: /--automatic is yes or no/ },
      { code: 1, err: /status/ },
      { code: 1, err: /forbidden/ },
    ])
  })

  await t.test('settlement rules: shown, written and withdrawn by their merchant', async (t) => {
    const rules = path.join(folder, 'rules.json')
    const text = JSON.stringify({
      rules: [
        { rule_id: 'small_refunds', currency: 'CNY', agree: { up_to_amount: 5_000 } },
        { rule_id: 'sorry', categories: ['service_attitude'], currency: 'CNY', offer: { type: 'apology' } },
      ],
      explanation: '双十一期间',
    })
    writeFileSync(rules, text)
    t.strictSame(await ops('settlement-rules.sh', ['M-7'], li), { code: 0, out: '', err: 'M-7 has no settlement rules\n' })
    t.match(await ops('settlement-rules.sh', ['M-7', 'put', rules], li), { code: 1, err: /forbidden/ })
    const written = await ops('settlement-rules.sh', ['M-7', 'put', rules], merchant)
    t.match(written, { code: 0, err: '', out: /^version 1 {2}by merchant:M-7 at \S+ \S+: 双十一期间\n/ })
    t.match(written.out, /^small_refunds +any category +agrees to refund return_and_refund up to 5000 CNY$/m)
    t.match(written.out, /^sorry +service_attitude +offers apology$/m)
    t.equal((await ops('settlement-rules.sh', ['M-7'], zhao)).out, written.out)
    const again = await ops('settlement-rules.sh', ['M-7', 'put', '-'], merchant, text.replace('5000', '8000'))
    t.match(again, { code: 0, out: /^version 2 [\s\S]*up to 8000 CNY/ })
    const answers = await Promise.all([
      ops('settlement-rules.sh', ['M-7', 'put', '-'], merchant, '{"rules":[]}'),
      ops('settlement-rules.sh', ['M-7', 'put', path.join(folder, 'none.json')], merchant),
      ops('settlement-rules.sh', ['M-7', 'drop'], merchant),
      ops('settlement-rules.sh', ['M-8'], merchant),
      ops('settlement-rules.sh', [], merchant),
    ])
    t.match(answers, [
      { code: 1, err: /\/rules/ },
      { code: 2, err: /none\.json cannot be read/ },
      { code: 2, err: /alone, with put FILE or with withdraw/ },
      { code: 0, out: '', err: 'M-8 has no settlement rules\n' },
      { code: 2, err: /a MERCHANT is needed/ },
    ])
    t.strictSame(await ops('settlement-rules.sh', ['M-7', 'withdraw'], merchant), { code: 0, out: 'withdrawn\n', err: '' })
    t.match(await ops('settlement-rules.sh', ['M-7', 'withdraw'], merchant), { code: 1, err: /has no settlement rules/ })
  })

  await t.test('fund: announced and asked for by admins, reported by the payment system, and shown', async (t) => {
    const psp = { REDRESS_URL, REDRESS_KEY: await one.key(['payments']), REDRESS_ACTOR: '' }
    const idIn = ({ out }: { out: string }) => out.trim().split(/\s+/).at(-1) ?? ''
    const announced = await ops('fund.sh', ['move', 'fund_top_up', '5000000', 'CNY', '--reference', 'TOP-1'], admin)
    t.match(announced, { code: 0, err: '', out: /^expected +fund_top_up +5000000 CNY +- +due / })
    t.match(await ops('fund.sh', ['receive', idIn(announced)], admin), { code: 1, err: /separation_of_duties/ })
    t.match(await ops('fund.sh', ['receive', idIn(announced), '--amount', '4999000'], psp), {
      code: 0,
      out: /^received .* -1000 /,
    })
    const asked = await ops('fund.sh', ['move', 'fund_withdrawal', '2000000', 'CNY'], admin)
    t.match(asked, { code: 0, out: /^asked / })
    t.match((await ops('fund.sh', [], zhao)).out, /^CNY +fund 4999000 +asked 2000000\nasked +fund_withdrawal +2000000 CNY /)
    t.match(await ops('fund.sh', ['cancel', idIn(asked), '--explanation', '改期'], admin), {
      code: 0,
      out: /^cancelled .*called_off/,
    })
    const answers = await Promise.all([
      ops('fund.sh', ['differences'], zhao),
      ops('fund.sh', ['differences'], li),
      ops('fund.sh', ['move', 'deposit', 'much', 'CNY'], admin),
      ops('fund.sh', ['move', 'deposit', '5', 'CNY'], admin),
      ops('fund.sh', ['drop'], admin),
    ])
    t.match(answers, [
      { code: 0, err: '' },
      { code: 1, err: /forbidden/ },
      { code: 2, err: /AMOUNT is a whole number/ },
      { code: 1, err: /\/merchant_id is missing/ },
      { code: 2, err: /is needed/ },
    ])
    // while the payment system has a key of its own, staff report no payments: the other stories are told without one
    const { data } = (await one.call('GET', '/v1/api-keys', { as: 'admin:root' })).body
    const own = data.find(({ roles }: { roles: string[] }) => roles.join() === 'payments')
    t.equal((await one.call('DELETE', `/v1/api-keys/${own.id}`, { as: 'admin:root' })).status, 204)
  })

  await t.test('hand over: every open case of a colleague, the refused ones are told, and it can be run again', async (t) => {
    const hong = 'agent:小红, 二组'
    const cases: { id: string; case_number: string }[] = []
    for (let n = 0; n < 6; n++) {
      const filed = await file(filing(`B-H${n}`))
      cases.push(filed)
      await accept(filed.id, hong)
    }
    const [mine, moved, closed] = cases as [(typeof cases)[0], (typeof cases)[0], (typeof cases)[0]]
    await one.call('POST', `/v1/complaints/${closed.id}/withdraw`, { as: 'buyer:B-H2' })
    const ownersOf = async (owner: string) =>
      lines(
        (
          await ops(
            'export-list.sh',
            ['complaints', '--filter', `owner=${owner.replace(',', '%2C')}`, '--format', 'ndjson'],
            zhao,
          )
        ).out,
      )

    const shown = await ops('hand-over.sh', [hong, 'agent:小李', '--dry-run'], zhao)
    t.match(shown, { code: 0, err: `5 of ${hong} would go to agent:小李\n` })
    t.equal(lines(shown.out).length, 5)
    t.match(await ops('hand-over.sh', [hong, 'agent:小李'], zhao), { code: 2, err: /nobody is there to be asked; --yes/ })
    t.match(await ops('hand-over.sh', [hong, 'agent:小李', '--yes'], li), {
      code: 2,
      err: /supervisors hand cases over, and REDRESS_ACTOR is agent:小李/,
    })
    t.equal((await ownersOf(hong)).length, 6, 'nothing has happened yet')

    // somebody else takes one case, and another case goes on, after they were listed
    const meanwhile = path.join(folder, 'meanwhile')
    const real = execFileSync('bash', ['-c', 'command -v curl'], { encoding: 'utf8' }).trim()
    const curl = path.join(folder, 'busy', 'curl')
    const change = (id: string, act: string, body: object) =>
      `'${real}' -sS -o /dev/null -H 'Authorization: Bearer ${REDRESS_KEY}' -H 'Redress-Actor: supervisor:sun' --json '${JSON.stringify(body)}' '${REDRESS_URL}/v1/complaints/${id}/${act}'`
    execFileSync('mkdir', ['-p', path.dirname(curl)])
    writeFileSync(
      curl,
      `#!/bin/sh
case "$*" in */assign) [ -e '${meanwhile}' ] || { : >'${meanwhile}'
${change(moved.id, 'assign', { owner: 'agent:qian' })}
${change(cases[3]?.id as string, 'escalate', { reason_code: 'no_agreement' })}; } ;; esac
exec '${real}' "$@"
`,
    )
    chmodSync(curl, 0o755)
    // who is to get them is a party of one of them
    const done = await ops('hand-over.sh', [hong, 'supervisor:B-H0', '--yes'], {
      ...zhao,
      PATH: `${path.dirname(curl)}:${process.env.PATH}`,
    })
    t.match(done, { code: 1, err: `hand-over.sh: 1 refused; they are still ${hong}'s\n` })
    t.match(done.out, new RegExp(`^${mine.case_number} {2}refused: separation_of_duties: .*$`, 'm'))
    t.match(done.out, new RegExp(`^${moved.case_number} {2}left alone: the owner is agent:qian by now$`, 'm'))
    t.match(done.out, /^handed over 3 of 5$/m)
    t.equal((await ownersOf('supervisor:B-H0')).length, 3)
    t.match((await one.call('GET', `/v1/complaints/${closed.id}`)).body, { owner: hong, status: 'closed' })

    t.match(await ops('hand-over.sh', [hong, 'agent:小李', '--yes'], zhao), { code: 0, out: /^handed over 1 of 1$/m })
    t.match(await ops('hand-over.sh', [hong, 'agent:小李', '--yes'], zhao), {
      code: 0,
      out: '',
      err: `${hong} has no open case\n`,
    })
    const text = readFileSync(path.join(OPS, 'hand-over.sh'), 'utf8')
    const named = /^open=(.*)$/m.exec(text)?.[1]?.split(',')
    t.strictSame(named?.sort(), complaintStates.filter((state) => state !== 'closed').sort(), 'every state but closed')
  })
}
