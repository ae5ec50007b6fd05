/**
 * Queries that are built once. To build and compile the text is what a short query costs most in JavaScript, and requests ask the same
 * few things with other values.
 */
import type { Compilable, CompiledQuery, Kysely } from 'kysely'

/** Texts kept of one query; callers who think of more shapes than that pay for their building. */
const MOST_SHAPES = 500

/** Stands for a value while the text is made. */
class StandIn {
  readonly name: string
  constructor(name: string) {
    this.name = name
  }
}

/**
 * A query whose text depends on its shape alone: on the words in `shape`, and on which of its values there are (`undefined`: it has none).
 * @param build writes the query. In place of each value it is given a stand-in that can only become a parameter: it must not look into one.
 *   A list is one parameter, as in `= any(…)`. Whatever database it is given first, the text serves all that have the same tables.
 * @returns what runs the query with these values
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
