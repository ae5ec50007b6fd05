import { hash } from 'node:crypto'
import { createLru } from '../../foundation/process/lru.ts'

/** A cache of what versions contain. Versions with equal contents share one object. */
export interface Shelf<T> {
  get: (version: string) => T | undefined
  /**
   * @param content what the version contains; equal contents are found by their JSON
   * @param make makes the object that is kept, unless an equal content has one already
   */
  put: (version: string, content: unknown, make: () => T) => T
}

/** Names of versions that are kept. Most of them share the contents that a new platform gets. */
const MOST_NAMES = 50_000

/**
 * @param room for contents, in characters of their JSON
 * @param besides what each content takes besides its JSON, in the same measure
 */
export const createShelf = <T>(room: number, besides: number): Shelf<T> => {
  const digests = createLru<string, string>(MOST_NAMES)
  const contents = createLru<string, T>(room)
  return {
    get(version) {
      const digest = digests.get(version)
      return digest === undefined ? undefined : contents.get(digest)
    },
    put(version, content, make) {
      const text = JSON.stringify(content)
      const digest = hash('sha256', text, 'base64')
      const made = contents.get(digest) ?? make()
      contents.set(digest, made, text.length + besides)
      digests.set(version, digest)
      return made
    },
  }
}
