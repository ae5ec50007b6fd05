/**
 * Statements that come again are prepared: Postgres then parses and plans them once per connection, which is most of what a small
 * statement costs. The code of a query, by hand or with the builder, does nothing for it.
 */
import pg from 'pg'

/** A text is prepared when it is seen this often: a text that comes only once would stay in the server's memory for nothing. */
const PREPARED_FROM = 3
/** Texts under observation. */
const MOST_WATCHED = 1000
/** Texts prepared, separately for reads and for writes: lists have a text per combination of filters and must not crowd out the writes. */
const MOST_PREPARED = 100

/** Names each text that comes often enough, the same for all connections. */
export class StatementNames {
  #seen = new Map<string, number>()
  #names = { read: new Map<string, string>(), write: new Map<string, string>() }
  #named = 0

  #namesLike(text: string): Map<string, string> {
    return text.startsWith('select') ? this.#names.read : this.#names.write
  }

  nameOf(text: string): string | undefined {
    const names = this.#namesLike(text)
    const name = names.get(text)
    if (name !== undefined || names.size >= MOST_PREPARED) return name
    const seen = (this.#seen.get(text) ?? 0) + 1
    if (seen < PREPARED_FROM) {
      if (this.#seen.size >= MOST_WATCHED) this.#seen.clear()
      this.#seen.set(text, seen)
      return undefined
    }
    this.#seen.delete(text)
    this.#named += 1
    const fresh = `redress_${this.#named}`
    names.set(text, fresh)
    return fresh
  }

  /** Gives the text another name from now on, so that every connection prepares it anew. */
  renew(text: string): void {
    this.#namesLike(text).delete(text)
  }
}

/** Whether a plan was made before a table changed its columns, by a migration of another instance. */
export const isStalePlan = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && error.code === '0A000' && error.routine === 'RevalidateCachedQuery'

/** A `pg.Client` that prepares what comes often. */
export const preparingClient = (names: StatementNames): typeof pg.Client =>
  class PreparingClient extends pg.Client {
    // biome-ignore lint/suspicious/noExplicitAny: pg overloads this; only the form that the query builder uses is changed
    override query(...given: any[]): any {
      const [text, values] = given
      if (given.length !== 2 || typeof text !== 'string' || !Array.isArray(values)) return super.query(...(given as [string]))
      const name = names.nameOf(text)
      if (name === undefined) return super.query(text, values)
      return super.query({ name, text, values }).catch((error: unknown) => {
        if (!isStalePlan(error)) throw error
        names.renew(text)
        // a transaction has to be run again as a whole, which its caller does
        if (this.getTransactionStatus() !== 'I') throw error
        return super.query(text, values)
      })
    }
  }
