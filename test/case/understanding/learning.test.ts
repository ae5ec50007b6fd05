import { sql } from 'kysely'
import t from 'tap'
import type { Category } from '../../../src/words/complaints.ts'
import { type Json, type TestApp, testApp } from '../../support/app.ts'
import { accept, complain, seen, teach } from './room.ts'

const people = ['agent:a', 'agent:b', 'agent:c', 'agent:d', 'agent:e']

/** Everybody chooses this category for a text that no word of the lexicon speaks for. */
const choose = async (one: TestApp, category: Category, text: string, who: readonly string[] = people): Promise<void> => {
  for (const [n, as] of who.entries()) {
    const { id } = await complain(one, `${text}${n}`)
    const { status, text: answer } = await accept(one, id, { category }, as)
    if (status !== 200) throw new Error(answer)
  }
}

const foldAll = async (one: TestApp): Promise<number> => {
  let sum = 0
  for (let more = 1; more > 0; sum += more) more = await one.deps.learning.fold(one.db, one.platformId)
  return sum
}

const sums = async (one: TestApp): Promise<Json> => {
  const { rows } = await sql`
    select category, sum(texts)::integer as texts from category_choices where platform_id = ${one.platformId}::uuid
     group by category order by category`.execute(one.db)
  return Object.fromEntries((rows as { category: string; texts: number }[]).map(({ category, texts }) => [category, texts]))
}

t.test('the service learns what staff call things', async (t) => {
  const one = await testApp(t)
  await teach(one, (now) => ({
    learning: { ...now.learning, least_choices: 20, least_of_class: 10, withhold_one_in: 0 },
  }))
  const { learning } = one.deps

  await t.test('from choices that no suggestion led to, apart from the request that makes them', async (t) => {
    await choose(one, 'service_attitude', '蓝莓酱很稀')
    await choose(one, 'service_attitude', '蓝莓酱颜色怪')
    await choose(one, 'logistics', '桌腿嘎吱嘎吱')
    await choose(one, 'logistics', '桌腿左右摇')
    t.strictSame(await sums(one), {}, 'nothing was counted yet')
    t.equal(await foldAll(one), 20)
    t.strictSame(await sums(one), { logistics: 10, service_attitude: 10 })
    t.equal(await foldAll(one), 0, 'and each of them once')
    await learning.read(one.platformId)
    const { id } = await complain(one, '蓝莓酱很稀')
    t.match(await seen(one, id), {
      category: 'service_attitude',
      category_source: 'suggested',
      category_suggestion: { source: 'learnt', words: [], category: 'service_attitude' },
    })
    t.ok((await seen(one, id)).category_suggestion.likelihood >= 90)
  })

  await t.test('not from confirming its own opinion, but from being contradicted', async (t) => {
    const before = await sums(one)
    for (const as of people) await accept(one, (await complain(one, '蓝莓酱很稀')).id, { category: 'service_attitude' }, as)
    t.equal(await foldAll(one), 0)
    t.strictSame(await sums(one), before)
    for (const as of people) await accept(one, (await complain(one, '蓝莓酱很稀')).id, { category: 'product_quality' }, as)
    t.equal(await foldAll(one), 5)
  })

  await t.test('from nobody more than a fifth', async (t) => {
    await choose(
      one,
      'promotion',
      '橡皮泥缺角',
      Array.from({ length: 12 }, () => 'agent:a'),
    )
    t.equal(await foldAll(one), 0, 'one person is no fifth of anything')
    await choose(one, 'promotion', '橡皮泥缺角', ['agent:b', 'agent:c', 'agent:d', 'agent:e'])
    t.equal(await foldAll(one), 5)
    t.match(await sums(one), { promotion: 5 })
  })

  await t.test('with no plain word in the database, and a key of each platform’s own', async (t) => {
    const { rows } = await sql<{ text: string }>`
      select (select coalesce(json_agg(g), '[]')::text from category_grams g) || (select json_agg(c)::text from category_choices c)
        || (select json_agg(k)::text from category_keys k) as text`.execute(one.db)
    t.match(rows[0]?.text, /"gram"/)
    t.notMatch(rows[0]?.text, /[\u4e00-\u9fff]/u)
    t.equal(await learning.reseal(one.db, one.platformId), 0, 'sealed with the first key of the ring')
  })

  await t.test('in months, of which those are dropped that are no longer kept', async (t) => {
    await sql`update category_grams set month = '2020-01' where category = 'logistics'`.execute(one.owner)
    await sql`update category_choices set month = '2020-01' where category = 'logistics'`.execute(one.owner)
    await learning.read(one.platformId)
    t.match(await seen(one, (await complain(one, '桌腿嘎吱嘎吱')).id), { category_source: 'default' }, 'they count no more')
    t.ok((await learning.forget(one.db, one.platformId, 1_000)) > 0)
    t.equal(await learning.forget(one.db, one.platformId, 1_000), 0)
    t.notMatch(await sums(one), { logistics: Number })
    await teach(one, (now) => ({ learning: { ...now.learning, keep_months: 0 } }))
    await learning.forget(one.db, one.platformId, 100_000)
    t.strictSame(await sums(one), {}, 'and none where nothing is to be learnt')
  })
})
