/**
 * What a job is: work that nobody waits for and that comes again by the clock. `jobs.ts` is the table of them, `lanes.ts` gives them their
 * turns. Work that a request causes and that ends with it (a key's last use) is no job, and neither is what the process does for itself
 * (its memory).
 */
import type { Deps } from '../deps.ts'

/** What a job stands on. Its database is that of its lane. */
export type JobDeps = Pick<Deps, 'db' | 'files' | 'clock' | 'log' | 'rules' | 'metrics' | 'config' | 'learning'>

/** Lanes run side by side; in one lane a job waits for the other. Sweeps have theirs to themselves, so that no deadline waits for a cleaning. */
export type Lane = 'deadlines' | 'recomputations' | 'records' | 'files' | 'webhooks'

/** The label of a job in metrics and in the log. */
export type JobName =
  | 'sweep'
  | 'filings'
  | 'forget_items'
  | 'recomputations'
  | 'analyze_grown'
  | 'forget_answers'
  | 'forget_sweep_runs'
  | 'forget_settlement_rules'
  | 'forget_orders'
  | 'fund_movements'
  | 'deposit_shortages'
  | 'prove_ledger'
  | 'collect_orphans'
  | 'settle_debts'
  | 'forget_advance_days'
  | 'learn_categories'
  | 'forget_learnt'
  | 'renew_holidays'
  | 'forget_events'
  | 'forget_endpoints'
  | 'deliver_webhooks'
  | 'reseal_secrets'

/** How it does no harm that two instances are at it at once; there is no leader. */
export type Twice =
  | 'shared by the locks of the cases'
  | 'shared by a lock on each recomputation'
  | 'shared by a lock on the platform'
  | 'shared by a lock on each endpoint'
  | 'shared by a lock on each movement'
  | 'shared by a guard on each row'
  | 'harmless twice'

/** @typeParam D what it stands on; a higher wing adds to it */
export interface Job<D extends JobDeps = JobDeps> {
  name: JobName
  /** For the documentation. */
  what: string
  /** By the pattern of that variable, or every so many milliseconds, the first time at the start. */
  turns: 'SWEEP_CRON' | number
  lane: Lane
  /** How much one batch takes, in words. Between two batches it may be stopped. */
  atOnce: string
  twice: Twice
  /**
   * One turn.
   * @param shouldStop asked before each batch
   * @returns what was done, in numbers for the log; only zeros when there was nothing to do
   */
  run: (deps: D, shouldStop: () => boolean) => Promise<Readonly<Record<string, number>>>
}
