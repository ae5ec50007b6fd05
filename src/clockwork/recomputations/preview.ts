/** What a policy would do to the open cases: each is recounted on a copy, as in a recomputation, and the copy is thrown away. */

import { type CaseFile, knows, mayRead } from '../../case/case-file/case-file.ts'
import { Decision } from '../../case/case-file/decision.ts'
import { isOpen } from '../../case/deadlines/due.ts'
import { hasMoved } from '../../case/deadlines/recompute.ts'
import type { DeadlineRow } from '../../case/deadlines/table.ts'
import { readCaseFiles } from '../../case/decisions/load.ts'
import type { Time } from '../../foundation/clock.ts'
import { FIRST_ID } from '../../foundation/ids.ts'
import { createYielder } from '../../foundation/process/turns.ts'
import { type Caller, systemActor } from '../../platform/access/caller.ts'
import { platformNow } from '../../platform/platforms/clock.ts'
import type { Policy } from '../../rules/policy/schema.ts'
import type { Rules } from '../../rules/rule-book/rules.ts'
import type { CountedKind } from '../../words/deadlines.ts'
import type { Deps } from '../deps.ts'
import { recount } from './decide.ts'
import { findOpenCases } from './find.ts'
import { MOST_EXAMPLES, MOST_PREVIEWED, type PreviewWire } from './preview-schema.ts'

const nothingMoved = () => ({ moved_earlier: 0, moved_later: 0, due_now: 0, otherwise: 0 })
type Movements = ReturnType<typeof nothingMoved>

interface Moved {
  before: DeadlineRow
  after: DeadlineRow
}

/** In which way a clock changes. */
const movementOf = ({ before, after }: Moved, now: Time): (keyof Movements)[] => {
  if (before.status !== after.status) return ['otherwise']
  const [old, next] =
    before.status === 'paused'
      ? [before.remaining_ms ?? 0, after.remaining_ms ?? 0]
      : [Date.parse(before.due_at), Date.parse(after.due_at)]
  if (next > old) return ['moved_later']
  if (next === old) return ['otherwise']
  return after.status === 'running' && after.due_at <= now ? ['moved_earlier', 'due_now'] : ['moved_earlier']
}

/** The clocks of a case that change under other rules. */
const movedBy = (file: CaseFile, now: Time, rules: Rules): Moved[] => {
  const d = new Decision(file, systemActor, now, rules)
  recount(d, { applies: 'policy_and_calendars' })
  return d.file.deadlines.flatMap((after, i) => {
    const before = file.deadlines[i]
    return before && isOpen(before) && hasMoved(before, after) ? [{ before, after }] : []
  })
}

const exampleOf = ({ complaint }: CaseFile, { before, after }: Moved): PreviewWire['examples'][number] => ({
  complaint_id: complaint.id,
  case_number: complaint.case_number,
  deadline_id: before.id,
  kind: before.kind as CountedKind,
  party: before.party,
  old_due_at: before.status === 'paused' ? null : before.due_at,
  new_due_at: after.status === 'paused' ? null : after.due_at,
  old_remaining_ms: before.remaining_ms,
  new_remaining_ms: after.remaining_ms,
  old_on_silence: before.on_silence,
  new_on_silence: after.on_silence,
})

/** Cases that are read at once. */
const MOST_AT_ONCE = 100

/**
 * Looks at open cases in the order of their ids, without a lock. A case that changes meanwhile counts as it was read.
 * @param asked.cursor the id of the last case of the part before
 */
export const previewPolicy = async (
  { db, rules, clock, config }: Pick<Deps, 'db' | 'rules' | 'clock' | 'config'>,
  { platform, actor }: Pick<Caller, 'platform' | 'actor'>,
  asked: { document: Policy; limit?: number; cursor?: string },
): Promise<PreviewWire> => {
  const { document, limit = MOST_PREVIEWED } = asked
  const now = platformNow(platform, clock)
  const inTurns = createYielder()
  const total = nothingMoved()
  const byKind = new Map<CountedKind, Movements>()
  const preview = { cases_seen: 0, cases_changed: 0, examples: [] as PreviewWire['examples'] }
  let after = asked.cursor ?? FIRST_ID
  let complete = false
  while (!complete && preview.cases_seen < limit) {
    const most = Math.min(MOST_AT_ONCE, config.sweepBatch, limit - preview.cases_seen)
    // one more tells whether there is a next part
    const ids = await findOpenCases(db, platform.id, after, most + 1)
    complete = ids.length <= most
    const shown = ids.slice(0, most)
    for (const file of (await readCaseFiles(db, platform.id, shown)).values()) {
      await inTurns()
      if (!knows(file)) continue
      const moved = movedBy(file, now, await rules.under(platform, document, file))
      if (moved.length > 0) preview.cases_changed += 1
      for (const one of moved) {
        const kind = one.before.kind as CountedKind
        const ofKind = byKind.get(kind) ?? nothingMoved()
        byKind.set(kind, ofKind)
        for (const way of movementOf(one, now)) {
          total[way] += 1
          ofKind[way] += 1
        }
        if (preview.examples.length < MOST_EXAMPLES && mayRead(file.complaint, actor)) preview.examples.push(exampleOf(file, one))
      }
    }
    preview.cases_seen += shown.length
    after = shown.at(-1) ?? after
  }
  return {
    ...preview,
    clocks: total,
    by_kind: [...byKind].sort(([a], [b]) => (a < b ? -1 : 1)).map(([kind, movements]) => ({ kind, ...movements })),
    complete,
    next_cursor: complete ? null : after,
  }
}
