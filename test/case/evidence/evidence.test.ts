import { createHash } from 'node:crypto'
import t from 'tap'
import type { Json } from '../../support/app.ts'
import { evidenceRoom, png } from './room.ts'

const words = { type: 'statement', text: '少了保护膜' }

await t.test('evidence in JSON', async (t) => {
  const { call, add, list, caseId, upload } = await evidenceRoom(t)

  await t.test('is added by each side for itself, and by staff for the platform', async (t) => {
    for (const [as, side] of [
      ['buyer:B-1', 'complainant'],
      ['merchant:M-1', 'respondent'],
      ['agent:alice', 'platform'],
      ['supervisor:zhao', 'platform'],
    ] as const) {
      const [role, id] = as.split(':')
      t.match(await add(words, { as }), {
        status: 201,
        headers: { etag: '"1"' },
        body: { submitter: { role, id, side }, status: 'submitted' },
      })
    }
    t.match(await add(words, { as: 'admin:root' }), { status: 403, body: { code: 'forbidden' } })
  })

  await t.test('is exactly one of words and a record', async (t) => {
    const faulty: [Json, string][] = [
      [{ type: 'statement' }, '/text'],
      [{ type: 'statement', text: 'a', record: { b: 1 } }, ''],
      [{ type: 'statement', text: '   ' }, '/text'],
      [{ type: 'statement', record: {} }, '/record'],
      [{ type: 'statement', record: ['a'] }, '/record'],
      [{ type: 'statement', text: 'a', file: 'b' }, '/file'],
      [{ text: 'a' }, '/type'],
      [{ type: 'statement', text: 'a', description: 7 }, '/description'],
    ]
    for (const [body, pointer] of faulty) {
      const answer = await add(body)
      t.equal(answer.status, 400, JSON.stringify(body))
      t.ok(
        answer.body.errors.some((e: Json) => e.pointer === pointer),
        answer.text,
      )
    }
    t.match(await add({ type: 'photo', text: 'a photo' }), { status: 422, body: { code: 'evidence_media_mismatch' } })
  })

  await t.test('is added once per idempotency key', async (t) => {
    const headers = { 'idempotency-key': 'k' }
    const first = await add(words, { headers })
    t.equal((await add(words, { headers })).text, first.text)
    t.match(await add({ ...words, text: 'x' }, { headers }), { status: 422, body: { code: 'idempotency_key_reused' } })
  })

  await t.test('is one of the things that the case offers', async (t) => {
    const { body } = await call('GET', `/v1/complaints/${caseId}`, { as: 'merchant:M-1' })
    t.ok(body.available_actions.some((a: Json) => a.resource === 'evidence' && a.action === 'add' && a.href === list))
  })

  await t.test('is listed newest first, page by page', async (t) => {
    await upload([
      ['type', 'photo'],
      ['file', png, 'a.png'],
    ])
    const all = (await call('GET', `${list}?limit=100`)).body.data
    t.strictSame(
      all.map((x: Json) => x.chain.position),
      Array.from({ length: all.length }, (_, i) => all.length - i),
    )
    const walked: string[] = []
    let next: string | undefined = `${list}?limit=2`
    while (next !== undefined) {
      const page = await call('GET', next)
      walked.push(...page.body.data.map((x: Json) => x.id))
      next = /^<(.*)>; rel="next"$/.exec(page.headers.link ?? '')?.[1]
    }
    t.strictSame(
      walked,
      all.map((x: Json) => x.id),
    )
  })
})

await t.test('evidence is judged', async (t) => {
  const { call, add, list, caseId } = await evidenceRoom(t)
  const made = async (body: Json = words): Promise<string> => `/v1/evidence/${(await add(body)).body.id}`

  await t.test('by staff, once, with an explanation for a refusal', async (t) => {
    const one = await made()
    t.match(await call('POST', `${one}/accept`, { as: 'buyer:B-1' }), { status: 403, body: { code: 'forbidden' } })
    t.match(await call('POST', `${one}/accept`, { as: 'merchant:M-1' }), { status: 403 })
    t.match(await call('POST', `${one}/accept`, { as: 'agent:M-1' }), { status: 403, body: { code: 'separation_of_duties' } })
    t.match(await call('POST', `${one}/accept`, { as: 'agent:alice', headers: { 'if-match': '"2"' } }), { status: 412 })
    const accepted = await call('POST', `${one}/accept`, {
      as: 'agent:alice',
      body: { note: '清晰' },
      headers: { 'if-match': '"1"' },
    })
    t.match(accepted, {
      status: 200,
      headers: { etag: '"2"' },
      body: { status: 'accepted', version: 2, decision: { by: 'agent:alice', explanation: null }, available_actions: [] },
    })
    t.match(await call('POST', `${one}/refuse`, { as: 'supervisor:zhao', body: { explanation: 'x' } }), {
      status: 409,
      body: { code: 'action_not_available' },
    })
    const other = await made()
    t.match(await call('POST', `${other}/refuse`, { as: 'agent:alice' }), {
      status: 400,
      body: { errors: [{ pointer: '/explanation' }] },
    })
    t.match(await call('POST', `${other}/refuse`, { as: 'agent:alice', body: { explanation: '看不清' } }), {
      status: 200,
      body: { status: 'refused', decision: { by: 'agent:alice', explanation: '看不清' } },
    })
    const { body } = await call('GET', `/v1/complaints/${caseId}/events`, { as: 'buyer:B-1' })
    t.strictSame(
      body.data.slice(0, 4).map((e: Json) => [e.type, e.from_status, e.to_status, e.note]),
      [
        ['evidence_refused', 'submitted', 'refused', null],
        ['evidence_submitted', null, 'submitted', null],
        ['evidence_accepted', 'submitted', 'accepted', null],
        ['evidence_submitted', null, 'submitted', null],
      ],
    )
  })

  await t.test('or taken back by its author, and stays listed', async (t) => {
    const one = await made()
    t.match(await call('POST', `${one}/withdraw`, { as: 'merchant:M-1' }), { status: 403 })
    t.match(await call('POST', `${one}/withdraw`, { as: 'agent:alice' }), { status: 403 })
    t.match(await call('POST', `${one}/withdraw`, { as: 'buyer:B-1' }), {
      status: 200,
      body: { status: 'withdrawn', version: 2 },
    })
    t.match(await call('POST', `${one}/accept`, { as: 'agent:alice' }), { status: 409 })
    t.match((await call('GET', list, { as: 'merchant:M-1' })).body.data[0], { status: 'withdrawn' })
  })

  await t.test('twice at once only once', async (t) => {
    const one = await made()
    const answers = await Promise.all([
      call('POST', `${one}/accept`, { as: 'agent:alice' }),
      call('POST', `${one}/refuse`, { as: 'supervisor:zhao', body: { explanation: 'x' } }),
      call('POST', `${one}/withdraw`, { as: 'buyer:B-1' }),
    ])
    t.strictSame(
      answers.map((a) => a.status).toSorted((a, b) => a - b),
      [200, 409, 409],
    )
  })
})

await t.test('nobody else sees it', async (t) => {
  const { call, add, list, caseId, upload, platform } = await evidenceRoom(t)
  const { body: plain } = await upload([
    ['type', 'photo'],
    ['file', png, 'a.png'],
  ])
  const { body: identity } = await upload([
    ['type', 'identity_proof'],
    ['file', png, '身份证.png'],
  ])
  await add(words)
  const missing = { status: 404, body: { code: 'not_found' } }
  const ways = (id: string): ['GET' | 'POST', string, Json?][] => [
    ['GET', `/v1/evidence/${id}`],
    ['GET', `/v1/evidence/${id}/content`],
    ['POST', `/v1/evidence/${id}/accept`],
    ['POST', `/v1/evidence/${id}/refuse`, { explanation: 'x' }],
    ['POST', `/v1/evidence/${id}/withdraw`],
  ]

  await t.test('neither other buyers and merchants nor other platforms', async (t) => {
    const { key } = await platform('test')
    const strangers = [{ as: 'buyer:B-2' }, { as: 'merchant:M-2' }, { as: 'buyer:M-1' }, { as: 'supervisor:zhao', key }]
    for (const stranger of strangers) {
      for (const [method, url, body] of ways(plain.id))
        t.match(await call(method, url, { ...stranger, body }), missing, `${stranger.as} ${url}`)
      for (const url of [list, `${list}-requirements`])
        t.match(await call('GET', url, stranger), missing, `${stranger.as} ${url}`)
    }
    for (const url of ['/v1/evidence/x', '/v1/evidence/x/content', `/v1/evidence/${caseId}`])
      t.match(await call('GET', url), missing, url)
  })

  await t.test('nor the other side a proof of identity', async (t) => {
    const merchant = { as: 'merchant:M-1' }
    for (const [method, url, body] of ways(identity.id)) t.match(await call(method, url, { ...merchant, body }), missing, url)
    const positions = async (as: string) => (await call('GET', list, { as })).body.data.map((x: Json) => x.chain.position)
    t.strictSame(await positions('merchant:M-1'), [3, 1])
    for (const as of ['buyer:B-1', 'agent:alice', 'supervisor:zhao', 'admin:root'])
      t.strictSame(await positions(as), [3, 2, 1], as)
    for (const as of ['buyer:B-1', 'agent:alice', 'admin:root']) {
      t.match(await call('GET', `/v1/evidence/${identity.id}/content`, { as }), { status: 200 }, as)
    }
    t.match(await call('POST', `/v1/evidence/${identity.id}/accept`, { as: 'agent:alice' }), { status: 200 })
    const told = async (as: string) =>
      (await call('GET', `/v1/complaints/${caseId}/events`, { as })).body.data.filter((e: Json) => e.resource_id === identity.id)
        .length
    t.equal(await told('merchant:M-1'), 0)
    t.equal(await told('buyer:B-1'), 2)
    t.equal(await told('agent:alice'), 2)
  })

  await t.test('and what staff hand in as a proof of identity is for staff', async (t) => {
    const { body } = await add({ type: 'identity_proof', text: '电话核实' }, { as: 'agent:alice' })
    t.match(await call('GET', `/v1/evidence/${body.id}`, { as: 'buyer:B-1' }), missing)
    t.match(await call('GET', `/v1/evidence/${body.id}`, { as: 'supervisor:zhao' }), { status: 200 })
  })
})

await t.test('the chain can be recomputed by anyone from what is shown', async (t) => {
  const { call, add, upload, list, clock, db } = await evidenceRoom(t)
  await add(words)
  clock.advance(1500)
  await upload(
    [
      ['type', 'photo'],
      ['file', png, 'a.png'],
    ],
    { as: 'merchant:M-1' },
  )
  await add({ type: 'order_record', record: { b: 1, a: 2 } }, { as: 'agent:alice' })
  await Promise.all(
    Array.from({ length: 5 }, (_, i) => add({ type: 'other', text: `${i}` }, { as: i % 2 ? 'buyer:B-1' : 'merchant:M-1' })),
  )
  await call('POST', `/v1/evidence/${(await call('GET', list)).body.data[3].id}/accept`, { as: 'agent:alice' })

  const faults = async (): Promise<number[]> => {
    const { data } = (await call('GET', list)).body
    const wrong: number[] = []
    let previous = '0'.repeat(64)
    for (const [index, x] of data.reverse().entries()) {
      const content = await call('GET', `/v1/evidence/${x.id}/content`)
      const isSealed = x.file_name !== null || x.sha256 === createHash('sha256').update(content.text).digest('hex')
      const lines = `${previous}\n${x.sha256}\n${x.type}\n${x.submitter.role}:${x.submitter.id}\n${x.created_at}\n`
      const hash = createHash('sha256').update(lines).digest('hex')
      if (!isSealed || x.chain.position !== index + 1 || x.chain.previous_hash !== previous || x.chain.hash !== hash)
        wrong.push(index + 1)
      previous = x.chain.hash
    }
    return wrong
  }
  t.equal((await call('GET', list)).body.data.length, 8)
  t.strictSame(await faults(), [])
  await db.updateTable('evidence').set({ submitter_id: 'M-2' }).where('position', '=', 2).execute()
  await db.updateTable('evidence').set({ text: 'changed' }).where('position', '=', 5).execute()
  t.strictSame(await faults(), [2, 5], 'a changed row shows')
})

await t.test('what has to be proved', async (t) => {
  const requirements = (room: { caseId: string; call: Awaited<ReturnType<typeof evidenceRoom>>['call'] }, as = 'buyer:B-1') =>
    room.call('GET', `/v1/complaints/${room.caseId}/evidence-requirements`, { as })

  await t.test('is told with who, what and by when, in business days of the calendar', async (t) => {
    // Sunday early in Shanghai: the first business day is Monday
    const room = await evidenceRoom(t)
    t.strictSame((await requirements(room)).body, {
      data: [
        {
          party: 'complainant',
          accepted_types: ['photo', 'video'],
          due_at: '2026-11-24T10:00:00.000Z',
          status: 'open',
          evidence_ids: [],
          record_ids: [],
        },
        {
          party: 'complainant',
          accepted_types: ['order_record'],
          due_at: '2026-11-24T10:00:00.000Z',
          status: 'open',
          evidence_ids: [],
          record_ids: [],
        },
        {
          party: 'respondent',
          accepted_types: ['packing_record'],
          due_at: '2026-11-26T10:00:00.000Z',
          status: 'open',
          evidence_ids: [],
          record_ids: [],
        },
      ],
      next_cursor: null,
      stuck: false,
    })
    t.match(await room.call('GET', `/v1/complaints/${room.caseId}/evidence-requirements?limit=1`), { status: 400 })
  })

  await t.test('is satisfied by a standing proof of that side, and missed after its time', async (t) => {
    const room = await evidenceRoom(t)
    const { add, call, clock } = room
    const all = async (): Promise<Json[]> => (await requirements(room, 'merchant:M-1')).body.data
    // the buyer owes a photo too; it stays out of this story
    const states = async () => (await all()).slice(1).map((x) => [x.status, x.evidence_ids])
    const invoice = { type: 'order_record', record: { order: 'O-1' } }
    await add({ type: 'statement', text: 'x' })
    await add(invoice, { as: 'agent:alice' })
    t.strictSame(
      await states(),
      [
        ['open', []],
        ['open', []],
      ],
      'neither another type nor another side counts',
    )

    const { id } = (await add(invoice)).body
    t.strictSame(await states(), [
      ['satisfied', [id]],
      ['open', []],
    ])
    await call('POST', `/v1/evidence/${id}/refuse`, { as: 'agent:alice', body: { explanation: 'x' } })
    t.strictSame(
      await states(),
      [
        ['open', []],
        ['open', []],
      ],
      'a refused proof does not count',
    )
    const second = (await add(invoice)).body.id
    await call('POST', `/v1/evidence/${second}/withdraw`, { as: 'buyer:B-1' })
    t.strictSame(
      await states(),
      [
        ['open', []],
        ['open', []],
      ],
      'nor a withdrawn one',
    )
    const third = (await add(invoice)).body.id
    await call('POST', `/v1/evidence/${third}/accept`, { as: 'agent:alice' })

    clock.advance(Date.parse('2026-11-26T10:00:00.000Z') - clock.nowMs())
    t.strictSame(
      await states(),
      [
        ['satisfied', [third]],
        ['open', []],
      ],
      'the moment it is due is still in time',
    )
    clock.advance(1)
    t.strictSame(await states(), [
      ['satisfied', [third]],
      ['missed', []],
    ])
    t.equal((await all())[0].status, 'missed', 'an order record proves no scratch')
    const late = (await add({ ...invoice, type: 'packing_record' }, { as: 'merchant:M-1' })).body.id
    t.strictSame(
      await states(),
      [
        ['satisfied', [third]],
        ['satisfied', [late]],
      ],
      'late is better than never',
    )
  })

  await t.test('falls on the side that the party is on, else on the platform', async (t) => {
    const partiesOf = async (filed: Json): Promise<string[]> => {
      const room = await evidenceRoom(t, {}, filed)
      return (await requirements(room, 'agent:alice')).body.data.map((x: Json) => x.party)
    }
    const againstPlatform = { respondent: { role: 'platform', id: 'platform' } }
    t.strictSame(await partiesOf({ category: 'service_attitude' }), ['platform'])
    t.strictSame(await partiesOf({ category: 'not_received' }), ['respondent', 'respondent'])
    t.strictSame(await partiesOf({ category: 'other' }), [])
    t.strictSame(await partiesOf({ ...againstPlatform }), ['complainant', 'complainant', 'platform'])
    t.strictSame(await partiesOf({ ...againstPlatform, category: 'service_attitude' }), ['platform'])
  })
})
