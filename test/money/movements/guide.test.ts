/** What docs/guide/fund.md says is what happens. */
import t from 'tap'
import type { MovementKind } from '../../../src/words/fund.ts'
import { type Json, testApp } from '../../support/app.ts'
import { guidePage, rowsInChapter } from '../../support/guide.ts'
import { checkBalanced, journalsOf } from '../../support/ledger.ts'
import { begin, take } from './fund.ts'

const page = guidePage('fund')
const bare = (cell: string): string => cell.replaceAll('`', '')

t.test('the worked example of the guide is what happens, and its journal is the ledger’s', async (t) => {
  const app = await testApp(t)
  const rows = rowsInChapter(page, 'An example')
  const told: string[][] = []
  let movement: Json
  for (const [who = '', does = ''] of rows) {
    const as = bare(who)
    const [verb = '', kind, amount] = bare(does).split(' ')
    const isNew = verb === 'announces' || verb === 'asks'
    const { status, body } = isNew
      ? await begin(app, kind as MovementKind, Number(amount), {}, as)
      : await take(app, as, movement.id, verb, kind === undefined ? {} : { amount: Number(kind) })
    if (status < 300) movement = body
    const why = body.end_reason_code && body.status === 'refused' ? `, \`${body.end_reason_code}\`` : ''
    const { data } = (await app.call('GET', '/v1/fund')).body
    told.push([who, does, status < 300 ? `\`${body.status}\`${why}` : `refused: \`${body.code}\``, String(data[0]?.fund ?? 0)])
  }
  t.strictSame(told, rows)
  t.ok(rows.length > 10, 'there is one')
  const journal = /```\n(1\.1 [\s\S]+?)\n```/.exec(page)?.[1]?.split('\n')
  t.strictSame(await journalsOf(app.db, app.platformId), journal)
  await checkBalanced(t, app.db, app.platformId)
})
