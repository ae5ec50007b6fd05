/**
 * What must be in the database after the simulated year, read from its tables alone so that it shares no code with what it checks. Every
 * line returned is a fault.
 */
import { type RawBuilder, sql } from 'kysely'
import type { EventType } from '../../src/case/case-events/catalogue.ts'
import type { Db } from '../../src/foundation/sql/database.ts'
import type { Sweep } from './world.ts'

/** Of these types; a name that is not in the catalogue does not compile. */
const isAmong = (...types: EventType[]) => sql`type in (${sql.join(types)})`

/** The events that say that a deadline was acted on. */
const acted = sql`(
  select complaint_id, sequence, at, reason_code, data->>'kind' as kind, data->>'party' as party, (data->>'due_at')::timestamptz as due_at
    from case_events where ${isAmong('deadline_missed', 'appeal_window_shut')})`

/** When sweeps came that nobody died in. */
const survived = (sweeps: readonly Sweep[]) =>
  sql`(select unnest(${sweeps.filter((sweep) => sweep.survived).map(({ at }) => at)}::timestamptz[]) as at)`

/** Clocks that were paused at some time: their due time was not always what it is in the end. */
const paused = sql`(
  select distinct complaint_id, c->>'kind' as kind from case_events cross join jsonb_array_elements(data->'clocks') c where c->>'change' = 'paused')`

/** Answers to a plan that waited for what the other side's words held: they are acted on when that is over. */
const waitedForWords = sql`(select distinct complaint_id, kind from deadlines where kind = 'confirmation' and heard is not null)`
const isPrompt = sql`(complaint_id, kind) not in (select complaint_id, kind from ${waitedForWords} h)`

/** What was missed before a wait began is recorded with the wait; what does not stand still in it is the next sweep's. */
const beforeWaits = sql`(
  select complaint_id, at from case_events where data->'clocks' @> '[{"why": "time_up_before_pause"}]')`

const faultQueries = (sweeps: readonly Sweep[]): Record<string, RawBuilder<{ fault: string }>> => ({
  // both sides of a plan fall silent at once, which is one event
  'acted on exactly once': sql`
    select format('%s of %s: %s missed, %s events', kind, complaint_id, coalesce(m.n, 0), coalesce(e.n, 0)) as fault
      from (select complaint_id, kind, due_at, case kind when 'confirmation' then '' else party end as party,
              case kind when 'confirmation' then count(distinct subject_id) else count(*) end as n
              from deadlines where status = 'missed' group by 1, 2, 3, 4) m
      full join (select complaint_id, kind, due_at, case kind when 'confirmation' then '' else party end as party, count(*) as n
              from ${acted} a group by 1, 2, 3, 4) e using (complaint_id, kind, due_at, party)
     where m.n is distinct from e.n`,
  'none early': sql`
    select format('%s of %s, due %s, at %s', kind, complaint_id, due_at, at) as fault from ${acted} a where at < due_at
    union all select format('%s of %s ended as missed at %s, due %s', kind, complaint_id, ended_at, due_at) from deadlines
     where status = 'missed' and ended_at < due_at`,
  'in due order within each case': sql`
    select format('%s of %s, due %s, comes after one due %s', kind, complaint_id, due_at, earlier) as fault
      from (select *, lag(due_at) over (partition by complaint_id order by sequence) as earlier from ${acted} a where ${isPrompt} and (complaint_id, at) not in (select complaint_id, at from ${beforeWaits} b)) a
     where earlier > due_at`,
  // what falls due by the sweep's own doing is the next one's
  'by the first sweep that survived': sql`
    select format('%s of %s, due %s, at %s', kind, complaint_id, due_at, a.at) as fault from ${acted} a
     where exists (select from ${survived(sweeps)} s where s.at > due_at and s.at < a.at) and ${isPrompt}`,
  'none forgotten': sql`
    select format('%s of %s is %s, due %s, until %s', kind, complaint_id, status, due_at, ended_at) as fault from deadlines d
     where ${isPrompt} and (status = 'running' or (status in ('met', 'cancelled') and (complaint_id, kind) not in (select complaint_id, kind from ${paused} p)))
       and exists (select from ${survived(sweeps)} s
         where s.at > case kind when 'notice' then wakes_at else due_at end and s.at < coalesce(ended_at, 'infinity'))`,
  // once more after what words held is over
  'warned at most once, and in time': sql`
    select format('%s of %s, due %s: %s warnings, the last at %s', d.kind, d.complaint_id, d.due_at, count(*), max(at)) as fault
      from case_events e left join deadlines d on d.platform_id = e.platform_id and d.id = e.resource_id
     where ${isAmong('deadline_due_soon')} group by e.resource_id, d.kind, d.complaint_id, d.due_at, d.started_at, d.heard
    having (count(*) > case when d.heard->>'until' is null then 1 else 2 end
        and not bool_or(d.shortened_from_at is not null or d.kept_until_at is not null or d.kept_ms is not null))
      or d.kind is null or max(at) > d.due_at or bool_or((data->>'due_at')::timestamptz <= at) or max(at) < d.started_at`,
  'told of each miss at most once, and of none that was not': sql`
    select format('%s of %s: %s told %s times', d.kind, d.complaint_id, d.status, count(*)) as fault
      from case_events e left join deadlines d on d.platform_id = e.platform_id and d.id = e.resource_id
     where ${isAmong('escalation_notice', 'deadline_reminder')} group by e.resource_id, d.kind, d.complaint_id, d.status, d.ended_at
    having count(*) > 1 or d.status is distinct from 'missed' or min(at) < d.ended_at`,
  'each miss that somebody must know of was told, will be, or ended with its case': sql`
    select format('%s of %s, missed %s', d.kind, d.complaint_id, d.ended_at) as fault from deadlines d
     where escalation is not null and d.status = 'missed'
       and not exists (select from case_events e where e.resource_id = d.id and ${isAmong('escalation_notice', 'deadline_reminder')})
       and not exists (select from deadlines n where n.kind = 'notice' and n.subject_id = d.id and n.status in ('running', 'cancelled'))`,
  'a case that is not closed has a duty that runs or is paused': sql`
    select format('%s, %s', id, c.status) as fault from complaints c
     where status <> 'closed' and not exists (select from deadlines d
       where d.platform_id = c.platform_id and d.complaint_id = c.id and d.status in ('running', 'paused') and d.kind not in ('appeal_window', 'notice', 'held_silence'))`,
  'no more money is in force than was paid': sql`
    select format('order %s', id) as fault from orders
     where refund_in_force < 0 or compensation_in_force < 0 or refund_in_force > paid_amount
        or compensation_in_force > compensation_limit
    union all select format('%s %s of order %s', kind, key, order_id) from order_limits where in_force < 0 or in_force > bound`,
  'a missed promise is remembered': sql`
    select format('%s: %s', id, sla) as fault from complaints c join lateral (
      select kind from deadlines d where d.platform_id = c.platform_id and d.complaint_id = c.id
         and d.kind = 'first_response' and d.status = 'missed' limit 1) d on true
     where sla->d.kind->>'result' is distinct from 'missed'`,
})

/** By what must hold, what does not. */
export const faultsOfYear = async (db: Db, sweeps: readonly Sweep[]): Promise<Map<string, string[]>> => {
  const found = new Map<string, string[]>()
  for (const [name, query] of Object.entries(faultQueries(sweeps))) {
    const { rows } = await query.execute(db)
    found.set(
      name,
      rows.map(({ fault }) => fault),
    )
  }
  return found
}

/** How often each kind of silence had its consequence. */
export const silencesKept = async (db: Db): Promise<Record<string, number>> => {
  const { rows } = await sql<{ word: string; times: number }>`
    select reason_code as word, count(*)::integer as times from ${acted} a group by 1
    union all select on_silence, count(*)::integer from deadlines where kind in ('notice', 'held_silence') and status = 'met' group by 1 order by 1`.execute(
    db,
  )
  return Object.fromEntries(rows.map(({ word, times }) => [word, times]))
}

/** The first half of 2026 as the State Council published it: what is closed on weekdays, and which weekends are worked. */
const closed = [
  ['2026-01-01', '2026-01-03'],
  ['2026-02-15', '2026-02-23'],
  ['2026-04-04', '2026-04-06'],
  ['2026-05-01', '2026-05-05'],
  ['2026-06-19', '2026-06-21'],
] as const
const workedWeekends = ['2026-01-04', '2026-02-14', '2026-02-28', '2026-05-09']

/** What was told outside of Chinese office hours before a moment in that half year. */
export const toldOutOfHours = async (db: Db, until: string): Promise<string[]> => {
  const { rows } = await sql<{ told: string }>`
    select format('%s at %s', type, local) as told
      from (select type, at at time zone 'Asia/Shanghai' as local from case_events
             where ${isAmong('deadline_due_soon', 'escalation_notice', 'deadline_reminder')} and at < ${until}::timestamptz) e
     where local::time < '09:00' or local::time >= '18:00'
        or exists (select from unnest(${closed.map(([from]) => from)}::date[], ${closed.map(([, to]) => to)}::date[]) h("from", "to")
             where local::date between "from" and "to")
        or (extract(isodow from local) > 5 and local::date <> all(${workedWeekends}::date[]))`.execute(db)
  return rows.map(({ told }) => told)
}
