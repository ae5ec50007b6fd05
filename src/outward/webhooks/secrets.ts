/**
 * Secrets and signatures as Standard Webhooks 1.0 has them: `v1` is an HMAC-SHA256 under a shared secret (`whsec_`), `v1a` an Ed25519 signature
 * that a receiver verifies with a public key (`whpk_`) and could not make itself.
 */
import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  generateKeyPairSync,
  randomBytes,
  sign,
} from 'node:crypto'
import type { KeyRing } from '../../foundation/key-ring.ts'
import type { SignatureKind } from '../../words/webhooks.ts'

export interface NewSecret {
  /** `whsec_…`, or the private key (`whsk_…`), which nobody is shown. */
  secret: string
  /** `whpk_…`; null where both sides share the secret. */
  publicKey: string | null
}

const PRIVATE_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex')
const RAW_KEY_BYTES = 32

export const newSecret = (kind: SignatureKind): NewSecret => {
  if (kind === 'hmac') return { secret: `whsec_${randomBytes(32).toString('base64')}`, publicKey: null }
  const { privateKey } = generateKeyPairSync('ed25519')
  const seed = privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(-RAW_KEY_BYTES)
  const open = createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(-RAW_KEY_BYTES)
  return { secret: `whsk_${seed.toString('base64')}`, publicKey: `whpk_${open.toString('base64')}` }
}

const bytesOf = (secret: string): Buffer => Buffer.from(secret.slice(secret.indexOf('_') + 1), 'base64')

/** Signs what it is given, with its version before it. */
export type Signer = (content: string) => string

/** Signing again and again is several times as quick with a key that was made once. */
export const signerOf = (secret: string): Signer => {
  if (secret.startsWith('whsec_')) {
    const key = createSecretKey(bytesOf(secret))
    return (content) => `v1,${createHmac('sha256', key).update(content).digest('base64')}`
  }
  const key = createPrivateKey({ key: Buffer.concat([PRIVATE_HEAD, bytesOf(secret)]), format: 'der', type: 'pkcs8' })
  return (content) => `v1a,${sign(null, Buffer.from(content), key).toString('base64')}`
}

/**
 * The three headers of a delivery.
 * @param id of the event: the same at each attempt
 * @param atMs real time of this attempt, in milliseconds
 * @param signers all that sign at the moment
 */
export const signedHeaders = (id: string, atMs: number, body: string, signers: readonly Signer[]): Record<string, string> => {
  const timestamp = String(Math.floor(atMs / 1000))
  const content = `${id}.${timestamp}.${body}`
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signers.map((sign) => sign(content)).join(' '),
  }
}

/** What is sealed in which column belongs to that column of that endpoint: it opens nowhere else. */
export type SealedColumn = 'secret' | 'headers'

const contextOf = (endpoint: { platform_id: string; id: string }, column: SealedColumn): string =>
  `webhook_endpoints/${endpoint.platform_id}/${endpoint.id}/${column}`

export const sealFor = (ring: KeyRing, endpoint: { platform_id: string; id: string }, column: SealedColumn, plain: string) =>
  ring.seal(plain, contextOf(endpoint, column))

export const openFrom = (
  ring: KeyRing,
  endpoint: { platform_id: string; id: string },
  column: SealedColumn,
  sealed: Buffer,
): string => ring.open(sealed, contextOf(endpoint, column))
