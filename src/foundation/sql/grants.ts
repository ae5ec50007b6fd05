/**
 * What the role that serves may do with the tables. They belong to another role, the owner, which migrates. The owner grants again after each
 * run of migrations, in the same transaction, so that an instance that is at work meets no table that it may not use. Default privileges
 * (`alter default privileges`) would not do: they know no table by name, hold only for what this one owner makes, and are not there in a
 * database that was restored.
 */
import { type Kysely, sql } from 'kysely'

/** The role that serves. */
export interface Serving {
  role: string
  /** Tables that it only reads and adds to: what a row says there stays said, whoever gets hold of the service's connection. */
  appendOnly: readonly string[]
}

/** The migrator's own tables. The service asks them what the database has had. */
const OF_THE_MIGRATOR: ReadonlySet<string> = new Set(['kysely_migration', 'kysely_migration_lock'])

interface Relation {
  name: string
  /** As it is written in a statement. */
  quoted: string
  sequence: boolean
  /** What was granted to the role itself. */
  held: string[]
}

const privilegesOn = ({ name, sequence }: Relation, { appendOnly }: Serving): string[] => {
  if (sequence) return ['USAGE']
  if (OF_THE_MIGRATOR.has(name)) return ['SELECT']
  return appendOnly.includes(name) ? ['SELECT', 'INSERT'] : ['SELECT', 'INSERT', 'UPDATE', 'DELETE']
}

/**
 * The statements, to be run as the owner, after which the role has exactly what it needs in the current schema; none where it has. What
 * belongs to an extension is left alone.
 */
export const grantsDue = async <Tables>(db: Kysely<Tables>, serving: Serving): Promise<string[]> => {
  const { rows: relations } = await sql<Relation>`
    select c.relname as name, c.oid::regclass::text as quoted, c.relkind = 'S' as sequence,
           array(select a.privilege_type::text from aclexplode(c.relacl) a where a.grantee = r.oid) as held
      from pg_class c join pg_roles r on r.rolname = ${serving.role}
     where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'S') and pg_has_role(c.relowner, 'USAGE')
       and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
     order by c.relname`.execute(db)
  const { rows: routines } = await sql<{ quoted: string }>`
    select p.oid::regprocedure::text as quoted from pg_proc p
     where p.pronamespace = current_schema()::regnamespace and pg_has_role(p.proowner, 'USAGE')
       and not has_function_privilege(${serving.role}, p.oid, 'EXECUTE')
       and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
     order by 1`.execute(db)
  const { rows: around } = await sql<{ role: string; schema: string; enters: boolean }>`
    select quote_ident(${serving.role}) as role, quote_ident(current_schema()) as schema,
           has_schema_privilege(${serving.role}, current_schema(), 'USAGE') as enters`.execute(db)
  const { role = '', schema = '', enters = true } = around[0] ?? {}

  /** One statement for all relations that are in want of the same. */
  const alike = (text: (privileges: string, relations: string) => string, due: (relation: Relation) => string[]): string[] =>
    [...Map.groupBy(relations, (relation) => `${due(relation)}|${relation.sequence}`).values()].flatMap((group) => {
      const [first] = group
      const privileges = first ? due(first) : []
      if (privileges.length === 0) return []
      return text(
        privileges.join(', '),
        `${first?.sequence ? 'sequence' : 'table'} ${group.map(({ quoted }) => quoted).join(', ')}`,
      )
    })
  return [
    ...(enters ? [] : [`grant usage on schema ${schema} to ${role}`]),
    ...alike(
      (privileges, on) => `grant ${privileges} on ${on} to ${role}`,
      (relation) => privilegesOn(relation, serving).filter((one) => !relation.held.includes(one)),
    ),
    ...alike(
      (privileges, on) => `revoke ${privileges} on ${on} from ${role}`,
      (relation) => relation.held.filter((one) => !privilegesOn(relation, serving).includes(one)),
    ),
    ...routines.map(({ quoted }) => `grant execute on routine ${quoted} to ${role}`),
  ]
}

/** What the role of these connections may do beyond what a service needs; nothing where the roles are kept apart. */
export const powersBeyondServing = async <Tables>(db: Kysely<Tables>, appendOnly: readonly string[]): Promise<string[]> => {
  const { rows } = await sql<{ power: string }>`
    with tables as (
      select c.oid, c.relname, c.relowner from pg_class c where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p'))
    select power from (values
      (1, 'is a superuser', (select rolsuper from pg_roles where rolname = current_user)),
      (2, 'owns the tables', exists (select from tables where pg_has_role(relowner, 'MEMBER'))),
      (3, 'creates tables', has_schema_privilege(current_schema(), 'CREATE')),
      (4, 'changes what is only added to',
        exists (select from tables where relname = any(${appendOnly}) and has_table_privilege(oid, 'UPDATE, DELETE, TRUNCATE')))
    ) as powers (nth, power, has) where has order by nth`.execute(db)
  return rows.map(({ power }) => power)
}
