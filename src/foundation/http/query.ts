/**
 * The query of a URL. A comma separates the values of a list; a comma within a value is written `%2C`. So a list must be split before it is
 * decoded, and the parsed query keeps its values as they were written.
 */

const WRITTEN = Symbol('the values as they were written')

interface Written {
  [WRITTEN]?: Map<string, string[]>
}

/** Text that cannot be decoded stays as it is; `checkInput` refuses it. */
const decode = (text: string): string => {
  const spaced = text.replaceAll('+', ' ')
  try {
    return decodeURIComponent(spaced)
  } catch {
    return spaced
  }
}

/** Name and value of each parameter as they stand in the query. */
const pairsOf = (query: string): { pair: string; name: string; value: string }[] =>
  query
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const equals = pair.indexOf('=')
      const name = decode(equals === -1 ? pair : pair.slice(0, equals))
      return { pair, name, value: equals === -1 ? '' : pair.slice(equals + 1) }
    })

/** The names of parameters with invalid percent-encoding or a NUL. A name that has a NUL itself is given as `''`. */
export const unreadableIn = (query: string): string[] =>
  pairsOf(query).flatMap(({ pair, name }) => (isReadable(pair) ? [] : [isReadable(encodeURIComponent(name)) ? name : '']))

const isReadable = (text: string): boolean => {
  try {
    return !decodeURIComponent(text).includes('\0')
  } catch {
    return false
  }
}

/** Fastify's parser of queries: one value, or all values of a name that stands there several times. */
export const parseQuery = (query: string): Record<string, unknown> => {
  const written = new Map<string, string[]>()
  for (const { name, value } of pairsOf(query)) {
    const values = written.get(name)
    if (values) values.push(value)
    else written.set(name, [value])
  }
  // without a prototype, so that a parameter may be called as it likes
  const parsed = Object.create(null) as Record<string, unknown>
  for (const [name, values] of written) parsed[name] = values.length === 1 ? decode(values[0] as string) : values.map(decode)
  Object.defineProperty(parsed, WRITTEN, { value: written, enumerable: false })
  return parsed
}

/** The values of a list: `?order=a%2Cb,c` names the orders `a,b` and `c`. */
export const splitValues = (parsed: object, name: string): string[] =>
  ((parsed as Written)[WRITTEN]?.get(name) ?? []).flatMap((value) => value.split(',').map(decode))

/** The query as it was written, with another value of one parameter. */
export const withParameter = (query: string, name: string, value: string): string =>
  [...pairsOf(query).flatMap((one) => (one.name === name ? [] : [one.pair])), `${name}=${encodeURIComponent(value)}`].join('&')
