/** Where a gram is counted: by a digest under a key of the platform, so that a copy of the counts without the key tells no words. */
import { createHmac, createSecretKey, randomBytes } from 'node:crypto'
import type { KeyRing } from '../../foundation/key-ring.ts'
import { createLru } from '../../foundation/process/lru.ts'
import { GRAMS } from './learner.ts'

const KEY_BYTES = 32

/** Most grams come again and again; what is remembered is not worked out anew. */
const MOST_REMEMBERED = 60_000

const contextOf = (platformId: string): string => `category_keys/${platformId}`

export const newDigestKey = (ring: KeyRing, platformId: string): Buffer =>
  ring.seal(randomBytes(KEY_BYTES).toString('base64'), contextOf(platformId))

/** The same key, sealed with the first of the ring. */
export const resealDigestKey = (ring: KeyRing, platformId: string, sealed: Buffer): Buffer =>
  ring.seal(ring.open(sealed, contextOf(platformId)), contextOf(platformId))

/** @throws Error where the key is not on the ring */
export const digestUnder = (ring: KeyRing, platformId: string, sealed: Buffer): ((gram: string) => number) => {
  const key = createSecretKey(Buffer.from(ring.open(sealed, contextOf(platformId)), 'base64'))
  const remembered = createLru<string, number>(MOST_REMEMBERED)
  return (gram) => {
    const known = remembered.get(gram)
    if (known !== undefined) return known
    const place = createHmac('sha256', key).update(gram).digest().readUInt32BE(0) % GRAMS
    remembered.set(gram, place)
    return place
  }
}
