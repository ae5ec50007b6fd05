/**
 * Learns which category a text is of from texts whose category people chose: naive Bayes over pairs of characters. It needs no segmenter and no
 * dictionary, and a text is learnt or dropped by adding to counts. Pure.
 */
import { plainWords } from '../../foundation/phrases.ts'
import { type Candidate, MOST_CANDIDATES } from '../../rules/category-lexicon/suggest.ts'
import { type Category, categories } from '../../words/complaints.ts'
import type { Learnt } from './understand.ts'

/** Of so many characters the grams are taken: enough to say what it is about, and a filing must not wait for more. */
const MOST_CHARACTERS = 400

/** The different single characters and pairs of characters of a text, without spaces of their own. */
export const gramsOf = (text: string): string[] => {
  const characters = [...plainWords(text).slice(0, MOST_CHARACTERS)]
  const grams = new Set<string>()
  for (const [index, one] of characters.entries()) {
    if (one !== ' ') grams.add(one)
    const next = characters[index + 1]
    if (next !== undefined && !(one === ' ' && next === ' ')) grams.add(one + next)
  }
  return [...grams]
}

/** So many different grams are told apart: others share a place, which costs little and tells less of the words. */
export const GRAMS = 65_536

/** What is learnt of one category. */
export interface LearntClass {
  category: Category
  /** How many texts. */
  texts: number
  /** Whether it may be suggested: it has enough texts, and none of the people who chose it weighs too much. */
  mayBeSuggested: boolean
  /** In how many texts each gram stood. */
  grams: Uint32Array
}

/** What counts for a gram that a category has never seen. */
const SMOOTHING = 0.1

/** Long texts are not surer than short ones: what they say repeats itself. */
const DAMPING = 0.6

/** The largest part that one person's choices may have of a category. */
const LARGEST_PART = 5

/**
 * How many choices of each person may be learnt for a category, so that nobody weighs more than a fifth of it.
 * @param counts how many there are of each person, learnt already or not
 */
export const capOf = (counts: readonly number[]): number => {
  const total = (cap: number) => counts.reduce((sum, count) => sum + Math.min(count, cap), 0)
  let cap = Math.max(0, ...counts)
  while (cap > 0 && total(cap) < LARGEST_PART * cap) cap--
  return cap
}

/** Whether nobody weighs more than a fifth of it. */
export const isBalanced = (counts: readonly number[]): boolean =>
  Math.max(0, ...counts) * LARGEST_PART <= counts.reduce((sum, count) => sum + count, 0)

/**
 * Makes what was learnt ready to read with; `undefined` where it is too little.
 * @param digest the place of a gram among `GRAMS`
 * @param leastChoices from so many texts on it is used
 * @param leastLikelihood in hundredths
 */
export const learntFrom = (
  classes: readonly LearntClass[],
  digest: (gram: string) => number,
  { leastChoices, leastLikelihood }: { leastChoices: number; leastLikelihood: number },
): Learnt | undefined => {
  const all = classes.reduce((sum, { texts }) => sum + texts, 0)
  if (all < leastChoices || !classes.some(({ mayBeSuggested }) => mayBeSuggested)) return undefined
  const ready = classes.map((one) => {
    const sum = one.grams.reduce((total, count) => total + count, 0)
    return { ...one, prior: Math.log(one.texts / all), rest: Math.log(sum + SMOOTHING * GRAMS) }
  })
  return (text) => {
    const places = gramsOf(text).map(digest)
    if (places.length === 0) return undefined
    const scores = ready.map(({ grams, prior, rest }) => {
      let score = 0
      for (const place of places) score += Math.log((grams[place] ?? 0) + SMOOTHING) - rest
      return (prior + score) / places.length ** DAMPING
    })
    const highest = Math.max(...scores)
    const weights = scores.map((score) => Math.exp(score - highest))
    const sum = weights.reduce((total, weight) => total + weight, 0)
    const candidates = ready
      .map(({ category, mayBeSuggested }, index) => ({
        category,
        mayBeSuggested,
        score: Math.floor((100 * (weights[index] ?? 0)) / sum),
      }))
      .sort((a, b) => b.score - a.score || categories.indexOf(a.category) - categories.indexOf(b.category))
    const [first, second] = candidates
    if (first === undefined) return undefined
    const isSure = first.score >= leastLikelihood && first.mayBeSuggested
    return {
      category: isSure ? first.category : null,
      subcategory: null,
      margin: first.score - (second?.score ?? 0),
      likelihood: first.score,
      words: [],
      candidates: candidates
        .slice(0, MOST_CANDIDATES)
        .filter(({ score }) => score > 0)
        .map(({ category, score }): Candidate => ({ category, subcategory: null, score })),
    }
  }
}
