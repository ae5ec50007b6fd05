/** Labelled texts, read from a CSV whose first line names its columns: `label` and `text`. Several labels of a text have `|` between them. */
import { readFileSync } from 'node:fs'
import { parse } from 'csv-parse/sync'

export interface Sample {
  labels: string[]
  text: string
}

/** @throws Error where a column is missing */
export const readSamples = (file: string): Sample[] => {
  const rows = parse(readFileSync(file, 'utf8'), { columns: true, bom: true, skip_empty_lines: true }) as Record<string, string>[]
  return rows.map(({ label, text }, index) => {
    if (label === undefined || text === undefined) throw new Error(`${file}, row ${index + 2}: needs the columns label and text`)
    return {
      labels: label
        .split('|')
        .map((one) => one.trim())
        .filter((one) => one !== ''),
      text,
    }
  })
}

/** Every second text of each label, so that both halves have all of them: one to choose by, the other to report. */
export const halves = (samples: readonly Sample[]): { chosen: Sample[]; reported: Sample[] } => {
  const seen = new Map<string, number>()
  const half = { chosen: [] as Sample[], reported: [] as Sample[] }
  for (const sample of samples) {
    const key = sample.labels.join('|')
    const count = seen.get(key) ?? 0
    seen.set(key, count + 1)
    half[count % 2 === 0 ? 'chosen' : 'reported'].push(sample)
  }
  return half
}
