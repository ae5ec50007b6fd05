/** Orders as the platform's own systems state them. */
import type { Json, TestApp } from './app.ts'

/** Who states orders in tests. */
export const oms = 'orders:oms'

/**
 * States the order of a complaint in the complaint's own words, so that staff can give money back without approval. An order that is known
 * already stays as it is.
 */
export const stateOrder = async ({ call }: Pick<TestApp, 'call'>, order: Json, key?: string | null): Promise<void> => {
  if (!order) return
  const { id, lines, ...facts } = order
  const said = lines.map(({ disputed_quantity: _q, reason_code: _r, wanted_amount: _w, ...line }: Json) => line)
  const body = {
    ...facts,
    lines: said.length > 0 ? said : [{ line_id: '1', name: '商品', quantity: 1, unit_amount: facts.paid_amount }],
  }
  const { status, text } = await call('PUT', `/v1/orders/${encodeURIComponent(id)}`, {
    as: oms,
    body,
    ...(key !== undefined && { key }),
  })
  if (status !== 200 && status !== 428) throw new Error(`${oms} states ${id}: ${status} ${text}`)
}
