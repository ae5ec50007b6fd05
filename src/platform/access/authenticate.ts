import type { FastifyRequest } from 'fastify'
import type { Clock } from '../../foundation/clock.ts'
import { toTime } from '../../foundation/clock.ts'
import type { Db } from '../../foundation/sql/database.ts'
import { invalidField, problem } from '../../words/problems.ts'
import { findCredential } from '../across-platforms.ts'
import { type Actor, type Caller, isStaff, type KeyRole, keyRoles } from './caller.ts'
import type { Credential } from './find.ts'
import { digestOf, KEY_PATTERN } from './keys.ts'
import type { KeyUses } from './last-used.ts'
import { readActorHeader } from './people.ts'

/**
 * Who is calling: an API key vouches for a platform and the roles that may be used, `Redress-Actor` picks the role and names the person.
 */

declare module 'fastify' {
  interface FastifyRequest {
    /** Set on every request under /v1 before anything else happens. */
    caller: Caller
  }
  interface FastifyContextConfig {
    /** Roles that may call a route although they may call no other; `orders` and `payments` are such roles. */
    opensTo?: readonly KeyRole[]
  }
}

/** Roles that may call only the routes that name them (`opensTo`), and what those are about. */
const confined: Readonly<Partial<Record<string, string>>> = {
  orders: 'where it states orders and what belongs to them',
  payments: 'where it reports what became of money',
} satisfies Partial<Record<KeyRole, string>>

/** @throws Problem `forbidden` (403) where the role of the caller is kept from this route. An unknown address is not found, as for all */
export const checkOpen = ({ caller: { actor }, routeOptions: { url, config } }: FastifyRequest): void => {
  const where = confined[actor.role]
  if (url !== undefined && where !== undefined && !config.opensTo?.some((role) => role === actor.role))
    throw problem('forbidden', `A key acts as ${actor.role} only ${where}.`)
}

const BEARER = new RegExp(`^Bearer +(${KEY_PATTERN})$`, 'i')
/** Roles that stand for the platform itself: a key with one of them may act without naming a person. */
const DESK: ReadonlySet<KeyRole> = new Set(['agent', 'supervisor', 'admin', 'orders', 'payments', 'integration'])

/** How long a key's row is trusted without asking again: the longest that a revoked key goes on working on another instance. */
const TRUSTED_MS = 2_000
const MOST_TRUSTED = 1_000

export interface Authenticator {
  /**
   * A promise only where the database has to be asked, since every request waits for this.
   * @throws Problem `unauthenticated` (401), `role_not_granted` (403), `actor_required` or `validation_failed` (400)
   */
  authenticate: (request: FastifyRequest) => Caller | Promise<Caller>
  /** Makes this instance ask the database again at once. */
  forget: () => void
}

export const createAuthenticator = (db: Db, clock: Clock, uses: KeyUses): Authenticator => {
  const trusted = new Map<string, { credential: Credential; until: number }>()

  const credentialOf = (key: string): Credential | undefined | Promise<Credential | undefined> => {
    const digest = digestOf(key)
    const cacheKey = digest.toString('base64')
    const now = clock.nowMs()
    const known = trusted.get(cacheKey)
    if (known !== undefined && now < known.until && now >= known.until - TRUSTED_MS) return known.credential
    trusted.delete(cacheKey)
    return lookUp(digest, cacheKey, now)
  }

  const lookUp = async (digest: Buffer, cacheKey: string, now: number): Promise<Credential | undefined> => {
    const credential = await findCredential(db, digest, toTime(now))
    // A test platform's clock can be moved by any instance at any time, so its row is read for each request.
    if (credential?.platform.mode === 'live') {
      if (trusted.size >= MOST_TRUSTED) trusted.clear()
      trusted.set(cacheKey, { credential, until: now + TRUSTED_MS })
    }
    return credential
  }

  const callerOf = (request: FastifyRequest, credential: Credential | undefined): Caller => {
    request.credentialId = credential?.id
    if (credential === undefined || !isUsable(credential, clock)) {
      // One text for every reason: it must not tell a guesser how near a guess was.
      throw problem('unauthenticated', 'Send a valid API key: Authorization: Bearer rdk_…')
    }
    const { id, platform, last_used_at } = credential
    uses.note({ id, platformId: platform.id, lastUsedAt: last_used_at }, clock.nowMs())
    return { platform, actor: actorOf(request, credential), credential: id }
  }

  return {
    forget: () => trusted.clear(),
    authenticate: (request) => {
      const key = BEARER.exec(request.headers.authorization ?? '')?.[1]
      const credential = key === undefined ? undefined : credentialOf(key)
      return credential instanceof Promise ? credential.then((found) => callerOf(request, found)) : callerOf(request, credential)
    },
  }
}

const isUsable = ({ revoked_at, expires_at }: Credential, clock: Clock): boolean =>
  revoked_at === null && (expires_at === null || toTime(clock.nowMs()) < expires_at)

const actorAs = (role: KeyRole, id: string, { besidePayments }: Credential): Actor => ({
  role,
  id,
  ...(isStaff(role) && besidePayments && { besidePayments }),
})

const actorOf = (request: FastifyRequest, credential: Credential): Actor => {
  const header = request.headers['redress-actor']
  if (header === undefined) {
    const [role, ...others] = credential.roles.filter((r) => DESK.has(r))
    if (role !== undefined && others.length === 0) return actorAs(role, `key-${credential.id}`, credential)
    throw problem('actor_required', 'Name whom this key acts for, as Redress-Actor: role:id.')
  }
  const named = typeof header === 'string' ? readActorHeader(header) : undefined
  if (named === undefined) {
    throw invalidField(
      'header:Redress-Actor',
      'pattern',
      'must be role:id, the id of 1 to 256 printable characters in Unicode NFC, percent-encoded where it is not ASCII (a literal % is %25, a comma %2C)',
    )
  }
  const { role, id } = named
  const granted = keyRoles.find((r) => r === role && credential.roles.includes(r))
  if (granted === undefined) throw problem('role_not_granted', `This key may act as ${credential.roles.join(', ')}.`)
  return actorAs(granted, id, credential)
}

/** Agents, supervisors and admins. @throws Problem `forbidden` (403), whatever the resource */
export const requireDesk = (request: FastifyRequest): void => {
  const { role } = request.caller.actor
  if (!isStaff(role) && role !== 'admin') throw problem('forbidden', 'This is for the staff of the platform.')
}

/** Programs of the platform that follow its events, and admins. @throws Problem `forbidden` (403), whatever the resource */
export const requireIntegration = (request: FastifyRequest): void => {
  const { role } = request.caller.actor
  if (role !== 'integration' && role !== 'admin')
    throw problem('forbidden', 'This is for keys with the role integration, and for admins of the platform.')
}

/** @throws Problem `forbidden` (403), whatever the resource */
export const requireAdmin = (request: FastifyRequest): void => {
  if (request.caller.actor.role !== 'admin') throw problem('forbidden', 'This is for admins of the platform.')
}
