/** Disputes over HTTP, move by move. Every move must succeed; the latest plan, appeal and evidence are kept for the next moves. */
import type { Called, Json, TestApp } from './app.ts'
import { stateOrder } from './orders.ts'
import { meant } from './steps.ts'

export const alice = 'agent:alice'
export const zhao = 'supervisor:zhao'
export const qian = 'supervisor:qian'

export const liability = {
  shares: [{ party: 'merchant', percent: 100 }],
  reason_code: 'missing_item',
  root_cause: '仓库漏发',
  explanation: '装箱单缺少配件',
}

/** A dismissal although the merchant was found at fault. */
export const dismissal = {
  explanation: '证据不足',
  deviation: { reason_code: 'settled_by_parties', explanation: '双方已另行和解' },
}

export const refundOf = (amount: number, more = {}) => ({
  remedies: [{ type: 'refund', amount, ...more }],
  explanation: '部分退款',
})
export const returnOf = (amount: number) => ({
  remedies: [{ type: 'return_and_refund', amount, return_address: '退货仓' }],
  explanation: '退货退款',
})

let orders = 0

/** An order that nobody has complained about yet, of one line, paid in full. */
export const newOrder = (paid_amount: number): Json => {
  orders += 1
  return {
    id: `O-${orders}`,
    currency: 'CNY',
    paid_amount,
    lines: [{ line_id: '1', name: '平板电脑', quantity: 1, unit_amount: paid_amount }],
  }
}

/** A complaint of buyer:B-1 against merchant:M-1 about an order of its own, with 259.00 CNY paid. */
export const filing = (change: Json = {}): Json => ({
  channel: 'portal',
  complainant: { role: 'buyer', id: 'B-1' },
  respondent: { role: 'merchant', id: 'M-1' },
  order: newOrder(25_900),
  category: 'wrong_or_missing_item',
  description: '少发了保护膜，屏幕还有划痕',
  wanted: { remedy: 'refund', amount: 5_000 },
  ...change,
})

export interface Service extends Pick<TestApp, 'call'> {
  /** In place of the key of the first platform. */
  apiKey?: string
  /** Called for every case right after it was filed. */
  first?: (story: CaseStory) => Promise<unknown>
}

/** One case and the way to move it. `plan`, `appeal` and `evidence` are the latest that were made. */
export class CaseStory {
  readonly id: string
  readonly buyer: string
  readonly respondent: string
  plan: Json
  appeal: Json
  evidence: Json
  readonly #service: Service

  constructor(service: Service, complaint: Json) {
    this.#service = service
    this.id = complaint.id
    this.buyer = `${complaint.complainant.role}:${complaint.complainant.id}`
    this.respondent = `${complaint.respondent.role}:${complaint.respondent.id}`
  }

  async #done(as: string, href: string, body: Json = {}): Promise<Json> {
    return succeed(await this.try(as, href, body), `${as} ${href}`)
  }

  /** A POST that may be refused. */
  try(as: string, href: string, body: Json = {}, headers: Record<string, string> = {}): Promise<Called> {
    return this.#service.call('POST', href, { as, body, headers, key: this.#service.apiKey })
  }

  /** Takes an action on the case itself, by its name in the URL. */
  async by(as: string, action: string, body?: Json): Promise<this> {
    await this.#done(as, `/v1/complaints/${this.id}/${action}`, body)
    return this
  }

  async writePlan(as: string, body: Json): Promise<this> {
    this.plan = await this.#done(as, `/v1/complaints/${this.id}/refund-plans`, body)
    return this
  }

  async onPlan(as: string, action: string, body?: Json): Promise<this> {
    this.plan = await this.#done(as, `/v1/refund-plans/${this.plan.id}/${action}`, body)
    return this
  }

  /** Reports on the pending step whose turn it is. */
  async onStep(as: string, action: 'complete' | 'fail', body?: Json): Promise<this> {
    const step = this.plan.steps.find((x: Json) => x.status === 'pending' && x.due_at !== null)
    return this.onPlan(as, `steps/${meant(this.plan.steps, step, body).id}/${action}`, body)
  }

  async file(as: string, body: Json): Promise<this> {
    this.appeal = await this.#done(as, `/v1/complaints/${this.id}/appeals`, body)
    return this
  }

  async onAppeal(as: string, action: string, body?: Json): Promise<this> {
    this.appeal = await this.#done(as, `/v1/appeals/${this.appeal.id}/${action}`, body)
    return this
  }

  async addEvidence(as: string, body: Json = { type: 'statement', text: '收到时就是这样' }): Promise<this> {
    this.evidence = await this.#done(as, `/v1/complaints/${this.id}/evidence`, body)
    return this
  }

  /** What somebody sees of the case. */
  async seenBy(as: string): Promise<Json> {
    return this.read(as, `/v1/complaints/${this.id}`)
  }

  async read(as: string, href: string): Promise<Json> {
    return succeed(await this.#service.call('GET', href, { as, key: this.#service.apiKey }), `${as} ${href}`)
  }

  /** The types of the events that somebody sees, in order. */
  async eventsSeenBy(as: string): Promise<string[]> {
    const { data } = await this.read(as, `/v1/complaints/${this.id}/events?sort=sequence&limit=100`)
    return data.map((event: Json) => event.type)
  }
}

const succeed = ({ status, body, text }: Called, what: string): Json => {
  if (status < 200 || status > 299) throw new Error(`${what}: ${status} ${text}`)
  return body
}

/** Files a complaint as its complainant, about an order that the platform knows, and begins its story. */
export const tell = async (service: Service, change: Json = {}): Promise<CaseStory> => {
  const body = filing(change)
  const as = `${body.complainant.role}:${body.complainant.id}`
  const { call, apiKey: key, first } = service
  await stateOrder(service, body.order, key)
  const story = new CaseStory(service, succeed(await call('POST', '/v1/complaints', { as, body, key }), `${as} files`))
  await first?.(story)
  return story
}

/** A case under investigation: the agent accepted it, and the buyer asked the platform to step in. */
export const tellToInvestigation = async (service: Service, change: Json = {}): Promise<CaseStory> => {
  const story = await tell(service, change)
  await story.by(alice, 'accept')
  return story.by(story.buyer, 'escalate', { reason_code: 'no_agreement' })
}

/** A case in which the merchant was found liable. */
export const tellToLiability = async (service: Service, change: Json = {}): Promise<CaseStory> =>
  (await tellToInvestigation(service, change)).by(alice, 'determine-liability', liability)
