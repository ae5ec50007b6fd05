/** Reads the pages of docs/guide, so that tests can check that what they say is true. */
import { readFileSync } from 'node:fs'
import path from 'node:path'

/** The text of a page. */
export const guidePage = (name: string): string =>
  readFileSync(path.join(import.meta.dirname, '../../docs/guide', `${name}.md`), 'utf8')

/** The cells of the rows of a table, without its head and the line below that. */
const cellsOf = (lines: readonly string[]): string[][] =>
  lines.slice(2).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )

/** The rows of the table in a chapter. */
export const rowsInChapter = (page: string, chapter: string): string[][] =>
  cellsOf(
    (page.split(`## ${chapter}\n`)[1] ?? '')
      .split('\n## ')[0]
      ?.split('\n')
      .filter((line) => line.startsWith('|')) ?? [],
  )

/** The rows of a table, by the beginning of its head. */
export const rowsUnder = (page: string, head: string): string[][] => {
  const at = page.indexOf(`| ${head} |`)
  return at === -1 ? [] : cellsOf((page.slice(at).split('\n\n')[0] ?? '').split('\n'))
}
