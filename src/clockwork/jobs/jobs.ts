/** The table of the jobs: what runs by the clock, how often, beside what, how much at once. A new one is one line here. */
import { forgetAdvanceDays } from '../../case/advances/record.ts'
import { collectOrphans, FILES_AT_ONCE } from '../../case/evidence/orphans.ts'
import { forgetItems } from '../../case/mass-cases/record.ts'
import { payMerchants, settleDebts } from '../../case/receivables/settle.ts'
import { forgetSettlementRules, KEPT_DAYS } from '../../case/settlement-rules/record.ts'
import { LESSONS_AT_ONCE } from '../../case/understanding/learning.ts'
import { DAY, HOUR, MINUTE, SECOND, toTime } from '../../foundation/clock.ts'
import { loggedError } from '../../foundation/process/logger.ts'
import { restAfter } from '../../foundation/process/turns.ts'
import { analyzeGrown } from '../../foundation/sql/statistics.ts'
import { lookAfterMovements, MOVEMENTS_AT_ONCE } from '../../money/movements/by-the-clock.ts'
import { proofMetrics } from '../../money/proof/metrics.ts'
import { ACCOUNTS_AT_ONCE, proveLedger, tellDifferences } from '../../money/proof/prove.ts'
import { lookAfterDeposits, SHORTAGES_AT_ONCE } from '../../money/shortages/by-the-clock.ts'
import { forgetOldKeys } from '../../platform/idempotency/idempotency.ts'
import { FILINGS_AT_ONCE, lookAtFilings } from '../filings/look.ts'
import { CASES_AT_ONCE, continueRecomputations } from '../recomputations/work.ts'
import { sweepByTheClock } from '../sweeps/by-the-clock.ts'
import { forgetOldRuns } from '../sweeps/record.ts'
import { forEach } from './each-platform.ts'
import { forgetAll, ROWS_AT_ONCE } from './forget.ts'
import { forgetOldOrders } from './forget-orders.ts'
import type { Job } from './job.ts'
import { renewHolidays } from './renew-holidays.ts'

/** Debts of one platform that a turn looks at. */
const DEBTS_AT_ONCE = 200

/** How old a file without a row must be: longer than any upload and its transaction take. */
const ORPHAN_MS = DAY

export const jobs: readonly Job[] = [
  {
    name: 'sweep',
    what: 'acts on what is due, on every platform',
    turns: 'SWEEP_CRON',
    lane: 'deadlines',
    atOnce: '`SWEEP_BATCH` cases, two batches at work',
    twice: 'shared by the locks of the cases',
    run: sweepByTheClock,
  },
  {
    name: 'filings',
    what: 'looks at new complaints: what is known of their complainants, merchants and orders raises their risk, and many about one item become a mass case',
    turns: 15 * SECOND,
    lane: 'records',
    atOnce: `${FILINGS_AT_ONCE} complaints`,
    twice: 'shared by the locks of the cases',
    run: async (deps, shouldStop) => {
      const total = { raised: 0, began: 0, joined: 0, ended: 0 }
      const unreachable = 'new complaints of a platform could not be looked at; the next turn tries again'
      await forEach(deps, unreachable, shouldStop, async (id) => {
        const done = await lookAtFilings(deps, id, shouldStop)
        for (const what of ['raised', 'began', 'joined', 'ended'] as const) total[what] += done[what]
        return done.looked
      })
      return total
    },
  },
  {
    name: 'forget_items',
    what: 'removes what complaints were about, thirty days old: only new ones make a mass case',
    turns: HOUR,
    lane: 'records',
    atOnce: `${ROWS_AT_ONCE} rows`,
    twice: 'harmless twice',
    run: async (deps, shouldStop) => {
      const unreachable = 'what complaints of a platform were about could not be removed; the next turn tries again'
      const before = toTime(deps.clock.nowMs() - 30 * DAY)
      const removed = await forEach(
        deps,
        unreachable,
        shouldStop,
        async (id) => (await forgetAll((most) => forgetItems(deps.db, id, before, most), shouldStop)).removed,
      )
      return { removed }
    },
  },
  {
    name: 'recomputations',
    what: 'goes on with every recomputation that is not done; a new one is begun at once',
    turns: 15 * SECOND,
    lane: 'recomputations',
    atOnce: `${CASES_AT_ONCE} cases, or \`SWEEP_BATCH\` where that is less`,
    twice: 'shared by a lock on each recomputation',
    run: continueRecomputations,
  },
  {
    name: 'analyze_grown',
    what: 'has Postgres look at tables that have grown eightfold since it last did, so that plans made for small ones are not kept',
    turns: 2 * SECOND,
    lane: 'records',
    atOnce: '1 table',
    twice: 'harmless twice',
    run: async ({ db }) => ({ analyzed: (await analyzeGrown(db)).length }),
  },
  {
    name: 'forget_answers',
    what: 'removes the answers kept for an `Idempotency-Key`, a day old',
    turns: MINUTE,
    lane: 'records',
    atOnce: `${ROWS_AT_ONCE} rows`,
    twice: 'harmless twice',
    run: ({ db, clock }, shouldStop) => forgetAll((most) => forgetOldKeys(db, clock.nowMs(), most), shouldStop),
  },
  {
    name: 'forget_sweep_runs',
    what: 'removes what `GET /v1/sweeps` lists, thirty days old',
    turns: HOUR,
    lane: 'records',
    atOnce: 'all of them',
    twice: 'harmless twice',
    run: async ({ db, clock }) => ({ removed: await forgetOldRuns(db, clock.nowMs()) }),
  },
  {
    name: 'forget_settlement_rules',
    what: `removes versions of settlement rules that were replaced ${KEPT_DAYS} days ago`,
    turns: DAY,
    lane: 'records',
    atOnce: `${ROWS_AT_ONCE} rows`,
    twice: 'harmless twice',
    run: async (deps, shouldStop) => {
      const before = deps.clock.nowMs() - KEPT_DAYS * DAY
      const unreachable = 'a platform’s old settlement rules could not be removed; the next turn tries again'
      const removed = await forEach(
        deps,
        unreachable,
        shouldStop,
        async (id) => (await forgetAll((most) => forgetSettlementRules(deps.db, id, before, most), shouldStop)).removed,
      )
      return { removed }
    },
  },
  {
    name: 'forget_orders',
    what: 'removes orders that nobody has complained about, stated `ORDERS_KEPT_DAYS` ago, and, where all cases of an order were closed so long ago, its records and earlier statements',
    turns: DAY,
    lane: 'records',
    atOnce: `${ROWS_AT_ONCE} orders`,
    twice: 'harmless twice',
    run: forgetOldOrders,
  },
  {
    name: 'settle_debts',
    what: 'lets deposits that have money again pay what their merchants owe the fund, and the fund what it owes to merchants, the oldest first',
    turns: MINUTE,
    lane: 'records',
    atOnce: `${DEBTS_AT_ONCE} debts, one case at a time`,
    twice: 'shared by the locks of the cases',
    run: async (deps, shouldStop) => {
      const unreachable = 'what is owed could not be settled on a platform; the next turn tries again'
      const settled = await forEach(deps, unreachable, shouldStop, (id) => settleDebts(deps, id, DEBTS_AT_ONCE))
      const paid = await forEach(deps, unreachable, shouldStop, (id) => payMerchants(deps, id, DEBTS_AT_ONCE))
      return { settled, paid }
    },
  },
  {
    name: 'forget_advance_days',
    what: 'removes how much was put aside on days that are over',
    turns: HOUR,
    lane: 'records',
    atOnce: 'all of them',
    twice: 'harmless twice',
    run: async (deps, shouldStop) => {
      const unreachable = 'old days of advances could not be removed; the next turn tries again'
      // whatever the zone of a platform: its today is not older than two days
      const before = toTime(deps.clock.nowMs() - 2 * DAY).slice(0, 10)
      return { removed: await forEach(deps, unreachable, shouldStop, (id) => forgetAdvanceDays(deps.db, id, before)) }
    },
  },
  {
    name: 'learn_categories',
    what: 'learns from the categories that staff chose without a suggestion or against one',
    turns: MINUTE,
    lane: 'records',
    atOnce: `${LESSONS_AT_ONCE} cases`,
    twice: 'shared by a lock on the platform',
    run: async (deps, shouldStop) => {
      const unreachable = 'nothing could be learnt on a platform; the next turn tries again'
      const learnt = await forEach(deps, unreachable, shouldStop, async (id) => {
        let sum = 0
        for (let more = LESSONS_AT_ONCE; more > 0 && !shouldStop(); sum += more) {
          const began = performance.now()
          more = await deps.learning.fold(deps.db, id)
          if (more > 0) await restAfter(began)
        }
        return sum
      })
      return { learnt }
    },
  },
  {
    name: 'forget_learnt',
    what: 'removes what was learnt in months that the lexicon of the platform no longer keeps, and gives up choices of people too few to learn from',
    turns: HOUR,
    lane: 'records',
    atOnce: `${ROWS_AT_ONCE} rows`,
    twice: 'harmless twice',
    run: async (deps, shouldStop) => {
      const unreachable = 'what was learnt long ago could not be removed on a platform; the next turn tries again'
      const removed = await forEach(
        deps,
        unreachable,
        shouldStop,
        async (id) => (await forgetAll((most) => deps.learning.forget(deps.db, id, most), shouldStop)).removed,
      )
      return { removed }
    },
  },
  {
    name: 'fund_movements',
    what: 'refuses withdrawals that no second admin answered in time, expires announced money that did not come in, and posts what was paid uncovered once the account has it',
    turns: MINUTE,
    lane: 'records',
    atOnce: `${MOVEMENTS_AT_ONCE} movements`,
    twice: 'shared by a lock on each movement',
    run: ({ db, clock, log }, shouldStop) =>
      lookAfterMovements(
        db,
        clock,
        (platform, error) =>
          log.error({ ...loggedError(error), platform }, 'a platform’s fund could not be looked at; the next turn tries again'),
        shouldStop,
      ),
  },
  {
    name: 'deposit_shortages',
    what: 'notes deposits that lack what open advances and debts can take of them, and tells `sanction_due` of those that were not topped up in time',
    turns: MINUTE,
    lane: 'records',
    atOnce: `${SHORTAGES_AT_ONCE} deposits`,
    twice: 'shared by a guard on each row',
    run: async (deps, shouldStop) => {
      const unreachable = 'deposits of a platform could not be looked at; the next turn tries again'
      return { told: await forEach(deps, unreachable, shouldStop, (id) => lookAfterDeposits(deps, id)) }
    },
  },
  {
    name: 'prove_ledger',
    what: 'holds every balance against the sum of its transfers, and the sum of each currency against nothing; `redress_ledger_difference` tells',
    turns: HOUR,
    lane: 'records',
    atOnce: `${ACCOUNTS_AT_ONCE} accounts`,
    twice: 'harmless twice',
    run: async (deps, shouldStop) => {
      let difference = 0
      const unreachable = 'a platform’s ledger could not be proved; the next turn tries again'
      const differing = await forEach(deps, unreachable, shouldStop, async (id) => {
        const found = await proveLedger(deps.db, id, shouldStop)
        difference += tellDifferences(deps.log, id, found)
        return found.length
      })
      if (!shouldStop()) proofMetrics(deps.metrics).difference.set(difference)
      return { differing }
    },
  },
  {
    name: 'renew_holidays',
    what: 'takes holidays that a newer library knows into the calendars, as new versions',
    turns: DAY,
    lane: 'records',
    atOnce: '1 calendar',
    twice: 'shared by a lock on the platform',
    run: renewHolidays,
  },
  {
    name: 'collect_orphans',
    what: 'removes evidence files that no row names, a day old',
    turns: HOUR,
    lane: 'files',
    atOnce: `${FILES_AT_ONCE} files`,
    twice: 'harmless twice',
    run: async ({ db, files, clock }, shouldStop) => ({
      removed: await collectOrphans({ db, files }, clock.nowMs() - ORPHAN_MS, shouldStop),
    }),
  },
]
