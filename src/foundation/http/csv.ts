/** Lists as CSV (RFC 4180), for spreadsheets. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import Type from 'typebox'
import { StrEnum } from './schema.ts'

/** The most rows of one answer in CSV; `Link` leads on. */
export const MOST_CSV_ROWS = 10_000

/** The query parameter that asks for it. */
export const formatQuery = {
  format: Type.Optional(
    StrEnum(['json', 'csv'], { description: 'As `Accept: application/json` or `Accept: text/csv` says; this counts for more.' }),
  ),
}

/** Whether the caller wants CSV: by `format`, else where `Accept` names it and not JSON. */
export const wantsCsv = ({ query, headers }: FastifyRequest): boolean => {
  const { format } = query as { format?: 'json' | 'csv' }
  const accept = headers.accept ?? ''
  return format === undefined ? /\btext\/csv\b/i.test(accept) && !/\bjson\b/i.test(accept) : format === 'csv'
}

export type CsvValue = string | number | null

/** A text that a spreadsheet would take for a formula gets an apostrophe in front (OWASP, CSV injection); a number is none. */
const field = (value: CsvValue): string => {
  if (value === null) return ''
  const text = String(value)
  const safe = typeof value !== 'number' && /^\s*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

const line = (values: readonly CsvValue[]): string => `${values.map(field).join(',')}\r\n`

/** Rows under a head. @param columns by their names, in order */
export const csvOf = <Row>(columns: Readonly<Record<string, (row: Row) => CsvValue>>, rows: readonly Row[]): string => {
  const values = Object.values(columns)
  return line(Object.keys(columns)) + rows.map((row) => line(values.map((value) => value(row)))).join('')
}

/** Sends CSV. @param name of the file that a browser would keep it in */
export const sendCsv = (reply: Pick<FastifyReply, 'header' | 'type' | 'send'>, name: string, text: string) =>
  reply
    .header('Content-Disposition', `attachment; filename="${name}.csv"`)
    .type('text/csv; charset=utf-8; header=present')
    .send(text)
