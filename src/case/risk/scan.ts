/**
 * Reads words for signals of risk. Pure and bounded: a text is cut at `MOST_READ` characters, and no pattern looks back and forth over more
 * than a few of them. What is found are words of the lexicon, never more of what somebody wrote.
 */
import { type WordSignal, wordSignals } from '../../words/risk.ts'
import { lexicon, traps } from './lexicon.ts'

/** How much of a text is read: its beginning, and its end where it is longer. */
const MOST_READ = { beginning: 6_000, end: 2_000 }

/** From which strength on a signal counts: a strong word is 1, a weak one 0.5. Chosen on one half of the labelled set (`npm run eval -- --risk`). */
export const thresholds: Readonly<Record<WordSignal, number>> = {
  regulator: 1,
  press: 1,
  lawsuit: 1,
  injury: 1,
  hazard: 1,
  food: 1,
  minor: 1,
  fraud: 1,
  threat: 1,
}

/** Words of a signal, as they were found. */
export interface Finding {
  signal: WordSignal
  /** 1 for a strong word, 0.5 for each weak one; at most 1. */
  strength: number
  words: string[]
}

const MOST_WORDS = 5

const union = (patterns: readonly string[]): RegExp => new RegExp(patterns.join('|'), 'g')
const TRAPS = union(traps)
const patterns = wordSignals.map((signal) => {
  const { strong, weak = [], denied = true } = lexicon[signal]
  return { signal, denied, strong: union(strong), weak: weak.length === 0 ? undefined : union(weak) }
})

/** What takes back the word that follows it. It looks at a few characters before the word alone. */
const DENIAL_ZH =
  /(?:没有?|并未|未曾?|不会|不想|不打算|不准备|无意|不是|不用|不必|懒得|幸好没|从不|别|无人|没人|不至于|差点)(?:要|去|想|打算|过|再|人|什么|造成|导致|引起|出现|发现|任何|打|找|向|到|在|把|说你?们?|个|被|是|有)*$/
const DENIAL_EN =
  /(?:\b(?:no|not|nothing|never|without|nobody|none|neither|nor|don'?t|didn'?t|doesn'?t|isn'?t|wasn'?t|won'?t|aren'?t|haven'?t|nearly|almost)\b|\bno one\b)(?: (?:a|an|any|one|was|were|is|been|be|being|got|get|getting|going|to|want|wanting|planning|plan|intend|threatening|threaten|calling|call|report|reporting|the|my|actually|really|ever|seriously|was seriously|contact|contacting|file|filing))*\s*$/

const LOOK_BACK = { zh: 12, en: 60 }

const isDenied = (text: string, at: number): boolean =>
  DENIAL_ZH.test(text.slice(Math.max(0, at - LOOK_BACK.zh), at)) || DENIAL_EN.test(text.slice(Math.max(0, at - LOOK_BACK.en), at))

/** One form of writing: half-width and lower case, curly quotes straight, white space as single spaces. */
const normalise = (text: string): string => {
  const { beginning, end } = MOST_READ
  const read = text.length <= beginning + end ? text : `${text.slice(0, beginning)}\n${text.slice(-end)}`
  return read.normalize('NFKC').toLowerCase().replaceAll('’', "'").replaceAll(/\s+/g, ' ')
}

const found = (text: string, pattern: RegExp, denied: boolean): string[] => {
  const words: string[] = []
  for (const match of text.matchAll(pattern)) {
    if (match[0] === '' || (denied && isDenied(text, match.index))) continue
    if (!words.includes(match[0])) words.push(match[0])
    if (words.length >= MOST_WORDS) break
  }
  return words
}

/** All that speaks for a signal, also what is too weak to count. */
export const findingsIn = (text: string): Finding[] => {
  const read = normalise(text).replace(TRAPS, ' ; ')
  const findings: Finding[] = []
  for (const { signal, denied, strong, weak } of patterns) {
    const loud = found(read, strong, denied)
    const soft = loud.length > 0 || weak === undefined ? [] : found(read, weak, denied)
    if (loud.length + soft.length === 0) continue
    findings.push({ signal, strength: loud.length > 0 ? 1 : Math.min(1, soft.length / 2), words: [...loud, ...soft] })
  }
  return findings
}

/** The signals that a text shows, each with the words of the lexicon that were found. */
export const signalsIn = (text: string): Finding[] =>
  findingsIn(text).filter(({ signal, strength }) => strength >= thresholds[signal])
