import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto'
import pg from 'pg'

/** The role that serves: it logs in, and owns nothing. */
export const SERVICE_ROLE = 'redress_service'

/** Makes the role, or makes it what it should be, also in a folder that an older version has left. */
export const ensureServiceRole = async (ownerUrl: string, password: string): Promise<void> => {
  const client = new pg.Client({ connectionString: ownerUrl })
  // without a listener, a server that ends would end this process as well; the running query rejects anyway
  client.on('error', () => undefined)
  await client.connect()
  try {
    const { rows } = await client.query('select from pg_roles where rolname = $1', [SERVICE_ROLE])
    if (rows.length === 0) await client.query(`create role ${SERVICE_ROLE}`)
    await client.query(
      `alter role ${SERVICE_ROLE} login nosuperuser nocreatedb nocreaterole noreplication nobypassrls password '${verifierOf(password)}'`,
    )
  } finally {
    await client.end()
  }
}

const ITERATIONS = 4096

/** What the server keeps of a password (RFC 5803), made here so that no statement, and so no log, ever holds the password itself. */
const verifierOf = (password: string): string => {
  const salt = randomBytes(16)
  const salted = pbkdf2Sync(password, salt, ITERATIONS, 32, 'sha256')
  const keyed = (text: string): Buffer => createHmac('sha256', salted).update(text).digest()
  const stored = createHash('sha256').update(keyed('Client Key')).digest('base64')
  return `SCRAM-SHA-256$${ITERATIONS}:${salt.toString('base64')}$${stored}:${keyed('Server Key').toString('base64')}`
}
