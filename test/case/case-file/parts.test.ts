/** The list of the parts of a case. */
import t from 'tap'
import { caseOf, copyOf, isNeeded, newCase, partNames, parts, wasRead } from '../../../src/case/case-file/parts.ts'
import { actionsFor } from '../../../src/case/decisions/available.ts'
import { agent, MONDAY_TEN, once, rules } from '../../support/rules.ts'

const { file: whole } = once.proposed()

t.test('a rule that looks at a part which was not read is told of its mistake', async (t) => {
  const { plans: _plans, appeals: _appeals, ...read } = whole
  const light = caseOf(read)
  t.notOk(wasRead(light, 'plans'))
  t.ok(wasRead(light, 'deadlines'))
  t.ok(wasRead(caseOf({ ...read, order: null }), 'order'), 'none is no more unknown than some')
  t.throws(() => light.plans.length, /plans: this part of the case was not read/)
  t.throws(() => light.plans.push(...whole.plans), /plans/)
  t.throws(() => actionsFor(light, { actor: agent, now: MONDAY_TEN, policy: rules.policy }), /plans/)
})

t.test('a copy has every part, begins what is only added to empty, and leaves alone what was not read', async (t) => {
  const { plans: _plans, ...read } = whole
  const copy = copyOf(caseOf(read))
  t.strictSame(Object.keys(copy).sort(), [...partNames].sort())
  t.notOk(wasRead(copy, 'plans'))
  t.ok(whole.events.length > 0)
  t.strictSame(copy.events, [])
  t.strictSame(copy.deadlines, whole.deadlines)
  t.not(copy.deadlines[0], whole.deadlines[0])
})

t.test('a new case has every part', async (t) => {
  const fresh = newCase(whole.complaint, whole.order)
  t.strictSame(
    partNames.filter((name) => !wasRead(fresh, name)),
    [],
  )
})

t.test('words read a plan only where they can move something of it', async (t) => {
  const { complaint } = whole
  t.ok(partNames.every((name) => isNeeded(name, complaint, 'whole')))
  const read = (status: typeof complaint.status, level: number) => isNeeded('plans', { ...complaint, status, level }, 'words')
  t.strictSame(
    [read('investigating', 1), read('investigating', 3), read('executing', 1), read('closed', 1)],
    [false, true, true, true],
  )
})

t.test('every table of the list is one of a case', async (t) => {
  t.strictSame(
    Object.values(parts)
      .map(({ table }) => table)
      .sort(),
    [
      'advances',
      'appeals',
      'case_events',
      'complaints',
      // the other cases of its order
      'complaints',
      'deadlines',
      'evidence',
      'ledger_accounts',
      'ledger_transfers',
      'merchant_affiliates',
      'messages',
      'order_limits',
      'orders',
      'receivables',
      'refund_plans',
      'return_instructions',
      'settlement_holds',
      'settlement_rules',
      'stuck_cases',
    ],
  )
})
