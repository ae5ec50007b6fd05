import t from 'tap'
import { type Random, seeded } from '../../scripts/demo/random.ts'
import { appealOperations, newAppealOperations } from '../../src/case/appeals/asks.ts'
import { complaintOperations } from '../../src/case/complaints/asks.ts'
import { newPlanOperations, planOperations, stepOperations } from '../../src/case/refund-plans/asks.ts'
import { type Json, type TestApp, testApp } from '../support/app.ts'
import { filing, newOrder } from '../support/story.ts'
import { bodyMaker } from './bodies.ts'

/**
 * A client that knows the OpenAPI document and `available_actions`, and nothing of disputes, takes cases to their ends. It acts for
 * whoever is next, prefers what is mandatory, and sends what each action says that it needs.
 */
const CASES = 200
const MOST_MOVES = 600
const people = ['buyer:B-1', 'merchant:M-1', 'agent:alice', 'agent:bob', 'supervisor:zhao', 'supervisor:qian', 'supervisor:sun']

/** Variations of what is complained about: words that alarm and words that do not, an order, a dear one and none, a wish that can be agreed to and one that cannot, the platform as respondent. */
const complaints = (random: Random): Json =>
  filing({
    order: random.weighted([null, newOrder(25_900), newOrder(900_000)], (order) => (order === null ? 1 : 2)),
    ...(random.chance(0.2) && { respondent: { role: 'platform', id: 'platform' } }),
    ...(random.chance(0.1) && { description: '充电时突然起火，手被烧伤' }),
    wanted: random.pick([null, { remedy: 'apology' }, { remedy: 'refund', amount: 5_000 }, { remedy: 'compensation' }]),
  })

/**
 * What needs two people of one mind in a row, three failures, or the moment before somebody else reports: whoever acts at random comes there
 * too seldom to count on it.
 */
const seldom: readonly string[] = [
  'submitRefundPlan',
  'approveRefundPlan',
  'sendBackRefundPlan',
  'standDownAppeal',
  'namePayeeStep',
  'cancelStep',
]

interface Walk {
  end: string
  /** Operations that were answered with success. */
  taken: string[]
  /** Fields that a 400 found fault with, by operation. */
  faults: string[]
  /** 403 and 409: what was listed, and refused all the same. */
  refused: string[]
}

const walk = async ({ call }: TestApp, random: Random, document: Json): Promise<Walk> => {
  const bodyFor = bodyMaker(document, random)
  const filed = await call('POST', '/v1/complaints', { as: 'buyer:B-1', body: complaints(random) })
  const { id } = filed.body
  const walked: Walk = { end: filed.body.status, taken: [], faults: [], refused: [] }
  for (let moves = 0; moves < MOST_MOVES && walked.end !== 'closed'; moves++) {
    const as = random.pick(people)
    const { body: seen } = await call('GET', `/v1/complaints/${id}`, { as })
    walked.end = seen.status ?? walked.end
    if (!(seen.available_actions?.length > 0)) continue
    // what was done often in this case is done less often
    const times = (operation: string) => walked.taken.filter((one) => one === operation).length
    const action = random.weighted(
      seen.available_actions as Json[],
      ({ mandatory, operation_id }) => (mandatory ? 12 : 1) / (1 + times(operation_id)) ** 2,
    )
    const answer = await call(action.method, action.href, { as, body: bodyFor(action) })
    const told = `${action.operation_id}${action.step_kind ? ` (${action.step_kind})` : ''}`
    if (answer.status < 300) walked.taken.push(action.operation_id)
    if (answer.status === 400) walked.faults.push(...answer.body.errors.map((e: Json) => `${told}: ${e.pointer} ${e.code}`))
    if (answer.status === 403 || answer.status === 409) walked.refused.push(`${told}: ${answer.body.code} ${answer.body.detail}`)
  }
  return walked
}

t.test('a client that knows nothing but the list of actions and the document takes cases to their ends', async (t) => {
  const app = await testApp(t)
  const { body: document } = await app.call('GET', '/openapi.json', { key: null })
  const walks: Walk[] = []
  for (let seed = 1; seed <= CASES; seed++) walks.push(await walk(app, seeded(seed), document))

  t.strictSame([...new Set(walks.flatMap(({ faults }) => faults))].sort(), [], 'nothing that was needed was left out')
  t.strictSame([...new Set(walks.flatMap(({ refused }) => refused))].sort(), [], 'nothing that was listed was refused')
  t.strictSame(new Set(walks.map(({ end }) => end)), new Set(['closed']))
  const taken = new Set(walks.flatMap((one) => one.taken))
  const all = [complaintOperations, newPlanOperations, planOperations, stepOperations, newAppealOperations, appealOperations]
  const untaken = all.flatMap((operations) => Object.values(operations).map(({ id }) => id)).filter((id) => !taken.has(id))
  t.strictSame(
    untaken.filter((id) => !seldom.includes(id)),
    [],
    'every other action on a case was taken at least once',
  )
})
