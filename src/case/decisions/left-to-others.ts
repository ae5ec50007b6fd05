/** Cases that this instance leaves to others, since a newer version has written words into them that this one does not know. */
import { Counter } from 'prom-client'
import { roomMetrics } from '../../foundation/process/metrics.ts'
import { problem } from '../../words/problems.ts'
import type { CaseFile } from '../case-file/case-file.ts'
import type { Deps } from '../deps.ts'

const unknownWords = roomMetrics((registry) => ({
  /** The words that have been logged: each once, however many cases have it. */
  told: new Set<string>(),
  left: new Counter<'what'>({
    name: 'redress_unknown_words_total',
    help: 'Times that a case was left to instances of a newer version because of a word in it, by what the word is',
    labelNames: ['what'],
    registers: [registry],
  }),
}))

/** Whether a case is left to others. Logs each unknown word once, and counts every call in a metric. */
export const isLeft = ({ log, metrics }: Pick<Deps, 'log' | 'metrics'>, file: CaseFile): boolean => {
  if (file.unknown === undefined) return false
  const { told, left } = unknownWords(metrics)
  for (const what of new Set(file.unknown.map((one) => one.what))) left.inc({ what })
  for (const { what, word } of file.unknown) {
    if (told.has(`${what} ${word}`)) continue
    told.add(`${what} ${word}`)
    log.warn({ what, word, complaint: file.complaint.id }, 'cases with a word of a newer version are left to other instances')
  }
  return true
}

/** The refusal of an action in such a case. A newer instance behind the same address can do it. */
export const leftToOthers = () =>
  problem(
    'unavailable',
    'A newer version of the service has written words into this case that this instance does not know. Another instance can do it: ask again.',
    { retryAfter: 1 },
  )
