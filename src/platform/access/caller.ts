/**
 * Who acts. Roles are those of `Redress-Actor`; `system` is the sweep and is never granted to a key. Two are no persons but systems of the
 * platform, and read nothing of cases: `orders` states its orders, `payments` reports what became of money.
 */
export const keyRoles = ['buyer', 'merchant', 'agent', 'supervisor', 'admin', 'orders', 'payments', 'integration'] as const
export type KeyRole = (typeof keyRoles)[number]
export const roles = [...keyRoles, 'system'] as const
export type Role = KeyRole | 'system'

export interface Actor {
  role: Role
  /** The platform's own name for the person; `people.ts` says what it may be. */
  id: string
  /** Of staff: the payment system of the platform reports by a key of its own, so that staff do so only as an exception. */
  besidePayments?: true
}

/** The platform a request belongs to, as its API key tells it. */
export interface PlatformScope {
  id: string
  mode: 'live' | 'test'
  /** How far a test platform's clock has been moved, in milliseconds. */
  clock_offset_ms: number
  /** Rises with each change of its policy or calendars. */
  rules_version: number
}

/** A caller that has been authenticated: one platform, one actor, and the credential that vouches for it. */
export interface Caller {
  platform: PlatformScope
  actor: Actor
  /** The API key's id; idempotency keys are scoped to it. */
  credential: string
}

export const systemActor: Actor = { role: 'system', id: 'redress' }

export const actorName = (actor: Actor): string => `${actor.role}:${actor.id}`

export const isStaff = (role: Role): boolean => role === 'agent' || role === 'supervisor'
/** Who may read everything of a platform. */
export const seesAll = (role: Role): boolean => isStaff(role) || role === 'admin' || role === 'integration' || role === 'system'
