/** What the schema cannot say of a lexicon. Pure. */

import { categories } from '../../words/complaints.ts'
import { type FieldError, problem } from '../../words/problems.ts'
import type { CategoryLexicon } from './lexicon.ts'

/** All words together: what is read with each filing is built once, and kept in memory for each platform. */
export const MOST_WORDS = 8_000

/** @throws Problem `validation_failed` with every fault */
export const checkLexicon = (next: CategoryLexicon, present: CategoryLexicon): void => {
  const errors: FieldError[] = []
  const fault = (pointer: string, code: string, detail: string) => errors.push({ pointer, code, detail })
  const codes = new Map(next.categories.map((one) => [one.code, one]))
  const fixed: readonly string[] = categories

  for (const [index, { code }] of next.categories.entries()) {
    if (fixed.includes(code)) fault(`/document/categories/${index}/code`, 'duplicate', `${code} is a fixed category`)
    if (codes.get(code) !== next.categories[index])
      fault(`/document/categories/${index}/code`, 'duplicate', `${code} stands there twice`)
  }
  for (const was of present.categories) {
    const is = codes.get(was.code)
    const index = is === undefined ? -1 : next.categories.indexOf(is)
    if (is === undefined)
      fault('/document/categories', 'required', `${was.code} is a code of cases: keep it, with "retired": true`)
    else if (is.under !== was.under)
      fault(
        `/document/categories/${index}/under`,
        'read_only',
        `${was.code} stands under ${was.under} for good; retire it and add another`,
      )
    else if (was.retired === true && is.retired !== true)
      fault(
        `/document/categories/${index}/retired`,
        'read_only',
        `${was.code} was retired, and a code is never used again; add another`,
      )
  }
  for (const [index, { category }] of next.words.entries())
    if (!fixed.includes(category) && !codes.has(category))
      fault(
        `/document/words/${index}/category`,
        'not_one_of',
        `there is no category ${category}${nearestIn([...fixed, ...codes.keys()], category)}`,
      )
  const words = [...next.words, ...next.tags].reduce((sum, one) => sum + one.words.length, 0)
  if (words > MOST_WORDS) fault('/document', 'maximum', `has ${words} words; at most ${MOST_WORDS}`)
  if (errors.length > 0) throw problem('validation_failed', `${errors[0]?.pointer} ${errors[0]?.detail}.`, { errors })
}

/** How many single letters must change, be added or left out, but no more than counts. */
const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)))
    row = next
  }
  return row[b.length] ?? 0
}

/** `; do you mean …?` with the nearest codes, or nothing where there are none. */
export const nearestIn = (codes: readonly string[], given: string): string => {
  const near = codes
    .map((code) => ({ code, far: distance(code, given.slice(0, 64)) }))
    .sort((a, b) => a.far - b.far)
    .slice(0, 3)
    .map(({ code }) => code)
  return near.length === 0 ? '' : `; the nearest are ${near.join(', ')}`
}
