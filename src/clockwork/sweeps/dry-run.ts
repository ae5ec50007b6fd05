/** What a sweep would do now, decided by the same rules on copies: it reads everything as of one moment, takes no lock and writes nothing. */

import { knows, mayRead } from '../../case/case-file/case-file.ts'
import { readCaseFiles } from '../../case/decisions/load.ts'
import { isIdle } from '../../case/stuck-cases/rules.ts'
import { toTime } from '../../foundation/clock.ts'
import type { Trx } from '../../foundation/sql/database.ts'
import type { Actor, Caller } from '../../platform/access/caller.ts'
import { allowanceOf } from './budget.ts'
import { addDecision, nothingDone } from './counts.ts'
import { createDecider } from './decide.ts'
import { findDue, findRetries, hasStopped, type Position, type Retry, START } from './find.ts'
import type { Planned } from './schema.ts'
import { limitsOf, RETRIES, type Sweeper } from './sweep.ts'
import type { SweepResult } from './table.ts'

export interface DryRun {
  /** Counts what is listed; only `failed` counts everything that was looked at. */
  result: SweepResult
  would: readonly Planned[]
}

/** @param limit how many deadlines to list at most; a sweep's own limits hold besides */
export const dryRun = (
  sweeper: Sweeper,
  { platform, actor }: Pick<Caller, 'platform' | 'actor'>,
  limit: number,
): Promise<DryRun> =>
  sweeper.db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute((trx) => lookAhead(trx, sweeper, platform.id, actor, limit))

const lookAhead = async (trx: Trx, sweeper: Sweeper, platformId: string, actor: Actor, limit: number): Promise<DryRun> => {
  const { clock, config, rules } = sweeper
  const { perTick, perPlatform } = limitsOf(sweeper)
  const atMost = Math.min(limit, perTick, perPlatform)
  const nowMs = clock.nowMs()
  const allowance = allowanceOf(atMost)
  const result = nothingDone()
  const would: Planned[] = []
  const seen = new Set<string>()
  let decide: ReturnType<typeof createDecider> | undefined

  /** @returns how many could not be decided */
  const judge = async (found: readonly Retry[]): Promise<number> => {
    const [first] = found
    if (first === undefined) return 0
    const now = toTime(nowMs + first.clock_offset_ms)
    const platform = { id: platformId, rules_version: first.rules_version }
    decide ??= createDecider(trx, rules, { platform, now }, first.stopped, allowance)
    const before = result.failed
    const ids = [...new Set(found.map((suspect) => suspect.complaint_id)).difference(seen)].sort()
    for (const id of ids) seen.add(id)
    for (const file of (await readCaseFiles(trx, platformId, ids)).values()) {
      if (!knows(file) || (file.stuck && isIdle(file, now))) continue
      try {
        const { decision, done } = await decide(file)
        addDecision(result, decision, done)
        // the case counts, but a caller that may not read it does not see it listed
        if (!mayRead(file.complaint, actor)) continue
        const { id, case_number } = file.complaint
        for (const { deadline, due_at, action, events } of done.acts) {
          would.push({
            complaint_id: id,
            case_number,
            deadline_id: deadline.id,
            kind: deadline.kind,
            party: deadline.party,
            action,
            due_at,
            events: events.map(({ type }) => type),
          })
        }
      } catch {
        // a sweep would log the error
        result.failed += 1
      }
    }
    return result.failed - before
  }

  let after: Position | undefined = START
  while (after && !result.left_over) {
    // one more than may be listed tells whether there is more
    const count = Math.min(config.sweepBatch, atMost - would.length + 1)
    const found = await findDue(trx, platformId, { nowMs, after, limit: count })
    await judge(found)
    after = found.length === count ? found.at(-1) : undefined
  }
  // as the sweep does: a few stuck cases first, the others only if all of these can be decided
  for (const most of [RETRIES, atMost + RETRIES]) {
    if (result.left_over) break
    const found = await findRetries(trx, platformId, { nowMs, limit: most })
    if ((await judge(found)) > 0 || found.length < most) break
  }
  result.stopped ||= await hasStopped(trx, platformId, nowMs)
  return { result, would }
}
