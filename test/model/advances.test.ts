/**
 * The guarantee fund under whatever people do: random cases of few buyers and merchants, asks, reports in any order and again, appeals, debts,
 * money in and out of fund and deposits, and time that goes by. Everything goes over HTTP, each request with a key and some of them twice;
 * after each command the rows must agree (`test/support/fund-books.ts`). `ADVANCE_COMMANDS` says how many commands, `MODEL_SEED` plays the
 * same again.
 */
import fc from 'fast-check'
import t from 'tap'
import { jobs } from '../../src/clockwork/jobs/jobs.ts'
import { HOUR } from '../../src/foundation/clock.ts'
import { imposed } from '../support/advances.ts'
import { type Called, type Json, type TestApp, testApp } from '../support/app.ts'
import { faultsInFund } from '../support/fund-books.ts'
import { decree } from '../support/policy.ts'
import { alice, type CaseStory, liability, qian, refundOf, returnOf, zhao } from '../support/story.ts'

const COMMANDS = Number(process.env.ADVANCE_COMMANDS ?? 200)
const SEED = Number(process.env.MODEL_SEED ?? Date.now() % 2 ** 31)
/** Of one world. */
const LENGTH = 60
const TOLD = 40
const MOST_CASES = 10
const psp = 'payments:psp'
const sun = 'supervisor:sun'
const words = { explanation: '说明' }

t.setTimeout(0)

let keys = 0

/** One platform with its people, and a fund of its own. */
class World {
  readonly cases: CaseStory[] = []
  readonly story: string[] = []
  readonly call: TestApp['call']
  readonly apiKey: string
  readonly #app: TestApp
  readonly #platformId: string
  readonly #counts: Map<string, number>

  constructor(app: TestApp, { platformId, key }: { platformId: string; key: string }, counts: Map<string, number>) {
    this.#app = app
    this.apiKey = key
    this.#platformId = platformId
    this.#counts = counts
    this.call = (method, url, options = {}) => app.call(method, url, { key, ...options })
  }

  /** Asks for something once or, under the same key, twice at the same time or one after the other. */
  async post(as: string, url: string, body: Json = {}, times: 'once' | 'twice' | 'at once' = 'once'): Promise<Called> {
    keys += 1
    const send = () => this.call('POST', url, { as, body, headers: { 'idempotency-key': `K-${keys}` } })
    const [first, second] = times === 'at once' ? await Promise.all([send(), send()]) : [await send(), undefined]
    const again = times === 'twice' ? await send() : second
    const name = url.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '…')
    const what = `${as.split(':')[0]} ${name} ${first.status} ${first.status < 300 ? '' : (first.body?.code ?? '')}`
    this.story.push(`${as} POST ${url} ${JSON.stringify(body)} ${times}: ${first.status} ${first.body?.code ?? ''}`)
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + 1)
    for (const { status, text } of [first, ...(again ? [again] : [])])
      if (status >= 500) throw new Error(`${as} ${url} ${JSON.stringify(body)}: ${status} ${text}`)
    // whoever asks again gets the first answer, or is told that it is being worked on
    const isSame = again === undefined || again.text === first.text || again.status === 409 || first.status === 409
    if (!isSame && first.status < 300) throw new Error(`${url} twice: ${first.text} and ${again?.text}`)
    return first
  }

  async read(url: string, as = zhao): Promise<Json> {
    const { status, body, text } = await this.call('GET', url, { as })
    if (status !== 200) throw new Error(`${url}: ${status} ${text}`)
    return body
  }

  of(n: number): CaseStory | undefined {
    return this.cases[n % Math.max(1, this.cases.length)]
  }

  async refundsOf({ id }: CaseStory): Promise<{ plan: Json; step: Json }[]> {
    const { data } = await this.read(`/v1/complaints/${id}/refund-plans`)
    return data.flatMap((plan: Json) =>
      plan.steps.filter(({ kind }: Json) => kind === 'refund').map((step: Json) => ({ plan, step })),
    )
  }

  async wait(hours: number): Promise<void> {
    this.#app.clock.advance(hours * HOUR)
    await this.post('admin:root', '/v1/sweeps')
    await jobs.find(({ name }) => name === SETTLES)?.run(this.#app.deps, () => false)
  }

  async check(): Promise<void> {
    const faults = await faultsInFund(this.#app.db, this.#platformId)
    if (faults.length > 0) throw new Error(faults.join('\n'))
  }
}

/** The job by which deposits pay debts. */
const SETTLES = 'settle_debts'

const times = fc.constantFrom('once', 'once', 'once', 'twice', 'at once') as fc.Arbitrary<'once' | 'twice' | 'at once'>
const n = fc.nat({ max: 50 })
const base = { n, k: n, times }
type Run = (world: World) => Promise<unknown>
const command = <T extends object>(
  shape: { [K in keyof T]: fc.Arbitrary<T[K]> },
  run: (world: World, given: T) => Promise<unknown>,
) =>
  fc.record(shape).map(
    (given): Run =>
      (world) =>
        run(world, given as T),
  )

const pick = <T>(list: readonly T[], k: number): T | undefined => list[k % Math.max(1, list.length)]

const filing = command<{ n: number; returns: boolean; amount: number; merchant: string; asks: boolean }>(
  {
    n,
    returns: fc.constantFrom(true, false, false),
    amount: fc.constantFrom(1_000, 2_000, 3_333, 5_000),
    merchant: fc.constantFrom('M-1', 'M-1', 'M-2'),
    asks: fc.constantFrom(true, true, true, false),
  },
  async (world, { n: buyer, returns, amount, merchant, asks }) => {
    if (world.cases.length >= MOST_CASES) return
    const parties = { complainant: { role: 'buyer', id: `B-${buyer % 3}` }, respondent: { role: 'merchant', id: merchant } }
    const story = await imposed(world, returns ? returnOf(amount) : refundOf(amount), parties)
    world.cases.push(story)
    if (asks) await world.post(alice, `/v1/complaints/${story.id}/advances`, words)
  },
)

const asking = command<{ n: number; times: 'once'; amount: number | null; by: string }>(
  { ...base, amount: fc.constantFrom(null, null, null, 700, 2_000), by: fc.constantFrom(alice, qian) } as never,
  async (world, { n: at, times: often, amount, by }) => {
    const story = world.of(at)
    if (story) await world.post(by, `/v1/complaints/${story.id}/advances`, { ...words, ...(amount && { amount }) }, often)
  },
)

const moving = command<{ n: number; k: number; times: 'once'; action: string; amount: number; by: string }>(
  {
    ...base,
    action: fc.constantFrom(
      'approve',
      'approve',
      'send-back',
      'cancel',
      'not-returned',
      'wait-on',
      'return',
      'recover',
      'recover',
      'recover',
    ),
    amount: fc.constantFrom(500, 1_000, 3_333, 6_000),
    by: fc.constantFrom(zhao, qian, alice),
  } as never,
  async (world, { n: at, k, times: often, action, amount, by }) => {
    const story = world.of(at)
    const { data } = story ? await world.read(`/v1/complaints/${story.id}/advances`, by) : { data: [] }
    const advance: Json = pick(data, k)
    if (!advance) return
    // mostly what is listed, and now and then what is not
    const listed: Json = k % 4 === 0 ? undefined : pick(advance.available_actions, k)
    const url = listed?.href ?? `/v1/advances/${advance.id}/${action}`
    const name = listed?.action ?? action
    await world.post(by, url, name === 'recover' ? { amount } : name === 'approve' ? {} : words, often)
  },
)

const owing = command<{ n: number; k: number; times: 'once'; action: string; share: number }>(
  { ...base, action: fc.constantFrom('pay', 'pay', 'waive', 'write-off'), share: fc.constantFrom(30, 100) } as never,
  async (world, { n: at, k, times: often, action, share }) => {
    const story = world.of(at)
    const { data } = story ? await world.read(`/v1/complaints/${story.id}/receivables`) : { data: [] }
    const debt: Json = pick(data, k)
    const amount = debt ? Math.max(1, Math.floor(((debt.amount - debt.paid_amount) * share) / 100)) : 0
    const body = action === 'pay' ? { amount } : action === 'waive' ? words : { ...words }
    if (debt) await world.post(zhao, `/v1/receivables/${debt.id}/${action}`, action === 'write-off' ? {} : body, often)
  },
)

/** The payment system says something of any attempt that there ever was. */
const reporting = command<{
  n: number
  k: number
  times: 'once'
  word: string
  percent: number | null
  by: string
  old: boolean
}>(
  {
    ...base,
    word: fc.constantFrom('complete', 'complete', 'complete', 'fail', 'fail', 'fail', 'return', 'progress'),
    percent: fc.constantFrom(null, null, null, null, 40, 130),
    by: fc.constantFrom(psp, alice),
    old: fc.constantFrom(false, false, true),
  } as never,
  async (world, { n: at, k, times: often, word, percent, by, old }) => {
    const story = world.of(at)
    const all = (story ? await world.refundsOf(story) : []).flatMap(({ plan, step }) =>
      step.attempts.map((attempt: Json) => ({ plan, step, attempt })),
    )
    const open = all.filter(({ attempt }) => attempt.status === 'asked' || attempt.status === 'under_way')
    const found = pick(old || open.length === 0 ? all : open, k)
    if (found === undefined) return
    const { plan, step, attempt } = found
    const amount = percent === null ? {} : { amount: Math.max(1, Math.floor((attempt.amount * percent) / 100)) }
    const body = word === 'complete' ? { ...amount, payment_reference: `F-${k}` } : word === 'progress' ? {} : words
    await world.post(by, `/v1/refund-plans/${plan.id}/steps/${step.id}/${word}`, { ...body, attempt_id: attempt.id }, often)
  },
)

const goingOn = command<{ n: number; k: number; times: 'once'; action: string; by: string }>(
  {
    ...base,
    action: fc.constantFrom('retry', 'retry', 'retry', 'skip', 'cancel', 'name-payee'),
    by: fc.constantFrom(zhao, alice),
  } as never,
  async (world, { n: at, k, times: often, action, by }) => {
    const story = world.of(at)
    const found = pick(story ? await world.refundsOf(story) : [], k)
    if (!story || !found) return
    const as = action === 'name-payee' ? story.buyer : by
    const body = action === 'name-payee' ? { payee_reference: `payee_${k}` } : action === 'retry' ? {} : words
    await world.post(as, `/v1/refund-plans/${found.plan.id}/steps/${found.step.id}/${action}`, body, often)
  },
)

/** Goods go back, arrive, and are found in order or not. */
const sending = command<{ n: number; times: 'once'; good: boolean }>(
  { ...base, good: fc.constantFrom(true, true, true, false) } as never,
  async (world, { n: at, times: often, good }) => {
    const story = world.of(at)
    if (!story) return undefined
    const { data } = await world.read(`/v1/complaints/${story.id}/refund-plans`)
    for (const plan of data)
      for (const { id, kind, status, due_at } of plan.steps) {
        if (kind === 'refund' || status !== 'pending' || due_at === null) continue
        const url = `/v1/refund-plans/${plan.id}/steps/${id}`
        if (kind === 'return_shipment') return world.post(story.buyer, `${url}/complete`, { tracking_number: 'SF1' }, often)
        if (kind === 'arrival')
          return good
            ? world.post(story.respondent, `${url}/complete`, {}, often)
            : world.post(alice, `${url}/fail`, words, often)
        if (kind === 'inspection') return world.post(story.respondent, `${url}/complete`, { passed: good }, often)
      }
    return undefined
  },
)

const arguing = command<{ n: number; times: 'once'; upholds: boolean; amount: number; shares: number }>(
  {
    ...base,
    upholds: fc.constantFrom(true, true, false),
    amount: fc.constantFrom(1_000, 5_000, 7_000),
    shares: fc.constantFrom(100, 60),
  } as never,
  async (world, { n: at, times: often, upholds, amount, shares }) => {
    const story = world.of(at)
    if (!story) return
    const { status } = await story.seenBy(zhao)
    if (status === 'investigating') {
      const split =
        shares === 100
          ? liability.shares
          : [
              { party: 'merchant', percent: shares },
              { party: 'platform', percent: 100 - shares },
            ]
      await world.post(alice, `/v1/complaints/${story.id}/determine-liability`, { ...liability, shares: split }, often)
      const plan = await world.post(alice, `/v1/complaints/${story.id}/refund-plans`, refundOf(amount), often)
      if (plan.status === 201) await world.post(zhao, `/v1/refund-plans/${plan.body.id}/impose`, words, often)
    } else if (status === 'under_appeal') {
      const { data } = await world.read(`/v1/complaints/${story.id}/appeals`)
      const open = data.find(({ decided_at }: Json) => decided_at === null)
      if (open) await world.post(sun, `/v1/appeals/${open.id}/${upholds ? 'uphold' : 'deny'}`, words, often)
    } else
      await world.post(
        story.respondent,
        `/v1/complaints/${story.id}/appeals`,
        { reason_code: amount > 1_000 ? 'advance_not_due' : 'wrong_facts', statement: '不应由我方承担' },
        often,
      )
  },
)

const ending = command<{ n: number; times: 'once'; how: string }>(
  { ...base, how: fc.constantFrom('confirm', 'close') } as never,
  async (world, { n: at, times: often, how }) => {
    const story = world.of(at)
    if (!story) return
    if (how === 'confirm') await world.post(story.buyer, `/v1/complaints/${story.id}/confirm`, {}, often)
    else await world.post(qian, `/v1/complaints/${story.id}/close`, { reason_code: 'settled_elsewhere' }, often)
  },
)

const funding = command<{ k: number; times: 'once'; kind: string; amount: number; merchant: string }>(
  {
    ...base,
    kind: fc.constantFrom('fund_top_up', 'deposit', 'deposit', 'fund_withdrawal', 'deposit_withdrawal'),
    amount: fc.constantFrom(1_000, 4_000, 20_000),
    merchant: fc.constantFrom('M-1', 'M-2'),
  } as never,
  async (world, { k, times: often, kind, amount, merchant }) => {
    const of = kind.startsWith('deposit') ? { merchant_id: merchant } : {}
    const { status, body } = await world.post('admin:root', '/v1/fund/movements', { kind, currency: 'CNY', amount, ...of }, often)
    if (status !== 201) return
    if (body.status === 'expected') await world.post(psp, `/v1/fund/movements/${body.id}/receive`, {}, often)
    if (body.status === 'paying')
      await world.post(psp, `/v1/fund/movements/${body.id}/${k % 3 ? 'complete' : 'fail'}`, k % 3 ? {} : words, often)
  },
)

const waiting = command<{ hours: number }>({ hours: fc.constantFrom(1, 1, 30, 80, 200, 1_000) }, (world, { hours }) =>
  world.wait(hours),
)

const commands = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: filing },
    { weight: 6, arbitrary: asking },
    { weight: 7, arbitrary: moving },
    { weight: 2, arbitrary: owing },
    { weight: 14, arbitrary: reporting },
    { weight: 4, arbitrary: goingOn },
    { weight: 5, arbitrary: sending },
    { weight: 7, arbitrary: arguing },
    { weight: 1, arbitrary: ending },
    { weight: 3, arbitrary: funding },
    { weight: 3, arbitrary: waiting },
  ),
  { minLength: LENGTH, maxLength: LENGTH, size: 'max' },
)

/** Large advances wait for a second person, and buyers may have several. */
const rules = (document: Json): void => {
  Object.assign(document.advances, { approval_above: { CNY: 4_000 }, open_per_buyer: 4 })
}

/** What was sent is the story; what fast-check made it of would only hide it. */
const reporter = async ({ failed, seed, errorInstance }: Pick<fc.RunDetails<unknown>, 'failed' | 'seed' | 'errorInstance'>) => {
  if (failed) throw new Error(`seed ${seed}\n${(errorInstance as Error).message}`)
}

await t.test(`${COMMANDS} commands from seed ${SEED}`, async (t) => {
  const app = await testApp(t)
  const counts = new Map<string, number>()
  let done = 0
  const property = fc.asyncProperty(commands, fc.constantFrom(0, 3_000, 50_000), async (story, deposit) => {
    const world = new World(app, await app.platform('test'), counts)
    try {
      await decree(world, rules)
      const put = async (kind: string, amount: number, more: Json = {}) => {
        const { body } = await world.post('admin:root', '/v1/fund/movements', { kind, currency: 'CNY', amount, ...more })
        await world.post(psp, `/v1/fund/movements/${body.id}/receive`)
      }
      await put('fund_top_up', 15_000)
      if (deposit > 0) await put('deposit', deposit, { merchant_id: 'M-1' })
      for (const run of story) {
        await run(world)
        done += 1
        await world.check()
      }
    } catch (error) {
      throw new Error([...world.story.slice(-TOLD), (error as Error).message].join('\n'), { cause: error })
    }
  })
  for (let seed = SEED; done < COMMANDS; seed++)
    await fc.assert(property, { seed, numRuns: 1, endOnFailure: true, asyncReporter: reporter })
  if (process.env.ADVANCE_COMMANDS !== undefined) console.error(`${done} commands`, Object.fromEntries([...counts].sort()))
  t.pass('the rows agree')
})
