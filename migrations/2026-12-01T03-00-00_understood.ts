import { type Kysely, sql } from 'kysely'

/** What is understood of a complaint's words: lexicons in versions, what was suggested, and what is learnt from the choices of staff. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table category_lexicons (
      platform_id uuid not null constraint category_lexicons_platform references platforms,
      version integer not null constraint category_lexicons_version check (version >= 1),
      document jsonb not null,
      created_at timestamptz not null,
      created_by text not null,
      explanation text,
      primary key (platform_id, version)
    )`.execute(db)

  await sql`
    alter table complaints
      add column subcategory text,
      add column understood jsonb,
      add column category_given_by text,
      add column category_learning smallint not null default 0
        constraint complaints_category_learning check (category_learning in (0, 1, 2))`.execute(db)
  // the choices that are still to be learnt from: few at any time, and the job looks for them every minute
  await sql`create index complaints_to_learn on complaints (platform_id, category, id) where category_learning = 1`.execute(db)

  // how many texts of each month were learnt for a category, and whose choices they were
  await sql`
    create table category_choices (
      platform_id uuid not null constraint category_choices_platform references platforms,
      month text not null constraint category_choices_month check (month ~ '^[0-9]{4}-[0-9]{2}$'),
      category text not null,
      chosen_by text collate "C" not null,
      texts integer not null constraint category_choices_texts check (texts > 0),
      primary key (platform_id, month, category, chosen_by)
    )`.execute(db)
  // keyed digests of pairs of characters, of which there are at most 65,536: no words
  await sql`
    create table category_grams (
      platform_id uuid not null constraint category_grams_platform references platforms,
      month text not null constraint category_grams_month check (month ~ '^[0-9]{4}-[0-9]{2}$'),
      category text not null,
      gram integer not null constraint category_grams_gram check (gram between 0 and 65535),
      texts integer not null constraint category_grams_texts check (texts > 0),
      primary key (platform_id, month, category, gram)
    )`.execute(db)
  await sql`
    create table category_keys (
      platform_id uuid not null constraint category_keys_platform references platforms,
      sealed bytea not null,
      created_at timestamptz not null,
      primary key (platform_id)
    )`.execute(db)
}
