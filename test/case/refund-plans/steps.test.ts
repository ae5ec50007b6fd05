/** Steps that come to nothing, money that is asked for again, comes back, or arrives twice. */
import t from 'tap'
import type { CaseFile } from '../../../src/case/case-file/case-file.ts'
import { actionsFor } from '../../../src/case/decisions/available.ts'
import type { StepAction } from '../../../src/case/refund-plans/step-lifecycle.ts'
import type { Attempt, Step } from '../../../src/case/refund-plans/table.ts'
import { DAY } from '../../../src/foundation/clock.ts'
import type { Actor } from '../../../src/platform/access/caller.ts'
import { agent, buyer, filing, merchant, once, refusal, type Story, supervisor } from '../../support/rules.ts'

const notNow = '409 action_not_available'
const inWords = { explanation: '账户异常' }
const remedies = (...list: object[]) => ({ remedies: list, explanation: '方案' })
const refund = { type: 'refund', amount: 5_000 }

/** Acts on a step of the plan, by its place. */
const on = (story: Story, actor: Actor, index: number, action: StepAction, body: object = {}): Story =>
  story.by(actor, action, body, { plan: story.plan.id, step: stepIn(story, index).id })
const stepIn = (story: Story, index = 0): Step => {
  const step = story.plan.steps[index]
  if (!step) throw new Error(`the plan has no step ${index}`)
  return step
}
const attemptsIn = (story: Story, index = 0): Attempt[] => stepIn(story, index).attempts ?? []
const idOf = (story: Story, attempt: number): string => attemptsIn(story)[attempt]?.id ?? ''

const asked = () => once.agreed(remedies(refund))
const failed = () => on(asked(), agent, 0, 'fail_step', inWords)
const retried = () => on(failed(), agent, 0, 'retry_step')
const paid = () => on(asked(), agent, 0, 'complete_step', { payment_reference: 'PAY-1' })

t.test('an attempt to pay', async (t) => {
  await t.test('has an id that the request names, and a new one starts only when none is open', async (t) => {
    const story = asked()
    t.match(attemptsIn(story), [{ status: 'asked', amount: 5_000, method: 'original_payment' }])
    const [request] = story.last?.events.filter(({ type }) => type === 'refund_requested') ?? []
    t.match(request?.data, { attempt_id: idOf(story, 0), amount: 5_000 })
    t.equal(
      refusal(() => on(story, agent, 0, 'retry_step')),
      notNow,
    )
    on(story, agent, 0, 'fail_step', inWords)
    t.match(stepIn(story), { status: 'failed' })
    t.equal(story.file.order?.refund_in_force, 5_000, 'the money stays reserved')
    on(story, agent, 0, 'retry_step')
    t.strictSame(
      attemptsIn(story).map(({ status }) => status),
      ['failed', 'asked'],
    )
    t.strictSame(story.events, ['step_retried', 'refund_requested'])
  })

  await t.test('is reported in any order and again, with one result', async (t) => {
    const reports: [StepAction, object][] = [
      ['progress_step', {}],
      ['fail_step', inWords],
      ['complete_step', { payment_reference: 'PAY-1' }],
    ]
    const orders = [
      [0, 1, 2],
      [2, 1, 0],
      [1, 2, 0, 2, 1],
      [2, 2, 0, 1],
    ]
    for (const order of orders) {
      const story = asked()
      const attempt_id = idOf(story, 0)
      for (const index of order) {
        const [action, body] = reports[index] as [StepAction, object]
        on(story, agent, 0, action, { ...body, attempt_id })
      }
      t.match(stepIn(story), { status: 'done', attempts: [{ status: 'done', paid: 5_000, payment_reference: 'PAY-1' }] })
      t.match(story.plan, { status: 'executed', refund_in_force: 5_000 })
      t.match(story.file.order, { refund_in_force: 5_000, refund_excess: 0 })
      t.equal(story.status, 'resolved')
    }
  })

  await t.test('that is reported again tells nothing', async (t) => {
    const story = paid()
    const { version } = story.file.complaint
    on(story, agent, 0, 'complete_step', { payment_reference: 'PAY-1' })
    t.strictSame(story.events, [])
    t.equal(story.file.complaint.version, version)
  })

  await t.test('that is under way has ten days, then the step climbs and frees nothing', async (t) => {
    const story = on(asked(), agent, 0, 'progress_step')
    t.match(stepIn(story).status, 'under_way')
    t.strictSame(story.open.slice(1), ['payment of platform until 2026-12-03 10:00'])
    story.after(10 * DAY).sweep()
    t.equal(story.file.complaint.level, 3)
    t.equal(story.file.order?.refund_in_force, 5_000)
    t.equal(story.running('payment').length, 1)
  })

  await t.test('that paid a part leaves the rest to another one', async (t) => {
    const story = on(asked(), agent, 0, 'complete_step', { amount: 2_000 })
    t.match(stepIn(story), { status: 'partly_done' })
    t.match(story.last?.events[0], { type: 'step_part_paid', data: { amount: 2_000, owed: 3_000 } })
    on(story, agent, 0, 'retry_step')
    t.match(attemptsIn(story), [{ status: 'done' }, { status: 'asked', amount: 3_000 }])
    on(story, agent, 0, 'complete_step')
    t.equal(story.status, 'resolved')
  })

  await t.test('that paid a part leaves that in force when the rest is given up', async (t) => {
    const story = on(asked(), agent, 0, 'complete_step', { amount: 2_000 })
    on(story, agent, 0, 'skip_step', inWords)
    t.match(story.plan, { status: 'failed', refund_in_force: 2_000 })
    t.equal(story.file.order?.refund_in_force, 2_000)
  })

  await t.test('that paid more than the step holds is overpaid, and told at once', async (t) => {
    const story = retried()
    on(story, agent, 0, 'complete_step', { attempt_id: idOf(story, 0) })
    t.equal(stepIn(story).status, 'done')
    t.ok(story.told('refund_cancel_requested'), 'the other attempt is asked back')
    on(story, agent, 0, 'complete_step', { attempt_id: idOf(story, 1) })
    t.match(stepIn(story), { status: 'done', overpaid: 5_000 })
    t.match(story.last?.events.at(-1), { type: 'step_overpaid', data: { amount: 5_000, currency: 'CNY' } })
    t.equal(story.file.order?.refund_in_force, 10_000)
    on(story, agent, 0, 'return_step', { ...inWords, attempt_id: idOf(story, 1) })
    t.match(stepIn(story), { status: 'done', overpaid: 0 })
    t.equal(story.file.order?.refund_in_force, 5_000)
  })

  await t.test('that is reported as paid in part while another one asks for all of it has that one asked back', async (t) => {
    const story = retried()
    on(story, agent, 0, 'complete_step', { attempt_id: idOf(story, 0), amount: 2_000 })
    t.ok(story.told('refund_cancel_requested'))
    t.strictSame(attemptsIn(story)[1]?.amount, 5_000)
    on(story, agent, 0, 'fail_step', { ...inWords, attempt_id: idOf(story, 1) })
    t.match(stepIn(story), { status: 'partly_done', attempts: [{ status: 'done' }, { status: 'cancelled' }] })
    on(story, agent, 0, 'retry_step')
    t.match(attemptsIn(story)[2], { status: 'asked', amount: 3_000 })
    t.notOk(story.told('refund_cancel_requested'), 'what is left is asked for, and no more')
  })

  await t.test('of no such step is refused by name', async (t) => {
    const story = asked()
    t.equal(
      refusal(() => on(story, agent, 0, 'complete_step', { attempt_id: story.file.complaint.id })),
      '422 unknown_attempt',
    )
    const talk = once.agreed(remedies({ type: 'apology' }))
    t.equal(
      refusal(() => talk.onStep(merchant, 'complete_step', { amount: 5 })),
      '400 validation_failed',
    )
  })
})

t.test('money that is asked back', async (t) => {
  const cancelled = () => on(asked(), agent, 0, 'cancel_step', inWords)

  await t.test('waits for the payment system, and stays reserved until then', async (t) => {
    const story = cancelled()
    t.equal(stepIn(story).status, 'cancelling')
    t.strictSame(story.events, ['step_cancel_requested', 'refund_cancel_requested'])
    t.equal(story.file.order?.refund_in_force, 5_000)
    t.equal(story.running('payment').length, 1)
    on(story, agent, 0, 'fail_step', inWords)
    t.match(stepIn(story), { status: 'skipped', attempts: [{ status: 'cancelled' }] })
    t.equal(story.file.order?.refund_in_force, 0)
    t.equal(story.status, 'investigating')
  })

  await t.test('may have been paid by then', async (t) => {
    const story = on(cancelled(), agent, 0, 'complete_step')
    t.equal(stepIn(story).status, 'done')
    t.equal(story.status, 'resolved')
  })

  await t.test('is that of a plan whose decision was overturned, with the same result in any order', async (t) => {
    for (const order of [['fail_step', 'complete_step'] as const, ['complete_step', 'fail_step'] as const]) {
      const story = once.imposed(remedies(refund)).by(merchant, 'file', { reason_code: 'wrong_facts', statement: '不属实' })
      story.onAppeal(supervisorSun, 'uphold', { explanation: '成立' })
      t.match(story.plan, { status: 'cancelled', refund_in_force: 5_000, steps: [{ status: 'cancelling' }] })
      for (const action of order) on(story, agent, 0, action, inWords)
      t.match(story.plan, { status: 'cancelled', refund_in_force: 5_000, steps: [{ status: 'done' }] })
      t.match(story.file.order, { refund_in_force: 5_000, refund_excess: 0 })
      t.equal(story.status, 'investigating')
      on(story, agent, 0, 'return_step', inWords)
      t.match(story.plan, { refund_in_force: 0, steps: [{ status: 'skipped' }] })
    }
  })

  await t.test('and paid after it was given up is too much', async (t) => {
    const story = on(failed(), agent, 0, 'skip_step', inWords)
    t.equal(story.file.order?.refund_in_force, 0)
    on(story, agent, 0, 'complete_step')
    t.match(stepIn(story), { status: 'skipped', overpaid: 5_000 })
    t.strictSame(story.events, ['payment_reported', 'step_overpaid'])
    t.equal(story.file.order?.refund_in_force, 5_000, 'it counts, so that it is not given back twice')
  })

  await t.test('counts beyond what the order holds', async (t) => {
    const all = { type: 'refund', amount: 25_900 }
    const story = once.agreed(remedies(all))
    on(story, agent, 0, 'fail_step', inWords)
    on(story, agent, 0, 'retry_step')
    for (const attempt of [0, 1]) on(story, agent, 0, 'complete_step', { attempt_id: idOf(story, attempt) })
    t.match(story.file.order, { refund_in_force: 51_800, refund_excess: 25_900 })
    t.match(
      story.file.limits.find(({ kind }) => kind === 'line'),
      { in_force: 51_800, excess: 25_900 },
    )
  })
})

const supervisorSun: Actor = { role: 'supervisor', id: 'sun' }

t.test('a payment that comes back', async (t) => {
  await t.test('takes an executed plan and its resolved case up again, and opens no window', async (t) => {
    const story = once.imposed(remedies(refund)).onStep(agent, 'complete_step', {})
    t.equal(story.running('appeal_window').length, 2)
    const windows = story.running('appeal_window').map(({ id }) => id)
    on(story.after(3 * DAY), agent, 0, 'return_step', inWords)
    t.match(story.plan, { status: 'executing', refund_in_force: 5_000 })
    t.equal(story.status, 'executing')
    t.strictSame(story.events, ['step_returned', 'plan_resumed', 'complaint_execution_resumed'])
    t.equal(story.running('step_decision').length, 1)
    on(story, agent, 0, 'retry_step')
    on(story, agent, 0, 'complete_step', {})
    t.equal(story.status, 'resolved')
    t.strictSame(
      story.running('appeal_window').map(({ id }) => id),
      windows,
    )
  })

  await t.test('also one of a closed case, which then closes without a new window', async (t) => {
    const story = paid().by(buyer, 'confirm')
    on(story.after(3 * DAY), agent, 0, 'return_step', inWords)
    t.match(story.file.complaint, { status: 'executing', close_reason: null, closed_at: null })
    on(story, agent, 0, 'retry_step')
    on(story, agent, 0, 'complete_step', {})
    t.equal(story.status, 'resolved')
    story.after(8 * DAY).sweep()
    t.match(story.file.complaint, { status: 'closed', close_reason: 'auto_confirmed' })
    t.equal(story.running('appeal_window').length, 0)
  })

  await t.test('for 180 days; later the money waits for the complainant', async (t) => {
    const late = paid().by(buyer, 'confirm')
    on(late.after(181 * DAY), agent, 0, 'return_step', inWords)
    t.equal(late.status, 'closed')
    t.match(stepIn(late), { status: 'returned', unclaimed_at: late.now })
    t.strictSame(late.events, ['step_returned', 'payment_unclaimed'])
    t.equal(late.file.order?.refund_in_force, 5_000)
    const intime = paid().by(buyer, 'confirm')
    on(intime.after(180 * DAY), agent, 0, 'return_step', inWords)
    t.equal(intime.status, 'executing')
  })

  await t.test('while the case is argued again goes on by itself', async (t) => {
    const story = paid().by(buyer, 'reopen', { explanation: '未收到' })
    on(story, agent, 0, 'return_step', inWords)
    t.match(story.plan, { status: 'executed', steps: [{ status: 'returned' }] })
    t.equal(story.status, 'investigating')
    t.equal(story.running('step_decision').length, 1)
    on(story, agent, 0, 'retry_step')
    on(story, agent, 0, 'complete_step', {})
    t.match(story.plan, { status: 'executed', steps: [{ status: 'done' }] })
    t.equal(story.status, 'investigating')
  })

  await t.test('while an appeal is open makes the case go back to its execution', async (t) => {
    const story = once.imposed(remedies(refund)).onStep(agent, 'complete_step', {})
    story.by(merchant, 'file', { reason_code: 'wrong_facts', statement: '不属实' })
    on(story, agent, 0, 'return_step', inWords)
    t.equal(story.status, 'under_appeal')
    t.equal(
      refusal(() => on(story, agent, 0, 'retry_step')),
      notNow,
      'the appeal is decided first',
    )
    story.onAppeal(supervisorSun, 'deny', { explanation: '不成立' })
    t.equal(story.status, 'executing')
    t.equal(story.running('step_decision').length, 1)
    on(story, agent, 0, 'retry_step')
    t.equal(on(story, agent, 0, 'complete_step', {}).status, 'resolved')
  })
})

t.test('one step that fails leaves the others alone', async (t) => {
  const both = () => once.agreed(remedies(refund, { type: 'reship' }))
  const sent = { tracking_number: 'SF1' }

  await t.test('the exchange of goods goes on, and the refund is tried again', async (t) => {
    const story = on(both(), agent, 0, 'fail_step', inWords)
    on(on(story, merchant, 1, 'complete_step', sent), buyer, 2, 'complete_step')
    t.equal(story.status, 'executing')
    on(on(story, agent, 0, 'retry_step'), agent, 0, 'complete_step', {})
    t.equal(story.status, 'resolved')
  })

  await t.test('and where it is given up, its owner decides whether the rest is enough', async (t) => {
    const enough = on(both(), agent, 0, 'fail_step', inWords)
    on(enough, agent, 0, 'skip_step', { ...inWords, afterwards: 'finish' })
    t.equal(enough.status, 'executing', 'the goods are still on their way')
    on(on(enough, merchant, 1, 'complete_step', sent), buyer, 2, 'complete_step')
    t.match(enough.plan, { status: 'executed', refund_in_force: 0 })
    t.equal(enough.status, 'resolved')
    const anew = on(both(), agent, 0, 'fail_step', inWords)
    on(anew, agent, 0, 'skip_step', inWords)
    on(on(anew, merchant, 1, 'complete_step', sent), buyer, 2, 'complete_step')
    t.match(anew.plan, { status: 'failed', steps: [{ status: 'skipped' }, { status: 'done' }, { status: 'done' }] })
    t.equal(anew.status, 'investigating')
    t.equal(
      refusal(() => on(failed(), agent, 0, 'skip_step', { ...inWords, afterwards: 'finish' })),
      '422 nothing_done',
    )
  })

  await t.test('a merchant’s own progress stops no clock', async (t) => {
    const story = once.agreed(remedies({ type: 'reship' }))
    const before = story.open
    on(story, merchant, 0, 'progress_step', {})
    t.equal(stepIn(story).status, 'under_way')
    t.strictSame(story.open, before)
    t.equal(
      refusal(() => on(once.agreed(remedies({ type: 'apology' })), merchant, 0, 'progress_step')),
      notNow,
    )
  })
})

t.test('goods that are sent', async (t) => {
  const sent = () => once.agreed(remedies({ type: 'reship' })).onStep(merchant, 'complete_step', { tracking_number: 'SF1' })

  await t.test('need a number, and their arrival counts', async (t) => {
    const story = once.agreed(remedies({ type: 'reship' }))
    t.equal(
      refusal(() => story.onStep(merchant, 'complete_step', {})),
      '400 validation_failed',
    )
    const arriving = sent()
    t.equal(arriving.status, 'executing')
    t.strictSame(arriving.open.slice(0, 1), ['arrival of complainant until 2026-12-08 10:00'])
    t.equal(on(arriving, buyer, 1, 'complete_step').status, 'resolved')
  })

  await t.test('and that nobody confirms or that somebody denies are decided on proof', async (t) => {
    const silent = sent()
      .after(15 * DAY)
      .sweep()
    t.ok(silent.told('arrival_doubted'))
    t.equal(silent.running('arrival_decision').length, 1)
    t.equal(on(silent, agent, 1, 'complete_step').status, 'resolved')
    const denied = on(sent(), buyer, 1, 'fail_step', { explanation: '没收到' })
    t.match(stepIn(denied, 1), { status: 'pending', data: { disputed: true } })
    t.equal(denied.running('arrival_decision').length, 1)
    t.equal(
      refusal(() => on(denied, buyer, 1, 'fail_step', { explanation: '没收到' })),
      notNow,
    )
    on(denied, agent, 1, 'fail_step', { explanation: '物流确认丢件' })
    t.equal(stepIn(denied, 1).status, 'failed')
    on(denied, agent, 1, 'retry_step')
    t.match(denied.plan.steps, [
      { status: 'pending', data: {} },
      { status: 'pending', due_at: null, data: {} },
    ])
    denied.onStep(merchant, 'complete_step', { tracking_number: 'SF2' })
    t.equal(on(denied, buyer, 1, 'complete_step').status, 'resolved')
  })

  await t.test('and are lost free what they held', async (t) => {
    const story = on(sent(), agent, 1, 'fail_step', inWords)
    t.equal(story.file.order?.goods_in_force, 25_900)
    on(story, agent, 1, 'skip_step', inWords)
    t.equal(story.file.order?.goods_in_force, 0)
    t.equal(story.status, 'investigating')
  })
})

t.test('an account for money that does not arrive', async (t) => {
  const failedOften = () => {
    const story = asked()
    for (const again of [true, true, false]) {
      on(story, agent, 0, 'fail_step', inWords)
      if (again) on(story, agent, 0, 'retry_step')
    }
    return story
  }

  await t.test('is asked for after three failures, and tried at once', async (t) => {
    const story = failedOften()
    t.strictSame(
      story.running('payee_details').map(({ party }) => party),
      ['complainant'],
    )
    t.equal(story.running('step_decision').length, 0)
    t.equal(
      refusal(() => on(story, agent, 0, 'name_payee_step', { payee_reference: 'payee_1' })),
      '403 forbidden',
      'the account is its owner’s to name',
    )
    on(story, buyer, 0, 'name_payee_step', { payee_reference: 'payee_8f3c21d9' })
    t.strictSame(story.events, ['payee_named', 'step_retried', 'refund_requested'])
    t.notMatch(JSON.stringify(story.last?.events), /8f3c21d9/, 'no event carries it')
    t.match(attemptsIn(story).at(-1), { status: 'asked', payee: 'payee_8f3c21d9' })
    on(story, agent, 0, 'fail_step', inWords)
    t.equal(story.running('step_decision').length, 1, 'the new account has its own three')
  })

  await t.test('and where none is named, the money waits unclaimed and the plan is done', async (t) => {
    const story = failedOften()
      .after(7 * DAY)
      .sweep()
    t.match(stepIn(story), { status: 'failed', unclaimed_at: story.now })
    t.match(story.plan, { status: 'executed', refund_in_force: 5_000 })
    t.equal(story.status, 'resolved')
    story.by(buyer, 'confirm')
    on(story.after(30 * DAY), buyer, 0, 'name_payee_step', { payee_reference: 'payee_8f3c21d9' })
    t.equal(story.status, 'executing')
    t.equal(on(story, agent, 0, 'complete_step', {}).status, 'resolved')
  })
})

/** A plan as a version of the service before this one wrote its steps. */
const asWrittenBefore = (file: CaseFile, change: Partial<Step>): CaseFile => ({
  ...file,
  plans: file.plans.map((plan) => ({
    ...plan,
    steps: plan.steps.map(({ attempts: _a, released: _r, ...step }) => ({ ...step, ...change })),
  })),
})

t.test('steps that a version before this one wrote', async (t) => {
  await t.test('are reported on without an attempt, which is called like the step', async (t) => {
    const story = asked()
    story.file = asWrittenBefore(story.file, {})
    on(story, agent, 0, 'complete_step', { payment_reference: 'PAY-1', attempt_id: stepIn(story).id })
    t.match(stepIn(story), { status: 'done', attempts: [{ status: 'done', asked_at: null }] })
    t.equal(story.status, 'resolved')
  })

  await t.test('that were done are taken up when the money comes back', async (t) => {
    const story = paid()
    story.file = asWrittenBefore(story.file, { data: { payment_reference: 'PAY-1' } })
    on(story, agent, 0, 'return_step', inWords)
    t.match(stepIn(story), { status: 'returned', attempts: [{ payment_reference: 'PAY-1', paid: 5_000 }] })
    t.equal(story.status, 'executing')
  })

  await t.test('that failed hold nothing, are not tried again, and what is paid late counts', async (t) => {
    const story = on(failed(), agent, 0, 'skip_step', inWords)
    story.file = asWrittenBefore(story.file, { status: 'failed' })
    for (const action of ['retry_step', 'skip_step'] as const)
      t.equal(
        refusal(() => on(story, agent, 0, action, inWords)),
        notNow,
        action,
      )
    on(story, agent, 0, 'complete_step', {})
    t.match(story.file.order, { refund_in_force: 5_000 })
  })
})

t.test('what somebody can do with a step is listed with its attempts', async (t) => {
  const story = retried()
  const listed = actionsFor(story.file, { actor: agent, now: story.now, policy: story.rules.policy })
  const report = listed.find(({ action }) => action === 'complete_step')
  t.match(report, {
    mandatory: true,
    limits: { properties: { attempt_id: { enum: attemptsIn(story).map(({ id }) => id) } } },
  })
  const decision = actionsFor(failed().file, { actor: supervisor, now: story.now, policy: story.rules.policy })
  t.ok(decision.find(({ action }) => action === 'skip_step')?.mandatory)
})

t.test('an inspection tells piece by piece what came back', async (t) => {
  const order = {
    id: 'O-3',
    currency: 'CNY',
    paid_amount: 26_997,
    lines: [{ line_id: '1', name: '杯子', quantity: 3, unit_amount: 8_999 }],
  }
  const returned = { type: 'return_and_refund', amount: 26_997, line_ids: ['1'], quantity: 3, return_address: '退货仓' }
  const arrived = () =>
    once
      .accepted(filing({ order }))
      .by(merchant, 'create', remedies(returned))
      .onPlan(merchant, 'propose')
      .onPlan(buyer, 'accept')
      .onStep(buyer, 'complete_step', { tracking_number: 'SF1' })
      .onStep(merchant, 'complete_step')
  const found = (...received: object[]) => on(arrived(), merchant, 2, 'complete_step', { received })
  const of = (quantity: number, verdict: string) => ({ line_id: '1', quantity, verdict })
  const stepsOf = (story: Story) => story.plan.steps.slice(3).map(({ kind, status, amount }) => [kind, status, amount])

  await t.test('two of three are refunded at once, the third waits for the buyer', async (t) => {
    const story = found(of(2, 'as_described'))
    t.strictSame(stepsOf(story), [
      ['refund', 'pending', 17_998],
      ['contest', 'pending', null],
      ['refund', 'pending', 8_999],
    ])
    t.strictSame(story.events, ['step_completed', 'refund_requested'])
    t.strictSame(
      story.open.filter((clock) => !clock.startsWith('completion')),
      ['contest of complainant until 2026-11-26 10:00', 'refund of platform until 2026-11-24 10:00'],
    )
    t.equal(story.file.order?.refund_in_force, 26_997, 'all of it stays reserved')
    on(story, agent, 3, 'complete_step')
    t.equal(story.status, 'executing')
    story.after(3 * DAY).sweep()
    t.strictSame(stepsOf(story), [
      ['refund', 'done', 17_998],
      ['contest', 'done', null],
      ['refund', 'skipped', 8_999],
    ])
    t.match(story.plan, { status: 'executed', refund_in_force: 17_998 })
    t.match(
      story.file.limits.find(({ kind }) => kind === 'quantity'),
      { in_force: 2 },
    )
    t.equal(story.status, 'resolved')
  })

  await t.test('a contest is decided by staff, for good', async (t) => {
    const contested = () => on(found(of(2, 'as_described')), buyer, 4, 'complete_step', { explanation: '三件都寄了' })
    const right = contested()
    t.strictSame(right.running('contest_decision').length, 1)
    t.equal(
      refusal(() => on(right, buyer, 4, 'complete_step', { explanation: '再说一次' })),
      notNow,
    )
    on(right, agent, 4, 'complete_step', { passed: true })
    t.strictSame(stepsOf(right)[2], ['refund', 'pending', 8_999])
    on(on(right, agent, 3, 'complete_step'), agent, 5, 'complete_step')
    t.match(right.plan, { status: 'executed', refund_in_force: 26_997 })
    const wrong = on(contested(), agent, 4, 'complete_step', { passed: false })
    t.strictSame(stepsOf(wrong)[2], ['refund', 'skipped', 8_999])
    t.equal(on(wrong, agent, 3, 'complete_step').status, 'resolved')
    t.equal(
      refusal(() => on(found(of(2, 'as_described')), agent, 4, 'complete_step', { passed: true })),
      notNow,
      'staff decide what the buyer has contested',
    )
  })

  await t.test('what is not refunded is sent back, else it is refunded after all', async (t) => {
    const stands = () => on(found(of(1, 'as_described'), of(1, 'used')), buyer, 4, 'fail_step', { explanation: '认可' })
    const sent = stands()
    t.strictSame(stepsOf(sent), [
      ['refund', 'pending', 8_999],
      ['contest', 'done', null],
      ['refund', 'skipped', 8_999],
      ['send_back', 'pending', null],
      ['refund', 'pending', 8_999],
    ])
    t.equal(sent.running('send_back').length, 1)
    on(sent, merchant, 6, 'complete_step', { tracking_number: 'SF9' })
    t.match(on(sent, agent, 3, 'complete_step').plan, { status: 'executed', refund_in_force: 8_999 })
    const silent = stands().at('2026-11-27 10:00').sweep()
    t.strictSame(stepsOf(silent).slice(3), [
      ['send_back', 'skipped', null],
      ['refund', 'pending', 8_999],
    ])
    on(on(silent, agent, 3, 'complete_step'), agent, 7, 'complete_step')
    t.match(silent.plan, { status: 'executed', refund_in_force: 17_998 })
    t.equal(silent.status, 'resolved')
  })

  await t.test('all of it goes on as before, and more than was announced is refused', async (t) => {
    t.strictSame(stepsOf(found(of(3, 'as_described'))), [['refund', 'pending', 26_997]])
    t.equal(
      refusal(() => found(of(2, 'as_described'), of(2, 'used'))),
      '400 validation_failed',
    )
    t.equal(
      refusal(() => found({ line_id: '9', quantity: 1, verdict: 'used' })),
      '422 unknown_order_line',
    )
  })
})
