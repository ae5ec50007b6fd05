/** Measurements as text: a table and bars. */
import type { Measured } from './measure.ts'

const WIDTH = 30

const bar = (share: number): string => '█'.repeat(Math.round(share * WIDTH)).padEnd(WIDTH, '·')
const percent = (part: number, whole: number): string =>
  whole === 0 ? '   –  ' : `${((100 * part) / whole).toFixed(1)} %`.padStart(7)
const number = (value: number | null): string => (value === null ? '–' : value.toFixed(2)).padStart(9)

/** @returns the lines of the report */
export const report = (title: string, m: Measured): string[] => {
  const wide = Math.max(8, ...m.perLabel.map(({ label }) => label.length))
  return [
    `${title}: ${m.texts} texts, ${m.cpuMsPerText.toFixed(3)} ms of CPU each`,
    `  shown ${m.shown} (${percent(m.shown, m.texts).trim()}), of these right ${m.right} (${percent(m.right, m.shown).trim()}); first guess right ${m.guessed} (${percent(m.guessed, m.texts).trim()})`,
    '',
    `  ${'label'.padEnd(wide)} ${'texts'.padStart(6)} ${'shown'.padStart(6)} ${'right'.padStart(6)} precision    recall`,
    ...m.perLabel.map(
      ({ label, texts, shown, right, precision, recall }) =>
        `  ${label.padEnd(wide)} ${String(texts).padStart(6)} ${String(shown).padStart(6)} ${String(right).padStart(6)} ${number(precision)} ${number(recall)}  ${bar(recall ?? 0)}`,
    ),
    '',
    '  how sure it was, and how often its first guess was right',
    ...m.calibration.map(
      ({ sureness, texts, right }) =>
        `  ${String(sureness).padStart(wide)} ${String(texts).padStart(6)} ${percent(right, texts)}  ${bar(texts === 0 ? 0 : right / texts)}`,
    ),
    '',
  ]
}
