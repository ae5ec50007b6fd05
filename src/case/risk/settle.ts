/**
 * What risk does to a case. `settleRisk` works it out after each decision, so that no rule has to remember it: words of the complainant and
 * facts of the case raise the level, each signal once; the machine never lowers it. Merchants' words raise nothing in their own cases, and
 * staff say what they think by `set_risk`. A critical case goes through the fast lane at once, by day and by night. Pure.
 */

import { actorName } from '../../platform/access/caller.ts'
import { clockOf, type DeadlineKind, type DeadlineStatus } from '../../words/deadlines.ts'
import { type FactSignal, type RiskLevel, type RiskReasonCode, type RiskSignal, rankOf } from '../../words/risk.ts'
import { partySide } from '../case-file/case-file.ts'
import type { Decision } from '../case-file/decision.ts'
import type { ComplaintRow } from '../complaints/table.ts'
import { endClock, startClock } from '../deadlines/clocks.ts'
import { isOpen } from '../deadlines/due.ts'
import { isPersonOfStaff } from '../deadlines/heard.ts'
import { signalsIn } from './scan.ts'
import type { Risk, RiskFinding } from './table.ts'
import { levelOf, priorityOf, scoreOf } from './weigh.ts'

/** The clocks of the fast lane, in the order of what is owed. */
export const fastKinds = ['fast_feedback', 'fast_facts', 'fast_plan'] as const satisfies readonly DeadlineKind[]

const unjudged = (d: Decision): Risk => ({
  level: 'low',
  standing: 'by_machine',
  findings: [],
  score: 0,
  public_opinion: false,
  critical_since: null,
  set: null,
  priority: priorityOf(d.file, 'low', []),
})

/** Texts that a person wrote into a decision, as its rows and events hold them. */
const textsOf = (d: Decision): string[] => {
  const { evidence, messages, events } = d.file
  const texts: unknown[] = messages.map(({ text }) => text)
  for (const proof of evidence.slice(d.before.evidence.length)) texts.push(proof.description, proof.text)
  for (const { data } of events) texts.push(data.statement, data.explanation)
  return texts.filter((text): text is string => typeof text === 'string' && text !== '')
}

/** What the complainant says in this decision; nothing where the complainant is a merchant. */
const words = (d: Decision): string[] => {
  const { complaint } = d.file
  if (complaint.complainant_role !== 'buyer') return []
  const own = partySide(complaint, d.actor) === 'complainant' ? textsOf(d) : []
  // a stored case that nobody has judged begins with the words it was filed with
  return complaint.risk === null ? [complaint.description, ...own] : own
}

/** What the case is about, in its currency. */
const amountOf = (d: Decision): { amount: number; currency: string } | null => {
  const { wanted, order_details: order } = d.file.complaint
  const currency = wanted?.currency ?? order?.currency
  const amount = wanted?.amount ?? order?.paid_amount
  return currency === undefined || amount === undefined ? null : { amount, currency }
}

const missed: readonly DeadlineStatus[] = ['missed']

/** What the case itself shows. Facts about other cases come by `raiseByFacts`. */
const facts = (d: Decision): FactSignal[] => {
  const { large_amounts, missed_clocks } = d.policy.risk
  const about = amountOf(d)
  const large = about && large_amounts[about.currency]
  const late = d.file.deadlines.filter(
    ({ party, status, step, kind }) =>
      party === 'platform' && clockOf[kind]?.ladder !== null && (missed.includes(status) || (step > 0 && status !== 'cancelled')),
  )
  // a duty that is missed again and again is one clock after the other: each kind and subject counts once
  const duties = new Set(late.map(({ kind, subject_id }) => `${kind} ${subject_id}`))
  return [
    ...(about && large !== null && large !== undefined && about.amount >= large ? (['large_amount'] as const) : []),
    ...(duties.size >= missed_clocks ? (['missed_clocks'] as const) : []),
  ]
}

type Found = Pick<RiskFinding, 'signal' | 'words'> & { isMuted?: boolean }

/** Brings the risk in line with what was said and done, and the fast lane with both. */
export const settleRisk = (d: Decision): void => {
  if (!d.hasRules) return
  const said = words(d).flatMap((text) => signalsIn(text))
  raise(d, [
    ...said.map(({ signal, words: spoken }) => ({ signal, words: spoken, isMuted: !d.wordsWeigh })),
    ...facts(d).map((signal) => ({ signal, words: [] })),
  ])
  settleFastLane(d)
}

/** What was learnt beside the case: about its complainant, its merchant, its order, or others like it. */
export const raiseByFacts = (d: Decision, signals: readonly FactSignal[]): void => {
  // a stored case that nobody has judged is judged by its words first
  if (d.file.complaint.risk === null) settleRisk(d)
  raise(
    d,
    signals.map((signal) => ({ signal, words: [] })),
  )
}

/** Adds what is new, and raises the level where that speaks for it. */
const raise = (d: Decision, found: readonly Found[]): void => {
  const { complaint } = d.file
  const risk = complaint.risk ?? unjudged(d)
  const known = new Set(risk.findings.map(({ signal }) => signal))
  const added: RiskFinding[] = []
  const muted: RiskSignal[] = []
  for (const { signal, words: spoken, isMuted } of found) {
    if (known.has(signal)) continue
    known.add(signal)
    if (isMuted) muted.push(signal)
    const weight = isMuted ? 0 : (d.policy.risk.weights[signal] ?? 0)
    added.push({ signal, weight, words: spoken.map(shortened), at: d.now, spent: false })
  }
  if (complaint.risk !== null && added.length === 0) return
  const findings = [...risk.findings, ...added]
  const live = findings.filter(({ spent }) => !spent)
  const machine = levelOf(d.policy.risk, live)
  const level = rankOf(machine) > rankOf(risk.level) ? machine : risk.level
  write(d, {
    ...risk,
    findings,
    score: scoreOf(findings),
    public_opinion: risk.public_opinion || added.some(({ signal, weight }) => signal === 'press' && weight > 0),
    level,
    standing: level === risk.level ? risk.standing : level === 'critical' ? 'suspected' : 'by_machine',
  })
  if (muted.length > 0) d.asSystem(() => d.tell({ type: 'risk_words_not_weighed', data: { signals: muted } }))
  if (rankOf(level) > rankOf(risk.level) && rankOf(level) >= rankOf('high'))
    d.asSystem(() => {
      d.tell({
        type: 'risk_raised',
        data: {
          from_level: risk.level,
          to_level: level,
          signals: added.map(({ signal }) => signal),
          suspected: level === 'critical',
        },
      })
      if (level === 'critical') openFastLane(d)
    })
}

/** A match with a gap may hold what somebody wrote between two words: of a long one only the ends are kept. */
const shortened = (word: string): string => (word.length <= 16 ? word : `${word.slice(0, 7)}…${word.slice(-7)}`)

/** The only writer of the risk of a case. */
const write = (d: Decision, risk: Omit<Risk, 'priority' | 'critical_since'>): void => {
  const { complaint } = d.file
  const since = complaint.risk?.critical_since ?? null
  complaint.risk = {
    ...risk,
    critical_since: risk.level === 'critical' ? (since ?? d.now) : null,
    priority: priorityOf(d.file, risk.level, risk.findings),
  }
  complaint.risk_level = risk.level
}

/** Starts the clocks that a critical case is owed in its state, and says who has to know. */
const openFastLane = (d: Decision): void => {
  const { complaint, deadlines } = d.file
  const start = (kind: (typeof fastKinds)[number] | 'risk_review'): void => {
    if (!clockOf[kind].livesIn.includes(complaint.status)) return
    if (!deadlines.some((x) => x.kind === kind && isOpen(x))) startClock(d, kind, { party: 'platform' })
  }
  for (const kind of fastKinds) start(kind)
  if (complaint.risk?.standing === 'suspected') start('risk_review')
  d.tell({
    type: 'fast_lane_opened',
    data: {
      to: ['supervisors', ...d.policy.risk.critical_tells],
      suspected: complaint.risk?.standing === 'suspected',
      public_opinion: complaint.risk?.public_opinion ?? false,
    },
  })
}

/** What staff did meets what the fast lane is owed: a word to the complainant, who is at fault, a plan. */
const settleFastLane = (d: Decision): void => {
  const open = d.file.deadlines.filter((x) => (fastKinds as readonly DeadlineKind[]).includes(x.kind) && isOpen(x))
  if (open.length === 0) return
  const met = new Set<DeadlineKind>()
  for (const { type, actor_role, actor_id, visibility } of d.events) {
    const byStaff = isPersonOfStaff({ role: actor_role, id: actor_id } as Decision['actor'])
    if (!byStaff) continue
    const reaches = visibility === 'parties' || visibility === 'complainant'
    if (answers.has(type) || (type === 'message_posted' && reaches && !isAutomated(d))) met.add('fast_feedback')
    if (type === 'liability_determined') met.add('fast_facts')
    if (type === 'plan_proposed') for (const kind of ['fast_facts', 'fast_plan'] as const) met.add(kind)
  }
  for (const clock of open) if (met.has(clock.kind)) endClock(d, clock, 'met')
}

const answers: ReadonlySet<string> = new Set([
  'complaint_accepted',
  'complaint_rejected',
  'information_requested',
  'plan_proposed',
])
const isAutomated = (d: Decision): boolean => d.file.messages.some(({ automated }) => automated)

/** A suspicion holds: by a supervisor's word, or since nobody lowered it in time. The fast lane goes on. */
export const confirmRisk = (d: Decision, by: 'supervisor' | 'silence', explanation?: string): void => {
  const { risk } = d.file.complaint
  if (risk?.standing !== 'suspected') return
  endReview(d, 'met')
  write(d, { ...risk, standing: by === 'silence' ? 'confirmed_by_silence' : 'confirmed' })
  d.tell({
    type: 'risk_confirmed',
    reasonCode: by,
    data: { level: risk.level, ...(explanation !== undefined && { explanation }) },
  })
}

/** Whether a level would take a case out of the fast lane. */
export const lowersCritical = ({ risk }: ComplaintRow, level: RiskLevel): boolean =>
  risk?.level === 'critical' && rankOf(level) < rankOf('critical')

/** A person sets the level. What was found before speaks for no rise any more; what is found later does. */
export const setRisk = (d: Decision, to: { level: RiskLevel; reason_code: RiskReasonCode; explanation: string }): void => {
  const { complaint } = d.file
  const risk = complaint.risk ?? unjudged(d)
  const before = risk.level
  const isLowered = rankOf(to.level) < rankOf(before)
  const byWords = risk.findings.some(({ spent, words: spoken, weight }) => !spent && weight > 0 && spoken.length > 0)
  const findings = risk.findings.map((finding) => ({ ...finding, spent: true }))
  write(d, {
    ...risk,
    level: to.level,
    standing: 'set_by_staff',
    findings,
    score: scoreOf(findings),
    public_opinion: risk.public_opinion || to.reason_code === 'public_attention',
    set: { ...to, by: actorName(d.actor), at: d.now },
  })
  d.tell({
    type: 'risk_set',
    reasonCode: to.reason_code,
    data: { from_level: before, to_level: to.level, explanation: to.explanation },
  })
  if (to.level === 'critical') {
    endReview(d, 'met')
    if (before !== 'critical') openFastLane(d)
  } else if (before === 'critical') {
    if (isLowered && byWords) complaint.risk_lowered_at = d.now
    endReview(d, 'cancelled')
    closeFastLane(d)
  }
}

const endReview = (d: Decision, as: 'met' | 'cancelled'): void => {
  for (const clock of d.file.deadlines) if (clock.kind === 'risk_review' && isOpen(clock)) endClock(d, clock, as)
}

/** What was not missed yet is owed no longer; what was missed stays so until it is done, and the ordinary clocks hold anyway. */
const closeFastLane = (d: Decision): void => {
  for (const clock of d.file.deadlines)
    if (
      (fastKinds as readonly DeadlineKind[]).includes(clock.kind) &&
      isOpen(clock) &&
      clock.step === 0 &&
      clock.owed_since === null
    )
      endClock(d, clock, 'cancelled')
}
