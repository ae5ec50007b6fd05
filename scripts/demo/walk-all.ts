/** Walks many cases at a time, and prints tables of what became of them. */
import { randomUUID } from 'node:crypto'
import { seeded } from './random.ts'
import type { Service } from './service.ts'
import type { TextRow } from './texts.ts'
import { type Walked, walk } from './walk.ts'

const AT_ONCE = 4

/** @returns whether every case was closed and the service never failed. */
export const walkAll = async (service: Service, rows: readonly TextRow[], seed: number): Promise<boolean> => {
  const run = randomUUID().slice(0, 8)
  console.log(`${rows.length} complaints, seed ${seed}, references demo-${run}-1 to demo-${run}-${rows.length}`)
  const began = performance.now()
  const bar = progress(rows.length)
  const results: Walked[] = []
  const waiting = rows.entries()
  const work = async (): Promise<void> => {
    for (const [index, row] of waiting) {
      // each row has a seed of its own, so the rows that run beside it change nothing
      results.push(await walk(service, seeded(seed * 1_000_003 + index), row, `${run}-${index + 1}`))
      bar.advance()
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  bar.end()
  return report(results, (performance.now() - began) / 1000)
}

/** A bar that is drawn over itself on a terminal, and nothing elsewhere. */
const progress = (total: number) => {
  const { stderr } = process
  let done = 0
  const draw = (): void => {
    if (!stderr.isTTY) return
    const filled = Math.round((done / total) * 40)
    stderr.write(`\r[${'█'.repeat(filled)}${'·'.repeat(40 - filled)}] ${done}/${total}`)
  }
  draw()
  return {
    advance: () => {
      done++
      draw()
    },
    end: () => {
      if (stderr.isTTY) stderr.write('\n')
    },
  }
}

const tally = (words: Iterable<string>): [word: string, count: number][] =>
  [...Map.groupBy(words, (word) => word)]
    .map(([word, all]): [string, number] => [word, all.length])
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))

const table = (title: string, counts: [string, number][]): void => {
  console.log(`\n${title}`)
  if (counts.length === 0) console.log('       0')
  for (const [word, count] of counts) console.log(`${String(count).padStart(8)}  ${word}`)
}

const report = (results: readonly Walked[], seconds: number): boolean => {
  const ended = results.filter(({ complaint }) => complaint?.status === 'closed')
  const failures = results.flatMap((walked) => walked.failures)
  const moves = results.flatMap((walked) => walked.moves)
  table('Status', tally(results.map(({ complaint }) => complaint?.status ?? 'not filed')))
  table('Outcome', tally(ended.map(({ complaint }) => complaint?.outcome ?? 'none')))
  table('Closed because', tally(ended.map(({ complaint }) => complaint?.close_reason ?? 'none')))
  table('Level', tally(ended.map(({ complaint }) => String(complaint?.level))))
  table('Moves', tally(moves))
  table('Refusals (4xx)', tally(results.flatMap((walked) => walked.refusals)))
  table('Failures (5xx, or no answer)', tally(failures))
  console.log(`\n${ended.length} of ${results.length} cases ended, ${moves.length} moves in ${seconds.toFixed(1)} s`)
  return failures.length === 0 && ended.length === results.length
}
