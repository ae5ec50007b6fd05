/** The operations that both servers are asked for, and how the database shows that they were really done. */
import { randomUUID } from 'node:crypto'
import type { OperationName } from './arguments.ts'
import type { Request } from './load.ts'
import { titleOf as rowTitleOf } from './report.ts'
import { agent, buyer, filing, response, uploadForm, uploadType } from './samples.ts'
import { type Books, boundsOf, idOf, merchantOf } from './seed.ts'

export type Side = 'service' | 'limit'

export interface Operation {
  name: OperationName
  variant: string
  /** Makes the next request. Writes take a fresh case each time. */
  request: (side: Side) => Request
  /** How many fresh cases there are; 0 where none are used up. */
  fresh: number
  /** A query that counts what has been written; absent for a read. */
  written?: string
}

export const titleOf = ({ name, variant }: Pick<Operation, 'name' | 'variant'>): string =>
  rowTitleOf({ operation: name, variant })

/** A read goes to one of this many cases, at random. */
const READ_AMONG = 10_000

/** @param planRow the row number of the proposed plan, for `idOf` */
export const operations = (books: Books, key: string, planRow: number): Operation[] => {
  const headers = (as: string): Record<string, string> => ({ authorization: `Bearer ${key}`, 'redress-actor': as })
  const writing = (as: string, type = 'application/json') => ({
    ...headers(as),
    'content-type': type,
    'idempotency-key': randomUUID(),
  })
  const range = (name: string) => books.ranges.get(name) ?? { from: 0, to: 0 }
  // the first of these has the long timeline
  const filed = range('create')
  const reads = { fresh: 0 }
  const form = uploadForm()
  const words = '请问什么时候处理？'

  const onFresh = (
    name: OperationName,
    variant: string,
    sample: string,
    written: string,
    request: (n: number, side: Side) => Request,
  ): Operation => {
    const { from, to } = range(sample)
    let n = from
    return { name, variant, written, fresh: to - from, request: (side) => request(n++, side) }
  }

  const changed = (sample: string) => {
    const [from, to] = boundsOf(books, sample)
    return `select count(*)::integer as count from complaints where id >= '${from}' and id < '${to}'
      and updated_at > created_at + interval '1 day'`
  }
  const post = (path: string, as: string, body: object): Request => ({
    method: 'POST',
    path,
    headers: writing(as),
    body: JSON.stringify(body),
  })
  const get = (path: string): Request => ({ method: 'GET', path, headers: headers(agent) })
  const caseAt = (n: number) => `/v1/complaints/${idOf(books.baseMs, n)}`

  return [
    {
      name: 'create',
      variant: '',
      ...reads,
      request: () => post('/v1/complaints', buyer, filing(randomUUID())),
      written: `select count(*)::integer as count from complaints where created_at > now() - interval '1 day'`,
    },
    {
      name: 'read',
      variant: '',
      ...reads,
      request: () => get(caseAt(filed.from + 1 + Math.floor(Math.random() * Math.min(READ_AMONG, filed.to - filed.from - 1)))),
    },
    { name: 'list', variant: 'newest', ...reads, request: () => get('/v1/complaints?status=submitted&limit=20') },
    {
      name: 'list',
      variant: 'by due date',
      ...reads,
      request: () => get('/v1/complaints?status=submitted&sort=due_at&limit=20'),
    },
    {
      name: 'timeline',
      variant: '',
      ...reads,
      request: () => get(`${caseAt(filed.from)}/events?sort=sequence&limit=100`),
    },
    onFresh('action', 'accept', 'accept', changed('accept'), (n) => post(`${caseAt(n)}/accept`, agent, {})),
    onFresh('action', 'respond', 'respond', changed('respond'), (n) =>
      post(`${caseAt(n)}/respond`, `merchant:${merchantOf(n)}`, response),
    ),
    onFresh('action', 'accept plan', 'accept plan', changed('accept plan'), (n, side) =>
      post(
        side === 'limit' ? `${caseAt(n)}/accept-plan` : `/v1/refund-plans/${idOf(books.baseMs, n, planRow)}/accept`,
        `merchant:${merchantOf(n)}`,
        {},
      ),
    ),
    onFresh('action', 'message', 'message', 'select count(*)::integer as count from messages', (n, side) =>
      post(side === 'limit' ? `${caseAt(n)}/message` : `${caseAt(n)}/messages`, `buyer:B-${n}`, {
        text: words,
        visibility: 'parties',
      }),
    ),
    onFresh('upload', '', 'upload', 'select count(*)::integer as count from evidence', (n) => ({
      method: 'POST',
      path: `${caseAt(n)}/evidence`,
      headers: writing(`buyer:B-${n}`, uploadType),
      body: form,
    })),
  ]
}
