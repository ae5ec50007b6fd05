/**
 * Reads in the text of a statement what binds each of its tables to a platform. A plan cannot tell: Postgres draws conclusions from one table
 * to the next, and another that places rows on nodes does not. What this reader does not understand counts as not bound.
 */

/** A table in a statement, and the numbers of the parameters that name its platform (1 for `$1`); none where it is not bound. */
export interface Binding {
  table: string
  parameters: number[]
}

/** A word, a sign, or all that stands in parentheses. */
type Token = string | Token[]

const TOKEN = /\s+|'(?:[^']|'')*'|"([^"]+)"|\$\d+|::|[A-Za-z_]\w*|\d+(?:\.\d+)?|[<>]=|<>|->>?|\|\||./gsy

/** Names without their quotes. */
const tokensOf = (text: string): Token[] => {
  const top: Token[] = []
  const open = [top]
  for (const [token, quoted] of text.matchAll(TOKEN)) {
    const level = open.at(-1)
    if (level === undefined) throw new Error(`a parenthesis too many in ${text}`)
    if (token === '(') {
      const inner: Token[] = []
      level.push(inner)
      open.push(inner)
    } else if (token === ')') open.pop()
    else if (token.trim() !== '') level.push(quoted ?? token.toLowerCase())
  }
  return top
}

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '))
const QUERY = words('select insert update delete with values')
const SET_OPERATION = words('union intersect except')
const KEYWORD = words(
  'as on where set join left right full inner cross natural order group limit offset having for using values select returning default',
)
const ENDS_CONDITIONS = words('select from join left right full inner cross group order limit having returning for set')

const isQuery = (token: Token | undefined): token is Token[] =>
  Array.isArray(token) && typeof token[0] === 'string' && QUERY.has(token[0])
const isName = (token: Token | undefined): token is string =>
  typeof token === 'string' && /^[a-z_]\w*$/.test(token) && !KEYWORD.has(token)

/** Every query of a statement by itself, however deep it stands in another. */
const queriesOf = (tokens: readonly Token[]): Token[][] => {
  const parts: Token[][] = [[]]
  for (const token of tokens) {
    if (typeof token === 'string' && SET_OPERATION.has(token)) parts.push([])
    else parts.at(-1)?.push(token)
  }
  return [...parts, ...tokens.flatMap((token) => (Array.isArray(token) ? queriesWithin(token) : []))]
}
const queriesWithin = (token: readonly Token[]): Token[][] =>
  isQuery(token as Token) ? queriesOf(token) : token.flatMap((part) => (Array.isArray(part) ? queriesWithin(part) : []))

interface Named {
  table: string
  alias: string
  /** The word that it stands behind. */
  by: string
}

/** `update` also stands in `for update` and `do update`; a comma goes on with the list of what is read from. */
const placeOfTable = (tokens: readonly Token[], at: number): string | undefined => {
  const before = tokens[at - 1]
  if (before === 'update') return at === 1 ? before : undefined
  if (before === 'from' || before === 'join' || before === 'into' || before === 'using') return before
  return undefined
}

/** Where the name of a table means something else: a column of it, its type, the lock of its rows, a name given to something else. */
const isNoTable = (tokens: readonly Token[], at: number): boolean =>
  tokens[at + 1] === '.' || ['::', 'of', 'as', 'row', '.'].some((before) => tokens[at - 1] === before)

const tablesIn = (tokens: readonly Token[], known: ReadonlySet<string>): Named[] =>
  tokens.flatMap((table, at) => {
    if (typeof table !== 'string' || !known.has(table) || isNoTable(tokens, at)) return []
    const next = tokens[at + 1] === 'as' ? tokens[at + 2] : tokens[at + 1]
    return [{ table, alias: isName(next) ? next : table, by: placeOfTable(tokens, at) ?? 'what is not understood' }]
  })

interface Condition {
  tokens: Token[]
  /** The only table that it narrows, where it belongs to an outer join. */
  of: string | undefined
}

/** The conditions that hold for every row of a query: joined by `and` alone. */
const conditionsIn = (tokens: readonly Token[]): Condition[] => {
  const found: Condition[] = []
  let current: Condition[] = []
  let [active, certain, outer] = [false, true, false]
  const close = (): void => {
    if (certain) found.push(...current)
    current = []
    certain = true
  }
  tokens.forEach((token, at) => {
    if (token === 'where' || token === 'on') {
      close()
      const joined = tokens[at - 1]
      current.push({ tokens: [], of: token === 'on' && outer && typeof joined === 'string' ? joined : undefined })
      active = true
      outer = false
    } else if (typeof token === 'string' && ENDS_CONDITIONS.has(token)) {
      close()
      active = false
      outer ||= token === 'left' || token === 'right' || token === 'full'
    } else if (!active) return
    // `a and b or c`: of all that, nothing is certain
    else if (token === 'or' || token === 'case') certain = false
    else if (token === 'and') current.push({ tokens: [], of: current.at(-1)?.of })
    else if (Array.isArray(token) && !isQuery(token) && current.at(-1)?.tokens.length === 0)
      current.push(...conditionsIn(['where', ...token]).map((inner) => ({ ...inner, of: current.at(-1)?.of })))
    else current.at(-1)?.tokens.push(token)
  })
  close()
  return found
}

const parameterOf = (token: Token | undefined): number[] =>
  typeof token === 'string' && token.startsWith('$') ? [Number(token.slice(1))] : []

/** `alias.platform_id = $1`; without an alias where no other table has platforms. */
const boundByCondition = (tokens: readonly Token[], alias: string, isOnly: boolean): number[] =>
  conditionsIn(tokens).flatMap((condition) => {
    if (condition.of !== undefined && condition.of !== alias) return []
    const [first, second] = condition.tokens
    const rest = first === alias && second === '.' ? condition.tokens.slice(2) : isOnly ? condition.tokens : []
    return rest[0] === 'platform_id' && rest[1] === '=' ? parameterOf(rest[2]) : []
  })

const splitByComma = (tokens: readonly Token[]): Token[][] => {
  const parts: Token[][] = [[]]
  for (const token of tokens) {
    if (token === ',') parts.push([])
    else parts.at(-1)?.push(token)
  }
  return parts
}

/** `insert into t (platform_id, …) select $1, …`, or `values ($1, …), …`: for every row. */
const boundByInsert = (tokens: readonly Token[]): number[] => {
  const [, , , columns = []] = tokens
  const place = Array.isArray(columns) ? splitByComma(columns).findIndex(([column]) => column === 'platform_id') : -1
  const values = tokens.indexOf('values')
  const rows =
    values >= 0
      ? splitByComma(tokens.slice(values + 1))
          .map(([row]) => row)
          .filter(Array.isArray)
      : [tokens.slice(tokens.indexOf('select') + 1, tokens.indexOf('from'))]
  const parameters = rows.map((row) => parameterOf(splitByComma(row)[place]?.[0]))
  return parameters.some((found) => found.length === 0) ? [] : parameters.flat()
}

/** What binds each table of a statement, of the tables that have platforms. */
export const bindingsOf = (text: string, withPlatform: ReadonlySet<string>): Binding[] =>
  queriesOf(tokensOf(text)).flatMap((tokens) => {
    const tables = tablesIn(tokens, withPlatform)
    return tables.map(({ table, alias, by }) => {
      if (by === 'into') return { table, parameters: boundByInsert(tokens) }
      if (by === 'what is not understood') return { table, parameters: [] }
      return { table, parameters: boundByCondition(tokens, alias, tables.length === 1) }
    })
  })
