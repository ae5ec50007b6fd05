/** Reads a text by the lexicon of a platform. Pure: the same words and the same lexicon say the same. */
import { type Found, type Phrases, phrasesOf, plainWords } from '../../foundation/phrases.ts'
import { type Category, categories } from '../../words/complaints.ts'
import type { TagKind } from '../../words/understanding.ts'
import type { CategoryLexicon } from './lexicon.ts'

/** How much speaks for a category. */
export interface Candidate {
  category: Category
  /** The added category under it; null for the fixed one itself. */
  subcategory: string | null
  score: number
}

export interface Suggestion {
  /** Null where no category leads clearly. */
  category: Category | null
  subcategory: string | null
  /** By how much the first candidate leads; zero without one. */
  margin: number
  /** The words that spoke for the first candidate. */
  words: string[]
  /** At most three, the likeliest first. */
  candidates: Candidate[]
}

export interface DrawnTag {
  kind: TagKind
  code: string
}

export const MOST_CANDIDATES = 3
export const MOST_TAGS = 12
const MOST_WORDS = 8

/** What says that the word after it is not the case. */
const negations = ['不是', '并非', '没有', '不存在', 'not ', 'not a ', 'no ', "isn't ", "isn't a ", "wasn't ", "wasn't a "]

interface Meaning {
  category: string
  weight: number
}

/** A lexicon, ready to read with. */
export interface Reader {
  lexicon: CategoryLexicon
  suggest: (text: string) => Suggestion
  tags: (text: string) => DrawnTag[]
}

const isFixed = (code: string): code is Category => (categories as readonly string[]).includes(code)

const negated = (text: string, { at }: Found<unknown>): boolean =>
  negations.some((word) => at >= word.length && text.startsWith(word, at - word.length))

/** Makes a lexicon ready to read with. */
export const readerOf = (lexicon: CategoryLexicon): Reader => {
  const under = new Map(lexicon.categories.filter(({ retired }) => retired !== true).map(({ code, under }) => [code, under]))
  const speaking: Phrases<Meaning> = phrasesOf(
    lexicon.words.flatMap(({ category, weight, words }) =>
      isFixed(category) || under.has(category) ? words.map((word) => [word, { category, weight }] as const) : [],
    ),
  )
  const tagging: Phrases<DrawnTag> = phrasesOf(
    lexicon.tags.flatMap(({ kind, code, words }) => words.map((word) => [word, { kind, code }] as const)),
  )

  /** What speaks for each fixed category, and for each code within it. */
  const weigh = (text: string) => {
    const codes = new Map<string, { score: number; words: Set<string> }>()
    for (const found of speaking.in(text)) {
      if (negated(text, found)) continue
      const { category, weight } = found.means
      const one = codes.get(category) ?? { score: 0, words: new Set<string>() }
      if (!one.words.has(found.phrase)) one.score += weight
      one.words.add(found.phrase)
      codes.set(category, one)
    }
    return codes
  }

  const suggest = (given: string): Suggestion => {
    const codes = weigh(plainWords(given))
    const fixed = new Map<Category, { score: number; words: string[]; best: { code: string; score: number } | null }>()
    for (const [code, { score, words }] of codes) {
      const category = isFixed(code) ? code : (under.get(code) as Category)
      const one = fixed.get(category) ?? { score: 0, words: [], best: null }
      one.score += score
      one.words.push(...words)
      if (!isFixed(code) && score > (one.best?.score ?? 0)) one.best = { code, score }
      fixed.set(category, one)
    }
    const order = [...fixed].sort(
      ([a, one], [b, other]) => other.score - one.score || categories.indexOf(a) - categories.indexOf(b),
    )
    const [first, second] = order
    if (first === undefined) return { category: null, subcategory: null, margin: 0, words: [], candidates: [] }
    const margin = first[1].score - (second?.[1].score ?? 0)
    const candidates = order
      .slice(0, MOST_CANDIDATES)
      .map(([category, { score, best }]) => ({ category, subcategory: best?.code ?? null, score }))
    const isClear = margin >= lexicon.margin
    return {
      category: isClear ? first[0] : null,
      subcategory: isClear ? (first[1].best?.code ?? null) : null,
      margin,
      words: first[1].words.slice(0, MOST_WORDS),
      candidates,
    }
  }

  const tags = (given: string): DrawnTag[] => {
    const drawn = new Map<string, DrawnTag>()
    for (const { means } of tagging.in(plainWords(given))) {
      if (drawn.size >= MOST_TAGS) break
      drawn.set(`${means.kind} ${means.code}`, means)
    }
    return [...drawn.values()]
  }

  return { lexicon, suggest, tags }
}
