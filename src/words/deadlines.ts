/**
 * The closed lists of the clocks: wire values, in the order they are documented. Each kind of clock is declared once, in the table
 * `clockOf`. Code that handles each kind separately is keyed by `DeadlineKind`, so it does not compile until a new kind is added to it.
 */
import type { ClockReason } from './clock-reasons.ts'
import { type ComplaintState, complaintStateNames, undecidedStates } from './complaints.ts'

/** The sides of a case: its two parties and the platform. */
export const sides = ['complainant', 'respondent', 'platform'] as const
export type Side = (typeof sides)[number]
export type PartySide = 'complainant' | 'respondent'

export const deadlineStatuses = ['running', 'paused', 'met', 'missed', 'cancelled'] as const
export type DeadlineStatus = (typeof deadlineStatuses)[number]

/** What a policy can choose to happen when nobody acts in time. */
export const chosenSilences = [
  'escalate',
  'remind',
  'close_no_response',
  'deem_accepted',
  'expire_and_escalate',
  'close_return_not_shipped',
  'deem_passed',
  'resume',
  'close',
  'window_shuts',
  'deem_agreed',
  'call_last_resort',
  'end_undecided',
  'replace',
  'call_supervisors',
  'refer',
  'leave_unclaimed',
  'finding_stands',
  'refund_due',
  'refund_without_return',
  'skip_remedy',
  'return_to_fund',
  'claw_back',
  'write_off',
  'release_hold',
  'ask_advance',
  'risk_stands',
] as const
export type ChosenSilence = (typeof chosenSilences)[number]

/**
 * What the service does when nobody acts in time. No policy chooses the last three for a clock: `propose_wanted` proposes what the
 * complainant wants, where `platform_silence` of the policy says so; `tell` tells of a miss; `end_hold` ends a hold by messages that has
 * lasted too long.
 */
export const silences = [...chosenSilences, 'propose_wanted', 'tell', 'end_hold'] as const
export type OnSilence = (typeof silences)[number]

/** What ends something for a party that said nothing. The platform's switch of automation stops these. */
export const closesOrDeems: readonly OnSilence[] = [
  'close',
  'close_no_response',
  'close_return_not_shipped',
  'deem_accepted',
  'deem_agreed',
  'deem_passed',
  'end_undecided',
  'leave_unclaimed',
  'finding_stands',
  'refund_due',
  'refund_without_return',
  'skip_remedy',
  'return_to_fund',
  'claw_back',
  'write_off',
  'ask_advance',
]

/** What only calls somebody in and decides nothing. */
export const callsIn: readonly OnSilence[] = ['escalate', 'remind', 'call_supervisors', 'tell']

/**
 * What a rule of a policy may list in `on_silence`, by position. A word of `last` ends the wait, or calls somebody in again and again while
 * the duty stays owed. A word of `before` leads on to the next one. No policy can extend the ladder, which follows from `case/silence/`.
 */
export interface Ladder {
  last: readonly ChosenSilence[]
  before: readonly ChosenSilence[]
}

/** One kind of clock. */
export interface Clock {
  name: { zh: string; en: string }
  /** The sides whose duty it can be. Lists of deadlines do not search for a kind among the clocks of any other side. */
  sides: readonly Side[]
  /** What a policy can choose for its silence. Null for a clock that no policy counts. */
  ladder: Ladder | null
  /**
   * The states of the case in which the clock may be open; in `anyState` it outlives the case. When the case leaves these states the clock
   * ends by itself, so no rule has to end it.
   */
  livesIn: readonly ComplaintState[]
  /** When the case reaches one of these states, the clock is met. Any other state outside `livesIn` cancels it. */
  metIn?: readonly ComplaintState[]
  /** The duty stays owed after each miss: the clock starts again, for the next step of `while_overdue` in the policy. */
  repeats?: true
  /** The duty stays owed after its last miss, although nothing more happens on silence. */
  staysOwed?: true
  /** It runs on while the case waits for a side: it began with that wait, or it is owed to a party that wrote. */
  runsOn?: true
  /** It stands still while an appeal is open. */
  waitsForAppeal?: true
  /** Its pauses follow a rule of their own and not the kind of time that it counts in. */
  pausesByItself?: true
  /** A message of its side can hold its silence. Not so for `respondent_response` (a chat is no answer) and `appeal_window` (no duty). */
  hears?: true
  /** No party sees it: it is about something that only staff know of. */
  staffOnly?: true
  /** Its warnings and misses are told at any hour, also at night: it is about somebody's health or the public eye. */
  anyHour?: true
  /** The case promises it: `sla` tells whether the promise was kept. */
  promised?: true
  /** The reasons that are told when it starts, is met, and ends without having been met. */
  reasons: { started: ClockReason; met: ClockReason; cancelled?: ClockReason }
}

const stillOpen = Object.keys(complaintStateNames).filter((state) => state !== 'closed') as ComplaintState[]
/** The undecided states of a case that has been taken up. */
const beforeExecution: readonly ComplaintState[] = undecidedStates.filter((state) => state !== 'submitted')

/** Of a clock that outlives its case. */
export const anyState = Object.keys(complaintStateNames) as ComplaintState[]

const escalates: Ladder = { last: ['escalate'], before: ['remind', 'escalate'] }
/** A duty of the platform. Its silence calls in the level above. */
const ofPlatform = { sides: ['platform'], ladder: escalates } as const
const ofStep = {
  livesIn: ['executing', 'under_appeal'],
  repeats: true,
  waitsForAppeal: true,
  reasons: { started: 'turn_of_step', met: 'step_reported', cancelled: 'step_not_needed' },
} as const
/** What is about money that the payment system was asked for lives on, whatever becomes of the case: nothing else would end it. */
const ofMoney = { livesIn: anyState, repeats: true, runsOn: true } as const
/** What a critical case is owed, by day and by night. No party sees it: it would tell of the risk. */
const ofFastLane = {
  sides: ['platform'],
  ladder: { last: ['call_supervisors', 'escalate'], before: ['remind', 'call_supervisors', 'escalate'] },
  repeats: true,
  runsOn: true,
  staffOnly: true,
  anyHour: true,
} as const
/** A reminder that the service sets for itself; it is nobody's duty. */
const ofService = { sides: ['platform'], ladder: null, livesIn: stillOpen } as const

const table = {
  first_response: {
    name: { zh: '首次响应', en: 'first response' },
    ...ofPlatform,
    livesIn: ['submitted'],
    repeats: true,
    promised: true,
    reasons: { started: 'complaint_waits', met: 'first_word_given' },
  },
  completion: {
    name: { zh: '全程处理', en: 'whole handling' },
    ...ofPlatform,
    livesIn: [...undecidedStates, 'executing', 'under_appeal'],
    metIn: ['resolved', 'rejected', 'closed'],
    repeats: true,
    pausesByItself: true,
    reasons: { started: 'complaint_filed', met: 'case_at_rest' },
  },
  resolution: {
    name: { zh: '办结', en: 'resolution' },
    ...ofPlatform,
    // includes `submitted`: the first answer starts it and may come before acceptance
    livesIn: undecidedStates,
    metIn: ['executing', 'resolved', 'rejected', 'closed'],
    repeats: true,
    promised: true,
    reasons: { started: 'case_taken_up', met: 'case_settled_or_decided' },
  },
  intervention: {
    name: { zh: '介入判责', en: 'intervention' },
    ...ofPlatform,
    livesIn: ['investigating', 'awaiting_information', 'suspended', 'awaiting_confirmation'],
    staysOwed: true,
    reasons: { started: 'platform_stepped_in', met: 'platform_decided' },
  },
  information: {
    name: { zh: '补充材料', en: 'missing information' },
    sides: ['complainant'],
    ladder: { last: ['close_no_response'], before: ['remind'] },
    livesIn: ['awaiting_information'],
    runsOn: true,
    hears: true,
    reasons: { started: 'information_requested', met: 'information_provided' },
  },
  respondent_response: {
    name: { zh: '应诉', en: 'answer of the respondent' },
    sides: ['respondent'],
    // the platform steps in, or the respondent counts as agreeing to what was wanted; both end the respondent's turn
    ladder: { last: ['escalate', 'deem_agreed'], before: ['remind'] },
    livesIn: ['negotiating', 'awaiting_information', 'awaiting_confirmation'],
    reasons: { started: 'respondent_asked', met: 'respondent_answered' },
  },
  confirmation: {
    name: { zh: '确认方案', en: 'answer to a plan' },
    sides: ['complainant', 'respondent'],
    ladder: { last: ['expire_and_escalate', 'deem_accepted'], before: ['remind', 'escalate'] },
    livesIn: ['awaiting_confirmation'],
    hears: true,
    reasons: { started: 'plan_proposed', met: 'plan_answered', cancelled: 'plan_left_the_table' },
  },
  difference: {
    name: { zh: '支付换货差价', en: 'difference of an exchange' },
    sides: ['complainant'],
    ladder: { last: ['skip_remedy', 'escalate'], before: ['remind', 'escalate'] },
    hears: true,
    ...ofStep,
  },
  return_address: {
    name: { zh: '提供退货地址', en: 'address for the return' },
    sides: ['respondent'],
    // who names none keeps nobody waiting for ever: what would be refunded against the goods is refunded without them
    ladder: { last: ['refund_without_return', 'escalate'], before: ['remind', 'escalate'] },
    hears: true,
    ...ofStep,
  },
  return_shipment: {
    name: { zh: '寄回商品', en: 'return of the goods' },
    sides: ['complainant'],
    ladder: { last: ['close_return_not_shipped', 'escalate'], before: ['remind', 'escalate'] },
    hears: true,
    ...ofStep,
  },
  return_again: {
    name: { zh: '再次寄回商品', en: 'return of the goods, asked once more' },
    sides: ['complainant'],
    ladder: { last: ['close_return_not_shipped', 'escalate'], before: ['remind', 'escalate'] },
    hears: true,
    ...ofStep,
  },
  inspection: {
    name: { zh: '验收', en: 'inspection' },
    sides: ['respondent'],
    ladder: { last: ['deem_passed', 'escalate'], before: ['remind', 'escalate'] },
    hears: true,
    ...ofStep,
  },
  refund: {
    name: { zh: '退款', en: 'refund' },
    ...ofPlatform,
    ...ofStep,
  },
  step: {
    name: { zh: '执行步骤', en: 'step of a plan' },
    sides: ['respondent', 'platform'],
    ladder: escalates,
    hears: true,
    ...ofStep,
  },
  arrival: {
    name: { zh: '收货', en: 'arrival of the goods' },
    sides: ['complainant', 'respondent'],
    // what nobody confirms, the platform decides on proof
    ladder: { last: ['refer', 'escalate'], before: ['remind', 'escalate'] },
    hears: true,
    ...ofStep,
  },
  arrival_decision: {
    name: { zh: '判定是否收货', en: 'decision whether goods arrived' },
    ...ofPlatform,
    ...ofStep,
    reasons: { started: 'arrival_in_doubt', met: 'step_reported', cancelled: 'step_not_needed' },
  },
  contest: {
    name: { zh: '对验收结果提出异议', en: 'contest of an inspection' },
    sides: ['complainant'],
    ladder: { last: ['finding_stands', 'escalate'], before: ['remind', 'escalate'] },
    hears: true,
    ...ofStep,
  },
  contest_decision: {
    name: { zh: '裁定验收异议', en: 'decision of a contest' },
    ...ofPlatform,
    ...ofStep,
    reasons: { started: 'inspection_contested', met: 'step_reported', cancelled: 'step_not_needed' },
  },
  send_back: {
    name: { zh: '退还商品', en: 'return of goods that are not refunded' },
    sides: ['respondent'],
    ladder: { last: ['refund_due', 'escalate'], before: ['remind', 'escalate'] },
    hears: true,
    ...ofStep,
  },
  payment: {
    name: { zh: '支付系统答复', en: 'answer of the payment system' },
    ...ofPlatform,
    ...ofMoney,
    reasons: { started: 'payment_awaited', met: 'step_reported', cancelled: 'step_not_needed' },
  },
  step_decision: {
    name: { zh: '处置未成步骤', en: 'decision on a step that failed' },
    ...ofPlatform,
    ...ofMoney,
    waitsForAppeal: true,
    reasons: { started: 'step_came_to_nothing', met: 'step_decided', cancelled: 'step_not_needed' },
  },
  payee_details: {
    name: { zh: '确认收款账户', en: 'account that money can be paid to' },
    sides: ['complainant'],
    ladder: { last: ['leave_unclaimed', 'escalate'], before: ['remind', 'escalate'] },
    ...ofMoney,
    waitsForAppeal: true,
    reasons: { started: 'payments_failed', met: 'step_decided', cancelled: 'step_not_needed' },
  },
  suspension: {
    name: { zh: '中止期', en: 'suspension' },
    sides: ['platform'],
    ladder: { last: ['resume'], before: ['remind'] },
    livesIn: ['suspended'],
    runsOn: true,
    reasons: { started: 'case_suspended', met: 'case_resumed' },
  },
  auto_close: {
    name: { zh: '确认结案', en: 'confirmation of the outcome' },
    sides: ['complainant'],
    ladder: { last: ['close'], before: ['remind'] },
    livesIn: ['resolved', 'rejected', 'under_appeal'],
    waitsForAppeal: true,
    hears: true,
    reasons: { started: 'outcome_reached', met: 'outcome_answered' },
  },
  appeal_window: {
    name: { zh: '申诉期', en: 'window to appeal' },
    sides: ['complainant', 'respondent'],
    // a right that runs out reminds nobody and calls nobody in
    ladder: { last: ['window_shuts'], before: [] },
    livesIn: anyState,
    reasons: { started: 'decision_contestable', met: 'appeal_filed', cancelled: 'right_given_up' },
  },
  appeal_decision: {
    name: { zh: '申诉复核', en: 'decision of an appeal' },
    ...ofPlatform,
    livesIn: ['under_appeal'],
    repeats: true,
    reasons: { started: 'appeal_filed', met: 'appeal_decided', cancelled: 'appeal_withdrawn' },
  },
  next_reply: {
    name: { zh: '答复留言', en: 'answer to words' },
    ...ofPlatform,
    livesIn: stillOpen,
    repeats: true,
    runsOn: true,
    reasons: { started: 'words_wait', met: 'words_answered' },
  },
  last_resort: {
    name: { zh: '最终裁决人', en: 'decision of the last resort' },
    sides: ['platform'],
    // the person of last resort may stay silent too, and an appeal must not wait for ever
    ladder: { last: ['end_undecided'], before: ['call_last_resort'] },
    livesIn: [...beforeExecution, 'under_appeal'],
    metIn: ['executing', 'resolved', 'rejected', 'closed'],
    repeats: true,
    reasons: { started: 'highest_level_reached', met: 'case_settled_or_decided' },
  },
  challenge: {
    name: { zh: '回避申请裁决', en: 'judgement of a challenge' },
    sides: ['platform'],
    ladder: { last: ['replace'], before: ['remind'] },
    livesIn: stillOpen,
    reasons: { started: 'challenge_filed', met: 'challenge_judged' },
  },
  approval: {
    name: { zh: '方案审批', en: 'approval of a plan' },
    sides: ['platform'],
    // whoever may approve is told; the case itself need not climb for it
    ladder: { last: ['call_supervisors', 'escalate'], before: ['remind', 'call_supervisors', 'escalate'] },
    livesIn: beforeExecution,
    repeats: true,
    staffOnly: true,
    reasons: { started: 'approval_asked', met: 'approval_decided', cancelled: 'approval_not_needed' },
  },
  advance_approval: {
    name: { zh: '垫付审批', en: 'approval of an advance' },
    sides: ['platform'],
    ladder: { last: ['call_supervisors', 'escalate'], before: ['remind', 'call_supervisors', 'escalate'] },
    livesIn: anyState,
    repeats: true,
    waitsForAppeal: true,
    staffOnly: true,
    reasons: { started: 'advance_asked', met: 'advance_decided', cancelled: 'advance_ended' },
  },
  // off until a policy says from when an advance is owed (`advance_due_from`)
  advance_due: {
    name: { zh: '先行垫付期限', en: 'advance that is owed' },
    sides: ['platform'],
    ladder: { last: ['escalate', 'ask_advance'], before: ['remind', 'escalate'] },
    livesIn: stillOpen,
    metIn: ['resolved', 'rejected', 'closed'],
    repeats: true,
    runsOn: true,
    waitsForAppeal: true,
    reasons: { started: 'advance_owed', met: 'advance_owed_no_more' },
  },
  buyer_answer: {
    name: { zh: '买家说明退货情况', en: 'answer of the buyer about goods that did not come back' },
    sides: ['complainant'],
    ladder: { last: ['return_to_fund', 'escalate'], before: ['remind', 'escalate'] },
    livesIn: anyState,
    repeats: true,
    waitsForAppeal: true,
    hears: true,
    reasons: { started: 'return_in_doubt', met: 'advance_decided', cancelled: 'advance_ended' },
  },
  merchant_pays: {
    name: { zh: '商家偿还垫付款', en: 'the merchant pays an advance back' },
    sides: ['respondent'],
    ladder: { last: ['claw_back', 'escalate'], before: ['remind', 'escalate'] },
    livesIn: anyState,
    repeats: true,
    runsOn: true,
    waitsForAppeal: true,
    reasons: { started: 'recovery_asked', met: 'recovery_ended', cancelled: 'advance_ended' },
  },
  debt: {
    name: { zh: '清偿欠款', en: 'payment of a debt' },
    sides: ['complainant', 'respondent'],
    ladder: { last: ['write_off', 'escalate'], before: ['remind', 'escalate'] },
    livesIn: anyState,
    repeats: true,
    runsOn: true,
    waitsForAppeal: true,
    reasons: { started: 'debt_arose', met: 'debt_ended', cancelled: 'debt_ended' },
  },
  hold_answer: {
    name: { zh: '暂缓结算答复', en: 'answer about a held settlement' },
    ...ofPlatform,
    ...ofMoney,
    staffOnly: true,
    reasons: { started: 'hold_asked', met: 'hold_answered', cancelled: 'hold_not_waited_for' },
  },
  hold_release: {
    name: { zh: '解除暂缓结算', en: 'release of a held settlement' },
    sides: ['platform'],
    ladder: { last: ['release_hold'], before: [] },
    livesIn: anyState,
    runsOn: true,
    staffOnly: true,
    reasons: { started: 'hold_unclaimed', met: 'hold_let_go', cancelled: 'hold_claimed' },
  },
  risk_review: {
    name: { zh: '确认重大风险', en: 'review of a critical risk' },
    sides: ['platform'],
    // a suspicion that nobody lowers holds
    ladder: { last: ['risk_stands'], before: ['remind', 'call_supervisors'] },
    livesIn: stillOpen,
    runsOn: true,
    staffOnly: true,
    anyHour: true,
    reasons: { started: 'risk_suspected', met: 'risk_assessed', cancelled: 'risk_lowered' },
  },
  fast_feedback: {
    name: { zh: '重大投诉首次反馈', en: 'first feedback in the fast lane' },
    ...ofFastLane,
    livesIn: stillOpen,
    reasons: { started: 'risk_critical', met: 'first_word_given', cancelled: 'risk_lowered' },
  },
  fast_facts: {
    name: { zh: '重大投诉查明事实', en: 'facts in the fast lane' },
    ...ofFastLane,
    livesIn: [...undecidedStates, 'under_appeal'],
    metIn: ['executing', 'resolved', 'rejected', 'closed'],
    reasons: { started: 'risk_critical', met: 'platform_decided', cancelled: 'risk_lowered' },
  },
  fast_plan: {
    name: { zh: '重大投诉处理方案', en: 'plan in the fast lane' },
    ...ofFastLane,
    livesIn: [...undecidedStates, 'under_appeal'],
    metIn: ['executing', 'resolved', 'rejected', 'closed'],
    reasons: { started: 'risk_critical', met: 'case_settled_or_decided', cancelled: 'risk_lowered' },
  },
  // waits for the service hours to tell of a miss
  notice: {
    name: { zh: '服务时间通知', en: 'notice in the service hours' },
    ...ofService,
    staffOnly: true,
    reasons: { started: 'service_hours_awaited', met: 'service_hours_began', cancelled: 'nothing_left_to_tell' },
  },
  // waits for the end of what a side's words hold
  held_silence: {
    name: { zh: '留言保留期', en: 'end of a hold' },
    ...ofService,
    reasons: { started: 'silence_held', met: 'hold_ended', cancelled: 'hold_ended' },
  },
} as const satisfies Readonly<Record<string, Clock>>

type Table = typeof table
/** The kinds whose row of the table says this. */
type KindsThat<Says> = { [Kind in keyof Table]: Table[Kind] extends Says ? Kind : never }[keyof Table]

export type DeadlineKind = keyof Table
/** Kinds that the policy counts. */
export type CountedKind = KindsThat<{ ladder: Ladder }>

/** The table, by kind. */
export const clockOf: Readonly<Record<DeadlineKind, Clock>> = table
export const ladderOf = (kind: CountedKind): Ladder => table[kind].ladder

export const deadlineKinds = Object.keys(table) as DeadlineKind[]
/** Whether no party sees clocks of a kind; one that only a newer version knows is taken for such, since nothing tells who may know of it. */
export const isForStaff = (kind: string): boolean => !isKnownKind(kind) || clockOf[kind].staffOnly === true

/** Whether what is told of clocks of a kind waits for no service hours. */
export const isForAnyHour = (kind: DeadlineKind): boolean => clockOf[kind].anyHour === true

export const isKnownKind = (kind: string): kind is DeadlineKind => Object.hasOwn(table, kind)
export const countedKinds = deadlineKinds.filter((kind): kind is CountedKind => clockOf[kind].ladder !== null)
const own: ReadonlySet<string> = new Set(deadlineKinds).difference(new Set(countedKinds))
/** Whether a policy counts this kind. A kind that only a newer version of the service knows is taken for one. */
export const isCounted = (kind: DeadlineKind): kind is CountedKind => !own.has(kind)

/** The kinds whose silence a message of their side can hold. */
export const hearableKinds = deadlineKinds.filter((kind): kind is KindsThat<{ hears: true }> => clockOf[kind].hears === true)

/** The kinds that a case promises. */
export type PromisedKind = KindsThat<{ promised: true }>
export const promisedKinds = deadlineKinds.filter((kind): kind is PromisedKind => clockOf[kind].promised === true)

export const promiseResults = ['pending', 'met', 'missed'] as const
