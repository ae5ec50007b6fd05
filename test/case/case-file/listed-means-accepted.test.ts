import t from 'tap'
import { type Called, type Json, type TestApp, testApp } from '../../support/app.ts'
import {
  alice,
  type CaseStory,
  dismissal,
  liability,
  newOrder,
  qian,
  refundOf,
  returnOf,
  type Service,
  tell,
  tellToInvestigation,
  tellToLiability,
  zhao,
} from '../../support/story.ts'

/**
 * Who may do what when, written out by hand: every state of a case × every action on it and on what belongs to it × everybody. HTTP must
 * answer so, and `available_actions` must list exactly what is accepted.
 *
 * B buyer (complainant) · M merchant (respondent) · A agent who owns the case · C another agent · S supervisor who took no part ·
 * Q supervisor who wrote the plan · X admin · b, m another buyer and another merchant, who never find the case (404)
 */
const everybody = {
  B: 'buyer:B-1',
  M: 'merchant:M-1',
  A: alice,
  C: 'agent:bob',
  S: zhao,
  Q: qian,
  X: 'admin:root',
  b: 'buyer:B-2',
  m: 'merchant:M-2',
} as const
type Letter = keyof typeof everybody
const letters = Object.keys(everybody) as Letter[]
const strangers = 'bm'
/** Who can never move a case, or only one that nobody owns: tried in the first scene of each state, and where it says so. */
const bystanders = `${strangers}XC`

/** A scene: one case in one state, and who may take which action there. What is not named is refused. */
interface Scene {
  status: string
  tell: (app: Service) => Promise<CaseStory>
  may: Record<string, string>
  /** Bystanders are tried once more. */
  withBystanders?: true
  /** Nobody owns it yet. */
  unowned?: true
  /** Who fixed the liability, where the policy keeps that apart from the decision. */
  fixed?: string
  /** Who wrote the plan. */
  author?: string
  /** Who must not decide because of what they did. */
  apart?: string
  /** To whom the plan does not exist yet. */
  hidden?: string
  /** Whose turn the step is. */
  turn?: string
  appellant?: string
  /** Who reviews the appeal. */
  reviewer?: string
  /** Whom a side wants to have replaced: who decides nothing for the time being. */
  challenged?: string
}

const without = (who: string, left: string): string => [...who].filter((letter) => !left.includes(letter)).join('')

/** Who may decide: another agent's case is its owner's and the supervisors'. */
const decides = ({ unowned }: Scene): string => (unowned ? 'ACSQ' : 'ASQ')

/** Who may ever take an action; everybody else gets 403 in every state. */
const ever = {
  // who comes too late for a case that was accepted is told so
  'complaint accept': (scene: Scene) => (scene.status === 'submitted' ? decides(scene) : 'ACSQ'),
  'complaint reject': (scene: Scene) => without(decides(scene), scene.challenged ?? ''),
  'complaint request_information': decides,
  'complaint provide_information': () => 'BAC',
  'complaint respond': () => 'M',
  'complaint escalate': () => 'BMACSQ',
  'complaint assign': () => 'ACSQ',
  'complaint determine_liability': (scene: Scene) => without(decides(scene), scene.challenged ?? ''),
  'complaint dismiss': (scene: Scene) => without(decides(scene), `${scene.fixed ?? ''}${scene.challenged ?? ''}`),
  'complaint suspend': decides,
  'complaint resume': decides,
  'complaint withdraw': () => 'B',
  'complaint confirm': () => 'B',
  'complaint reopen': () => 'BSQ',
  'complaint close': () => 'SQ',
  'complaint no_answer_needed': () => 'ACSQ',
  'complaint stand_down': ({ unowned }: Scene) => (unowned ? '' : 'A'),
  'complaint challenge': () => 'BM',
  'complaint judge_challenge': () => 'SQ',
  'complaint confirm_risk': () => 'SQ',
  'complaint set_risk': () => 'ACSQ',
  'evidence add': () => 'BMACSQ',
  'evidence accept': decides,
  'evidence refuse': decides,
  'evidence withdraw': () => 'B',
  'refund_plan create': (scene: Scene) => `BM${decides(scene)}`,
  'refund_plan submit': ({ author = '' }: Scene) => author,
  'refund_plan approve': ({ author = '' }: Scene) => without('SQ', author),
  'refund_plan send_back': ({ author = '' }: Scene) => without('SQ', author),
  'refund_plan propose': (scene: Scene) => `${scene.author ?? ''}${decides(scene)}`,
  'refund_plan accept': () => 'BM',
  'refund_plan decline': () => 'BM',
  'refund_plan counter': () => 'BM',
  'refund_plan impose': ({ author = '', fixed = '' }: Scene) => without('SQ', `${author}${fixed}`),
  'refund_plan cancel': ({ author = '' }: Scene) => `${author}SQ`,
  'refund_plan complete_step': ({ turn = '' }: Scene) => `${turn}ACSQ`,
  'refund_plan fail_step': ({ turn = '' }: Scene) => `${turn}ACSQ`,
  'refund_plan progress_step': ({ turn = '' }: Scene) => `${turn}ACSQ`,
  'refund_plan return_step': () => 'ACSQ',
  'refund_plan retry_step': () => 'ACSQ',
  'refund_plan skip_step': decides,
  'refund_plan cancel_step': decides,
  'refund_plan name_payee_step': () => 'B',
  'refund_plan complete_later_step': () => 'MACSQ',
  'refund_plan fail_later_step': () => 'MACSQ',
  'appeal file': () => 'BM',
  'appeal assign': () => 'SQ',
  'appeal uphold': ({ apart = '' }: Scene) => without('SQ', apart),
  'appeal deny': ({ apart = '' }: Scene) => without('SQ', apart),
  'appeal withdraw': ({ appellant = '' }: Scene) => appellant,
  'appeal stand_down': ({ reviewer = '' }: Scene) => reviewer,
  'appeal challenge': () => 'BM',
  'message post': () => 'BMACSQ',
} satisfies Record<string, (scene: Scene) => string>
type ActionName = keyof typeof ever
const actionNames = Object.keys(ever) as ActionName[]

const bodies: Partial<Record<ActionName, Json>> = {
  'complaint reject': { reason_code: 'out_of_scope', explanation: '不在范围内' },
  'complaint request_information': { items: ['照片'] },
  'complaint provide_information': { statement: '照片已上传' },
  'complaint respond': { position: 'dispute', statement: '已足额发货' },
  'complaint escalate': { reason_code: 'no_agreement' },
  'complaint assign': { owner: alice },
  'complaint determine_liability': liability,
  'complaint dismiss': dismissal,
  'complaint suspend': { reason_code: 'court' },
  'complaint reopen': { explanation: '未解决' },
  'complaint close': { reason_code: 'other' },
  'complaint no_answer_needed': { reason_code: 'thanks' },
  'complaint stand_down': { reason_code: 'other' },
  'complaint set_risk': { level: 'high', reason_code: 'danger_confirmed', explanation: '已核实' },
  'complaint challenge': { reason_code: 'acquainted', explanation: '与商家负责人相识' },
  'appeal stand_down': { reason_code: 'other' },
  'appeal challenge': { reason_code: 'acquainted', explanation: '与商家负责人相识' },
  'evidence add': { type: 'statement', text: '收到时就是这样' },
  'evidence refuse': { explanation: '看不清' },
  'refund_plan create': refundOf(100),
  'refund_plan send_back': { explanation: '金额' },
  'refund_plan decline': { explanation: '不同意' },
  'refund_plan counter': refundOf(100),
  'refund_plan impose': { explanation: '责任明确' },
  'refund_plan cancel': { explanation: '撤回' },
  'refund_plan complete_step': { tracking_number: 'SF1', passed: true },
  'refund_plan fail_step': { explanation: 'refused' },
  'refund_plan return_step': { explanation: 'refused' },
  'refund_plan skip_step': { explanation: 'refused' },
  'refund_plan cancel_step': { explanation: 'refused' },
  'refund_plan name_payee_step': { payee_reference: 'payee_1' },
  'refund_plan complete_later_step': { tracking_number: 'SF1', passed: true },
  'refund_plan fail_later_step': { explanation: 'refused' },
  'appeal file': { reason_code: 'not_executed', statement: '未执行' },
  'appeal assign': { reviewer: 'supervisor:sun' },
  'appeal uphold': { explanation: '成立' },
  'appeal deny': { explanation: '不成立' },
}

const evidenceStands = {
  'evidence add': 'BMACSQ',
  'evidence accept': 'ASQ',
  'evidence refuse': 'ASQ',
  'evidence withdraw': 'B',
  'message post': 'BMACSQ',
}
const evidenceOfUnowned = { ...evidenceStands, 'evidence accept': 'ACSQ', 'evidence refuse': 'ACSQ' }
const openCase = { ...evidenceStands, 'complaint assign': 'SQ', 'complaint stand_down': 'A' }
const challengeable = { 'complaint challenge': 'BM' }
const investigated = {
  ...openCase,
  ...challengeable,
  'complaint request_information': 'ASQ',
  'complaint escalate': 'ACSQ',
  'complaint determine_liability': 'ASQ',
  'complaint suspend': 'ASQ',
  'complaint withdraw': 'B',
  'complaint close': 'SQ',
  'refund_plan create': 'BMASQ',
}
const judged = { ...investigated, 'complaint dismiss': 'ASQ' }
const confirming = {
  ...openCase,
  ...challengeable,
  'complaint escalate': 'ACSQ',
  'complaint withdraw': 'B',
  'complaint close': 'SQ',
}
/** What the payment system says of money that it was asked for, whatever became of plan and case. */
const ofPayment = {
  'refund_plan complete_step': 'ACSQ',
  'refund_plan fail_step': 'ACSQ',
  'refund_plan progress_step': 'ACSQ',
  'refund_plan return_step': 'ACSQ',
}
const carriedOut = { ...openCase, 'complaint escalate': 'ACSQ' }
const beingPaid = { ...carriedOut, ...ofPayment, 'refund_plan cancel_step': 'ASQ' }

const large = async (app: Service) =>
  (await tellToLiability(app, { order: newOrder(900_000) })).writePlan(qian, refundOf(600_000))
const tellDear = (app: Service) =>
  tellToLiability(app, { order: newOrder(900_000), wanted: { remedy: 'refund', amount: 500_001 } })
const inReview = async (app: Service) => (await large(app)).onPlan(qian, 'submit')
const proposed = async (app: Service, plan = refundOf(5_000)) =>
  (await (await tellToLiability(app)).writePlan(qian, plan)).onPlan(qian, 'propose')
const agreed = async (app: Service, plan = refundOf(5_000)) =>
  (await (await proposed(app, plan)).onPlan('buyer:B-1', 'accept')).onPlan('merchant:M-1', 'accept')
const imposed = async (app: Service, plan = refundOf(5_000)) =>
  (await (await tellToLiability(app)).writePlan(qian, plan)).onPlan('supervisor:li', 'impose', { explanation: '责任明确' })
const wrongFacts = { reason_code: 'wrong_facts', statement: '请复核' }
const appealed = async (app: Service, plan = refundOf(5_000)) => (await imposed(app, plan)).file('merchant:M-1', wrongFacts)

const says = async (story: CaseStory): Promise<CaseStory> => {
  await story.try('buyer:B-1', `/v1/complaints/${story.id}/messages`, { text: '在吗', visibility: 'parties' })
  return story
}

const scenes: Record<string, Scene> = {
  'newly submitted': {
    status: 'submitted',
    tell,
    unowned: true,
    may: {
      ...evidenceOfUnowned,
      'complaint accept': 'ACSQ',
      'complaint reject': 'ACSQ',
      'complaint request_information': 'ACSQ',
      'complaint assign': 'ACSQ',
      'complaint withdraw': 'B',
      'complaint close': 'SQ',
    },
  },
  'submitted and given to an agent': {
    status: 'submitted',
    tell: async (app) => (await tell(app)).by(qian, 'assign', { owner: alice }),
    withBystanders: true,
    may: {
      ...openCase,
      ...challengeable,
      'complaint accept': 'ASQ',
      'complaint reject': 'ASQ',
      'complaint request_information': 'ASQ',
      'complaint withdraw': 'B',
      'complaint close': 'SQ',
    },
  },
  'asked for information before acceptance': {
    status: 'awaiting_information',
    tell: async (app) => (await tell(app)).by(alice, 'request-information', { items: ['照片'] }),
    unowned: true,
    may: {
      ...evidenceOfUnowned,
      'complaint reject': 'ACSQ',
      'complaint provide_information': 'BAC',
      'complaint assign': 'ACSQ',
      'complaint withdraw': 'B',
      'complaint close': 'SQ',
    },
  },
  'asked for information after acceptance': {
    status: 'awaiting_information',
    tell: async (app) => (await tellToInvestigation(app)).by(alice, 'request-information', { items: ['照片'] }),
    withBystanders: true,
    may: {
      ...openCase,
      ...challengeable,
      'complaint provide_information': 'BAC',
      'complaint withdraw': 'B',
      'complaint close': 'SQ',
    },
  },
  'in talks, with an offer that the merchant has drafted': {
    status: 'negotiating',
    tell: async (app) => (await (await tell(app)).by(alice, 'accept')).writePlan('merchant:M-1', refundOf(3_000)),
    author: 'M',
    hidden: 'B',
    may: {
      ...openCase,
      ...challengeable,
      'complaint request_information': 'ASQ',
      'complaint respond': 'M',
      'complaint escalate': 'BMACSQ',
      'complaint withdraw': 'B',
      'complaint close': 'SQ',
      'refund_plan create': 'BMASQ',
      'refund_plan propose': 'MASQ',
      'refund_plan cancel': 'MSQ',
    },
  },
  'investigated, with words of the buyer that wait for an answer': {
    status: 'investigating',
    tell: async (app) => says(await tellToInvestigation(app)),
    may: { ...investigated, 'complaint no_answer_needed': 'ACSQ' },
  },
  'investigated, nobody found liable yet': { status: 'investigating', tell: tellToInvestigation, may: investigated },
  'investigated, and the buyer has challenged the owner': {
    status: 'investigating',
    tell: async (app) => (await tellToInvestigation(app)).by('buyer:B-1', 'challenge', bodies['complaint challenge']),
    challenged: 'A',
    may: {
      ...investigated,
      'complaint determine_liability': 'SQ',
      'complaint challenge': 'M',
      'complaint judge_challenge': 'SQ',
    },
  },
  'investigated on the highest level': {
    status: 'investigating',
    tell: async (app) => (await tellToLiability(app)).by(alice, 'escalate', { reason_code: 'panel' }),
    may: { ...judged, 'complaint escalate': '' },
  },
  'with a plan that needs approval': {
    status: 'investigating',
    tell: large,
    author: 'Q',
    hidden: 'BM',
    may: { ...judged, 'refund_plan submit': 'Q', 'refund_plan impose': 'S', 'refund_plan cancel': 'SQ' },
  },
  'about more than may be approved alone, its liability fixed by the owner': {
    status: 'investigating',
    tell: tellDear,
    fixed: 'A',
    may: { ...judged, 'complaint dismiss': 'SQ' },
  },
  'about more than may be approved alone, its liability fixed by a supervisor': {
    status: 'investigating',
    tell: async (app) => (await (await tellDear(app)).by(qian, 'determine-liability', liability)).writePlan(alice, refundOf(100)),
    author: 'A',
    fixed: 'Q',
    hidden: 'BM',
    may: {
      ...judged,
      'complaint dismiss': 'AS',
      'refund_plan propose': 'ASQ',
      'refund_plan impose': 'S',
      'refund_plan cancel': 'ASQ',
    },
  },
  'with a plan in review': {
    status: 'investigating',
    tell: inReview,
    author: 'Q',
    hidden: 'BM',
    may: { ...judged, 'refund_plan approve': 'S', 'refund_plan send_back': 'S', 'refund_plan cancel': 'SQ' },
  },
  'with an approved plan': {
    status: 'investigating',
    tell: async (app) => (await inReview(app)).onPlan('supervisor:li', 'approve'),
    withBystanders: true,
    author: 'Q',
    hidden: 'BM',
    may: { ...judged, 'refund_plan propose': 'ASQ', 'refund_plan impose': 'S', 'refund_plan cancel': 'SQ' },
  },
  'with a plan that was declined': {
    status: 'investigating',
    tell: async (app) => (await proposed(app)).onPlan('merchant:M-1', 'decline', { explanation: '不同意' }),
    author: 'Q',
    may: { ...judged, 'refund_plan impose': 'S' },
  },
  'with a plan that has failed': {
    status: 'investigating',
    tell: async (app) => {
      const story = await (await agreed(app)).onStep(alice, 'fail', { explanation: 'account_closed' })
      return story.onPlan(alice, `steps/${story.plan.steps[0].id}/skip`, { explanation: 'account_closed' })
    },
    author: 'Q',
    may: { ...judged, ...ofPayment },
  },
  'with a payment that failed': {
    status: 'executing',
    tell: async (app) => (await agreed(app)).onStep(alice, 'fail', { explanation: 'account_closed' }),
    author: 'Q',
    may: { ...carriedOut, ...ofPayment, 'refund_plan retry_step': 'ACSQ', 'refund_plan skip_step': 'ASQ' },
  },
  'with a plan before both sides': {
    status: 'awaiting_confirmation',
    tell: proposed,
    author: 'Q',
    may: {
      ...confirming,
      'refund_plan accept': 'BM',
      'refund_plan decline': 'BM',
      'refund_plan counter': 'BM',
      'refund_plan impose': 'S',
      'refund_plan cancel': 'SQ',
    },
  },
  'with a plan that the buyer has accepted': {
    status: 'awaiting_confirmation',
    tell: async (app) => (await proposed(app)).onPlan('buyer:B-1', 'accept'),
    author: 'Q',
    may: {
      ...confirming,
      'refund_plan accept': 'M',
      'refund_plan decline': 'BM',
      'refund_plan counter': 'BM',
      'refund_plan impose': 'S',
      'refund_plan cancel': 'SQ',
    },
  },
  'with an agreed refund to be paid': { status: 'executing', tell: agreed, author: 'Q', may: beingPaid },
  'with goods to be sent back by decision': {
    status: 'executing',
    tell: (app) => imposed(app, returnOf(5_000)),
    author: 'Q',
    turn: 'B',
    may: { ...carriedOut, 'refund_plan complete_step': 'BACSQ', 'refund_plan fail_step': 'BACSQ', 'appeal file': 'BM' },
  },
  'resolved by agreement': {
    status: 'resolved',
    tell: async (app) => (await agreed(app)).onStep(alice, 'complete', { payment_reference: 'PAY-1' }),
    author: 'Q',
    may: { ...openCase, ...ofPayment, 'complaint confirm': 'B', 'complaint reopen': 'BSQ', 'complaint close': 'SQ' },
  },
  'resolved by agreement, held by words of the buyer': {
    status: 'resolved',
    tell: async (app) => says(await (await agreed(app)).onStep(alice, 'complete', { payment_reference: 'PAY-1' })),
    author: 'Q',
    may: {
      ...openCase,
      ...ofPayment,
      'complaint confirm': 'B',
      'complaint reopen': 'BSQ',
      'complaint close': 'SQ',
      'complaint no_answer_needed': 'ACSQ',
    },
  },
  'resolved by dismissal': {
    status: 'resolved',
    tell: async (app) => (await tellToLiability(app)).by(alice, 'dismiss', dismissal),
    may: { ...openCase, 'complaint confirm': 'B', 'complaint reopen': 'BSQ', 'complaint close': 'SQ', 'appeal file': 'B' },
  },
  rejected: {
    status: 'rejected',
    tell: async (app) => (await tell(app)).by(alice, 'reject', bodies['complaint reject']),
    unowned: true,
    may: { ...evidenceOfUnowned, 'complaint assign': 'ACSQ', 'complaint close': 'SQ', 'appeal file': 'BM' },
  },
  suspended: {
    status: 'suspended',
    tell: async (app) => (await tellToInvestigation(app)).by(alice, 'suspend', { reason_code: 'court' }),
    may: { ...openCase, ...challengeable, 'complaint resume': 'ASQ', 'complaint withdraw': 'B', 'complaint close': 'SQ' },
  },
  'appealed, with a refund on its way': {
    status: 'under_appeal',
    tell: appealed,
    author: 'Q',
    apart: 'Q',
    appellant: 'M',
    may: {
      ...openCase,
      ...ofPayment,
      'appeal assign': 'SQ',
      'appeal uphold': 'S',
      'appeal deny': 'S',
      'appeal withdraw': 'M',
    },
  },
  'appealed, with goods to be sent back': {
    status: 'under_appeal',
    tell: (app) => appealed(app, returnOf(5_000)),
    author: 'Q',
    turn: 'B',
    apart: 'Q',
    appellant: 'M',
    may: { ...openCase, 'appeal assign': 'SQ', 'appeal uphold': 'S', 'appeal deny': 'S', 'appeal withdraw': 'M' },
  },
  'appealed by the buyer, whose proof this supervisor refused': {
    status: 'under_appeal',
    tell: async (app) => {
      const story = await imposed(app)
      await story.try(zhao, `/v1/evidence/${story.evidence.id}/refuse`, { explanation: '看不清' })
      return story.file('buyer:B-1', wrongFacts)
    },
    author: 'Q',
    apart: 'SQ',
    appellant: 'B',
    may: {
      'evidence add': 'BMACSQ',
      'message post': 'BMACSQ',
      'complaint assign': 'SQ',
      'complaint stand_down': 'A',
      ...ofPayment,
      'appeal assign': 'SQ',
      'appeal withdraw': 'B',
    },
  },
  'under review by this supervisor': {
    status: 'under_appeal',
    tell: async (app) => (await appealed(app)).onAppeal(qian, 'assign', { reviewer: zhao }),
    author: 'Q',
    apart: 'Q',
    appellant: 'M',
    reviewer: 'S',
    may: {
      ...openCase,
      ...ofPayment,
      'appeal assign': 'SQ',
      'appeal uphold': 'S',
      'appeal deny': 'S',
      'appeal withdraw': 'M',
      'appeal stand_down': 'S',
      'appeal challenge': 'BM',
    },
  },
  'under review by another supervisor': {
    status: 'under_appeal',
    tell: async (app) => (await appealed(app)).onAppeal(qian, 'assign', { reviewer: 'supervisor:sun' }),
    author: 'Q',
    apart: 'Q',
    appellant: 'M',
    may: {
      ...openCase,
      ...ofPayment,
      'appeal assign': 'SQ',
      'appeal withdraw': 'M',
      'appeal challenge': 'BM',
    },
  },
  'back from a denied appeal': {
    status: 'executing',
    tell: async (app) => (await appealed(app)).onAppeal(zhao, 'deny', { explanation: '不成立' }),
    author: 'Q',
    apart: 'Q',
    reviewer: 'S',
    appellant: 'M',
    may: { ...beingPaid, 'appeal file': 'B' },
  },
  'closed by a supervisor': {
    status: 'closed',
    tell: async (app) => (await tellToInvestigation(app)).by(qian, 'close', { reason_code: 'other' }),
    may: { 'message post': 'ACSQ', 'appeal file': 'BM', 'evidence add': 'BM' },
  },
  withdrawn: {
    status: 'closed',
    tell: async (app) => (await tellToInvestigation(app)).by('buyer:B-1', 'withdraw'),
    may: { 'message post': 'ACSQ' },
  },
  'confirmed after an agreement': {
    status: 'closed',
    tell: async (app) => (await (await agreed(app)).onStep(alice, 'complete')).by('buyer:B-1', 'confirm'),
    author: 'Q',
    may: { ...ofPayment, 'message post': 'ACSQ' },
  },
}

/** The URL of an action in a story; `undefined` where there is nothing to take it on. */
const hrefOf = (story: CaseStory, name: ActionName): string | undefined => {
  const [resource, action = ''] = name.split(' ')
  const verb = action.replaceAll('_', '-')
  const { id, plan, appeal, evidence } = story
  if (name === 'message post') return `/v1/complaints/${id}/messages`
  if (name === 'evidence add') return `/v1/complaints/${id}/evidence`
  if (name === 'refund_plan create') return `/v1/complaints/${id}/refund-plans`
  if (name === 'appeal file') return `/v1/complaints/${id}/appeals`
  if (resource === 'complaint') return `/v1/complaints/${id}/${verb}`
  if (resource === 'evidence') return `/v1/evidence/${evidence.id}/${verb}`
  if (resource === 'appeal') return appeal && `/v1/appeals/${appeal.id}/${verb}`
  if (!action.endsWith('_step')) return plan && `/v1/refund-plans/${plan.id}/${verb}`
  const step = plan?.steps[action.includes('later') ? 1 : 0]
  return step && `/v1/refund-plans/${plan.id}/steps/${step.id}/${action.replace(/(_later)?_step$/, '').replaceAll('_', '-')}`
}

/** What changes nothing for the others; every other success gets a case of its own. */
const leavesRoom: readonly ActionName[] = ['evidence add', 'refund_plan create', 'message post']

/** What HTTP must answer: 2xx, 403, 404 or 409. */
const expected = (scene: Scene, name: ActionName, who: Letter): string => {
  const onPlan = name.startsWith('refund_plan') && name !== 'refund_plan create'
  if (strangers.includes(who) || (onPlan && scene.hidden?.includes(who))) return '404'
  // the risk of any case that goes on is anybody's of the staff to set
  const may = name === 'complaint set_risk' && scene.status !== 'closed' ? ever[name]() : scene.may[name]
  if (may?.includes(who)) return '2xx'
  return ever[name](scene).includes(who) ? '409' : '403'
}

const answered = ({ status }: Called): string => (status >= 200 && status <= 299 ? '2xx' : String(status))

/** The case of a scene, with a proof of the buyer from its very start: a closed case takes none. */
const begin = ({ call }: TestApp, scene: Scene): Promise<CaseStory> =>
  scene.tell({ call, first: (story) => story.addEvidence('buyer:B-1') })

/** What somebody is shown of a case and of what belongs to it, by URL. */
const listedFor = async (app: Service, story: CaseStory, who: Letter): Promise<string[]> => {
  const seen = await Promise.all(
    [
      `/v1/complaints/${story.id}`,
      `/v1/evidence/${story.evidence.id}`,
      story.plan && `/v1/refund-plans/${story.plan.id}`,
      story.appeal && `/v1/appeals/${story.appeal.id}`,
    ]
      .filter((href) => href !== undefined)
      .map((href) => app.call('GET', href, { as: everybody[who] })),
  )
  return [
    // whether the fund pays is weighed by facts beyond the case, and settlements are held beside it: test/case/{advances,holds}
    ...new Set(
      seen.flatMap(({ body }) =>
        (body.available_actions ?? [])
          .filter(({ resource }: Json) => resource !== 'advance' && resource !== 'hold')
          .map((action: Json) => action.href),
      ),
    ),
  ].sort() as string[]
}

/** Of the challenge that is open, or where none is, of one that nobody knows. */
const judgementOf = async (story: CaseStory): Promise<Json> => {
  const { challenges } = await story.seenBy(alice)
  return { challenge_id: challenges[0]?.id ?? story.id, sustained: false, explanation: '裁决意见' }
}

t.test('what is listed is accepted, and nothing else', async (t) => {
  const app = await testApp(t)
  const attempt = async (story: CaseStory, name: ActionName, who: Letter, href: string) => {
    if (name === 'complaint judge_challenge') return story.try(everybody[who], href, await judgementOf(story))
    // a closed case takes the remarks of staff among themselves
    if (name === 'message post')
      return story.try(everybody[who], href, { text: '备注', visibility: 'BM'.includes(who) ? 'parties' : 'internal' })
    // an agent takes an unowned case for itself alone
    const body = name === 'complaint assign' && who === 'C' ? { owner: everybody.C } : (bodies[name] ?? {})
    return story.try(everybody[who], href, body)
  }

  const seen = new Set<string>()
  for (const [title, scene] of Object.entries(scenes)) {
    const people = seen.has(scene.status) && !scene.withBystanders ? letters.filter((who) => !bystanders.includes(who)) : letters
    seen.add(scene.status)
    await t.test(`${scene.status}: ${title}`, async (t) => {
      const story = await begin(app, scene)
      t.equal((await story.seenBy(alice)).status, scene.status)
      const cells = actionNames.flatMap((name) => {
        const href = hrefOf(story, name)
        return href === undefined ? [] : people.map((who) => ({ name, who, href, expect: expected(scene, name, who) }))
      })

      const listed = await Promise.all(people.map(async (who) => [who, await listedFor(app, story, who)] as const))
      for (const [who, hrefs] of listed) {
        const accepted = cells.filter((cell) => cell.who === who && cell.expect === '2xx').map((cell) => cell.href)
        t.strictSame(hrefs, accepted.sort(), `listed for ${everybody[who]}`)
      }

      const refusals = cells.filter((cell) => cell.expect !== '2xx')
      const refused = await Promise.all(refusals.map((cell) => attempt(story, cell.name, cell.who, cell.href)))
      t.strictSame(
        refusals.map((cell, i) => `${cell.name} by ${cell.who}: ${answered(refused[i] as Called)}`),
        refusals.map((cell) => `${cell.name} by ${cell.who}: ${cell.expect}`),
      )

      const successes = cells.filter((cell) => cell.expect === '2xx')
      const accepted = await Promise.all(
        successes.map(async (cell) => {
          const own = leavesRoom.includes(cell.name) ? story : await begin(app, scene)
          return attempt(own, cell.name, cell.who, hrefOf(own, cell.name) as string)
        }),
      )
      t.strictSame(
        successes.map((cell, i) => `${cell.name} by ${cell.who}: ${answered(accepted[i] as Called)}`),
        successes.map((cell) => `${cell.name} by ${cell.who}: 2xx`),
      )
    })
  }
})
