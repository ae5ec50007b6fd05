/** The requests of a busy day: a mix of several kinds. */
import type { Request } from './load.ts'
import type { Operation } from './operations.ts'
import { type Books, idOf } from './seed.ts'

export const kinds = ['action', 'create', 'read', 'list', 'export'] as const
export type Kind = (typeof kinds)[number]

/** Shares of all requests. */
export const weights: Record<Kind, number> = { action: 0.2, create: 0.1, read: 0.4, list: 0.2, export: 0.1 }

export interface Asking {
  request: Request
  /** After a refusal: gives back the fresh case that the request did not use up. */
  giveBack: () => void
}

export interface Mix {
  /** `undefined` when the only fresh cases left are those that are kept for `one`. */
  next: (kind: Kind) => Asking | undefined
  /** One request outside of a load. @throws Error when no fresh case is left */
  one: (kind: Kind) => Request
  /** How many fresh cases are left for `next`. */
  left: () => number
  /** A kind at random, by its weight. */
  pick: () => Kind
}

/** How many fresh cases are kept for `one`. */
const KEPT = 500

/** How many pages deep the exports go. */
const PAGES = 20

/**
 * The addresses of the first pages of a walk over all complaints.
 * @throws Error when a page is not answered
 */
export const exportPages = async (url: string, headers: Record<string, string>): Promise<string[]> => {
  const pages = ['/v1/complaints?limit=100']
  for (let page = pages[0]; page !== undefined && pages.length < PAGES; ) {
    const answer = await fetch(url + page, { headers })
    if (!answer.ok) throw new Error(`${page}: ${answer.status} ${await answer.text()}`)
    const { next_cursor: cursor } = (await answer.json()) as { next_cursor?: string | null }
    page = cursor ? `${pages[0]}&cursor=${encodeURIComponent(cursor)}` : undefined
    if (page !== undefined) pages.push(page)
  }
  return pages
}

/**
 * @param operations the operations of the service, from which the requests of each kind are made
 * @param pages the result of `exportPages`
 */
export const mixOf = (operations: readonly Operation[], books: Books, pages: readonly string[]): Mix => {
  const requestOf = (name: string, variant = '') => {
    const found = operations.find((operation) => operation.name === name && operation.variant === variant)
    if (!found) throw new Error(`there is no operation ${name} ${variant}`)
    return () => found.request('service')
  }
  const create = requestOf('create')
  const read = requestOf('read')
  const list = requestOf('list', 'newest')
  const accept = requestOf('action', 'accept')
  const { from, to } = books.ranges.get('overload') ?? { from: 0, to: 0 }
  const fresh = Array.from({ length: to - from }, (_, i) => to - 1 - i)

  const free = (request: Request): Asking => ({ request, giveBack: () => undefined })
  const action = (): Asking | undefined => {
    const n = fresh.pop()
    if (n === undefined) return undefined
    return { request: { ...accept(), path: `/v1/complaints/${idOf(books.baseMs, n)}/accept` }, giveBack: () => fresh.push(n) }
  }
  const exported = () => free({ ...read(), path: pages[Math.floor(Math.random() * pages.length)] as string })
  const askings: Record<Kind, () => Asking | undefined> = {
    action,
    create: () => free(create()),
    read: () => free(read()),
    list: () => free(list()),
    export: exported,
  }
  const left = () => Math.max(0, fresh.length - KEPT)
  return {
    next: (kind) => (kind === 'action' && left() === 0 ? undefined : askings[kind]()),
    one: (kind) => {
      const asking = askings[kind]()
      if (!asking) throw new Error('no fresh case is left: take more --cases')
      return asking.request
    },
    left,
    pick: () => {
      let left = Math.random()
      for (const kind of kinds) {
        left -= weights[kind]
        if (left < 0) return kind
      }
      return 'read'
    },
  }
}
