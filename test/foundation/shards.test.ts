/** What Postgres says of a row on a node of its own is understood as if there were but one. */
import pg from 'pg'
import t from 'tap'
import { brokenConstraint, mayBeOfOne, waitedFor } from '../../src/foundation/sql/errors.ts'
import { insertRows, updateRows, writeStages } from '../../src/foundation/sql/rows.ts'
import { testDatabase } from '../support/database.ts'

const error = (code: string, rest: Partial<pg.DatabaseError> = {}, message = '') =>
  Object.assign(new pg.DatabaseError(message, 0, 'error'), { code, ...rest })

await t.test('a broken constraint has its name, whatever the number of the shard', async (t) => {
  for (const [told, expected] of [
    [error('23505', { constraint: 'complaints_reference' }), 'complaints_reference'],
    [error('23505', { constraint: 'complaints_reference_102118' }), 'complaints_reference'],
    [error('23505', {}, 'duplicate key value violates unique constraint "complaints_reference_102118"'), 'complaints_reference'],
    [
      error('23514', {}, 'new row for relation "orders_102033" violates check constraint "orders_refunds_within_paid"'),
      'orders_refunds_within_paid',
    ],
    [error('42704', {}, 'constraint "complaints_reference" does not exist'), undefined],
    [new Error('constraint "complaints_reference"'), undefined],
  ] as const)
    t.equal(brokenConstraint(told), expected, told.message)
})

await t.test('a wait for a row tells the table', async (t) => {
  for (const [where, expected] of [
    ['while inserting index tuple (0,3) in relation "idempotency_keys"', true],
    ['while inserting index tuple (0,3) in relation "idempotency_keys_102044"', true],
    ['while updating tuple (0,3) in relation "idempotency_keys_old"', false],
    ['while locking tuple (0,3) in relation "complaints_102044"', false],
  ] as const)
    t.equal(waitedFor(error('55P03', { where }), 'idempotency_keys'), expected, where)
  t.notOk(waitedFor(error('57014', { where: 'in relation "idempotency_keys"' }), 'idempotency_keys'))
  t.notOk(waitedFor(error('55P03'), 'idempotency_keys'))
})

await t.test('a failure of one node is told from one of the whole', async (t) => {
  for (const code of ['08006', '08001', 'XX000', 'XX001', '0A000', '40001']) t.ok(mayBeOfOne(error(code)), code)
  for (const code of ['57P01', '57P03', '57014', '53300', '25006', '42P01']) t.notOk(mayBeOfOne(error(code)), code)
  t.notOk(mayBeOfOne(new Error('Connection terminated unexpectedly')))
})

await t.test('a statement writes rows of one platform, and no others', async (t) => {
  const { db } = await testDatabase(t)
  const [mine, other] = ['019a0000-0000-7000-8000-000000000001', '019a0000-0000-7000-8000-000000000002']
  const row = { platform_id: other, id: mine, name: 'x' }
  const mixed = /rows of two platforms/
  await t.rejects(writeStages(db, mine, [[insertRows('added', 'api_keys', [row])]]), mixed)
  const change = updateRows('changed', 'api_keys', [{ after: { ...row, version: 2 }, expected: 1 }], ['version'], ['name'])
  await t.rejects(writeStages(db, mine, [[change]]), mixed)
})
