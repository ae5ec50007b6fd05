/** The service as the people of the model see it, and what they do to it. Everything goes over HTTP; what is answered goes into the books. */
import { type Random, seeded } from '../../scripts/demo/random.ts'
import { HOUR } from '../../src/foundation/clock.ts'
import { bodyMaker } from '../generic/bodies.ts'
import type { Called, Json, TestApp } from '../support/app.ts'
import { decree } from '../support/policy.ts'
import { Books, type Case, type Word } from './books.ts'
import { statementOf } from './facts.ts'

export const oms = 'orders:oms'
export const staff = ['agent:alice', 'agent:bob', 'supervisor:zhao', 'supervisor:qian', 'supervisor:sun'] as const
/** Whose eyes the books are kept with. */
const clerk = 'supervisor:sun'

/** What an answer may be: done, or refused for what was asked or when. */
const expected: readonly number[] = [200, 201, 202, 403, 404, 409, 412, 422, 428]

/** People leave a case, prove and write elsewhere; each name would only lengthen the way. */
const leftOut: readonly string[] = ['hold', 'evidence', 'message', 'planned_action']
const aboutPeople: readonly string[] = ['assign', 'stand_down', 'challenge', 'judge_challenge']

/** Who may be found at fault. */
const faults = [
  { often: 6, shares: [{ party: 'merchant', percent: 100 }] },
  { often: 1, shares: [{ party: 'buyer', percent: 100 }] },
  {
    often: 1,
    shares: [
      { party: 'platform', percent: 40 },
      { party: 'buyer', percent: 60 },
    ],
  },
] as const

/** Clocks that are nobody's duty in an open case. */
const noDuty: readonly string[] = ['appeal_window', 'notice', 'held_silence']

let worlds = 0

/** One platform's people and orders, apart from those of any other world on the same service. */
export class World {
  readonly books = new Books()
  readonly #app: TestApp
  readonly #document: Json
  readonly #name: string
  readonly #counts: Map<string, number>
  /** How many commands were run. */
  commands = 0
  /** What was sent, and what came of it. */
  readonly story: string[] = []

  /** @param counts how often each command came to what, over all worlds */
  constructor(app: TestApp, document: Json, counts: Map<string, number>) {
    this.#app = app
    this.#document = document
    this.#counts = counts
    worlds += 1
    this.#name = `W${worlds}`
  }

  orderId(slot: number): string {
    return `${this.#name}-${slot}`
  }

  /** Calls, and fails where the answer is no answer to expect of anybody. */
  async call(method: 'GET' | 'POST' | 'PUT', url: string, as: string, body?: Json, headers = {}): Promise<Called> {
    const answer = await this.#app.call(method, url, { as, headers, ...(body !== undefined && { body }) })
    if (method !== 'GET')
      this.story.push(`${as} ${method} ${url} ${JSON.stringify(body)}: ${answer.status} ${answer.body?.code ?? ''}`)
    const [, stepId, word] = /\/steps\/([^/]+)\/(complete|fail|progress|return)$/.exec(url) ?? []
    if (stepId !== undefined && answer.status === 200) this.books.say(stepId, word as Word, body)
    if (!expected.includes(answer.status))
      throw new Error(`${as} ${method} ${url} ${JSON.stringify(body)}: ${answer.status} ${answer.text}`)
    return answer
  }

  async read(url: string, as: string = clerk): Promise<Json> {
    const { status, body, text } = await this.call('GET', url, as)
    if (status !== 200) throw new Error(`${as} GET ${url}: ${status} ${text}`)
    return body
  }

  count(what: string, { status, body }: Called): void {
    const told = `${what}: ${status < 300 ? 'done' : `${status} ${body?.code}`}`
    this.#counts.set(told, (this.#counts.get(told) ?? 0) + 1)
  }

  async putOrder(slot: number, said: Json, as: string): Promise<void> {
    const id = this.orderId(slot)
    const version = this.books.orders.has(id) ? (await this.read(`/v1/orders/${id}`, oms)).version : undefined
    const headers = version === undefined ? {} : { 'if-match': `"${version}"` }
    const answer = await this.call('PUT', `/v1/orders/${id}`, as, said, headers)
    this.count(`state order as ${as.split(':')[0]}`, answer)
    if (answer.status === 200) this.books.state(id, statementOf(said, false))
    await this.settle([id], 'outside')
  }

  async file(slot: number, body: Json): Promise<Case | undefined> {
    const { complainant, respondent, order } = body
    const isNew = !this.books.orders.has(order.id)
    const as = `${complainant.role}:${complainant.id}`
    const answer = await this.call('POST', '/v1/complaints', as, body)
    this.count('file', answer)
    if (answer.status !== 201) return undefined
    const orderId = this.orderId(slot)
    if (isNew) this.books.state(orderId, statementOf(order, true))
    else if (this.books.order(orderId).said.byAParty) await this.#readLines(orderId)
    const filed: Case = {
      id: answer.body.id,
      orderId,
      complainant: as,
      respondent: respondent.role === 'merchant' ? `merchant:${respondent.id}` : null,
      merchant: respondent.role === 'merchant' ? respondent.id : null,
      status: answer.body.status,
      sequence: 0,
    }
    this.books.cases.push(filed)
    await this.settle([orderId], 'service', [filed])
    return filed
  }

  /** A further complaint may have named lines that are within what was paid. */
  async #readLines(orderId: string): Promise<void> {
    const { said } = this.books.order(orderId)
    const { lines, paid_amount } = await this.read(`/v1/orders/${orderId}`, oms)
    const prices = lines.map((line: Json) => line.quantity * line.unit_amount - (line.discount_amount ?? 0))
    const isLonger = lines.length > said.lines.length
    const isWithin = prices.reduce((sum: number, price: number) => sum + price, 0) <= paid_amount - (said.shipping_amount ?? 0)
    if (paid_amount !== said.paid_amount || (isLonger && !isWithin)) throw new Error(`a party has widened ${orderId}`)
    this.books.state(orderId, { ...said, lines })
  }

  async refundElsewhere(slot: number, body: Json, as: string): Promise<void> {
    const id = this.orderId(slot)
    const answer = await this.call('POST', `/v1/orders/${id}/refunds-elsewhere`, as, body)
    this.count('refund elsewhere', answer)
    if (answer.status === 201) this.books.tellElsewhere(id, body, await this.read(`/v1/orders/${id}`, oms))
    await this.settle([id], 'outside')
  }

  /** Everybody who can act in a case. */
  peopleOf({ complainant, respondent }: Case): string[] {
    return [complainant, ...(respondent === null ? [] : [respondent]), ...staff]
  }

  /** What somebody can do in a case, apart from what plays elsewhere. */
  async actionsOf(one: Case, as: string): Promise<Json[]> {
    const { available_actions: actions } = await this.read(`/v1/complaints/${one.id}`, as)
    return actions.filter(({ resource, action }: Json) => !leftOut.includes(resource) && !aboutPeople.includes(action))
  }

  /** Takes an action that was listed. A listed action may be refused for what it holds (422), and for nothing else. */
  async act(one: Case, as: string, action: Json, random: Random, body?: Json): Promise<Called> {
    const sent = body ?? this.#bodyFor(action, random)
    const answer = await this.call('POST', action.href, as, sent)
    this.count(action.operation_id, answer)
    if (![200, 201, 422].includes(answer.status))
      throw new Error(`${as} ${action.href} was listed: ${answer.status} ${JSON.stringify(sent)} ${answer.text}`)
    await this.settle([one.orderId], 'service', [one])
    return answer
  }

  #bodyFor(action: Json, random: Random): Json {
    const made = bodyMaker(this.#document, random)(action) as Json
    if (action.action === 'determine_liability')
      return { ...made, shares: random.weighted([...faults], ({ often }) => often).shares }
    // what is paid and of which attempt is a command of its own
    const { attempt_id: _attempt, amount: _amount, ...report } = made
    return action.step_kind === null ? made : report
  }

  /** Reports on a step whether or not anybody waits for it. */
  async report({ planId, stepId }: { planId: string; stepId: string }, word: Word, body: Json, as: string): Promise<void> {
    const { complaint_id: id } = await this.read(`/v1/refund-plans/${planId}`)
    const one = this.books.cases.find((other) => other.id === id) as Case
    this.count(`report ${word}`, await this.call('POST', `/v1/refund-plans/${planId}/steps/${stepId}/${word}`, as, body))
    await this.settle([one.orderId], 'service', [one])
  }

  async wait(hours: number): Promise<void> {
    this.#app.clock.advance(hours * HOUR)
    await this.call('POST', '/v1/sweeps', 'admin:root', {})
    await this.settle([...this.books.orders.keys()], 'service')
  }

  decree(change: (document: Json) => void): Promise<void> {
    return decree(this.#app, change)
  }

  /** Brings the books up to date with these orders, and holds them against the service. @param cases those that may have moved */
  async settle(
    orderIds: readonly string[],
    by: 'service' | 'outside',
    cases: readonly Case[] = this.books.cases.filter(({ orderId }) => orderIds.includes(orderId)),
  ): Promise<void> {
    const faults: string[] = []
    for (const one of cases) faults.push(...(await this.#follow(one)))
    for (const id of orderIds)
      if (this.books.orders.has(id)) faults.push(...this.books.faults(id, await this.read(`/v1/orders/${id}`, oms), by))
    if (faults.length > 0) throw new Error(faults.join('\n'))
  }

  /** What a case has told since the books last looked, and its plans that have changed since. @returns what is wrong with it */
  async #follow(one: Case): Promise<string[]> {
    const { data: events } = await this.read(`/v1/complaints/${one.id}/events?limit=100`)
    const news = events.filter(({ sequence }: Json) => sequence > one.sequence).reverse()
    if (news.length === 0) return []
    this.books.hear(one, news)
    for (const plan of await this.#changedPlans(news)) this.books.note(one, plan)
    const seen = await this.read(`/v1/complaints/${one.id}`)
    one.status = seen.status
    if (one.status === 'closed') return []
    const runs = seen.deadlines.some(({ kind, status }: Json) => status === 'running' && !noDuty.includes(kind))
    return runs ? [] : [`${one.id} is ${one.status} without a clock`]
  }

  async #changedPlans(news: readonly Json[]): Promise<Json[]> {
    const ids = new Set(news.flatMap(({ resource, resource_id: id }) => (resource === 'refund_plan' ? [id as string] : [])))
    return Promise.all([...ids].map((id) => this.read(`/v1/refund-plans/${id}`)))
  }

  /**
   * Takes every case to its end, by what is listed for its people and by time, and sees that nothing is left reserved.
   * @param patience for how many rounds nobody but the clock acts
   */
  async close(random: Random, patience: number): Promise<void> {
    for (let round = 0; round < MOST_ROUNDS; round++) {
      const open = this.books.cases.filter(({ status }) => status !== 'closed')
      if (open.length === 0) break
      for (const one of open) if (round >= patience) await this.#bringOn(one, random)
      await this.wait(25)
    }
    const open = this.books.cases.filter(({ status }) => status !== 'closed')
    if (open.length > 0) throw new Error(`after ${MOST_ROUNDS} rounds still ${open.map(({ id, status }) => `${id} ${status}`)}`)
    for (const { stepId, id } of this.books.unanswered()) {
      const { planId } = this.books.steps.find((step) => step.stepId === stepId) ?? { planId: '' }
      await this.report({ planId, stepId }, 'fail', { attempt_id: id, explanation: '已取消' }, 'agent:alice')
    }
    const reserved = this.books.reserved()
    if (reserved.length > 0) throw new Error(`all cases are closed, and ${reserved.join('\n')}`)
  }

  /** Somebody does what leads on best. */
  async #bringOn(one: Case, random: Random): Promise<void> {
    const listed = await Promise.all(
      this.peopleOf(one).map(async (as) => (await this.actionsOf(one, as)).map((action) => ({ as, action }))),
    )
    const open = listed.flat()
    for (const name of leadingOn)
      for (const { as, action } of open)
        if (
          action.action === name &&
          (action.mandatory || action.step_kind === null) &&
          (await this.act(one, as, action, random)).status < 300
        )
          return
  }
}

const MOST_ROUNDS = 120

/** What brings a case on to its end, the nearest first. */
const leadingOn = [
  'skip_step',
  'complete_step',
  'deny',
  'confirm',
  'resume',
  'provide_information',
  'dismiss',
  'determine_liability',
  'escalate',
  'accept',
]

export const randomOf = (seed: number): Random => seeded(seed)
