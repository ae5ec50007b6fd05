/** A process that owns an embedded Postgres: `node hold-postgres.ts DATA_DIR` prints its URLs as JSON, then waits for SIGTERM. */
import { startEmbeddedPostgres } from '../../src/foundation/embedded-postgres/start.ts'

const postgres = await startEmbeddedPostgres({ dataDir: String(process.argv[2]), durable: false, log: { info() {}, warn() {} } })
process.once('SIGTERM', () => void postgres.stop())
console.log(JSON.stringify({ url: postgres.url, ownerUrl: postgres.ownerUrl }))
