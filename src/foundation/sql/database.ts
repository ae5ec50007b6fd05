import { Kysely, type Transaction } from 'kysely'
import type { AppealRow } from '../../case/appeals/table.ts'
import type { CaseEventRow } from '../../case/case-events/table.ts'
import type { ComplaintRow } from '../../case/complaints/table.ts'
import type { DeadlineRow } from '../../case/deadlines/table.ts'
import type { EvidenceRow } from '../../case/evidence/table.ts'
import type { MessageRow } from '../../case/messages/table.ts'
import type { OrderRow } from '../../case/orders/table.ts'
import type { PlanRow } from '../../case/refund-plans/table.ts'
import type { StuckCaseRow } from '../../case/stuck-cases/table.ts'
import type { RecomputationRow } from '../../clockwork/recomputations/table.ts'
import type { SweepRunRow } from '../../clockwork/sweeps/table.ts'
import type { ApiKeyRow } from '../../platform/access/table.ts'
import type { IdempotencyKeyRow } from '../../platform/idempotency/table.ts'
import type { PlatformRow } from '../../platform/platforms/table.ts'
import type { StoredCalendarRow } from '../../rules/calendars/table.ts'
import type { PolicyRow } from '../../rules/policy/table.ts'
import { PooledPostgresDialect } from './migrate.ts'
import { createPool, type PoolOptions } from './pool.ts'

/** Every table, as its room describes it. */
export interface Tables {
  platforms: PlatformRow
  api_keys: ApiKeyRow
  orders: OrderRow
  complaints: ComplaintRow
  deadlines: DeadlineRow
  refund_plans: PlanRow
  appeals: AppealRow
  evidence: EvidenceRow
  messages: MessageRow
  case_events: CaseEventRow
  idempotency_keys: IdempotencyKeyRow
  stuck_cases: StuckCaseRow
  sweep_runs: SweepRunRow
  policies: PolicyRow
  calendars: StoredCalendarRow
  recomputations: RecomputationRow
}

/** Reads take a `Db`, which a transaction also is. Writes take a `Trx`, but for those that are one statement and so a transaction by themselves. */
export type Db = Kysely<Tables>
export type Trx = Transaction<Tables>

export const connect = (options: PoolOptions): Db =>
  new Kysely<Tables>({ dialect: new PooledPostgresDialect({ pool: createPool(options) }) })
