import t from 'tap'
import { type Json, testApp } from '../../support/app.ts'
import { accept, complain, counted, href, seen, teach } from './room.ts'

const fake = '专柜鉴定说这双鞋是假货，要求退一赔三'
const learning = (now: { learning: Json }, change: Json) => ({ learning: { ...now.learning, ...change } })

t.test('what is understood of a complaint', async (t) => {
  const one = await testApp(t)
  const lexicon = await one.call('GET', href, { as: 'agent:alice' })
  t.match(lexicon, { status: 200, body: { version: 0, created_at: null, document: { margin: 2, categories: [] } } })
  await teach(one, (now) => learning(now, { withhold_one_in: 0 }))

  await t.test('is a suggestion with its words, for staff', async (t) => {
    const filed = await complain(one, fake)
    t.match(filed, { category: 'counterfeit', category_source: 'suggested', category_suggestion: null, drawn_tags: [] })
    t.match(await seen(one, filed.id), {
      category_suggestion: {
        category: 'counterfeit',
        source: 'lexicon',
        likelihood: null,
        words: ['专柜鉴定', '假货', '退一赔三'],
        candidates: [{ category: 'counterfeit' }],
      },
      drawn_tags: [
        { kind: 'product', code: 'shoes' },
        { kind: 'cause', code: 'fake' },
        { kind: 'demand', code: 'compensation' },
      ],
    })
    const { body: list } = await one.call('GET', '/v1/complaints?category=counterfeit', { as: 'agent:alice' })
    t.equal(list.data[0].category_suggestion.category, 'counterfeit', 'in lists too, and they can be filtered by it')
  })

  await t.test('is none where none leads clearly, or the filer has said it', async (t) => {
    const unclear = await complain(one, '发错货，态度恶劣')
    t.match(unclear, { category: 'other', category_source: 'default' })
    const { category_suggestion: found } = await seen(one, unclear.id)
    t.equal(found.category, null)
    t.same(
      found.candidates.map((each: Json) => each.category),
      ['wrong_or_missing_item', 'service_attitude'],
    )
    const given = await complain(one, fake, { category: 'logistics' })
    t.match(given, { category: 'logistics', category_source: 'caller' })
    t.equal((await seen(one, given.id)).category_suggestion, null)
  })

  await t.test('touches no window, burden or clock until a person has chosen', async (t) => {
    const filed = await complain(one, fake)
    const other = await complain(one, fake, { category: 'other' })
    t.equal(filed.filing_window_ends_at, other.filing_window_ends_at)
    t.strictSame(
      filed.deadlines.map(({ kind, due_at }: Json) => [kind, due_at]),
      other.deadlines.map(({ kind, due_at }: Json) => [kind, due_at]),
    )
    const burden = async (id: string) =>
      (await one.call('GET', `/v1/complaints/${id}/evidence-requirements`, { as: 'agent:alice' })).body.data.map(
        ({ party, accepted_types }: Json) => [party, accepted_types],
      )
    t.strictSame(await burden(filed.id), await burden(other.id))
    t.equal((await accept(one, filed.id, { category: 'counterfeit' })).status, 200)
    t.notSame(await burden(filed.id), await burden(other.id))
  })

  await t.test('takes no case up: a person says what it is about', async (t) => {
    const filed = await complain(one, fake)
    const action = (await seen(one, filed.id)).available_actions.find((each: Json) => each.action === 'accept')
    t.strictSame(action.required, ['category'])
    t.match(await accept(one, filed.id), { status: 422, body: { code: 'category_needed' } })
    t.match(await accept(one, filed.id, { category: 'counterfeit' }), {
      status: 200,
      body: { category: 'counterfeit', category_source: 'agent', status: 'negotiating' },
    })
    const corrected = await complain(one, fake)
    const patch = { as: 'agent:alice', body: { category: 'product_quality' }, headers: { 'if-match': '"1"' } }
    t.equal((await one.call('PATCH', `/v1/complaints/${corrected.id}`, patch)).status, 200)
    const ready = (await seen(one, corrected.id)).available_actions.find((each: Json) => each.action === 'accept')
    t.strictSame(ready.required, [])
    t.equal((await accept(one, corrected.id)).status, 200)
    t.equal((await seen(one, corrected.id)).category_suggestion.category, 'counterfeit', 'what was suggested stays to be seen')
    t.strictSame(await counted(one, 'redress_suggestions_total'), [
      'redress_suggestions_total{source="lexicon",accepted="no"} 1',
      'redress_suggestions_total{source="lexicon",accepted="yes"} 2',
    ])
  })

  await t.test('is kept from everybody where it measures', async (t) => {
    await teach(one, (now) => learning(now, { withhold_one_in: 1 }))
    const filed = await complain(one, fake)
    t.match(filed, { category: 'other', category_source: 'default' })
    t.equal((await seen(one, filed.id)).category_suggestion, null)
    t.equal((await accept(one, filed.id, { category: 'counterfeit' })).status, 200)
    t.match((await seen(one, filed.id)).category_suggestion, { category: 'counterfeit' }, 'then it is seen')
    t.strictSame(await counted(one, 'redress_withheld_suggestions_total'), [
      'redress_withheld_suggestions_total{source="lexicon",right="yes"} 1',
    ])
    await teach(one, (now) => learning(now, { withhold_one_in: 0 }))
  })

  await t.test('has categories of the platform’s own, which stand under the fixed ones for good', async (t) => {
    const screen = { code: 'screen_defect', under: 'product_quality' as const, names: { zh: '屏幕问题', en: 'Screen defect' } }
    await teach(one, (now) => ({
      categories: [screen],
      words: [...now.words, { category: 'screen_defect', weight: 3, words: ['屏闪'] }],
    }))
    const flickers = await complain(one, '一开机就屏闪')
    t.match(flickers, { category: 'product_quality', subcategory: 'screen_defect' })
    const confirmed = await accept(one, flickers.id, { category: 'product_quality' })
    t.match(confirmed.body, { category_source: 'agent', subcategory: 'screen_defect' }, 'it is confirmed with its category')
    const apart = await complain(one, '一开机就屏闪')
    t.match(await accept(one, apart.id, { category: 'logistics' }), { body: { category: 'logistics', subcategory: null } })
    const named = { category: 'product_quality', subcategory: 'screen_defect' }
    t.match(await complain(one, '……', named), { ...named, category_source: 'caller' })
    const faults = [
      [{ category: 'product_quality', subcategory: 'screen_defects' }, /the nearest are screen_defect/],
      [{ category: 'logistics', subcategory: 'screen_defect' }, /stands under product_quality/],
      [{ subcategory: 'screen_defect' }, /name the category/],
    ] as const
    for (const [body, detail] of faults) await t.rejects(complain(one, '……', body), { message: detail })
    await t.rejects(
      teach(one, () => ({ categories: [] })),
      /screen_defect is a code of cases/,
    )
    await teach(one, () => ({ categories: [{ ...screen, retired: true }] }))
    await t.rejects(complain(one, '……', named), /retired/)
    await t.rejects(
      teach(one, () => ({ categories: [screen] })),
      /never used again/,
    )
  })

  await t.test('goes by a lexicon that supervisors and admins write', async (t) => {
    const { body, headers } = await one.call('GET', href, { as: 'supervisor:zhao' })
    const { document } = body
    const put = (as: string, sent: Json, match = headers.etag) =>
      one.call('PUT', href, { as, body: sent, ...(match && { headers: { 'if-match': match } }) })
    t.match(await put('agent:alice', { document }), { status: 403 })
    t.match(await put('supervisor:zhao', { document }, ''), { status: 428 })
    t.match(await put('supervisor:zhao', { document }, '"99"'), { status: 412 })
    t.match(
      await put('supervisor:zhao', body),
      { status: 200, body: { version: body.version } },
      'what changes nothing is no version',
    )
    const words = [...document.words, { category: 'counterfiet', weight: 1, words: ['x'] }]
    t.match(await put('supervisor:zhao', { document: { ...document, words } }), {
      status: 400,
      body: { errors: [{ code: 'not_one_of', detail: /counterfeit/ }] },
    })
    t.match(await put('supervisor:zhao', { document: { ...document, margin: 3 }, explanation: '试点' }), {
      status: 200,
      body: { version: body.version + 1, created_by: 'supervisor:zhao', explanation: '试点' },
    })
    t.equal((await one.call('GET', `${href}?version=1`)).body.version, 1)
    t.equal((await one.call('GET', `${href}?version=99`)).status, 404)
    t.equal((await one.call('GET', href, { as: 'buyer:B-1' })).status, 403)
  })
})
