/**
 * Measures the signals of risk on labelled sentences: `npm run eval -- --risk [FILE.csv]` with the columns `text,signals,critical`, signals
 * divided by `|`. Thresholds are chosen on every other row and reported on the rows between, which chose nothing. Prints a table and a chart.
 */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { parse } from 'csv-parse/sync'
import { type Finding, findingsIn, thresholds } from '../../src/case/risk/scan.ts'
import { isTogether } from '../../src/case/risk/weigh.ts'
import { defaultPolicy } from '../../src/rules/policy/default-policy.ts'
import { type WordSignal, wordSignals } from '../../src/words/risk.ts'

export interface Labelled {
  text: string
  signals: readonly WordSignal[]
  critical: boolean
}

/** What counting right and wrong comes to. */
export interface Score {
  /** How many rows have the label. */
  labelled: number
  precision: number
  recall: number
}

export const OWN_SET = path.join(import.meta.dirname, 'risk-sentences.csv')

export const readLabelled = async (file: string): Promise<Labelled[]> => {
  const rows = parse(await readFile(file, 'utf8'), { columns: true, skip_empty_lines: true }) as Record<string, string>[]
  return rows.map(({ text = '', signals = '', critical }) => ({
    text,
    signals: signals.split('|').filter((one): one is WordSignal => (wordSignals as readonly string[]).includes(one)),
    critical: critical === '1',
  }))
}

/** Every other row chooses, the rows between report. */
export const halvesOf = <Row>(rows: readonly Row[]): { choosing: Row[]; reported: Row[] } => ({
  choosing: rows.filter((_, i) => i % 2 === 0),
  reported: rows.filter((_, i) => i % 2 === 1),
})

type Thresholds = Readonly<Record<WordSignal, number>>
const shown = (findings: readonly Finding[], by: Thresholds) =>
  new Set(findings.filter(({ signal, strength }) => strength >= by[signal]).map(({ signal }) => signal))

const scoreOf = (pairs: readonly { is: boolean; said: boolean }[]): Score => {
  const right = pairs.filter(({ is, said }) => is && said).length
  const said = pairs.filter((pair) => pair.said).length
  const labelled = pairs.filter(({ is }) => is).length
  return { labelled, precision: said === 0 ? 1 : right / said, recall: labelled === 0 ? 1 : right / labelled }
}

export const scoreOfSignal = (rows: readonly Labelled[], signal: WordSignal, by: Thresholds): Score =>
  scoreOf(rows.map(({ text, signals }) => ({ is: signals.includes(signal), said: shown(findingsIn(text), by).has(signal) })))

export const scoreOfCritical = (rows: readonly Labelled[], by: Thresholds): Score =>
  scoreOf(
    rows.map(({ text, critical }) => ({
      is: critical,
      said: isTogether(shown(findingsIn(text), by), defaultPolicy.risk.critical_together),
    })),
  )

const harmonic = ({ precision, recall }: Score): number =>
  precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall)

/** The strength at which each signal does best on these rows: one strong word, or one weak word already. Equal: the stricter. */
export const chooseThresholds = (rows: readonly Labelled[]): Thresholds => {
  const chosen: Record<WordSignal, number> = { ...thresholds }
  for (const signal of wordSignals) {
    const at = (strength: number) => harmonic(scoreOfSignal(rows, signal, { ...chosen, [signal]: strength }))
    chosen[signal] = at(0.5) > at(1) ? 0.5 : 1
  }
  return chosen
}

const percent = (share: number): string => `${(100 * share).toFixed(0)} %`.padStart(6)
const bar = (share: number): string => '█'.repeat(Math.round(share * 20)).padEnd(20, '·')
const line = (name: string, { labelled, precision, recall }: Score): string =>
  `${name.padEnd(20)}${String(labelled).padStart(5)}  ${percent(precision)} ${bar(precision)}  ${percent(recall)} ${bar(recall)}`

const cpuPerText = (rows: readonly Labelled[]): number => {
  const from = process.cpuUsage()
  const rounds = 20
  for (let i = 0; i < rounds; i++) for (const { text } of rows) findingsIn(text)
  const { user, system } = process.cpuUsage(from)
  return (user + system) / (rounds * rows.length)
}

/** @param file left out: the project’s own set */
export const evaluateRisk = async (file = OWN_SET): Promise<string> => {
  const rows = await readLabelled(file)
  const { choosing, reported } = halvesOf(rows)
  const by = chooseThresholds(choosing)
  const head = `${'reported half'.padEnd(20)}rows  precision${' '.repeat(20)}recall`
  const differs = wordSignals.filter((signal) => by[signal] !== thresholds[signal])
  return [
    `${rows.length} sentences: thresholds chosen on ${choosing.length}, reported on ${reported.length}`,
    `thresholds: ${wordSignals.map((signal) => `${signal} ${by[signal]}`).join(', ')}`,
    ...(differs.length === 0 ? [] : [`not those of the service: ${differs.join(', ')}`]),
    '',
    head,
    ...wordSignals.map((signal) => line(signal, scoreOfSignal(reported, signal, by))),
    line('critical_suspected', scoreOfCritical(reported, by)),
    '',
    `${cpuPerText(rows).toFixed(0)} µs of CPU a text`,
  ].join('\n')
}
