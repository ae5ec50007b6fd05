import { hash, randomBytes } from 'node:crypto'

/** What a key looks like, in the environment and in requests. Older keys, and those that an operator chose, name no mode. */
export const KEY_PATTERN = 'rdk_[A-Za-z0-9_-]{32,200}'

export type PlatformMode = 'live' | 'test'

/** A fresh API key: `rdk_`, the mode of its platform, and 32 random bytes as base64url. It is shown once; only its digest is kept. */
export const newApiKey = (mode: PlatformMode): string => `rdk_${mode}_${randomBytes(32).toString('base64url')}`

/** How a key begins, and its last four characters: enough to recognise it by, and nothing of use to a guesser. */
export const recognisedBy = (key: string): { start: string; last_four: string } => ({
  start: /^rdk_(?:(?:live|test)_)?/.exec(key)?.[0] ?? '',
  last_four: key.slice(-4),
})

/**
 * SHA-256 of a key, 32 bytes. Plain hashing is enough for 256 random bits, and looking keys up by a digest of fixed length leaves
 * nothing to compare that could leak its timing.
 */
export const digestOf = (key: string): Buffer => hash('sha256', key, 'buffer')
