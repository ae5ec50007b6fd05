import type { FastifyRequest } from 'fastify'
import t from 'tap'
import { csvOf, wantsCsv } from '../../../src/foundation/http/csv.ts'

t.test('texts that a spreadsheet would run get an apostrophe, numbers do not', async (t) => {
  const columns = { a: ({ a }: { a: string | number | null }) => a }
  const line = (a: string | number | null) => csvOf(columns, [{ a }]).split('a\r\n')[1]
  t.equal(line(-5), '-5\r\n')
  t.equal(line(null), '\r\n')
  t.equal(line('=1+1'), "'=1+1\r\n")
  t.equal(line('-5'), "'-5\r\n")
  t.equal(line(' @SUM(A1)'), "' @SUM(A1)\r\n")
  t.equal(line('＝1'), "'＝1\r\n", 'in its wide form, too')
  t.equal(line('a,"b"\n'), '"a,""b""\n"\r\n')
  t.equal(line('保证金'), '保证金\r\n')
})

t.test('CSV is sent to who asks for it', async (t) => {
  const asks = (format?: string, accept?: string) =>
    wantsCsv({ query: { format }, headers: { accept } } as unknown as FastifyRequest)
  t.equal(asks(), false)
  t.equal(asks('csv', 'application/json'), true)
  t.equal(asks('json', 'text/csv'), false)
  t.equal(asks(undefined, 'text/csv'), true)
  t.equal(asks(undefined, 'text/csv, application/json'), false)
  t.equal(asks(undefined, '*/*'), false)
})
