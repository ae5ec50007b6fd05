import t from 'tap'
import { deviationReasonNames, outcomeNames } from '../../../src/words/complaints.ts'
import { changePolicy } from '../../rules/policy/policies.ts'
import { testApp } from '../../support/app.ts'
import { guidePage, rowsInChapter } from '../../support/guide.ts'
import { dismissal, liability, newOrder, qian, tell, zhao } from '../../support/story.ts'

const page = guidePage('decisions')
const rowsOf = (chapter: string): string[][] => rowsInChapter(page, chapter)

t.test('the worked example of the guide is what happens', async (t) => {
  const app = await testApp(t)
  const [li, chen, buyer] = ['agent:li', 'agent:chen', 'buyer:B-1']
  const story = await tell(app, { order: newOrder(900_000), wanted: { remedy: 'refund', amount: 900_000 } })
  const old = (await story.addEvidence(buyer)).evidence
  await story.by(li, 'accept')
  await story.by(buyer, 'escalate', { reason_code: 'no_agreement' })
  const href = `/v1/complaints/${story.id}`
  const told: [string, number, string | undefined][] = []
  const tried = async (who: string, as: string, url: string, body: object) => {
    const answer = await story.try(as, url, body)
    told.push([who, answer.status, answer.body.code])
    return answer.body
  }
  const inWords = { explanation: '平台决定' }
  const isNew = (id: string) => ({ reason_code: 'new_evidence', statement: '补充照片', evidence_ids: [id] })
  await tried('Chen', chen, `${href}/determine-liability`, liability)
  await tried('Li', li, `${href}/determine-liability`, liability)
  await tried('Li', li, `${href}/dismiss`, dismissal)
  await tried('Zhao', zhao, `${href}/dismiss`, inWords)
  await tried('Zhao', zhao, `${href}/dismiss`, dismissal)
  t.match((await story.seenBy(buyer)).deadlines.at(-1), { kind: 'appeal_window', party: 'complainant', status: 'running' })
  await tried('Buyer', buyer, `${href}/appeals`, isNew(old.id))
  const added = (await story.addEvidence(buyer)).evidence
  const { id } = await tried('Buyer', buyer, `${href}/appeals`, isNew(added.id))
  await tried('Zhao', zhao, `/v1/appeals/${id}/deny`, inWords)
  await tried('Qian', qian, `/v1/appeals/${id}/uphold`, inWords)
  t.strictSame(
    told,
    rowsOf('A case as it goes').map(([who, , answer = '']) => {
      const [, status, code] = /^(\d+)(?: `(\w+)`)?/.exec(answer) ?? []
      return [who, Number(status), code]
    }),
  )

  const [, json = ''] = page.split('```json\n')
  const rules = JSON.parse(json.split('```')[0] ?? '')
  const { document } = await changePolicy(app, (policy) => Object.assign(policy, rules))
  t.match(document, rules, 'the policy of the page can be put')
})

t.test('the guide names every outcome and every deviation in both languages', (t) => {
  const named = (names: Readonly<Record<string, { zh: string; en: string }>>) =>
    Object.entries(names).map(([code, { zh, en }]) => [`\`${code}\``, zh, en])
  t.strictSame(rowsOf('What a decision must agree with'), named(deviationReasonNames))
  t.strictSame(
    rowsOf('Outcomes').map((row) => row.slice(0, 3)),
    named(outcomeNames),
  )
  t.end()
})
