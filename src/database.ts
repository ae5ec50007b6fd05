import { Kysely, type Transaction } from 'kysely'
import type { ApiKeyRow } from './access/table.ts'
import type { AppealRow } from './appeals/table.ts'
import type { StoredCalendarRow } from './calendars/table.ts'
import type { CaseEventRow } from './case-events/table.ts'
import type { ComplaintRow } from './complaints/table.ts'
import type { DeadlineRow } from './deadlines/table.ts'
import type { EvidenceRow } from './evidence/table.ts'
import type { IdempotencyKeyRow } from './foundation/idempotency-table.ts'
import { PooledPostgresDialect } from './foundation/migrate.ts'
import { createPool, type PoolOptions } from './foundation/postgres.ts'
import type { MessageRow } from './messages/table.ts'
import type { OrderRow } from './orders/table.ts'
import type { PlatformRow } from './platforms/table.ts'
import type { PolicyRow } from './policy/table.ts'
import type { RecomputationRow } from './recomputations/table.ts'
import type { PlanRow } from './refund-plans/table.ts'
import type { StuckCaseRow } from './stuck-cases/table.ts'
import type { SweepRunRow } from './sweeps/table.ts'

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
