import { hash, randomBytes } from 'node:crypto'

/** What a key looks like, in the environment and in requests. */
export const KEY_PATTERN = 'rdk_[A-Za-z0-9_-]{32,200}'

/** A fresh API key: `rdk_` and 32 random bytes as base64url. It is shown once; only its digest is kept. */
export const newApiKey = (): string => `rdk_${randomBytes(32).toString('base64url')}`

/**
 * SHA-256 of a key, 32 bytes. Plain hashing is enough for 256 random bits, and looking keys up by a digest of fixed length leaves
 * nothing to compare that could leak its timing.
 */
export const digestOf = (key: string): Buffer => hash('sha256', key, 'buffer')
