import { sql } from 'kysely'
import t from 'tap'
import type { AdvanceBoundRow } from '../../src/case/advances/table.ts'
import { appealLifecycle, openAppealStates } from '../../src/case/appeals/lifecycle.ts'
import type { AppealRow } from '../../src/case/appeals/table.ts'
import type { CaseEventRow } from '../../src/case/case-events/table.ts'
import { parts } from '../../src/case/case-file/parts.ts'
import { standsOutAs } from '../../src/case/complaints/find.ts'
import { complaintLifecycle } from '../../src/case/complaints/lifecycle.ts'
import type { ComplaintRow } from '../../src/case/complaints/table.ts'
import { isOpen } from '../../src/case/deadlines/due.ts'
import type { DeadlineRow } from '../../src/case/deadlines/table.ts'
import { evidenceLifecycle } from '../../src/case/evidence/lifecycle.ts'
import type { MassCaseRow } from '../../src/case/mass-cases/table.ts'
import type { MessageRow } from '../../src/case/messages/table.ts'
import { owedStates } from '../../src/case/receivables/lifecycle.ts'
import { planLifecycle } from '../../src/case/refund-plans/lifecycle.ts'
import { appliesTo, recomputationStatuses } from '../../src/clockwork/recomputations/table.ts'
import { runStatuses, type SweepRunRow } from '../../src/clockwork/sweeps/table.ts'
import { kindsOfMovements } from '../../src/money/proof/compare.ts'
import type { WebhookEndpointRow } from '../../src/outward/webhooks/table.ts'
import { keyRoles } from '../../src/platform/access/caller.ts'
import type { SubjectOfItsOwn } from '../../src/platform/outbox/table.ts'
import type { PlatformRow } from '../../src/platform/platforms/table.ts'
import {
  advanceModes,
  advanceStates,
  type Creditor,
  creditors,
  debtorRoles,
  openAdvanceStates,
  receivableReasons,
  receivableStates,
} from '../../src/words/advances.ts'
import { outcomes } from '../../src/words/complaints.ts'
import { deadlineKinds, deadlineStatuses, sides } from '../../src/words/deadlines.ts'
import { eventSubjects } from '../../src/words/events.ts'
import { type MovementState, movementKindRows, movementKinds, movementStates } from '../../src/words/fund.ts'
import { type HoldState, holdStates, releaseReasons } from '../../src/words/holds.ts'
import { type AccountKind, accountKinds } from '../../src/words/ledger.ts'
import { addressees } from '../../src/words/messages.ts'
import { limitKinds, orderSources, recordReaders } from '../../src/words/orders.ts'
import { type MassCaseStatus, massCaseStatuses, riskLevels } from '../../src/words/risk.ts'
import { errorClasses } from '../../src/words/stuck-cases.ts'
import {
  type DeliveryState,
  deliveryStates,
  disabledReasons,
  type EndpointState,
  endpointStates,
  signatureKinds,
} from '../../src/words/webhooks.ts'
import { testDatabase } from '../support/database.ts'

/** All words of a type, as the compiler knows them: one too many or too few does not compile. */
const wordsOf = <Word extends string>(words: Readonly<Record<Word, true>>): string[] => Object.keys(words)

/** What the code means by each list of words that the schema has. */
const lists: Readonly<Record<string, readonly string[]>> = {
  'advance_bounds.kind': wordsOf<AdvanceBoundRow['kind']>({
    open_of_buyer: true,
    buyer_and_day: true,
    open_of_merchant: true,
    platform_and_day: true,
  }),
  'advances.mode': advanceModes,
  'advances.status': advanceStates,
  'api_keys.roles': keyRoles,
  'appeals.appellant_side': wordsOf<AppealRow['appellant_side']>({ complainant: true, respondent: true }),
  'appeals.returns_to': wordsOf<AppealRow['returns_to']>({ rejected: true, resolved: true, closed: true, executing: true }),
  'appeals.status': Object.keys(appealLifecycle.states),
  'case_events.visibility': wordsOf<CaseEventRow['visibility']>({
    parties: true,
    complainant: true,
    respondent: true,
    staff: true,
  }),
  'complaints.complainant_role': wordsOf<ComplaintRow['complainant_role']>({ buyer: true, merchant: true }),
  'complaints.outcome': outcomes,
  'complaints.respondent_role': wordsOf<ComplaintRow['respondent_role']>({ merchant: true, platform: true }),
  'complaints.returns_to': wordsOf<NonNullable<ComplaintRow['returns_to']>>({
    submitted: true,
    negotiating: true,
    investigating: true,
  }),
  'complaints.risk_level': riskLevels,
  'complaints.status': Object.keys(complaintLifecycle.states),
  'deadlines.counted_in': wordsOf<DeadlineRow['counted_in']>({ natural: true, business: true }),
  'deadlines.kind': deadlineKinds,
  'deadlines.party': sides,
  'deadlines.status': deadlineStatuses,
  'event_outbox.subject_type': eventSubjects,
  'event_subjects.type': wordsOf<SubjectOfItsOwn>({ merchant: true, order: true, fund: true }),
  'evidence.status': Object.keys(evidenceLifecycle.states),
  'evidence.submitter_side': sides,
  'fund_movements.kind': movementKinds,
  'fund_movements.status': Object.keys(movementStates),
  'ledger_accounts.kind': accountKinds,
  'mass_cases.end_reason_code': wordsOf<NonNullable<MassCaseRow['end_reason_code']>>({ quiet: true, supervisor: true }),
  'mass_cases.status': massCaseStatuses,
  'messages.addressed_to': addressees,
  'order_limits.kind': limitKinds,
  'order_records.visible_to': recordReaders,
  'order_refunds_elsewhere.source': orderSources.filter((source) => source !== 'party'),
  'order_statements.source': orderSources,
  'orders.source': orderSources,
  'messages.visibility': wordsOf<MessageRow['visibility']>({
    parties: true,
    internal: true,
    complainant: true,
    respondent: true,
  }),
  'platforms.mode': wordsOf<PlatformRow['mode']>({ live: true, test: true }),
  'receivables.creditor': creditors,
  'receivables.debtor_role': debtorRoles,
  'receivables.reason_code': receivableReasons,
  'receivables.status': receivableStates,
  'settlement_holds.release_reason': releaseReasons,
  'settlement_holds.status': holdStates,
  'recomputations.applies': appliesTo,
  'recomputations.status': recomputationStatuses,
  'refund_plans.author_side': sides,
  'refund_plans.status': Object.keys(planLifecycle.states),
  'stuck_cases.error_class': errorClasses,
  'stuck_cases.kind': deadlineKinds,
  'sweep_runs.status': runStatuses,
  'sweep_runs.trigger': wordsOf<SweepRunRow['trigger']>({ cron: true, request: true }),
  'webhook_deliveries.state': deliveryStates,
  'webhook_endpoints.disabled_reason': disabledReasons,
  'webhook_endpoints.signature': signatureKinds,
  'webhook_endpoints.state': endpointStates,
}

/** What refuses or expires a movement of the fund by itself. */
const waitingStates: readonly MovementState[] = ['expected', 'asked']
const openClocks = deadlineStatuses.filter((status) => isOpen({ status } as DeadlineRow))

/** What the code means by the states that a rule of the schema names, be it a check or what an index holds. */
const rules: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(limitKinds.map((kind) => [`order_limits_${kind}: kind is not`, [kind]])),
  'advances_one_open: status is': openAdvanceStates,
  'api_keys_admins: roles has': ['admin' satisfies (typeof keyRoles)[number]],
  'api_keys_payments: roles has': ['payments'],
  'appeals_one_open: status is': openAppealStates,
  'complaints_closed: status is not': complaintLifecycle.final,
  'complaints_open: status is not': complaintLifecycle.final,
  'complaints_risk: risk_level is': riskLevels.filter(standsOutAs),
  'complaints_risk_unjudged: status is not': complaintLifecycle.final,
  'deadlines_ended: status is': openClocks,
  'deadlines_remaining: status is': ['paused' satisfies DeadlineRow['status']],
  'deadlines_waking: status is': ['running' satisfies DeadlineRow['status']],

  'receivables_of_fund: creditor is': ['outside' satisfies Creditor],
  'fund_movements_due: status is': waitingStates,
  'fund_movements_due_in: status is': [...waitingStates, 'paying' satisfies MovementState],
  'fund_movements_merchant: kind is': movementKinds.filter((kind) => movementKindRows[kind].account === 'fund'),
  'fund_movements_open: status is': [...waitingStates, 'paying' satisfies MovementState],
  'ledger_accounts_short: kind is': ['deposit' satisfies AccountKind],
  'fund_movements_received_known: status is': ['received' satisfies MovementState],
  'mass_cases_ended: status is': ['ended' satisfies MassCaseStatus],
  'mass_cases_one_open: status is': ['open' satisfies MassCaseStatus],
  'recent_items_by_item: item is not': [''],
  'ledger_transfers_without_movement: kind is': kindsOfMovements,
  'ledger_accounts_never_below_zero: kind is': ['outside' satisfies AccountKind],
  'ledger_accounts_by_owner: owner is not': [''],
  'platforms_offset: mode is': ['test' satisfies PlatformRow['mode']],
  'receivables_owed: status is': owedStates,
  'settlement_holds_open: status is': ['asked', 'releasing'] satisfies HoldState[],
  'recomputations_one_running: status is': ['running' satisfies (typeof recomputationStatuses)[number]],
  'refund_plans_one_open: status is': parts.plans.oneIn,
  'webhook_deliveries_by_state: state is not': ['delivered' satisfies DeliveryState],
  'webhook_deliveries_due: state is': ['pending' satisfies DeliveryState],
  'webhook_deliveries_held: state is': ['pending' satisfies DeliveryState],
  'webhook_deliveries_next: state is': ['pending' satisfies DeliveryState],
  'webhook_deliveries_subject: state is not': ['delivered' satisfies DeliveryState],
  'webhook_endpoints_disabled: state is': ['disabled' satisfies EndpointState],
  'webhook_endpoints_removed: state is': ['disabled' satisfies EndpointState],
  'webhook_endpoints_include: include is': ['complaint' satisfies WebhookEndpointRow['include']],
}

const literals = (text: string): string[] => [...text.matchAll(/'([^']*)'::text/g)].map(([, word = '']) => word)

/** The forms in which Postgres gives back what is said of a column: `column = ANY (ARRAY[…])` and the like. */
const forms = [
  { form: /(\w+) = ANY \(ARRAY\[([^\]]+)\]\)/g, says: 'is' },
  { form: /(\w+) <@ ARRAY\[([^\]]+)\]/g, says: 'is' },
  { form: /(\w+) = ('[^']*'::text)/g, says: 'is' },
  { form: /(\w+) <> ('[^']*'::text)/g, says: 'is not' },
  { form: /()('[^']*'::text) = ANY \((?<column>\w+)\)/g, says: 'has' },
]

interface Said {
  column: string
  says: string
  words: string[]
}

/** What a check or the condition of an index says of its columns in words. */
const saidIn = (text: string): Said[] =>
  forms.flatMap(({ form, says }) =>
    [...text.matchAll(form)].map(([, column = '', words = '', behind]) => ({
      column: behind ?? column,
      says,
      words: literals(words),
    })),
  )

/** Patterns of texts are no lists. */
const isPattern = (text: string): boolean => / ~ '/.test(text)

t.test('who may be one in a case is written first, in the states in which the index counts it', (t) => {
  t.same([...parts.appeals.oneIn].sort(), [...openAppealStates].sort())
  t.end()
})

t.test('the lists of the schema are those of the code', async (t) => {
  const { db } = await testDatabase(t)
  const { rows: checks } = await sql<{ name: string; table: string; text: string }>`
    select conname as name, conrelid::regclass::text as table, pg_get_constraintdef(oid) as text
      from pg_constraint where contype = 'c' and connamespace = 'public'::regnamespace`.execute(db)
  const { rows: indexes } = await sql<{ name: string; table: string; text: string }>`
    select indexname as name, tablename as table, substring(indexdef from ' WHERE .*') as text
      from pg_indexes where schemaname = 'public' and indexdef like '% WHERE %'`.execute(db)
  const worded = [...checks, ...indexes].filter(({ text }) => literals(text).length > 0 && !isPattern(text))
  for (const { name, text } of worded)
    t.same(
      saidIn(text)
        .flatMap(({ words }) => words)
        .sort(),
      literals(text).sort(),
      `${name} is understood`,
    )

  const found = worded.map(({ name, table, text }) => ({ name, table, said: saidIn(text) }))
  // a check of one column alone is its list; where it says more, or an index holds only some, that is a rule
  const isList = ({ name, said }: (typeof found)[number]): boolean =>
    said.length === 1 &&
    said[0]?.words.length !== 1 &&
    checks.some((check) => check.name === name && !check.text.includes('IS NULL'))
  const byColumn = found
    .filter(isList)
    .flatMap(({ table, said }) => said.map(({ column, words }) => [`${table}.${column}`, words.sort()] as const))
  const byRule = found
    .filter((one) => !isList(one))
    .flatMap(({ name, said }) => said.map(({ column, says, words }) => [`${name}: ${column} ${says}`, words.sort()] as const))
  const sorted = (all: typeof lists) => Object.fromEntries(Object.entries(all).map(([at, words]) => [at, [...words].sort()]))
  t.strictSame(Object.fromEntries(byColumn), sorted(lists), 'every list')
  t.strictSame(Object.fromEntries(byRule), sorted(rules), 'every rule that names some of them')
})
