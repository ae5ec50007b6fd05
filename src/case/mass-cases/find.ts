/** Reads of mass cases and of what filings were about, each by an index. */
import { sql } from 'kysely'
import { addMs, DAY, HOUR, type Time } from '../../foundation/clock.ts'
import { beyond, type Page } from '../../foundation/http/pagination.ts'
import type { Db } from '../../foundation/sql/database.ts'
import type { ComplaintRow } from '../complaints/table.ts'
import type { Complaining } from './items.ts'
import type { MassCaseRow, RecentItemRow } from './table.ts'

/** A filing, as the job that looks at them needs it. */
export type Filing = Pick<
  ComplaintRow,
  'id' | 'created_at' | 'buyer_id' | 'merchant_id' | 'respondent_role' | 'order_id' | 'order_details' | 'risk_level'
>

/** Filings of a platform in the order of their ids. @param after the id that comes before them */
export const findFilingsAfter = (db: Db, platformId: string, after: string, most: number): Promise<Filing[]> =>
  db
    .selectFrom('complaints')
    .select(['id', 'created_at', 'buyer_id', 'merchant_id', 'respondent_role', 'order_id', 'order_details', 'risk_level'])
    .where('platform_id', '=', platformId)
    .where('id', '>', after)
    .orderBy('id')
    .limit(most)
    .execute()

/** Up to which filing was looked; `undefined` where nobody has looked yet. */
export const findLookedTo = async (db: Db, platformId: string): Promise<string | undefined> =>
  (await db.selectFrom('filing_watches').select('looked_to').where('platform_id', '=', platformId).executeTakeFirst())?.looked_to

/** An item, and when the last filing about it came. */
export interface ItemAt {
  merchant_id: string
  item: string
  at: Time
}

/** Those of some items about which so many filings came within some hours, and which belong to no open mass case. At most so many rows are read for each. */
export const findCrowded = async (
  db: Db,
  platformId: string,
  items: readonly ItemAt[],
  { least, hours }: { least: number; hours: number },
): Promise<ItemAt[]> => {
  const { rows } = await sql<ItemAt>`
    select p.merchant_id, p.item, p.at
      from unnest(${items.map((one) => one.merchant_id)}::text[], ${items.map((one) => one.item)}::text[],
                  ${items.map((one) => one.at)}::timestamptz[]) as p(merchant_id, item, at)
     where (select count(*) from (
              select 1 from recent_items r
               where r.platform_id = ${platformId}::uuid and r.merchant_id = p.merchant_id and r.item = p.item
                 and r.mass_case_id is null and r.item <> ''
                 and r.filed_at > p.at - ${hours}::integer * interval '1 hour' and r.filed_at <= p.at
               limit ${least}::integer) found) >= ${least}::integer
       and not exists (
         select 1 from mass_cases m
          where m.platform_id = ${platformId}::uuid and m.merchant_id = p.merchant_id and m.item = p.item and m.status = 'open')`.execute(
    db,
  )
  return rows
}

/** How many filings are looked at to tell how many people stand behind them. */
const MOST_LOOKED_AT = 300

/** Who complained about an item within the hours before its last filing, the newest first. */
export const findComplaining = async (
  db: Db,
  platformId: string,
  { merchant_id, item, at }: ItemAt,
  hours: number,
): Promise<(Complaining & { complaint_id: string })[]> => {
  const { rows } = await sql<Complaining & { complaint_id: string }>`
    select r.complaint_id, r.filed_at, c.complainant_role, c.complainant_id, c.complainant_contact, c.complainant_registered_at
      from recent_items r join complaints c on c.platform_id = ${platformId}::uuid and c.id = r.complaint_id
     where r.platform_id = ${platformId}::uuid and r.merchant_id = ${merchant_id} and r.item = ${item}
       and r.mass_case_id is null and r.item <> ''
       and r.filed_at > ${addMs(at, -hours * HOUR)}::timestamptz and r.filed_at <= ${at}::timestamptz
     order by r.filed_at desc limit ${MOST_LOOKED_AT}::integer`.execute(db)
  return rows
}

/** Open cases of whose risk nobody has thought yet: from before risks were judged. */
export const findUnjudged = async (db: Db, platformId: string, most: number): Promise<string[]> => {
  const { rows } = await sql<{ id: string }>`
    select id from complaints
     where platform_id = ${platformId}::uuid and risk_level is null and status <> 'closed' order by id limit ${most}::integer`.execute(
    db,
  )
  return rows.map(({ id }) => id)
}

/** Open mass cases to which a filing has still to be added. */
export const findUnjoined = async (
  db: Db,
  platformId: string,
  most: number,
): Promise<{ mass_case_id: string; complaint_id: string; filed_at: Time }[]> => {
  const { rows } = await sql<{ mass_case_id: string; complaint_id: string; filed_at: Time }>`
    select m.id as mass_case_id, r.complaint_id, r.filed_at
      from mass_cases m join recent_items r
        on r.platform_id = ${platformId}::uuid and r.merchant_id = m.merchant_id and r.item = m.item
       and r.mass_case_id is null and r.item <> '' and r.filed_at >= m.began_at
     where m.platform_id = ${platformId}::uuid and m.status = 'open'
     limit ${most}::integer`.execute(db)
  return rows
}

/** Open mass cases about which nobody has complained for some days. */
export const findQuiet = (db: Db, platformId: string, now: Time, days: number): Promise<MassCaseRow[]> =>
  db
    .selectFrom('mass_cases')
    .selectAll()
    .where('platform_id', '=', platformId)
    .where(sql<boolean>`status = 'open'`)
    .where('last_filed_at', '<', addMs(now, -days * DAY))
    .execute()

/** What is known beside a filing: counts that stop at the number that matters. */
export interface Surroundings {
  id: string
  repeats: number
  disputed: boolean
}

/** How often the buyers of some filings complained before, and whether their orders were disputed before. */
export const findSurroundings = async (
  db: Db,
  platformId: string,
  ids: readonly string[],
  { repeats, days }: { repeats: number; days: number },
): Promise<Surroundings[]> => {
  const { rows } = await sql<Surroundings>`
    select c.id,
           (select count(*) from (
              select 1 from complaints r
               where r.platform_id = ${platformId}::uuid and r.buyer_id = c.buyer_id
                 and r.created_at > c.created_at - ${days}::integer * interval '1 day' and r.created_at <= c.created_at and r.id <= c.id
               order by r.created_at desc limit ${repeats}::integer) found)::integer as repeats,
           exists (
             select 1 from complaints o
              where o.platform_id = ${platformId}::uuid and o.order_id = c.order_id and o.id < c.id) as disputed
      from complaints c where c.platform_id = ${platformId}::uuid and c.id = any(${ids}::uuid[])`.execute(db)
  return rows
}

/** Among how many of the newest cases of a merchant the open ones are counted: a merchant with a long past costs no more. */
const NEWEST_OF_MERCHANT = 200

/** Those of some merchants that have so many open cases among their newest. */
export const findBusyMerchants = async (
  db: Db,
  platformId: string,
  merchants: readonly string[],
  least: number,
): Promise<string[]> => {
  const { rows } = await sql<{ merchant_id: string }>`
    select m.merchant_id from unnest(${merchants}::text[]) as m(merchant_id)
     where (select count(*) filter (where newest.status <> 'closed') from (
              select c.status from complaints c
               where c.platform_id = ${platformId}::uuid and c.merchant_id = m.merchant_id
               order by c.created_at desc limit ${NEWEST_OF_MERCHANT}::integer) newest) >= ${least}::integer`.execute(db)
  return rows.map(({ merchant_id }) => merchant_id)
}

/** Mass cases of a platform, the newest first. */
export const findMassCases = (
  db: Db,
  platformId: string,
  { status, merchant }: { status?: readonly string[]; merchant?: string },
  page: Page,
): Promise<MassCaseRow[]> => {
  let select = db.selectFrom('mass_cases').selectAll().where('platform_id', '=', platformId)
  if (status) select = select.where('status', '=', sql<MassCaseRow['status']>`any(${status})`)
  if (merchant !== undefined) select = select.where('merchant_id', '=', merchant)
  return select
    .where(beyond(page, ['created_at', 'id'], 'desc'))
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(page.limit + 1)
    .execute()
}

export const findMassCase = (db: Db, platformId: string, id: string): Promise<MassCaseRow | undefined> =>
  db.selectFrom('mass_cases').selectAll().where('platform_id', '=', platformId).where('id', '=', id).executeTakeFirst()

/** The filings that a mass case was joined by and what they were about, for nobody but the job. */
export type Joining = Pick<RecentItemRow, 'complaint_id' | 'mass_case_id'>
