/**
 * Seals what must be kept and must not be read in a copy of the database: AES-256-GCM under a key of the environment. A ring has several keys:
 * the first seals, all of them open. So a key is replaced without a moment in which somebody cannot open: the new one is added behind the
 * old, then put first, then `reseal` leaves nothing under the old.
 */
import { createCipheriv, createDecipheriv, hash, randomBytes } from 'node:crypto'

const FORM = 1
const NAME_BYTES = 4
const IV_BYTES = 12
const TAG_BYTES = 16
const KEY_BYTES = 32
const HEAD_BYTES = 1 + NAME_BYTES + IV_BYTES + TAG_BYTES

export interface KeyRing {
  /** @param context what it belongs to; opened in another context it is refused */
  seal: (plain: string, context: string) => Buffer
  /** @throws Error where its key is not on the ring, or it was changed */
  open: (sealed: Buffer, context: string) => string
  /** Whether it is sealed with the first key. */
  isCurrent: (sealed: Buffer) => boolean
}

/** Base64 of 32 bytes each, with commas between; `undefined` where one is not. */
export const readKeys = (text: string): Buffer[] | undefined => {
  const keys = text.split(',').map((one) => Buffer.from(one.trim(), 'base64'))
  return keys.every((key) => key.length === KEY_BYTES) ? keys : undefined
}

export const newKeyText = (): string => randomBytes(KEY_BYTES).toString('base64')

export const keyRing = (keys: readonly Buffer[]): KeyRing => {
  const nameOf = (key: Buffer): Buffer => hash('sha256', key, 'buffer').subarray(0, NAME_BYTES)
  const named = new Map(keys.map((key) => [nameOf(key).toString('hex'), key]))
  const [first] = keys
  if (first === undefined) throw new Error('a ring without keys')
  const nameIn = (sealed: Buffer): string => sealed.subarray(1, 1 + NAME_BYTES).toString('hex')
  return {
    seal: (plain, context) => {
      const iv = randomBytes(IV_BYTES)
      const cipher = createCipheriv('aes-256-gcm', first, iv).setAAD(Buffer.from(context))
      const text = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()])
      return Buffer.concat([Buffer.from([FORM]), nameOf(first), iv, cipher.getAuthTag(), text])
    },
    open: (sealed, context) => {
      const key = named.get(nameIn(sealed))
      if (sealed[0] !== FORM || key === undefined) throw new Error('sealed with a key that is not in SECRETS_KEY')
      const iv = sealed.subarray(1 + NAME_BYTES, 1 + NAME_BYTES + IV_BYTES)
      const tag = sealed.subarray(HEAD_BYTES - TAG_BYTES, HEAD_BYTES)
      const decipher = createDecipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(context)).setAuthTag(tag)
      return Buffer.concat([decipher.update(sealed.subarray(HEAD_BYTES)), decipher.final()]).toString('utf8')
    },
    isCurrent: (sealed) => nameIn(sealed) === nameOf(first).toString('hex'),
  }
}
