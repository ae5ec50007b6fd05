/**
 * Connections to endpoints. Each address is judged when the connection is made: a name that pointed elsewhere when the endpoint was written, or
 * when it was looked up before, gains nothing. Where any address of a name is refused, none of them is called.
 */
import { type LookupAddress, lookup } from 'node:dns'
import type { LookupFunction } from 'node:net'
import { Agent, type Dispatcher } from 'undici'
import { isPublicAddress, type Reach, urlFault } from './addresses.ts'

/** The address of an endpoint, or one of several, may not be called. */
export class AddressForbidden extends Error {
  readonly code = 'ADDRESS_FORBIDDEN'
}

/** How names become addresses. */
export type LookUp = (hostname: string, done: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void) => void

const bySystem: LookUp = (hostname, done) => lookup(hostname, { all: true }, done)

export interface Connections {
  /** Through which this URL is called. @throws AddressForbidden where it may not be */
  to: (url: string, isPrivateAllowed: boolean) => Dispatcher
  close: () => Promise<void>
}

const CONNECT_MS = 10_000
/** Connections to one origin. */
const MOST_CONNECTIONS = 64

/** @param lookUp in place of the system's */
export const openConnections = (ports: Reach['ports'], lookUp: LookUp = bySystem): Connections => {
  const guarded: LookupFunction = (hostname, options, callback) =>
    lookUp(hostname, (error, addresses) => {
      if (error) return callback(error, '')
      const bad = addresses.find(({ address }) => !isPublicAddress(address))
      if (bad !== undefined || addresses.length === 0)
        return callback(new AddressForbidden(`${hostname} leads to an address that may not be called`), '')
      answer(options, addresses, callback)
    })
  const open: LookupFunction = (hostname, options, callback) =>
    lookUp(hostname, (error, addresses) => (error ? callback(error, '') : answer(options, addresses, callback)))
  const agent = (lookupBy: LookupFunction): Agent =>
    new Agent({
      connect: { lookup: lookupBy, timeout: CONNECT_MS },
      connections: MOST_CONNECTIONS,
      pipelining: 1,
      allowH2: false,
    })
  const toPublic = agent(guarded)
  const toAny = agent(open)
  return {
    to: (url, isPrivateAllowed) => {
      // an address in the URL itself is not looked up
      if (urlFault(url, { isPrivateAllowed, ports }) !== undefined) throw new AddressForbidden(url)
      return isPrivateAllowed ? toAny : toPublic
    },
    close: async () => {
      await Promise.all([toPublic.destroy(), toAny.destroy()])
    },
  }
}

const answer = (
  { all }: { all?: boolean | undefined },
  addresses: LookupAddress[],
  callback: Parameters<LookupFunction>[2],
): void => {
  const [first] = addresses
  if (all === true) callback(null, addresses)
  else callback(null, first?.address ?? '', first?.family)
}
