/** The statements of the limit, made from the rows that the service wrote for the samples. */
import type pg from 'pg'
import type { ColumnTypes } from './case-rows.ts'
import type { LimitWork } from './limit-server.ts'
import { literally, writingStatement } from './limit-sql.ts'
import { complaintOf, type Samples } from './samples.ts'

export interface Limit {
  platformId: string
  writes: LimitWork['writes']
  /** The create without parameters. */
  literalCreate: string
  /** One statement that sweeps at most `most` due cases. */
  sweep: (most: number) => string
}

export const limitOf = async (db: pg.Pool, types: ColumnTypes, samples: Samples): Promise<Limit> => {
  const newId = await idExpression(db)
  const platformId = complaintOf(samples.create).platform_id ?? ''
  const writing = { types, newId }
  const filed = `select $1::uuid as id, $2::text as order_id, $6::text as key, $7::text as answer`
  const given = { description: '$3', order_details: '$4', wanted: '$5' }
  const create = writingStatement(samples.create, filed, { ...writing, given })
  const ofCase = `select id, order_id, $2::text as key, $3::text as answer from complaints where platform_id = '${platformId}' and id = $1`

  const writes: LimitWork['writes'] = { create: { sql: create, answer: JSON.parse(samples.create.answer) } }
  for (const name of ['accept', 'respond', 'accept plan', 'message', 'upload'] as const) {
    writes[name] = { sql: writingStatement(samples[name], ofCase, writing), answer: JSON.parse(samples[name].answer) }
  }
  return {
    platformId,
    writes,
    literalCreate: literally(create, [
      newId,
      'gen_random_uuid()',
      quoted('x'.repeat(100)),
      quoted('{}'),
      quoted('{}'),
      'gen_random_uuid()::text',
      quoted(samples.create.answer),
    ]),
    sweep: (most) =>
      writingStatement(
        { ...samples.sweep, beside: {} },
        `select d.complaint_id as id, null::text as order_id from deadlines d
          where platform_id = '${platformId}' and status = 'running' and wakes_at <= now() order by d.wakes_at, d.id limit ${most}`,
        writing,
      ),
  }
}

const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`

/** Ids in the order of time, like the service's, keep an index warm. Older Postgres servers have no function that makes them. */
const idExpression = async (db: pg.Pool): Promise<string> => {
  const { rows } = await db.query<{ found: boolean }>(`select exists(select from pg_proc where proname = 'uuidv7') as found`)
  if (rows[0]?.found) return 'uuidv7()'
  const time = 'substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3)'
  // a random id has the version bits 0100; setting bits 52 and 53 makes them 0111
  return `encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid()) placing ${time} from 1 for 6), 52, 1), 53, 1), 'hex')::uuid`
}
