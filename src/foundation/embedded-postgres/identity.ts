import { chownSync, existsSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'

/** Who the server runs as: nothing set means the user of this process. */
export interface Identity {
  uid?: number
  gid?: number
}

/**
 * Postgres refuses to run as root. Root therefore hands it to the owner of an existing cluster, else to `postgres` where the machine has
 * such a user, else to nobody.
 */
export const identityFor = (cluster: string): Identity => {
  if (process.getuid?.() !== 0) return {}
  if (existsSync(cluster)) {
    const { uid, gid } = statSync(cluster)
    if (uid !== 0) return { uid, gid }
  }
  return userNamed('postgres') ?? { uid: 65534, gid: 65534 }
}

const userNamed = (name: string): Identity | undefined => {
  const line = existsSync('/etc/passwd')
    ? readFileSync('/etc/passwd', 'utf8').match(new RegExp(`^${name}:[^:]*:(\\d+):(\\d+):`, 'm'))
    : null
  return line ? { uid: Number(line[1]), gid: Number(line[2]) } : undefined
}

/** Gives a file or folder to the server's user; without a change of user there is nothing to give. */
export const giveTo = (identity: Identity, file: string): void => {
  if (identity.uid !== undefined && identity.gid !== undefined) chownSync(file, identity.uid, identity.gid)
}

/** Whether that user gets through every folder down to `folder`. Reads the permission bits; only root can need this. */
export const canEnter = (folder: string, { uid, gid }: Identity): boolean => {
  if (uid === undefined) return true
  const parent = path.dirname(folder)
  const { mode, uid: owner, gid: group } = statSync(folder)
  const bit = owner === uid ? 0o100 : group === gid ? 0o010 : 0o001
  return (mode & bit) !== 0 && (parent === folder || canEnter(parent, { uid, ...(gid === undefined ? {} : { gid }) }))
}
