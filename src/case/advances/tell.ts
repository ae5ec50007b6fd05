/** How what happens to an advance is told. */

import type { AdvanceState } from '../../words/advances.ts'
import type { EventTypeOf } from '../case-events/catalogue.ts'
import type { Telling } from '../case-events/happening.ts'
import type { Decision } from '../case-file/decision.ts'
import type { AdvanceRow } from './table.ts'

/** Tells it to whom the catalogue names: parties where money of theirs is concerned, staff where it is not decided yet. */
export const tellAdvance = (
  d: Decision,
  advance: AdvanceRow,
  from: AdvanceState | null,
  happening: Telling<EventTypeOf<'advance'>>,
): void => {
  d.tell({ ...happening, resourceId: advance.id, from, to: advance.status })
}
