/**
 * The books that an outsider keeps of a platform's orders: from what the service answers and tells, never from its tables. After each command
 * they are held against what must be true of money whoever did what.
 */
import type { Json } from '../support/app.ts'
import {
  add,
  boundsOf,
  COMPENSATION,
  faultsOfCounting,
  type Limit,
  limit,
  meansFor,
  ORDER,
  type Statement,
  type Sums,
} from './facts.ts'

/** A case, as far as the books follow it. */
export interface Case {
  id: string
  orderId: string
  /** As `role:id`. */
  complainant: string
  /** As `role:id`; null where the platform itself is complained about. */
  respondent: string | null
  /** The merchant whose lines alone the case gives back; null for the whole order. */
  merchant: string | null
  status: string
  /** Up to which event the books have followed it. */
  sequence: number
}

/** Money of one step, as the service answers it. */
interface Money {
  orderId: string
  planId: string
  amount: bigint
  kind: 'refund' | 'compensation'
  status: string
  counted: Sums
  /** What it holds, and what was paid beyond that. Both count against the bounds. */
  held: bigint
  overpaid: bigint
  paid: bigint
  isUnclaimed: boolean
}

/** What the payment system was asked for, and what it has said of it, in whatever order. */
interface Attempt {
  id: string
  stepId: string
  orderId: string
  kind: 'refund' | 'compensation'
  amount: bigint
  paid: bigint | null
  failed: boolean
  returned: boolean
}

/** What the payment system says, as the last part of an address. */
export type Word = 'complete' | 'fail' | 'progress' | 'return'

const isOpen = ({ paid, failed, returned }: Attempt): boolean => paid === null && !failed && !returned
/** A return outweighs a payment, which outweighs a failure. */
const arrived = ({ paid, returned }: Attempt): bigint => (returned ? 0n : (paid ?? 0n))

interface Order {
  said: Statement
  /** Refunds elsewhere by their reference, and what each counted against. */
  elsewhere: Map<string, { amount: number; counted: Sums }>
  /** What was in force when the books were last held against the service. */
  before: Sums
  /** What had been overpaid by then. */
  overpaid: bigint
}

const refunding: readonly string[] = ['refund', 'return_and_refund']

export class Books {
  readonly orders = new Map<string, Order>()
  readonly cases: Case[] = []
  readonly #money = new Map<string, Money>()
  /** In the order in which they were asked. */
  readonly attempts: Attempt[] = []

  /** Every step of which money was ever asked or reserved, in order, with its plan: reports on any of them may come at any time. */
  readonly steps: { planId: string; stepId: string }[] = []

  state(orderId: string, said: Statement): void {
    const known = this.orders.get(orderId)
    if (known) known.said = said
    else this.orders.set(orderId, { said, elsewhere: new Map(), before: new Map(), overpaid: 0n })
  }

  order(orderId: string): Order {
    const order = this.orders.get(orderId)
    if (order === undefined) throw new Error(`${orderId} is in no books`)
    return order
  }

  /** Follows what a case tells of what was asked of the payment system. @param events of the case, oldest first */
  hear(one: Case, events: readonly Json[]): void {
    for (const { type, sequence, data } of events) {
      if (sequence !== one.sequence + 1) throw new Error(`${one.id} tells ${sequence} after ${one.sequence}`)
      one.sequence = sequence
      if (type !== 'refund_requested' && type !== 'compensation_requested') continue
      const { step_id: stepId, attempt_id: id, amount } = data
      if (this.#attemptsOf(stepId).some(isOpen)) throw new Error(`the money of step ${stepId} is asked for twice`)
      const kind = type === 'refund_requested' ? 'refund' : 'compensation'
      const { orderId } = one
      this.attempts.push({ id, stepId, orderId, kind, amount: BigInt(amount), paid: null, failed: false, returned: false })
    }
  }

  #attemptsOf(stepId: string): Attempt[] {
    return this.attempts.filter((attempt) => attempt.stepId === stepId)
  }

  /** Notes what the payment system has said, and the service has taken: of the attempt it names, else of the open one, else of the last. */
  say(stepId: string, word: Word, { attempt_id: id, amount }: Json): void {
    const attempts = this.#attemptsOf(stepId)
    const attempt = id === undefined ? (attempts.find(isOpen) ?? attempts.at(-1)) : attempts.find((one) => one.id === id)
    if (attempt === undefined) return
    const paid = amount === undefined ? attempt.amount : BigInt(amount)
    if (word === 'complete') attempt.paid = attempt.paid !== null && attempt.paid > paid ? attempt.paid : paid
    if (word === 'fail') attempt.failed = true
    if (word === 'return') attempt.returned = true
  }

  /** Takes over a plan as it was answered. */
  note(one: Case, plan: Json): void {
    const money = plan.steps.filter(({ kind }: Json) => kind === 'refund' || kind === 'compensation')
    const remedies = {
      refund: plan.remedies.filter(({ type }: Json) => refunding.includes(type)),
      compensation: plan.remedies.filter(({ type }: Json) => type === 'compensation'),
    }
    for (const kind of ['refund', 'compensation'] as const)
      for (const [index, step] of money.filter((step: Json) => step.kind === kind).entries())
        this.#noteStep(one, plan.id, kind, step, remedies[kind][index])
  }

  #noteStep({ orderId, merchant }: Case, planId: string, kind: Money['kind'], step: Json, remedy: Json): void {
    const counted: Sums = new Map()
    for (const { kind: of, key, amount } of step.allocation) add(counted, limit(of, key), BigInt(amount))
    const known = this.#money.get(step.id)
    if (known === undefined) {
      this.steps.push({ planId, stepId: step.id })
      if (step.amount !== remedy.amount) throw new Error(`step ${step.id} moves ${step.amount} of ${remedy.amount}`)
      if (kind === 'refund') this.#checkCounting(orderId, merchant, remedy, counted)
    }
    this.#money.set(step.id, {
      orderId,
      planId,
      kind,
      status: step.status,
      counted,
      amount: BigInt(step.amount),
      held: BigInt(step.held_amount),
      overpaid: BigInt(step.overpaid_amount),
      paid: BigInt(step.paid_amount),
      isUnclaimed: step.unclaimed_at !== null,
    })
  }

  #checkCounting(orderId: string, merchant: string | null, remedy: Json, counted: Sums): void {
    const { said } = this.order(orderId)
    const { amount, freight_amount: freight = 0, line_ids: named = null, quantity, method } = remedy
    const open = said.lines
      .filter(({ merchant_id }) => merchant === null || merchant_id === undefined || merchant_id === merchant)
      .map(({ line_id }) => line_id)
    const pieces = new Map<string, number>(quantity === undefined ? [] : [[named[0], quantity]])
    const faults = faultsOfCounting(said, { amount, freight, named, open, pieces, means: meansFor(said, method) }, counted)
    if (faults.length > 0) throw new Error(faults.join('\n'))
  }

  /** Takes over a refund elsewhere. How it was counted is what the limits have grown by. @param known the order as it was answered afterwards */
  tellElsewhere(orderId: string, body: Json, known: Json): void {
    const order = this.order(orderId)
    if (order.elsewhere.has(body.reference)) return
    const counted: Sums = new Map()
    for (const { kind, key, in_force } of known.limits) {
      const of = limit(kind, key)
      const grown = BigInt(in_force) - (order.before.get(of) ?? 0n)
      if (grown !== 0n) counted.set(of, grown)
    }
    const lines: Json[] = body.lines ?? []
    const named = lines.reduce((sum, line) => sum + line.amount, 0)
    const { said } = order
    const byMethod = meansFor(said, body.means).filter((key) => key.split(' ')[0] === (body.means ?? key.split(' ')[0]))
    const faults = faultsOfCounting(
      said,
      {
        amount: body.amount,
        freight: 0,
        named: named === body.amount ? lines.map(({ line_id }) => line_id) : null,
        open: said.lines.map(({ line_id }) => line_id),
        pieces: new Map(lines.flatMap(({ line_id, quantity }) => (quantity === undefined ? [] : [[line_id, quantity]]))),
        means: byMethod.length > 0 ? byMethod : meansFor(said, undefined),
      },
      counted,
    )
    for (const { line_id, amount } of lines)
      if ((counted.get(limit('line', line_id)) ?? 0n) < BigInt(amount)) faults.push(`line ${line_id} counts less than was said`)
    if (faults.length > 0) throw new Error(faults.join('\n'))
    order.elsewhere.set(body.reference, { amount: body.amount, counted })
  }

  /** What is in force of an order, by limit. */
  inForce(orderId: string): Sums {
    const sums: Sums = new Map()
    for (const { amount, counted } of this.order(orderId).elsewhere.values()) {
      add(sums, ORDER, BigInt(amount))
      for (const [of, part] of counted) add(sums, of, part)
    }
    for (const money of this.#money.values()) {
      if (money.orderId !== orderId) continue
      add(sums, money.kind === 'refund' ? ORDER : COMPENSATION, money.held + money.overpaid)
      for (const [of, part] of money.counted) add(sums, of, part)
    }
    return sums
  }

  left(orderId: string, of: Limit): number {
    const bound = boundsOf(this.order(orderId).said).get(of)
    const left = (bound ?? 0n) - (this.inForce(orderId).get(of) ?? 0n)
    return left > 0n ? Number(left) : 0
  }

  /** Attempts that the payment system has not answered. */
  unanswered(): Attempt[] {
    return this.attempts.filter(isOpen)
  }

  /** Steps that hold money which neither was paid nor waits for its owner. */
  reserved(): string[] {
    return [...this.#money].flatMap(([id, { held, paid, status, isUnclaimed }]) =>
      held > paid && !isUnclaimed ? [`${id} is ${status} and holds ${held}, ${paid} of it paid`] : [],
    )
  }

  /**
   * Everything that must be true of an order.
   * @param known the order as the service answers it
   * @param by `outside` where the last command was a correction or a refund elsewhere: these alone may put a limit in excess
   */
  faults(orderId: string, known: Json, by: 'service' | 'outside'): string[] {
    const order = this.order(orderId)
    const faults: string[] = []
    const bounds = boundsOf(order.said)
    const sums = this.inForce(orderId)
    const shown = this.#shown(known)
    const overpaid = this.#overpaid(orderId)
    const more = overpaid - order.overpaid
    for (const of of new Set([...bounds.keys(), ...sums.keys(), ...shown.keys()])) {
      const bound = bounds.get(of) ?? 0n
      const now = sums.get(of) ?? 0n
      const before = order.before.get(of) ?? 0n
      const excess = now > bound ? now - bound : 0n
      const told = shown.get(of)
      const told_ = `${told?.bound}/${told?.inForce}/${told?.excess}`
      if (told === undefined || told.bound !== bound || told.inForce !== now || told.excess !== excess)
        faults.push(`${of}is told as ${told_} (bound/in force/excess), and is ${bound}/${now}/${excess}`)
      // what was paid beyond what was asked for is a fact, like what went back elsewhere
      const own = bound > before ? bound : before
      if (by === 'service' && now > own && now - own > more)
        faults.push(`${of}rose from ${before} to ${now}, above ${bound}, with ${more} overpaid`)
    }
    faults.push(...this.#faultsOfAsked(orderId, sums))
    order.before = sums
    order.overpaid = overpaid
    return faults
  }

  #shown({ limits, ...known }: Json): Map<Limit, { bound: bigint; inForce: bigint; excess: bigint }> {
    const row = (bound: number, inForce: number, excess: number) => ({
      bound: BigInt(bound),
      inForce: BigInt(inForce),
      excess: BigInt(excess),
    })
    return new Map([
      [ORDER, row(known.paid_amount, known.refund_in_force, known.refund_excess)],
      [COMPENSATION, row(known.compensation_limit, known.compensation_in_force, known.compensation_excess)],
      ...limits.map((one: Json) => [limit(one.kind, one.key), row(one.bound, one.in_force, one.excess)] as const),
    ])
  }

  #overpaid(orderId: string): bigint {
    return [...this.#money.values()].reduce((sum, one) => (one.orderId === orderId ? sum + one.overpaid : sum), 0n)
  }

  /**
   * What the payment system was asked for and has not answered stays reserved, what it has paid counts, and what it has paid beyond what was
   * reserved is told as overpaid: by what it was told and has said itself.
   */
  #faultsOfAsked(orderId: string, sums: Sums): string[] {
    const faults: string[] = []
    for (const kind of ['refund', 'compensation'] as const) {
      const own = this.attempts.filter((one) => one.orderId === orderId && one.kind === kind)
      // what was paid after it was said to have failed is a fact that nobody asked for any more
      const sum = own.reduce((all, one) => all + (isOpen(one) ? one.amount : one.failed ? 0n : arrived(one)), 0n)
      const inForce = sums.get(kind === 'refund' ? ORDER : COMPENSATION) ?? 0n
      if (sum > inForce) faults.push(`${kind}s of ${sum} are asked for or paid, with ${inForce} in force`)
    }
    for (const [stepId, money] of this.#money) {
      if (money.orderId !== orderId) continue
      const attempts = this.#attemptsOf(stepId)
      const paid = attempts.reduce((all, one) => all + arrived(one), 0n)
      const asked = attempts.reduce((all, one) => all + (isOpen(one) ? one.amount : one.failed ? 0n : arrived(one)), 0n)
      const { held, overpaid, amount } = money
      const is = `step ${stepId} (${money.status}) of ${amount} holds ${held}, ${overpaid} too much`
      if (money.paid !== paid) faults.push(`${is}: ${money.paid} is told as paid, ${paid} was`)
      if (held > amount || overpaid !== (paid > held ? paid - held : 0n)) faults.push(`${is}, with ${paid} paid`)
      if (held + overpaid < asked) faults.push(`${is}, with ${asked} asked for`)
      if (money.status === 'done' && paid < amount) faults.push(`${is} and is done with ${paid}`)
    }
    return faults
  }
}
