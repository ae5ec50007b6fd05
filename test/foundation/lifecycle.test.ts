import t from 'tap'
import { setAppealStatus } from '../../src/case/appeals/lifecycle.ts'
import type { AppealRow } from '../../src/case/appeals/table.ts'
import { setComplaintStatus } from '../../src/case/complaints/lifecycle.ts'
import type { ComplaintRow } from '../../src/case/complaints/table.ts'
import { setEvidenceStatus } from '../../src/case/evidence/lifecycle.ts'
import type { EvidenceRow } from '../../src/case/evidence/table.ts'
import { setPlanStatus } from '../../src/case/refund-plans/lifecycle.ts'
import { setStepStatus } from '../../src/case/refund-plans/step-lifecycle.ts'
import type { PlanRow, Step } from '../../src/case/refund-plans/table.ts'
import { type Lifecycle, statusSetter } from '../../src/foundation/lifecycle.ts'
import { appealStateNames } from '../../src/words/appeals.ts'
import { complaintStateNames } from '../../src/words/complaints.ts'
import { evidenceStateNames } from '../../src/words/evidence.ts'
import { planStateNames, stepStateNames } from '../../src/words/refund-plans.ts'

type Lamp = 'off' | 'on' | 'broken'

const lamp = {
  resource: 'lamp',
  states: { off: '', on: '', broken: '' },
  initial: 'off',
  final: ['broken'],
  actions: {
    light: { summary: '', allow: [{ by: ['anybody'], from: ['off'], to: ['on'] }] },
    clean: { summary: '', allow: [{ by: ['anybody'], from: ['off', 'on'] }] },
  },
  cascades: { power_cut: { summary: '', from: ['on'], to: ['off'] } },
} satisfies Lifecycle<Lamp, 'light' | 'clean', string, never>

const wire = {
  resource: 'wire',
  states: { whole: '', burnt: '' },
  initial: 'whole',
  final: ['burnt'],
  actions: {
    burn: {
      summary: '',
      allow: [{ by: ['anybody'], from: ['whole'], to: ['burnt'] }],
      moves: [{ from: ['on'], to: ['broken'] }],
    },
  },
} satisfies Lifecycle<'whole' | 'burnt', 'burn', string, never>

t.test('a state is set along the arrows of its table, and along those that its children draw', (t) => {
  const set = statusSetter<Lamp>(lamp, wire)
  const row: { readonly status: Lamp } = { status: 'off' }
  for (const to of ['on', 'off', 'on', 'broken'] as const) {
    set(row, to)
    t.equal(row.status, to)
  }
  t.throws(() => set(row, 'on'), /the table of lamp draws no arrow from broken to on/)
  t.equal(row.status, 'broken', 'nothing is set')
  t.throws(() => statusSetter<Lamp>(lamp)({ status: 'on' }, 'broken'), 'without its children it has no such arrow')
  t.throws(() => set({ status: 'off' }, 'off'), 'what leaves it where it was sets nothing')
  t.end()
})

/** What the compiler refuses: to set a state past its table. */
export const pastTheTable = (complaint: ComplaintRow, plan: PlanRow, step: Step, appeal: AppealRow, proof: EvidenceRow): void => {
  // @ts-expect-error read-only
  complaint.status = 'closed'
  // @ts-expect-error read-only
  plan.status = 'executed'
  // @ts-expect-error read-only
  step.status = 'done'
  // @ts-expect-error read-only
  appeal.status = 'upheld'
  // @ts-expect-error read-only
  proof.status = 'accepted'
}

const statesOf = <State extends string>(names: Readonly<Record<State, string>>) => Object.keys(names) as State[]

/** Every pair of states between which a setter leads, in words. */
const ledBetween = <State extends string>(
  set: (row: { readonly status: State }, to: State) => void,
  names: Readonly<Record<State, string>>,
): string[] =>
  statesOf(names).flatMap((from) =>
    statesOf(names).flatMap((to) => {
      try {
        set({ status: from }, to)
        return [`${from} → ${to}`]
      } catch {
        return []
      }
    }),
  )

t.test('what has ended stays so, but for what an appeal or a supervisor takes up again', (t) => {
  const plan = ledBetween(setPlanStatus, planStateNames)
  t.same(
    plan.filter((arrow) => /^(executed|declined|expired|superseded|cancelled|failed) /.test(arrow)),
    // a payment that comes back takes an executed plan up again, and its case
    ['executed → executing', 'declined → executing', 'expired → executing'],
  )
  t.same(
    plan.filter((arrow) => arrow.endsWith('executed')),
    ['executing → executed'],
  )
  t.same(
    ledBetween(setStepStatus, stepStateNames).filter((arrow) => arrow.startsWith('skipped ')),
    ['skipped → done'],
    'a payment that was to be left may have been made all the same',
  )
  t.same(ledBetween(setEvidenceStatus, evidenceStateNames), [
    'submitted → accepted',
    'submitted → refused',
    'submitted → withdrawn',
  ])
  t.same(
    ledBetween(setAppealStatus, appealStateNames).filter((arrow) => !/^(submitted|under_review) /.test(arrow)),
    [],
  )
  t.same(
    ledBetween(setComplaintStatus, complaintStateNames).filter((arrow) => arrow.startsWith('closed ')),
    ['closed → executing', 'closed → under_appeal'],
  )
  t.end()
})
