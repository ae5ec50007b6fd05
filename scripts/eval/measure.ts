/** What a judge of texts is worth on labelled ones. */
import type { Sample } from './samples.ts'

/** What a judge says of a text. */
export interface Judgement {
  /** What it shows; empty where it shows nothing. */
  shown: string[]
  /** What it would have said if it had to; empty where it has no idea. */
  guess: string[]
  /** How sure it is, in its own measure: only texts of the same judge are compared. */
  sureness: number
}

/** @param none the label of a text for which nothing is to be shown */
export interface Judge {
  none: string | null
  judge: (text: string) => Judgement
}

export interface PerLabel {
  label: string
  texts: number
  shown: number
  right: number
  precision: number | null
  recall: number | null
}

export interface Measured {
  texts: number
  /** Texts for which something was shown, and for how many of them it was right. */
  shown: number
  right: number
  /** How many first guesses were right, shown or not. */
  guessed: number
  perLabel: PerLabel[]
  calibration: { sureness: number; texts: number; right: number }[]
  cpuMsPerText: number
}

const share = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole)

const isRight = (said: readonly string[], labels: readonly string[]): boolean =>
  said.length > 0 && said.every((one) => labels.includes(one))

export const measure = ({ judge, none }: Judge, samples: readonly Sample[]): Measured => {
  const before = process.cpuUsage()
  const judged = samples.map((sample) => ({ sample, said: judge(sample.text) }))
  const { user, system } = process.cpuUsage(before)
  const labels = [...new Set(judged.flatMap(({ sample, said }) => [...sample.labels, ...said.shown]))].filter(
    (one) => one !== none,
  )
  const perLabel = labels.sort().map((label): PerLabel => {
    const texts = judged.filter(({ sample }) => sample.labels.includes(label))
    const shown = judged.filter(({ said }) => said.shown.includes(label))
    const right = shown.filter(({ sample }) => sample.labels.includes(label)).length
    return {
      label,
      texts: texts.length,
      shown: shown.length,
      right,
      precision: share(right, shown.length),
      recall: share(right, texts.length),
    }
  })
  const steps = [...new Set(judged.map(({ said }) => Math.floor(said.sureness)))].sort((a, b) => a - b)
  const shown = judged.filter(({ said }) => said.shown.length > 0)
  return {
    texts: judged.length,
    shown: shown.length,
    right: shown.filter(({ sample, said }) => isRight(said.shown, sample.labels)).length,
    guessed: judged.filter(({ sample, said }) => isRight(said.guess, sample.labels)).length,
    perLabel,
    calibration: steps.map((step) => {
      const there = judged.filter(({ said }) => Math.floor(said.sureness) === step && said.guess.length > 0)
      return {
        sureness: step,
        texts: there.length,
        right: there.filter(({ sample, said }) => isRight(said.guess, sample.labels)).length,
      }
    }),
    cpuMsPerText: (user + system) / 1000 / Math.max(1, samples.length),
  }
}
