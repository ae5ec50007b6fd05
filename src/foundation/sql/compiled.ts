/**
 * Queries that are built once. Building and compiling the text is the greatest cost of a short query in JavaScript, and requests run the
 * same few queries with other values.
 */
import type { Compilable, CompiledQuery, Kysely } from 'kysely'

/** Texts kept of one query. A shape beyond that empties the cache, and all texts are built again as they come. */
const MOST_SHAPES = 500

/** Stands for a value while the text is made. */
class StandIn {
  readonly name: string
  constructor(name: string) {
    this.name = name
  }
}

/**
 * A query whose text depends only on the content of `shape` and on which values are given (not `undefined`).
 * @param build writes the query. Each value it gets is a stand-in that can only become a parameter, so it must not look into one. A list is
 *   one parameter, as in `= any(…)`. The text that is built with the first database serves every other with the same tables.
 * @returns a function that runs the query with the given values
 */
export const compileOnce = <Tables, Row, Values extends object, Shape extends object>(
  build: (db: Kysely<Tables>, values: Values, shape: Shape) => Compilable<Row>,
): ((db: Kysely<Tables>, values: Values, shape: Shape) => Promise<Row[]>) => {
  const known = new Map<string, CompiledQuery<Row>>()
  return async (db, values, shape) => {
    const names = Object.keys(values).filter((name) => values[name as keyof Values] !== undefined)
    const key = JSON.stringify([shape, names])
    let compiled = known.get(key)
    if (compiled === undefined) {
      if (known.size >= MOST_SHAPES) known.clear()
      compiled = build(db, Object.fromEntries(names.map((name) => [name, new StandIn(name)])) as Values, shape).compile()
      known.set(key, compiled)
    }
    const parameters = compiled.parameters.map((one) => (one instanceof StandIn ? values[one.name as keyof Values] : one))
    return (await db.executeQuery<Row>({ ...compiled, parameters })).rows
  }
}
