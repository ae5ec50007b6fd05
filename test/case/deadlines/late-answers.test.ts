/** An answer that comes after the due time counts as long as no sweep has acted: late, and heard. */
import t from 'tap'
import { MINUTE } from '../../../src/foundation/clock.ts'
import { done } from '../../races/cases.ts'
import { type Json, movableClock, testApp } from '../../support/app.ts'
import { inShanghai } from '../../support/rules.ts'
import { alice, tell } from '../../support/story.ts'

const buyer = 'buyer:B-1'
const merchant = 'merchant:M-1'

t.test('before the sweep it is taken, after it the time is over', async (t) => {
  const one = await testApp(t, { clock: movableClock(inShanghai('2026-11-23 10:00')) })
  const to = (local: string) => one.clock.advance(Date.parse(inShanghai(local)) - one.clock.nowMs())
  const [late, tooLate] = [await tell(one), await tell(one)]
  for (const story of [late, tooLate]) await story.by(alice, 'accept')
  const asked = await tell(one)
  await asked.by(alice, 'request-information', { items: ['照片'] })

  to('2026-11-25 10:07')
  await late.by(merchant, 'respond', { position: 'dispute', statement: '已足额发货' })
  const { deadlines } = await late.seenBy(merchant)
  t.match(
    deadlines.find(({ kind }: Json) => kind === 'respondent_response'),
    { status: 'met', margin_ms: -7 * MINUTE, due_at: inShanghai('2026-11-25 10:00') },
  )
  t.match(await done(one, 'admin:root', '/v1/sweeps'), { due: 1, escalated: 1 }, 'the other merchant alone was silent')
  t.match(await late.seenBy(buyer), { status: 'negotiating', level: 1 })
  t.match(await tooLate.seenBy(buyer), { status: 'investigating', level: 2 })
  t.equal((await tooLate.try(merchant, `/v1/complaints/${tooLate.id}/respond`, { position: 'agree' })).status, 409)

  to('2026-11-26 10:30')
  await asked.by(buyer, 'provide-information', { statement: '已上传' })
  await done(one, 'admin:root', '/v1/sweeps')
  t.equal((await asked.seenBy(buyer)).status, 'submitted', 'half an hour late, and not closed')
})
