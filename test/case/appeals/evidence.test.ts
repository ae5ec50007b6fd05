import { sql } from 'kysely'
import t from 'tap'
import { type Json, testApp } from '../../support/app.ts'
import { alice, type CaseStory, dismissal, qian, tell, tellToInvestigation, tellToLiability, zhao } from '../../support/story.ts'

const buyer = 'buyer:B-1'
const merchant = 'merchant:M-1'
const isNew = (evidence: Json[]) => ({
  reason_code: 'new_evidence',
  statement: '补充证据',
  evidence_ids: evidence.map(({ id }) => id),
})
const proof = async (story: CaseStory, as = buyer): Promise<Json> => (await story.addEvidence(as)).evidence
const inWords = { explanation: '复核意见' }

t.test('an appeal on new evidence names evidence that was not there before', async (t) => {
  const app = await testApp(t)
  /** Dismissed, with one proof from before. No time goes by: what counts is the order. */
  const dismissed = async () => {
    const story = await tellToLiability(app)
    const old = await proof(story)
    await story.by(alice, 'dismiss', dismissal)
    return { story, old }
  }
  const needed = {
    status: 422,
    body: {
      code: 'new_evidence_needed',
      detail: /^\/evidence_ids: name at least one proof that was added after the decision of/,
      errors: [{ pointer: '/evidence_ids', code: 'nothing_new' }],
    },
  }

  await t.test('none named, or only what was there', async (t) => {
    const { story, old } = await dismissed()
    const href = `/v1/complaints/${story.id}/appeals`
    t.match(await story.try(buyer, href, { reason_code: 'new_evidence', statement: '见附件' }), needed)
    t.match(await story.try(buyer, href, isNew([old])), needed)
    t.match(
      await story.try(buyer, href, { ...isNew([old]), reason_code: 'wrong_facts' }),
      { status: 201 },
      'other grounds need none',
    )
  })

  await t.test('one new proof is enough, beside old ones', async (t) => {
    const { story, old } = await dismissed()
    const added = await proof(story)
    await story.file(buyer, isNew([old, added]))
    t.match(story.appeal, { reason_code: 'new_evidence', evidence_ids: [old.id, added.id] })
  })

  await t.test('what was taken back shows nothing', async (t) => {
    const { story } = await dismissed()
    const added = await proof(story)
    await story.try(buyer, `/v1/evidence/${added.id}/withdraw`)
    t.match(await story.try(buyer, `/v1/complaints/${story.id}/appeals`, isNew([added])), needed)
  })

  await t.test('it counts from the decision that is contested, not from an earlier one', async (t) => {
    const { story } = await dismissed()
    const between = await proof(story)
    await story.by(zhao, 'close', { reason_code: 'other' })
    t.match(await story.try(buyer, `/v1/complaints/${story.id}/appeals`, isNew([between])), needed, 'there when it was closed')
  })

  await t.test('a closed case takes proofs of whoever may still appeal, and of nobody else', async (t) => {
    const story = await (await tellToInvestigation(app)).by(zhao, 'close', { reason_code: 'other' })
    const added = await proof(story, merchant)
    for (const as of [alice, zhao])
      t.match(await story.try(as, `/v1/complaints/${story.id}/evidence`, { type: 'statement', text: '…' }), { status: 409 }, as)
    await story.file(merchant, isNew([added]))
    t.equal(story.appeal.status, 'submitted')
    const withdrawn = await (await tell(app)).by(buyer, 'withdraw')
    t.match(await withdrawn.try(buyer, `/v1/complaints/${withdrawn.id}/evidence`, { type: 'statement', text: '…' }), {
      status: 409,
    })
  })

  await t.test('a decision of an earlier version, which counted no proofs, goes by time', async (t) => {
    const { story, old } = await dismissed()
    await sql`
      update complaints set decisions = jsonb_build_array((decisions -> 0) - 'evidence_count')
       where platform_id = ${app.platformId} and id = ${story.id}`.execute(app.db)
    const href = `/v1/complaints/${story.id}/appeals`
    t.match(await story.try(buyer, href, isNew([old])), needed)
    app.clock.advance(1)
    t.match(await story.try(buyer, href, isNew([await proof(story)])), { status: 201 })
  })
})

t.test('who judged the appellant’s evidence does not decide the appeal', async (t) => {
  const app = await testApp(t)
  /** Zhao judged a proof of a side before the case was dismissed; the buyer appeals. */
  const appealed = async (of: string, verdict: 'accept' | 'refuse') => {
    const story = await tellToLiability(app)
    const { id } = await proof(story, of)
    await story.try(zhao, `/v1/evidence/${id}/${verdict}`, verdict === 'refuse' ? { explanation: '看不清' } : {})
    await story.by(alice, 'dismiss', dismissal)
    return story.file(buyer, { reason_code: 'wrong_facts', statement: '请复核' })
  }
  const deciding = (story: CaseStory, as: string): Promise<string[]> =>
    story
      .read(as, `/v1/appeals/${story.appeal.id}`)
      .then(({ available_actions }) =>
        available_actions.map(({ action }: Json) => action).filter((action: string) => action !== 'assign'),
      )

  for (const verdict of ['accept', 'refuse'] as const)
    await t.test(`who did ${verdict} it`, async (t) => {
      const story = await appealed(buyer, verdict)
      for (const action of ['uphold', 'deny'])
        t.match(
          await story.try(zhao, `/v1/appeals/${story.appeal.id}/${action}`, inWords),
          { status: 403, body: { code: 'separation_of_duties', detail: /accepted or refused no evidence of the appellant/ } },
          action,
        )
      t.strictSame(await deciding(story, zhao), [])
      t.match(await story.try(qian, `/v1/appeals/${story.appeal.id}/assign`, { reviewer: zhao }), {
        status: 403,
        body: { code: 'separation_of_duties' },
      })
      await story.onAppeal(qian, 'deny', inWords)
    })

  await t.test('whoever judged the other side’s alone may', async (t) => {
    const story = await appealed(merchant, 'refuse')
    t.strictSame(await deciding(story, zhao), ['uphold', 'deny'])
    await story.onAppeal(zhao, 'deny', inWords)
  })

  await t.test(
    'the assigned reviewer judges what is new as part of the review; another supervisor steps out by it',
    async (t) => {
      const story = await (await tellToLiability(app)).by(alice, 'dismiss', dismissal)
      const [one, two] = [await proof(story), await proof(story)]
      await story.file(buyer, isNew([one]))
      await story.onAppeal(qian, 'assign', { reviewer: qian })
      await story.try(qian, `/v1/evidence/${one.id}/accept`)
      await story.try(zhao, `/v1/evidence/${two.id}/refuse`, { explanation: '重复' })
      t.match(await story.try(qian, `/v1/appeals/${story.appeal.id}/assign`, { reviewer: zhao }), { status: 403 })
      t.strictSame(await deciding(story, qian), ['uphold', 'deny', 'stand_down'])
      await story.onAppeal(qian, 'uphold', inWords)
    },
  )
})
