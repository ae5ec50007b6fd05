/**
 * Which addresses may be called. Whoever writes an endpoint's URL makes this service send a request, so it must reach nothing but the public
 * internet: no neighbour in the network, no metadata service, not itself. All that is no ordinary public address is refused.
 */
import { BlockList, isIP } from 'node:net'

/** Everything in IPv4 that is not globally reachable (IANA special-purpose registry), multicast and the old class E. */
const closed4 = new BlockList()
for (const [net, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.31.196.0', 24],
  ['192.52.193.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['192.175.48.0', 24],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const)
  closed4.addSubnet(net, bits, 'ipv4')

/** IPv6 has one block of public addresses, and a few within it that lead elsewhere, as those that wrap an IPv4 address do. */
const open6 = new BlockList()
open6.addSubnet('2000::', 3, 'ipv6')
const closed6 = new BlockList()
for (const [net, bits] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const)
  closed6.addSubnet(net, bits, 'ipv6')

/** @param address as `isIP` knows it */
export const isPublicAddress = (address: string): boolean => {
  switch (isIP(address)) {
    case 4:
      return !closed4.check(address, 'ipv4')
    case 6:
      return open6.check(address, 'ipv6') && !closed6.check(address, 'ipv6')
    default:
      return false
  }
}

/** What may be called. */
export interface Reach {
  /** http as well, any address, any port: to try things out. */
  isPrivateAllowed: boolean
  ports: readonly number[]
}

/** The host of a URL as an address, where it is one in any spelling; the URL parser has made all of them one. */
const literalOf = (url: URL): string | undefined => {
  const host = url.hostname.replace(/^\[|\]$/g, '')
  return isIP(host) === 0 ? undefined : host
}

/** Why this URL may not be called, in words; `undefined` where it may. Names are looked up only when a connection is made. */
export const urlFault = (text: string, { isPrivateAllowed, ports }: Reach): string | undefined => {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !/^https?:\/\//i.test(text)) return 'must be an absolute URL'
  if (url.username !== '' || url.password !== '') return 'must not hold credentials; send them as a header'
  if (url.hash !== '') return 'must not have a fragment'
  if (isPrivateAllowed) return undefined
  if (url.protocol !== 'https:') return 'must begin with https://'
  const port = url.port === '' ? 443 : Number(url.port)
  if (!ports.includes(port)) return `must have one of the ports ${ports.join(', ')}`
  const literal = literalOf(url)
  return literal !== undefined && !isPublicAddress(literal) ? 'must lead to a public address' : undefined
}
