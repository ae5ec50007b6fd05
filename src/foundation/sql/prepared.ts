/**
 * Statements that come again are prepared: Postgres then parses and plans them once per connection, which is most of what a small
 * statement costs. Whoever writes a query, by hand or with the builder, need not know.
 */
import pg from 'pg'

/** A text is prepared when it is seen this often: what is asked once only would stay in the server's memory for nothing. */
const PREPARED_FROM = 3
/** Texts under observation. */
const MOST_WATCHED = 1000
/** Texts prepared, of reads and of writes apart: lists have as many texts as combinations of filters, and must not leave writes without. */
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

/** A plan that was made before a table changed its columns: a migration by another instance. */
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
        // within a transaction all of it has to be run again, which its caller does
        if (this.getTransactionStatus() !== 'I') throw error
        return super.query(text, values)
      })
    }
  }
