import { hash } from 'node:crypto'
import { keepWithin } from '../../foundation/process/lru.ts'

/** Contents of versions, by whatever names the versions. */
export interface Shelf<T> {
  get: (version: string) => T | undefined
  /**
   * @param content what the version says
   * @param make what is kept of it, made once: equal contents are one object
   */
  put: (version: string, content: unknown, make: () => T) => T
}

/** Names that are kept; most of them share what a platform is born with. */
const MOST_NAMES = 50_000

/**
 * @param room for contents, in characters of their JSON
 * @param besides what one takes besides, in the same measure
 */
export const createShelf = <T>(room: number, besides: number): Shelf<T> => {
  const digests = keepWithin<string, string>(MOST_NAMES)
  const contents = keepWithin<string, T>(room)
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
