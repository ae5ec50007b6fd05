/** The people of the simulated year: what they file, who of them is silent, and what the others do. */
import { type Random, seeded } from '../../scripts/demo/random.ts'
import type { CaseFile } from '../../src/case/case-file/case-file.ts'
import type { NewComplaintBody } from '../../src/case/complaints/filing-schema.ts'
import { actionsFor } from '../../src/case/decisions/available.ts'
import { addMs, HOUR, type Time } from '../../src/foundation/clock.ts'
import type { Actor } from '../../src/platform/access/caller.ts'
import type { AvailableActionOut } from '../../src/platform/wire/available-action.ts'
import type { Policy } from '../../src/rules/policy/schema.ts'
import { categories, channels } from '../../src/words/complaints.ts'
import { type Move, person } from '../support/rules.ts'
import { bodyOf } from './words.ts'

/** How likely each side is the next to act; a side of no weight is silent. */
type Temper = Readonly<Record<'complainant' | 'respondent' | 'staff', number>>

const tempers: readonly { often: number; temper: Temper }[] = [
  { often: 8, temper: { complainant: 3, respondent: 3, staff: 4 } },
  { often: 4, temper: { complainant: 0, respondent: 3, staff: 4 } },
  { often: 4, temper: { complainant: 3, respondent: 0, staff: 4 } },
  { often: 4, temper: { complainant: 0, respondent: 0, staff: 4 } },
  { often: 2, temper: { complainant: 3, respondent: 3, staff: 0.5 } },
]

/** A case as its people see it. */
export interface Affair {
  body: NewComplaintBody
  complainant: Actor
  /** Null where the platform itself is complained about: its staff act for it. */
  respondent: Actor | null
  temper: Temper
  /** How long they think between two moves, on average. */
  paceMs: number
  /** How many moves they have made. */
  moves: number
}

/** Mostly a buyer against a merchant; now and then the platform is the other side. */
const pairs = [
  { role: 'buyer', against: 'merchant', often: 8 },
  { role: 'buyer', against: 'platform', often: 1 },
  { role: 'merchant', against: 'platform', often: 1 },
] as const

export const newAffair = (random: Random, number: number): Affair => {
  const { role, against } = random.weighted(pairs, ({ often }) => often)
  const complainant = { role, id: `C-${number}` }
  const respondent = against === 'platform' ? null : ({ role: against, id: `M-${random.between(1, 50)}` } as const)
  // every tenth order is complained about twice, so that two cases draw on the money of one
  const order = number % 10 === 1 ? number - 1 : number
  const paid = seeded(order).between(100, 900_000)
  return {
    body: {
      channel: random.pick(channels),
      complainant,
      respondent: respondent ?? { role: 'platform', id: 'platform' },
      order: {
        id: `O-${order}`,
        currency: 'CNY',
        paid_amount: paid,
        lines: [{ line_id: '1', name: '平板电脑', quantity: 1, unit_amount: paid }],
      },
      category: random.pick(categories),
      description: '少发了保护膜',
      ...(random.chance(0.7) && { wanted: { remedy: 'refund', amount: random.between(1, paid) } }),
    },
    complainant,
    respondent,
    temper: random.weighted(tempers, ({ often }) => often).temper,
    paceMs: random.between(2, 16) * HOUR,
    moves: 0,
  }
}

/** After so many moves a supervisor brings the case to an end. */
const MOST_MOVES = 10

/** When somebody acts next. The first answer often comes at once, everything else takes its time. */
export const nextMoveAt = (random: Random, { moves, paceMs }: Affair, now: Time): Time =>
  moves === 0 && random.chance(0.6) ? now : addMs(now, Math.ceil(-Math.log(1 - random.next()) * paceMs))

const agents = ['agent:li', 'agent:chen'].map(person)
const supervisors = ['supervisor:zhao', 'supervisor:qian', 'supervisor:sun'].map(person)
/** They decide nothing but appeals, so that there is always one who took no part. */
const reviewers = ['supervisor:zhou', 'supervisor:wu'].map(person)

const whoActs = (random: Random, { complainant, respondent, temper, moves }: Affair, file: CaseFile): Actor => {
  const { status } = file.complaint
  if (moves >= MOST_MOVES) return random.pick(status === 'under_appeal' ? reviewers : supervisors)
  const sides = (['complainant', 'respondent', 'staff'] as const).filter((side) => side !== 'respondent' || respondent !== null)
  const side = status === 'submitted' && random.chance(0.7) ? 'staff' : random.weighted(sides, (one) => temper[one])
  if (side === 'complainant') return complainant
  if (side === 'respondent' && respondent !== null) return respondent
  if (status === 'under_appeal') return random.pick(reviewers)
  // the work is its owner's, as long as that is one of the agents
  const owner = agents.filter((agent) => file.complaint.owner === `agent:${agent.id}`)
  return random.pick([...(owner.length > 0 ? [...owner, ...owner, ...owner, ...owner] : [...agents, ...agents]), ...supervisors])
}

/** How likely a move is beside the others, and beside doing nothing: a case that is closed at once, or goes in circles, tells little. */
const weights: Readonly<Record<string, number>> = {
  accept: 10,
  respond: 6,
  provide_information: 6,
  propose: 8,
  submit: 6,
  approve: 6,
  complete_step: 8,
  determine_liability: 4,
  uphold: 2,
  deny: 4,
  create: 2,
  confirm: 2,
  impose: 1.5,
  decline: 1,
  file: 1,
  counter: 0.7,
  dismiss: 0.7,
  escalate: 0.7,
  suspend: 1,
  request_information: 0.7,
  reject: 0.5,
  send_back: 0.5,
  'assign of appeal': 1,
  reopen: 0.2,
  fail_step: 0.2,
  retry_step: 3,
  skip_step: 0.5,
  resume: 0.1,
}
const RARE = 0.05
const NOTHING = 1

const likely = (one: AvailableActionOut | undefined): number => {
  if (one === undefined) return NOTHING
  // who inspects what came back may as well let it pass
  if (one.on_silence === 'deem_passed') return RARE
  // nor does everybody pay on top
  if (one.step_kind === 'difference') return RARE
  return weights[`${one.action} of ${one.resource}`] ?? weights[one.action] ?? RARE
}

/** The two reviewers of this year would soon be used up; who judges then has tests of its own. */
const aboutPeople: readonly string[] = ['stand_down', 'challenge', 'judge_challenge']
/** How risky a case is has tests of its own (test/case/risk): its clocks run by day and by night. */
const aboutRisk: readonly string[] = ['set_risk', 'confirm_risk']

/** What somebody does in a case: an action that is open to them, with a body for it. */
export interface Deed {
  actor: Actor
  action: AvailableActionOut
  body: object
}

/** Undefined when whoever is next has nothing to do. */
export const nextDeed = (random: Random, affair: Affair, file: CaseFile, now: Time, policy: Policy): Deed | undefined => {
  const actor = whoActs(random, affair, file)
  const isParty = actor.role === 'buyer' || actor.role === 'merchant'
  const open = actionsFor(file, { actor, now, policy })
    // the fund has a model of its own (test/model/advances.test.ts)
    .filter(({ resource }) => !['advance', 'receivable', 'hold'].includes(resource))
    // words have tests of their own: they hold silences, and this year is about those
    .filter(({ resource, action }) => resource !== 'message' && ![...aboutPeople, ...aboutRisk].includes(action))
    .filter(
      // staff could report for a party, or speak for it, but that would spoil its silence
      ({ action, mandatory }) => isParty || mandatory || (action !== 'complete_step' && action !== 'provide_information'),
    )
  const end = affair.moves >= MOST_MOVES ? open.filter(({ action }) => action === 'close') : []
  const action = end[0] ?? random.weighted([...open, undefined], likely)
  return action && { actor, action, body: bodyOf(random, file, actor, action, now) }
}

/** The same action without HTTP. */
export const moveOf = ({ resource, action, href }: AvailableActionOut): Move => {
  const [, , , id = '', , step = ''] = href.split('/')
  if (resource === 'refund_plan' && action !== 'create')
    return { action, on: { plan: id, ...(action.endsWith('_step') && { step }) } }
  return resource === 'appeal' && action !== 'file' ? { action, on: { appeal: id } } : { action }
}
