import { categories } from '../../words/complaints.ts'
import { countedKinds } from '../../words/deadlines.ts'
import { defaultPolicy } from './default-policy.ts'
import type { Policy, PolicyDocument } from './schema.ts'

/**
 * Completes a document of any age. Documents are kept for good while words are added, so a kind of clock, a category or a field that a
 * document lacks is taken from `defaultPolicy`. Every document from a caller or the database passes through here, once or more often.
 */
export const readPolicy = (document: PolicyDocument): Policy => {
  const { clocks, burden_of_proof, fitting_remedies, platform_silence, risk, ...fields } = defaultPolicy
  return {
    ...fields,
    ...document,
    clocks: complete(countedKinds, document.clocks, clocks),
    burden_of_proof: complete(categories, document.burden_of_proof, burden_of_proof),
    fitting_remedies: { ...fitting_remedies, ...document.fitting_remedies },
    risk: { ...risk, ...document.risk, weights: { ...risk.weights, ...document.risk?.weights } },
    platform_silence: { ...platform_silence, ...document.platform_silence },
  }
}

/** One entry for each word: the document's own, else the default. */
const complete = <Word extends string, T>(
  words: readonly Word[],
  own: Readonly<Partial<Record<Word, T>>>,
  otherwise: Readonly<Record<Word, T>>,
): Record<Word, T> => Object.fromEntries(words.map((word) => [word, own[word] ?? otherwise[word]])) as Record<Word, T>
