/** What people do to the money of orders, as fast-check makes it up, shortens it and tells it. */
import fc from 'fast-check'
import type { Json } from '../support/app.ts'
import type { Books, Case, Word } from './books.ts'
import { COMPENSATION, limit, ORDER } from './facts.ts'
import { oms, randomOf, type World } from './world.ts'

const SLOTS = 3
const MOST_CASES = 6

export type Command = fc.AsyncCommand<Books, World, true>

/** Most commands need nothing but somebody to act on; those without are left out of the story. */
const command = (told: string, run: (world: World) => Promise<void>, check: (books: Books) => boolean = () => true): Command => ({
  check: async (books) => check(books as Books),
  run: (_books, world) => {
    world.commands += 1
    return run(world)
  },
  toString: () => told,
})

const slot = fc.integer({ min: 0, max: SLOTS - 1 })
const share = fc.integer({ min: 0, max: 110 })
const part = (amount: number, percent: number): number => Math.floor((amount * percent) / 100)

/** What an order is made of. Small numbers, so that shares do not divide. */
const basket = fc.record({
  currency: fc.constantFrom('CNY', 'JPY', 'KWD'),
  lines: fc.array(
    fc.record({
      quantity: fc.integer({ min: 1, max: 4 }),
      unit: fc.oneof({ weight: 1, arbitrary: fc.constant(0) }, { weight: 8, arbitrary: fc.integer({ min: 1, max: 2_000 }) }),
      discount: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 100 })),
      merchant: fc.constantFrom('M-1', 'M-2', null),
      tax: fc.boolean(),
    }),
    { minLength: 1, maxLength: 4 },
  ),
  shipping: fc.constantFrom(null, 0, 7, 1_000),
  /** What was paid, of what all of it costs. */
  paid: fc.constantFrom(100, 100, 100, 100, 100, 83, 83, 120, 120, 0),
  payments: fc.constantFrom('none', 'one', 'two', 'three'),
})
type Basket = typeof basket extends fc.Arbitrary<infer T> ? T : never

const orderOf = ({ currency, lines, shipping, paid, payments }: Basket): Json => {
  const made = lines.map(({ quantity, unit, discount, merchant, tax }, index) => ({
    line_id: String(index + 1),
    name: '商品',
    quantity,
    unit_amount: unit,
    discount_amount: part(quantity * unit, discount),
    ...(tax && { tax_amount: part(quantity * unit, 11) }),
    ...(merchant && { merchant_id: merchant }),
  }))
  const costs = made.reduce((sum, line) => sum + line.quantity * line.unit_amount - line.discount_amount, 0)
  const amount = Math.max(part(costs, paid) + (shipping ?? 0), 0)
  const shares = { none: [], one: [100], two: [37, 63], three: [50, 20, 30] }[payments]
  const parts = shares.slice(1).map((percent) => part(amount, percent))
  const split = shares.length === 0 ? [] : [amount - parts.reduce((sum, one) => sum + one, 0), ...parts]
  const means = [{ method: 'card' }, { method: 'points' }, { method: 'card', reference: 'second' }]
  return {
    currency,
    paid_amount: amount,
    ...(shipping !== null && { shipping_amount: shipping }),
    payments: split.flatMap((one, index) => (one > 0 ? [{ ...means[index], amount: one }] : [])),
    lines: made,
  }
}

const stating = fc
  .record({ slot, basket, as: fc.constantFrom(oms, oms, oms, 'agent:alice', 'supervisor:zhao') })
  .map(({ slot, basket, as }) =>
    command(`${as} states order ${slot}: ${JSON.stringify(orderOf(basket))}`, (world) =>
      world.putOrder(slot, orderOf(basket), as),
    ),
  )

/** The same order with another sum, other means, fewer pieces or another merchant. */
const correcting = fc
  .record({
    slot,
    percent: fc.constantFrom(0, 50, 90, 100, 130),
    change: fc.constantFrom('paid', 'quantity', 'line', 'merchant', 'shipping'),
    as: fc.constantFrom(oms, 'agent:bob'),
  })
  .map(({ slot, percent, change, as }) =>
    command(
      `${as} corrects the ${change} of order ${slot} to ${percent} %`,
      async (world) => {
        const {
          currency,
          paid_amount,
          shipping_amount = null,
          payments,
          lines,
        } = await world.read(`/v1/orders/${world.orderId(slot)}`, oms)
        const said: Json = { currency, paid_amount, shipping_amount, payments, lines }
        const [first] = said.lines
        if (change === 'paid') said.paid_amount = part(paid_amount, percent)
        if (change === 'quantity') first.quantity = Math.max(1, part(first.quantity, percent))
        if (change === 'line') first.unit_amount = part(first.unit_amount, percent)
        if (change === 'merchant') first.merchant_id = percent > 100 ? 'M-2' : 'M-1'
        if (change === 'shipping') said.shipping_amount = part(shipping_amount ?? 100, percent)
        first.discount_amount = Math.min(first.discount_amount ?? 0, first.quantity * first.unit_amount)
        said.shipping_amount =
          shipping_amount === null && change !== 'shipping' ? null : Math.min(said.shipping_amount, said.paid_amount)
        if (said.paid_amount !== paid_amount)
          said.payments = said.paid_amount > 0 ? [{ method: 'card', amount: said.paid_amount }] : []
        await world.putOrder(slot, said, as)
      },
      (books) => [...books.orders.keys()].some((id) => id.endsWith(`-${slot}`)),
    ),
  )

const complaining = fc
  .record({
    slot,
    basket,
    respondent: fc.constantFrom('M-1', 'M-1', 'M-2', 'platform'),
    by: fc.constantFrom('B-1', 'B-1', 'B-2', 'merchant'),
    wanted: fc.constantFrom('refund', 'return_and_refund', 'compensation', null),
    share,
  })
  .map(({ slot, basket, respondent, by, wanted, share }) =>
    command(
      `${by} complains about ${respondent}, order ${slot} (${JSON.stringify(orderOf(basket))} if nobody has stated it), wants ${wanted} ${share} %`,
      async (world) => {
        const id = world.orderId(slot)
        const complainant = by === 'merchant' ? { role: 'merchant', id: 'M-1' } : { role: 'buyer', id: by }
        const order = { ...orderOf(basket), id }
        await world.file(slot, {
          channel: 'portal',
          category: 'other',
          complainant,
          respondent:
            respondent === 'platform' || by === 'merchant'
              ? { role: 'platform', id: 'platform' }
              : { role: 'merchant', id: respondent },
          order,
          description: '有问题',
          ...(wanted && { wanted: { remedy: wanted, amount: Math.max(1, part(order.paid_amount, share)) } }),
        })
      },
      (books) => books.cases.length < MOST_CASES,
    ),
  )

const elsewhere = fc
  .record({
    slot,
    share,
    of: fc.constantFrom('order', 'line', 'pieces'),
    means: fc.constantFrom(null, 'card', 'points', 'cash'),
    /** The same reference again is the same refund. */
    reference: fc.integer({ min: 1, max: 4 }),
    kind: fc.constantFrom('refund', 'chargeback'),
    as: fc.constantFrom(oms, 'agent:bob'),
  })
  .map(({ slot, share, of, means, reference, kind, as }) =>
    command(
      `${as} tells ${kind} R-${reference} elsewhere, ${share} % of ${of}, of order ${slot} by ${means}`,
      async (world) => {
        const { paid_amount, lines } = await world.read(`/v1/orders/${world.orderId(slot)}`, oms)
        const amount = Math.max(1, part(paid_amount, share))
        const [line] = lines
        const lineAmount = Math.max(1, Math.min(amount, part(amount, 70)))
        const named = { line_id: line.line_id, amount: lineAmount, ...(of === 'pieces' && { quantity: 1 }) }
        await world.refundElsewhere(
          slot,
          { amount, reference: `R-${reference}`, kind, ...(means && { means }), ...(of !== 'order' && { lines: [named] }) },
          as,
        )
      },
      (books) => [...books.orders.keys()].some((id) => id.endsWith(`-${slot}`)),
    ),
  )

/** A remedy as somebody wishes for it; what it comes to depends on what is left. */
const wish = fc.record({
  type: fc.constantFrom(
    'refund',
    'refund',
    'refund',
    'return_and_refund',
    'return_and_refund',
    'compensation',
    'exchange',
    'reship',
    'apology',
  ),
  of: fc.constantFrom('order', 'line', 'pieces', 'lines'),
  line: fc.integer({ min: 0, max: 3 }),
  pieces: fc.integer({ min: 1, max: 3 }),
  share: fc.constantFrom(1, 33, 33, 50, 50, 100, 100, 100, 105),
  freight: fc.constantFrom(0, 0, 7),
  method: fc.constantFrom(null, null, null, null, 'card', 'points', 'bank_transfer'),
})
type Wish = typeof wish extends fc.Arbitrary<infer T> ? T : never

const moving: readonly string[] = ['refund', 'return_and_refund', 'compensation']

const remedyOf = (books: Books, { orderId, merchant }: Case, { type, of, line, pieces, share, freight, method }: Wish): Json => {
  const { said } = books.order(orderId)
  const own = said.lines.filter(({ merchant_id }) => merchant === null || merchant_id === undefined || merchant_id === merchant)
  // dear lines first: there is more to give back of them
  const dear = own.toSorted(
    (a, b) => books.left(orderId, limit('line', b.line_id)) - books.left(orderId, limit('line', a.line_id)),
  )
  const one = dear[line % Math.max(1, dear.length)]
  const named = of === 'order' || one === undefined ? [] : of === 'lines' ? own : [one]
  const lines = named.length === 0 ? {} : { line_ids: named.map(({ line_id }) => line_id) }
  const isInPieces = of === 'pieces' && one !== undefined && type !== 'compensation' && type !== 'apology'
  const quantity = isInPieces ? { quantity: Math.min(pieces, one.quantity) } : {}
  if (!moving.includes(type)) return { type, ...lines, ...quantity }
  const ofOrder = books.left(orderId, ORDER)
  const ofLines = named.reduce((sum, { line_id }) => sum + books.left(orderId, limit('line', line_id)), 0)
  const ofPieces = isInPieces ? Math.floor((ofLines * Math.min(pieces, one.quantity)) / one.quantity) : ofLines
  const left =
    type === 'compensation' ? books.left(orderId, COMPENSATION) : named.length === 0 ? ofOrder : Math.min(ofOrder, ofPieces)
  const amount = Math.max(1, part(left, share))
  return {
    type,
    amount,
    ...lines,
    ...quantity,
    ...(type !== 'compensation' && {
      ...(freight > 0 && { freight_amount: Math.min(freight, amount) }),
      ...(method && { method }),
    }),
  }
}

const offerOf = (books: Books, one: Case, wishes: readonly Wish[]): Json => ({
  remedies: wishes.map((wish) => remedyOf(books, one, wish)),
  explanation: '方案',
})

/** How likely somebody does what is listed: what leads to money and moves it first. */
const weights: Readonly<Record<string, number>> = {
  accept: 12,
  propose: 14,
  submit: 10,
  approve: 10,
  impose: 6,
  complete_step: 8,
  determine_liability: 5,
  escalate: 4,
  respond: 4,
  counter: 3,
  uphold: 10,
  deny: 3,
  file: 12,
  fail_step: 2,
  retry_step: 8,
  skip_step: 2,
  cancel_step: 1,
  name_payee_step: 8,
  return_step: 0.5,
  progress_step: 1,
  provide_information: 4,
  resume: 2,
  decline: 1,
  reopen: 3,
  send_back: 1,
  expire: 1,
  cancel: 0.4,
  withdraw: 0.02,
  close: 0.02,
  confirm: 0.2,
  suspend: 0.1,
  dismiss: 0.2,
  reject: 0.02,
  request_information: 0.3,
  no_answer_needed: 0.1,
}

/** The case at a place among those in one of some states; where there is none, among all. */
const caseAt = ({ books: { cases } }: World, at: number, isFit: (one: Case) => boolean): Case => {
  const fit = cases.filter(isFit)
  const among = fit.length > 0 ? fit : cases
  return among[at % among.length] as Case
}
const isOpen = ({ status }: Case): boolean => status !== 'closed'
const isArgued = ({ status }: Case): boolean => status === 'negotiating' || status === 'investigating'
const hasCases = (books: Books): boolean => books.cases.length > 0
const at = fc.nat({ max: MOST_CASES - 1 })
const who = fc.nat({ max: 6 })
const seed = fc.nat({ max: 1_000_000 })
const wishes = fc.array(wish, { minLength: 1, maxLength: 2 })

/** Somebody does one of the things that are listed. */
const acting = fc.record({ at, who, seed, wishes }).map(({ at, who, seed, wishes }) =>
  command(
    `person ${who} of case ${at} acts (${seed}; offers ${JSON.stringify(wishes)})`,
    async (world) => {
      const one = caseAt(world, at, isOpen)
      const random = randomOf(seed)
      const people = world.peopleOf(one)
      const as = people[who % people.length] as string
      const actions = (await world.actionsOf(one, as)).filter(({ action }) => action !== 'create')
      // or nothing, rather than what is seldom done
      const action: Json = random.weighted([...actions, undefined], (one) => (one ? (weights[one.action] ?? 0.5) : 0.5))
      if (action === undefined) return
      await world.act(one, as, action, random, action.action === 'counter' ? offerOf(world.books, one, wishes) : undefined)
    },
    hasCases,
  ),
)

/** Somebody who may writes a plan, and goes on with it: proposes it or hands it in. Where it is to be settled, everybody agrees at once. */
const offering = fc
  .record({ at, who, seed, wishes, settles: fc.constantFrom(true, true, false) })
  .map(({ at, who, seed, wishes, settles }) =>
    command(
      `in case ${at}, person ${who} or the next offers ${JSON.stringify(wishes)}${settles ? ', and all agree' : ''} (${seed})`,
      async (world) => {
        const one = caseAt(world, at, isArgued)
        const random = randomOf(seed)
        const everybody = world.peopleOf(one)
        const people = everybody.map((_, index) => everybody[(who + index) % everybody.length] as string)
        for (const as of people) {
          const create = (await world.actionsOf(one, as)).find(({ action }) => action === 'create')
          if (create === undefined) continue
          const { status, body } = await world.act(one, as, create, random, offerOf(world.books, one, wishes))
          if (status !== 201) return
          const goOn = async (person: string, ...names: string[]) => {
            const actions = await world.actionsOf(one, person)
            const next = actions.find(({ action, href }) => names.includes(action) && href.includes(body.id))
            if (next) await world.act(one, person, next, random, {})
          }
          await goOn(as, 'propose', 'submit')
          if (settles && body.needs_approval) await goOn('supervisor:zhao', 'approve')
          if (settles && body.needs_approval) await goOn(as, 'propose')
          if (settles) for (const person of [one.complainant, one.respondent ?? 'agent:alice']) await goOn(person, 'accept')
          return
        }
      },
      hasCases,
    ),
  )

/** A case is taken up and, where that is called for, judged: without it most cases would never come to money. */
const steering = fc.record({ at, seed }).map(({ at, seed }) =>
  command(
    `staff bring case ${at} on (${seed})`,
    async (world) => {
      const one = caseAt(world, at, isOpen)
      for (const as of ['agent:alice', 'supervisor:zhao', 'supervisor:qian']) {
        const actions = await world.actionsOf(one, as)
        const next = ['accept', 'propose', 'approve', 'impose', 'complete_step', 'resume', 'deny']
          .map((name) =>
            actions.find(({ action, resource }) => action === name && (name !== 'accept' || resource === 'complaint')),
          )
          .find((action) => action !== undefined)
        if (next) return void (await world.act(one, as, next, randomOf(seed)))
      }
    },
    hasCases,
  ),
)

/** The payment system's word on any step that ever moved money: at any time, as often as it likes, of a part or too much. */
const reporting = fc
  .record({
    step: fc.nat({ max: 20 }),
    word: fc.constantFrom<Word>('complete', 'complete', 'complete', 'fail', 'fail', 'return', 'progress'),
    /** Which attempt it names; it need not. */
    attempt: fc.option(fc.nat({ max: 3 })),
    /** How much was paid, of what was asked for; left out: all of it. */
    percent: fc.constantFrom(null, null, null, null, 40, 100, 130),
    as: fc.constantFrom('agent:alice', 'supervisor:zhao'),
    times: fc.constantFrom(1, 1, 2),
  })
  .map(({ step, word, attempt, percent, as, times }) =>
    command(
      `${as} reports ${word} of step ${step}, attempt ${attempt}, ${percent ?? 100} %, ${times} times`,
      async (world) => {
        const { steps, attempts } = world.books
        const one = steps[step % steps.length] as (typeof steps)[number]
        const own = attempts.filter(({ stepId }) => stepId === one.stepId)
        const named = attempt === null ? undefined : own[attempt % own.length]
        const asked = named ?? own.at(-1)
        const body = {
          ...(named && { attempt_id: named.id }),
          ...(word === 'complete' && percent !== null && asked && { amount: Math.max(1, part(Number(asked.amount), percent)) }),
          ...(word === 'complete' ? { payment_reference: `PAY-${one.stepId}` } : { explanation: '账户已注销' }),
        }
        for (let time = 0; time < times; time++) await world.report(one, word, body, as)
      },
      (books) => books.steps.length > 0,
    ),
  )

const waiting = fc
  .constantFrom(1, 25, 49, 80, 170, 260)
  .map((hours) => command(`${hours} hours go by`, (world) => world.wait(hours)))

const switching = fc
  .record({
    unconfirmed_order: fc.constantFrom('approval', 'approval', 'accept', 'accept', 'refuse'),
    agent_compensation_percent: fc.constantFrom(5, 20, 30),
    approval: fc.constantFrom(1, 1_000, 500_000),
    silent: fc.boolean(),
  })
  .map(({ unconfirmed_order, agent_compensation_percent, approval, silent }) =>
    command(`the policy: ${JSON.stringify({ unconfirmed_order, agent_compensation_percent, approval, silent })}`, (world) =>
      world.decree((document) => {
        Object.assign(document, { unconfirmed_order, agent_compensation_percent })
        document.approval_amounts = { CNY: approval, JPY: approval, KWD: approval }
        document.platform_silence = { ...document.platform_silence, resolution: silent ? 'propose_wanted' : 'none' }
        document.deem_agreed_up_to = { CNY: 5_000, JPY: 50, KWD: 5_000 }
        document.clocks.respondent_response = [
          { allow: { count: 2, unit: 'business_days' }, on_silence: [silent ? 'deem_agreed' : 'escalate'] },
        ]
      }),
    ),
  )

/** How a world begins: two orders, of which the platform has stated one, and cases about them that an agent has taken up. */
export const beginning = fc.record({
  stated: basket,
  said: basket,
  cases: fc.array(fc.record({ slot: fc.integer({ min: 0, max: 1 }), merchant: fc.constantFrom('M-1', 'M-1', 'M-2', null) }), {
    minLength: 3,
    maxLength: 4,
  }),
})

export const begin = async (
  world: World,
  { stated, said, cases }: typeof beginning extends fc.Arbitrary<infer T> ? T : never,
) => {
  await world.putOrder(0, orderOf(stated), oms)
  for (const [index, { slot, merchant }] of cases.entries()) {
    const order = orderOf(slot === 0 ? stated : said)
    // one complaint after the other names more lines
    const lines = order.lines.slice(0, slot === 0 ? undefined : index + 1)
    const filed = await world.file(slot, {
      channel: 'portal',
      category: 'other',
      complainant: { role: 'buyer', id: 'B-1' },
      respondent: merchant === null ? { role: 'platform', id: 'platform' } : { role: 'merchant', id: merchant },
      order: { ...order, lines, id: world.orderId(slot) },
      description: '有问题',
    })
    const accept = filed && (await world.actionsOf(filed, 'agent:alice')).find(({ action }) => action === 'accept')
    if (filed && accept) await world.act(filed, 'agent:alice', accept, randomOf(1), {})
  }
}

/** So many times as likely as the others. */
const often = <T>(times: number, one: T): T[] => Array.from({ length: times }, () => one)

export const commandsOf = (length: number) =>
  fc.commands(
    [
      stating,
      ...often(2, correcting),
      complaining,
      ...often(2, elsewhere),
      ...often(9, acting),
      ...often(10, offering),
      ...often(3, steering),
      ...often(7, reporting),
      ...often(2, waiting),
      switching,
    ],
    { maxCommands: length, size: 'max' },
  )
