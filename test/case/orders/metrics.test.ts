import t from 'tap'
import { type Json, testApp } from '../../support/app.ts'
import { oms } from '../../support/orders.ts'

t.test('what is told of orders is counted, each thing once', async (t) => {
  const app = await testApp(t)
  const put = (paid_amount: number, version?: number) =>
    app.call('PUT', '/v1/orders/O-1', {
      as: oms,
      body: { currency: 'CNY', paid_amount, lines: [{ line_id: '1', name: '商品', quantity: 1, unit_amount: paid_amount }] },
      headers: version === undefined ? {} : { 'if-match': `"${version}"` },
    })
  const refund = (body: Json, key?: string) =>
    app.call('POST', '/v1/orders/O-1/refunds-elsewhere', {
      as: oms,
      body,
      headers: key === undefined ? {} : { 'idempotency-key': key },
    })
  const counted = async (name: string) =>
    (await app.call('GET', '/metrics', { key: null })).text
      .split('\n')
      .filter((line) => line.startsWith(name))
      .map((line) => line.slice(name.length))
  await put(10_000)
  await put(10_000, 1)
  t.strictSame(await counted('redress_order_statements_total'), ['{source="platform"} 1'], 'one that changes nothing is none')
  const chargeback = { amount: 6_000, reference: 'CB-1', kind: 'chargeback' }
  for (let time = 0; time < 2; time++) await refund(chargeback, 'once')
  await refund(chargeback)
  t.strictSame(await counted('redress_refunds_elsewhere_total'), ['{kind="chargeback",source="platform"} 1'])
  t.strictSame(await counted('redress_order_excess_total'), [], 'the order holds it')
  await refund({ amount: 5_000, reference: 'R-2' })
  await put(9_000, 1)
  await put(12_000, 2)
  t.strictSame(await counted('redress_order_excess_total'), ['{by="refund_elsewhere"} 1', '{by="correction"} 1'])
})
