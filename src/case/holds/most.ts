/** How much of an order can still be held for the merchant of a case. Pure. */
import type { CaseFile } from '../case-file/case-file.ts'
import { bookOfCase, boundOf, leftOf } from '../orders/book.ts'

/** @returns the limit that it counts against, and what that has left, in minor units */
export const mostToHold = (file: Pick<CaseFile, 'order' | 'limits' | 'complaint'>): { key: string; left: number } => {
  const book = bookOfCase(file)
  if (book === null) return { key: '', left: 0 }
  const own = { kind: 'settlement', key: file.complaint.respondent_id } as const
  const key = boundOf(book, own) === undefined ? '' : own.key
  return { key, left: leftOf(book, { ...own, key }) ?? 0 }
}
