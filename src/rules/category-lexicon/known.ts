/** The lexicons of the platforms, as this instance knows them. */
import { createLru } from '../../foundation/process/lru.ts'
import type { Db } from '../../foundation/sql/database.ts'
import { defaultLexicon } from './default-lexicon.ts'
import { findPresentLexicon } from './find.ts'
import { type Reader, readerOf } from './suggest.ts'

/** Characters of JSON; a tree of them takes some twenty times as much. Platforms that have written none share one. */
const ROOM = 4_000_000

/** A platform whose lexicon is asked for. Its `rules_version` rises with each change. */
export interface LexiconOwner {
  id: string
  rules_version: number
}

export interface KnownLexicon {
  version: number
  reader: Reader
}

/** A promise only where the database has to be asked. */
export type Lexicons = (platform: LexiconOwner, on?: Db) => KnownLexicon | Promise<KnownLexicon>

let atFirst: Reader | undefined

/** What platforms start with, made once. */
export const defaultReader = (): Reader => {
  atFirst ??= readerOf(defaultLexicon)
  return atFirst
}

export const createLexicons = (db: Db): Lexicons => {
  const kept = createLru<string, KnownLexicon & { rulesVersion: number }>(ROOM)
  return (platform, on = db) => {
    const known = kept.get(platform.id)
    if (known !== undefined && known.rulesVersion >= platform.rules_version) return known
    return (async () => {
      const { version, document } = await findPresentLexicon(on, platform.id)
      const reader = version === 0 ? defaultReader() : known?.version === version ? known.reader : readerOf(document)
      const read = { version, reader, rulesVersion: platform.rules_version }
      kept.set(platform.id, read, version === 0 ? 100 : JSON.stringify(document).length)
      return read
    })()
  }
}
