/** The fund of a test: who moves its money, and how. */
import { sql } from 'kysely'
import { jobs } from '../../../src/clockwork/jobs/jobs.ts'
import { writeStages } from '../../../src/foundation/sql/rows.ts'
import { accountIdOf } from '../../../src/money/ledger/post.ts'
import { postTransfers } from '../../../src/money/ledger/record.ts'
import type { MovementKind } from '../../../src/words/fund.ts'
import type { Called, Json, TestApp } from '../../support/app.ts'

export const root = 'admin:root'
export const li = 'admin:li'
export const psp = 'payments:psp'

export const movements = '/v1/fund/movements'

type Caller = Pick<TestApp, 'call'>

/** Announces money or asks for it. */
export const begin = ({ call }: Caller, kind: MovementKind, amount: number, more: Json = {}, as = root): Promise<Called> =>
  call('POST', movements, {
    as,
    body: { kind, currency: 'CNY', amount, ...(kind.startsWith('deposit') && { merchant_id: 'M-1' }), ...more },
  })

/** Takes an action on a movement. */
export const take = ({ call }: Caller, as: string, id: string, action: string, body: Json = {}, headers = {}): Promise<Called> =>
  call('POST', `${movements}/${id}/${action}`, { as, body, headers })

/** The movement once money has come in. */
export const put = async (app: Caller, kind: 'fund_top_up' | 'deposit', amount: number, more: Json = {}): Promise<Json> => {
  const { body } = await begin(app, kind, amount, more)
  const received = await take(app, psp, body.id, 'receive')
  if (received.status !== 200) throw new Error(`receive: ${received.status} ${received.text}`)
  return received.body
}

/** Reserves so much of a merchant's deposit, as an advance does, or releases it. */
export const reserve = (
  { db, platformId }: Pick<TestApp, 'db' | 'platformId'>,
  amount: number,
  merchant = 'M-1',
): Promise<void> =>
  writeStages(
    db,
    platformId,
    postTransfers([], [{ platform_id: platformId, id: accountIdOf('deposit', 'CNY', merchant), reserved_change: amount }]),
  )

/** What was told of movements: type and reason, in order. */
export const told = async ({ db, platformId }: Pick<TestApp, 'db' | 'platformId'>, id?: string): Promise<string[]> => {
  const { rows } = await sql<{ type: string; payload: string }>`
    select type, payload from event_outbox
     where platform_id = ${platformId}::uuid and type like '%movement%' order by id`.execute(db)
  return rows
    .map(({ type, payload }) => ({ type, ...(JSON.parse(payload) as Json) }))
    .filter(({ resource }) => id === undefined || resource.id === id)
    .map(({ type, data: { reason_code } }) => (reason_code === null ? type : `${type}: ${reason_code}`))
}

/** One turn of the job that looks after movements. */
export const byTheClock = ({ deps }: Pick<TestApp, 'deps'>) =>
  jobs.find(({ name }) => name === 'fund_movements')?.run(deps, () => false)
