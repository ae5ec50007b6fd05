/**
 * Finds phrases in a text. The work is bounded by the length of the text times that of the longest phrase, whatever either says: there is no
 * expression that could walk back and forth, only one way down a tree of characters from each place.
 */

/** What of a text is looked at: what a complaint is about is said early, and the work of a filing must not grow with its length. */
export const MOST_OF_TEXT = 2_000

/** How far the second part of a phrase may be from the first, in characters. */
const REACH = 24

/** Between the two parts of a phrase. */
export const GAP = '…'

/**
 * A text as phrases are compared: compatibility forms are one (NFKC: full-width letters and digits), small letters, straight apostrophes,
 * one space where there are several.
 */
export const plainWords = (text: string): string =>
  text
    .slice(0, MOST_OF_TEXT)
    .normalize('NFKC')
    .slice(0, MOST_OF_TEXT)
    .toLowerCase()
    .replaceAll(/[\u2018\u2019\u02bc]/g, "'")
    .replaceAll(/\s+/g, ' ')

interface Ending<T> {
  phrase: string
  means: T
  /** The second part, where there is one. */
  second: string | undefined
  /** Whether the first part may go on as a longer word. */
  open: boolean
  secondOpen: boolean
}

interface Branch<T> {
  next: Map<number, Branch<T>>
  endings: Ending<T>[]
}

export interface Found<T> {
  /** As it was given. */
  phrase: string
  means: T
  /** Where it begins. */
  at: number
}

export interface Phrases<T> {
  /**
   * From left to right, of those that begin at one place the longest, none within another.
   * @param text as `plainWords` makes it
   */
  in: (text: string) => Found<T>[]
}

const isLatin = (code: number): boolean => (code >= 97 && code <= 122) || (code >= 48 && code <= 57)
const latinAt = (text: string, at: number): boolean => at >= 0 && at < text.length && isLatin(text.charCodeAt(at))

/** Whether a part that lies at `from` to `to` is a word of its own: letters of the Latin alphabet do not go on on either side. */
const standsAlone = (text: string, from: number, to: number, open: boolean): boolean =>
  !(latinAt(text, from) && latinAt(text, from - 1)) && (open || !(latinAt(text, to - 1) && latinAt(text, to)))

const opened = (part: string): { part: string; open: boolean } =>
  part.endsWith('*') ? { part: part.slice(0, -1), open: true } : { part, open: false }

/**
 * @param phrases as they are written: `…` between two parts that may lie apart, `*` after a part of which longer words count too; Chinese
 *   needs none, since it has no gaps between its words
 */
export const phrasesOf = <T>(phrases: Iterable<readonly [phrase: string, means: T]>): Phrases<T> => {
  const root: Branch<T> = { next: new Map(), endings: [] }
  for (const [phrase, means] of phrases) {
    // the sign for the gap is itself a compatibility form
    const [first = '', second] = phrase.split(GAP).map((one) => plainWords(one).trim())
    const { part, open } = opened(first)
    const rest = second === undefined ? undefined : opened(second)
    if (part === '' || rest?.part === '') continue
    let branch = root
    for (let at = 0; at < part.length; at++) {
      const code = part.charCodeAt(at)
      const known = branch.next.get(code)
      if (known) branch = known
      else {
        const made: Branch<T> = { next: new Map(), endings: [] }
        branch.next.set(code, made)
        branch = made
      }
    }
    branch.endings.push({ phrase, means, second: rest?.part, open, secondOpen: rest?.open ?? false })
  }

  /** Whether the second part follows near enough. */
  const follows = (text: string, from: number, { second, secondOpen }: Ending<T>): boolean => {
    if (second === undefined) return true
    const near = text.slice(0, from + REACH + second.length)
    for (let at = near.indexOf(second, from); at !== -1; at = near.indexOf(second, at + 1))
      if (standsAlone(text, at, at + second.length, secondOpen)) return true
    return false
  }

  return {
    in: (text) => {
      const found: Found<T>[] = []
      for (let at = 0; at < text.length; ) {
        let best: Found<T>[] = []
        let end = at + 1
        let branch: Branch<T> | undefined = root
        for (let to = at; to < text.length; ) {
          branch = branch.next.get(text.charCodeAt(to++))
          if (branch === undefined) break
          const here: Found<T>[] = []
          for (const ending of branch.endings)
            if (standsAlone(text, at, to, ending.open) && follows(text, to, ending))
              here.push({ phrase: ending.phrase, means: ending.means, at })
          if (here.length > 0) {
            best = here
            end = to
          }
        }
        found.push(...best)
        at = end
      }
      return found
    },
  }
}
