/** Complaint texts from a CSV file. */
import { createReadStream } from 'node:fs'
import { parse } from 'csv-parse'

export interface TextRow {
  product_group: string
  text: string
}

/**
 * Reads rows of a CSV file (RFC 4180, UTF-8) whose first line names its columns, among them `product_group` and `text`.
 * @throws Error when the file cannot be read, is no CSV, or lacks a column.
 */
export const readTexts = async (file: string, limit: number): Promise<TextRow[]> => {
  const rows: TextRow[] = []
  const records = createReadStream(file).pipe(parse({ columns: true, bom: true, trim: true, skip_empty_lines: true }))
  for await (const { product_group, text } of records as AsyncIterable<Partial<TextRow>>) {
    if (product_group === undefined || text === undefined) throw new Error(`${file} needs the columns product_group and text.`)
    if (rows.length >= limit) break
    if (text !== '') rows.push({ product_group, text })
  }
  if (rows.length === 0) throw new Error(`${file} has no rows with a text.`)
  return rows
}
