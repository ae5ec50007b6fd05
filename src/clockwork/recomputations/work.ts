/**
 * The long work of a recomputation: open cases in the order of their ids, a bounded batch at a time. A batch writes its decisions and the
 * progress of the job in one transaction, so nothing is repeated after a crash. Any number of instances may work on a job; its lock lets
 * one batch run at a time.
 */

import { Decision } from '../../case/case-file/decision.ts'
import { finish } from '../../case/decisions/finish.ts'
import { isLeft } from '../../case/decisions/left-to-others.ts'
import { readCaseFiles } from '../../case/decisions/load.ts'
import { record } from '../../case/decisions/record.ts'
import { toTime } from '../../foundation/clock.ts'
import { loggedError } from '../../foundation/process/logger.ts'
import { createYielder, restAfter } from '../../foundation/process/turns.ts'
import type { Db, Trx } from '../../foundation/sql/database.ts'
import { databaseUnavailable, isCollision, mayBeOfOne } from '../../foundation/sql/errors.ts'
import { setLockTimeout, transact } from '../../foundation/sql/transaction.ts'
import { systemActor } from '../../platform/access/caller.ts'
import { apart, askEach, type LeaveOut } from '../../platform/platforms/ask-each.ts'
import { findAllRunning } from '../across-platforms.ts'
import type { Deps } from '../deps.ts'
import { recount } from './decide.ts'
import { findOpenCases, findRunning, type LockedJob, lockJob, lockOpenCases } from './find.ts'
import { advanceJob } from './record.ts'
import type { RecomputationRow } from './table.ts'

export type Recomputer = Pick<Deps, 'db' | 'clock' | 'log' | 'rules' | 'metrics'> & { config: Pick<Deps['config'], 'sweepBatch'> }

type JobName = Pick<RecomputationRow, 'platform_id' | 'id'>

/** `elsewhere`: done, or another instance works on it. `held`: another transaction holds the next case; the next turn comes back to it. */
type Progress = 'goes_on' | 'done' | 'elsewhere' | 'held'

/** The most cases of a batch: it locks them while it decides, and people wait for them. */
export const CASES_AT_ONCE = 100
/** How long a batch waits, in milliseconds, for a case that somebody else holds: it holds its other cases meanwhile. */
const BATCH_PATIENCE_MS = 100
/** How long a batch of a single case waits: it holds no other case meanwhile. */
const SINGLE_PATIENCE_MS = 2_000

/** Decides open cases under the job's rules. A case that was opened under a later policy keeps it. */
const decideCases = async (trx: Trx, deps: Recomputer, job: LockedJob, ids: readonly string[]) => {
  const { rules, clock } = deps
  const platform = { id: job.platform_id, rules_version: job.rules_version }
  const now = toTime(clock.nowMs() + job.clock_offset_ms)
  const decisions: Decision[] = []
  const did = { changed: 0, moved: 0, failed: 0 }
  const inTurns = createYielder()
  for (const file of (await readCaseFiles(trx, job.platform_id, ids)).values()) {
    await inTurns()
    // only a newer instance could decide it, but this one has the job; the next recomputation tries the case again
    if (isLeft(deps, file)) {
      did.failed += 1
      continue
    }
    const own = file.complaint.policy_version
    const version = job.applies === 'calendars' ? own : Math.max(own, job.policy_version)
    const ruled = { ...file, complaint: { ...file.complaint, policy_version: version } }
    const decision = new Decision(file, systemActor, now, await rules.of(platform, ruled, trx))
    const moved = recount(decision, job)
    // a clock may change to a new version of its calendar without an event
    if (finish(decision).changedDeadlines().length === 0 && decision.events.length === 0) continue
    decisions.push(decision)
    did.moved += moved
    if (moved > 0) did.changed += 1
  }
  await record(
    trx,
    decisions.map((decision) => ({ decision })),
  )
  return did
}

/** One batch of at most so many cases, all of it or nothing. */
const batch = (deps: Recomputer, name: JobName, most: number, patienceMs: number): Promise<Progress> =>
  transact(deps.db, async (trx) => {
    const job = await lockJob(trx, name.platform_id, name.id)
    if (job === undefined) return 'elsewhere'
    await setLockTimeout(trx, patienceMs)
    const ids = await lockOpenCases(trx, job.platform_id, job.after_id, most)
    const did = await decideCases(trx, deps, job, ids)
    const done = ids.length < most
    await advanceJob(trx, job, { ...did, last: ids.at(-1), done, seen: ids.length }, toTime(deps.clock.nowMs()))
    return done ? 'done' : 'goes_on'
  })

/** Leaves out the case that comes next, which could not be decided. */
const leaveOut = (deps: Recomputer, name: JobName, error: unknown): Promise<Progress> =>
  transact(deps.db, async (trx) => {
    const job = await lockJob(trx, name.platform_id, name.id)
    if (job === undefined) return 'elsewhere'
    const [last] = await findOpenCases(trx, job.platform_id, job.after_id, 1)
    // it was closed meanwhile
    if (last === undefined) return 'goes_on'
    deps.log.error({ ...loggedError(error), complaint: last, recomputation: job.id }, 'a case could not be recomputed')
    const failed = { changed: 0, moved: 0, last, done: false, seen: 1, failed: 1 }
    await advanceJob(trx, job, failed, toTime(deps.clock.nowMs()))
    return 'goes_on'
  })

/** Without a database nothing is gained by trying again now. */
const rethrowOutage = (error: unknown): void => {
  if (databaseUnavailable(error) && !isCollision(error)) throw error
}

/** Does one batch. After two failed tries its cases are done one by one. */
const workOn = async (deps: Recomputer, name: JobName, shouldStop: () => boolean): Promise<Progress> => {
  const { log, config } = deps
  const most = Math.min(CASES_AT_ONCE, config.sweepBatch)
  for (let tries = 1; tries <= 2; tries++) {
    try {
      return await batch(deps, name, most, BATCH_PATIENCE_MS)
    } catch (error) {
      rethrowOutage(error)
      log.warn({ ...loggedError(error), recomputation: name.id, tries }, 'a batch of a recomputation failed')
    }
  }
  for (let n = 0; n < most && !shouldStop(); n++) {
    let progress: Progress
    try {
      progress = await batch(deps, name, 1, SINGLE_PATIENCE_MS)
    } catch (error) {
      if (isCollision(error)) return 'held'
      rethrowOutage(error)
      progress = await leaveOut(deps, name, error)
    }
    if (progress !== 'goes_on') return progress
  }
  return 'goes_on'
}

/** The running jobs, read again. While a part of the database is away, jobs that were begun meanwhile wait for the next turn. */
const findBegun = (db: Db): Promise<JobName[]> =>
  findAllRunning(db).catch((error: unknown) => {
    if (!mayBeOfOne(error)) throw error
    return []
  })

/**
 * Works on every running recomputation until it is done, a batch of each in turn; one that is begun meanwhile joins in. A job that another
 * instance works on is left to it. A job that has to wait for a held case, or whose platform cannot be served, is left to the next turn.
 * @param shouldStop asked before each batch
 */
export const continueRecomputations = async (
  deps: Recomputer,
  shouldStop: () => boolean,
): Promise<{ batches: number; done: number }> => {
  const { db, log } = deps
  const leaveToNextTurn: LeaveOut = (platform, error) =>
    log.error({ ...loggedError(error), platform }, 'a recomputation stopped; the next turn goes on with it')
  const ofAll = { together: () => findAllRunning(db), alone: (id: string) => findRunning(db, id) }
  const did = { batches: 0, done: 0 }
  const taken = new Set<string>()
  let round: JobName[] = await askEach(db, ofAll, leaveToNextTurn)
  while (round.length > 0) {
    const goOn: JobName[] = []
    for (const job of round) {
      if (shouldStop()) return did
      taken.add(job.id)
      await apart(job.platform_id, leaveToNextTurn, async () => {
        const began = performance.now()
        const progress = await workOn(deps, job, shouldStop)
        if (progress === 'goes_on' || progress === 'done') did.batches += 1
        if (progress === 'done') did.done += 1
        if (progress !== 'goes_on') return
        goOn.push(job)
        await restAfter(began)
      })
    }
    round = [...goOn, ...(await findBegun(db)).filter(({ id }) => !taken.has(id))]
  }
  return did
}
