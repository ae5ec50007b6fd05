/** The account of a merchant over HTTP: what it has, and how that came about. */
import type { FastifyRequest } from 'fastify'
import type { Static } from 'typebox'
import { normaliseTime } from '../../foundation/clock.ts'
import { csvOf, MOST_CSV_ROWS, sendCsv, wantsCsv } from '../../foundation/http/csv.ts'
import { pageOf, readPage, sendPage } from '../../foundation/http/pagination.ts'
import type { App } from '../../foundation/http/server.ts'
import { checkInput } from '../../foundation/http/validation.ts'
import { MerchantParams, requireMerchantOrStaff } from '../../platform/access/merchants.ts'
import { listOf, orCsv, problems, report } from '../../platform/wire/responses.ts'
import type { Deps } from '../../rules/deps.ts'
import { notFound } from '../../words/problems.ts'
import type { AccountRow } from '../ledger/table.ts'
import { findMerchantAccounts } from './find.ts'
import { MerchantAccountOut, merchantAccounts, StatementEntryOut, statementQuery } from './schema.ts'
import { type Line, statementOf } from './statement.ts'
import { merchantAccountView, statementColumns } from './view.ts'

const tags = ['Fund']
const keyOf = ({ created_at, id, account }: Line) => [created_at, id, account]

export const merchantAccountRoutes = (app: App, { readList }: Deps): void => {
  /** Whoever is none of a merchant’s learns of none. @throws Problem `forbidden`, `not_found` */
  const accountsOf = async (request: FastifyRequest, id: string): Promise<AccountRow[]> => {
    requireMerchantOrStaff(request, id, 'The account of a merchant is for the merchant and the staff of the platform.')
    const { actor, platform } = request.caller
    const accounts = await readList((db) => findMerchantAccounts(db, platform.id, id, merchantAccounts))
    if (accounts.length === 0 && actor.role !== 'merchant') throw notFound()
    return accounts
  }

  app.get(
    '/v1/merchants/:id/account',
    {
      schema: {
        operationId: 'getMerchantAccount',
        tags,
        summary: 'Read what a merchant has left as security, has held, owes and is owed',
        description: 'For the merchant itself and the staff of the platform. By currency.',
        params: MerchantParams,
        response: { 200: report(MerchantAccountOut.ref, 'By currency.'), ...problems('forbidden', 'not_found') },
      },
    },
    async (request, reply) => {
      const { id } = request.params
      const accounts = await accountsOf(request, id)
      checkInput(request)
      return reply.type('application/json').send(merchantAccountView(id, accounts))
    },
  )

  app.get(
    '/v1/merchants/:id/account/statement',
    {
      schema: {
        operationId: 'listMerchantAccountEntries',
        tags,
        summary: 'List what changed the accounts of a merchant, with their balances, newest first',
        description: `For the merchant itself and the staff of the platform. \`balance\` is what the account of the entry had after it. As CSV up to ${MOST_CSV_ROWS} entries are in one answer, and \`Link\` leads to those before.`,
        params: MerchantParams,
        querystring: statementQuery,
        response: { 200: orCsv(listOf(StatementEntryOut.ref)), ...problems('forbidden', 'not_found', 'invalid_cursor') },
      },
    },
    async (request, reply) => {
      const { id } = request.params
      const accounts = await accountsOf(request, id)
      checkInput(request)
      const { account, currency, from, to } = request.query as Static<typeof statementQuery>
      const chosen = accounts.filter(
        (one) => (account === undefined || account.includes(one.kind)) && (currency === undefined || one.currency === currency),
      )
      const isCsv = wantsCsv(request)
      const page = { ...readPage(request, ['time', 'id', 'name']), ...(isCsv && { limit: MOST_CSV_ROWS }) }
      const period = { from: from === undefined ? null : normaliseTime(from), to: to === undefined ? null : normaliseTime(to) }
      const lines = await readList((db) => statementOf(db, request.caller.platform.id, chosen, period, page))
      if (!isCsv) return sendPage(request, reply, page, lines, keyOf, ({ account_id: _, ...entry }) => entry)
      const { shown } = pageOf(request, reply, page, lines, keyOf)
      return sendCsv(reply, 'statement', csvOf(statementColumns, shown))
    },
  )
}
