/** Mass cases for tests that need one and do not care how it began. */
import { beginMassCase } from '../../src/case/mass-cases/record.ts'
import { toTime } from '../../src/foundation/clock.ts'
import { newId } from '../../src/foundation/ids.ts'
import type { TestApp } from './app.ts'

/** A mass case, as the job of filings would begin one. */
export const massCaseOf = async ({ db, clock, platformId }: Pick<TestApp, 'db' | 'clock' | 'platformId'>): Promise<string> => {
  const at = toTime(clock.nowMs())
  const id = newId()
  const open = {
    platform_id: platformId,
    id,
    version: 1,
    status: 'open',
    merchant_id: `M-${id}`,
    item: 'sku:X',
    complainants: 10,
  } as const
  const never = { end_reason_code: null, end_explanation: null, ended_by: null, ended_at: null }
  await beginMassCase(db, { ...open, ...never, began_at: at, last_filed_at: at, created_at: at, updated_at: at })
  return id
}
