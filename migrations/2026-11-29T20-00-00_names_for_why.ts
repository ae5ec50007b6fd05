import { type Kysely, sql } from 'kysely'

/**
 * Two names for why: `reason_code` is a code from a list, `explanation` is words. Columns take these names and rows the keys. Rows that are
 * only added to (events, policies) keep what they hold; what was answered under an idempotency key stays as it was answered.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    update complaints set
      rejection = case when rejection ? 'ground'
        then rejection - 'ground' || jsonb_build_object('reason_code', rejection -> 'ground') else rejection end,
      suspension = case when suspension ? 'ground'
        then suspension - 'ground' || jsonb_build_object('reason_code', suspension -> 'ground') else suspension end,
      dismissal = case when dismissal ? 'reasons'
        then dismissal - 'reasons' || jsonb_build_object('explanation', dismissal -> 'reasons') else dismissal end
     where rejection ? 'ground' or suspension ? 'ground' or dismissal ? 'reasons'`.execute(db)

  await sql`alter table refund_plans rename column reason to explanation`.execute(db)
  // what ended a plan was a code or a person's words, whichever there was: each gets a column
  await sql`alter table refund_plans rename column end_reason to end_explanation`.execute(db)
  await sql`alter table refund_plans add end_reason_code text`.execute(db)
  await sql`
    update refund_plans set
      end_reason_code = case
        when status = 'declined' then 'declined'
        when status = 'failed' and jsonb_path_exists(steps, '$[*] ? (@.status == "failed" && @.kind == "inspection" && @.data.passed == false)')
          then 'inspection_not_passed'
        when status = 'failed' then 'step_failed'
        when status = 'expired' then end_explanation
        when end_explanation ~ '^(case_closed_[a-z_]+|case_rejected|case_dismissed|appeal_upheld)$' then end_explanation
        else 'cancelled' end
     where end_explanation is not null`.execute(db)
  await sql`update refund_plans set end_explanation = null where end_explanation = end_reason_code and status <> 'declined'`.execute(
    db,
  )
  await sql`
    update refund_plans set imposition = imposition - 'reasons' || jsonb_build_object('explanation', imposition -> 'reasons')
     where imposition ? 'reasons'`.execute(db)
  await sql`
    update refund_plans set steps = (
      select jsonb_agg(case
          when not coalesce(step -> 'data' ? 'reason', false) then step
          else jsonb_set(step, '{data}', (step -> 'data') - 'reason'
            || case when step ->> 'kind' = 'inspection' and step ->> 'status' = 'failed' and step -> 'data' -> 'passed' = 'false'
                 then jsonb_build_object('reason_code', 'inspection_not_passed') else '{}' end
            || case when step -> 'data' ->> 'reason' = 'inspection_not_passed'
                 then '{}' else jsonb_build_object('explanation', step -> 'data' -> 'reason') end) end order by place)
        from jsonb_array_elements(steps) with ordinality as s (step, place))
     where jsonb_path_exists(steps, '$[*].data.reason')`.execute(db)

  await sql`alter table appeals rename column grounds to reason_code`.execute(db)
  await sql`alter table appeals rename column reasons to explanation`.execute(db)

  await sql`
    update evidence set decision = decision - 'reason' || jsonb_build_object('explanation', decision -> 'reason')
     where decision ? 'reason'`.execute(db)
  await sql`
    update deadlines set hold = hold - 'reason' || jsonb_build_object('explanation', hold -> 'reason') where hold ? 'reason'`.execute(
    db,
  )

  // Older rows may hold words here; new ones cannot.
  await sql`alter table case_events rename column reason to reason_code`.execute(db)
  await sql`
    alter table case_events add constraint case_events_reason_code check (reason_code ~ '^[a-z][a-z0-9_]{0,63}$') not valid`.execute(
    db,
  )

  await sql`alter table platforms rename column automation_reason to automation_explanation`.execute(db)
  await sql`alter table policies rename column reason to explanation`.execute(db)
  await sql`alter table recomputations rename column reason to explanation`.execute(db)
}
