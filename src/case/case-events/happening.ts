/** What a rule tells: one thing that happened, in the words of the catalogue. */

import type { AdvanceState, ReceivableState } from '../../words/advances.ts'
import type { AppealState } from '../../words/appeals.ts'
import type { ComplaintState } from '../../words/complaints.ts'
import type { EvidenceState } from '../../words/evidence.ts'
import type { HoldState } from '../../words/holds.ts'
import type { PlanState } from '../../words/refund-plans.ts'
import type { DataOf, EventType, ResourceOf } from './catalogue.ts'
import type { EventResource } from './declaration.ts'
import type { Visibility } from './table.ts'

interface States {
  complaint: ComplaintState
  refund_plan: PlanState
  appeal: AppealState
  evidence: EvidenceState
  message: never
  deadline: never
  advance: AdvanceState
  receivable: ReceivableState
  hold: HoldState
}

/** The id of what it is about. The case needs none, and an event of a stuck case may have no deadline to name. */
type About<R extends EventResource> = [R] extends ['complaint']
  ? { resourceId?: never }
  : 'complaint' extends R
    ? { resourceId?: string | null }
    : [R] extends ['deadline']
      ? { resourceId: string | null }
      : { resourceId: string }

/** What carries data: not at all, where it may, or always. */
export type WithData<Data> = keyof Data extends never
  ? { data?: never }
  : Record<never, never> extends Data
    ? { data?: Data }
    : { data: Data }

/** The fields that depend on the type of the event. The function that tells it (as `tellPlan`) adds its subject and its readers. */
export type Telling<T extends EventType> = T extends EventType
  ? {
      type: T
      /** A code; words go into the data. */
      reasonCode?: string | null
    } & WithData<DataOf<T>>
  : never

/** One thing that happened, as a rule tells it; who, when and where follow from the decision. */
export type Happening = {
  [T in EventType]: Telling<T> &
    About<ResourceOf<T>> & {
      from?: States[ResourceOf<T>] | null
      to?: States[ResourceOf<T>] | null
      /** In place of what the catalogue says. */
      visibility?: Visibility
      /** In place of the actor's remark. */
      note?: string | null
    }
}[EventType]
