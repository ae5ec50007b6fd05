/** Wire types of the records of an order. */
import Type from 'typebox'
import {
  CreatedAt,
  Id,
  listQuery,
  Nullable,
  named,
  StrEnum,
  Strict,
  Text,
  TimeText,
  Version,
  type Wire,
} from '../../foundation/http/schema.ts'
import { orderRecordTypes, recordReaders } from '../../words/orders.ts'

const fields = {
  type: StrEnum(orderRecordTypes, { description: 'What it proves, in the words of evidence.' }),
  reference: Text(128, {
    description: 'Your system’s own id of it. The same again is the same record: it is kept once.',
    example: 'WMS-77120',
  }),
  record: Type.Record(Type.String(), Type.Unknown(), {
    minProperties: 1,
    maxProperties: 100,
    description: 'The record in your own form, at most 20,000 bytes of JSON. It is hashed in its canonical spelling (RFC 8785).',
  }),
}
const lineIds = { minItems: 1, maxItems: 100, uniqueItems: true } as const
const readers =
  'Who reads it: the staff of the platform, or also the parties of the cases about the order, each as far as it is about its lines. It is shown as it is: leave contact data out of what is for parties.'

export const NewOrderRecordIn = named(
  'NewOrderRecord',
  Strict(
    {
      ...fields,
      line_ids: Type.Optional(
        Type.Array(Text(128), { ...lineIds, description: 'The lines it is about; left out: the whole order.' }),
      ),
      occurred_at: Type.Optional(Nullable(TimeText(), { description: 'When what it records took place.' })),
      visible_to: Type.Optional(StrEnum(recordReaders, { description: `${readers} \`staff\` when left out.` })),
    },
    {
      example: {
        type: 'shipping_record',
        reference: 'WMS-77120',
        line_ids: ['1'],
        occurred_at: '2026-11-02T08:00:00Z',
        record: { carrier: 'SF', tracking_number: 'SF1234567890', pieces: 1 },
        visible_to: 'parties',
      },
    },
  ),
)
export type NewOrderRecord = Wire<typeof NewOrderRecordIn>

export const OrderRecordOut = named(
  'OrderRecord',
  Type.Object({
    id: Id({ description: 'Its id: a UUIDv7.' }),
    order_id: Type.String({ description: 'The platform’s own id of the order.', example: 'O-9981' }),
    ...fields,
    line_ids: Type.Array(Type.String(), { description: 'The lines it is about; empty: the whole order.' }),
    occurred_at: Nullable(TimeText(), { description: 'When what it records took place.' }),
    sha256: Type.String({
      description: 'SHA-256 of the record in its canonical spelling, in lower-case hex.',
      pattern: '^[0-9a-f]{64}$',
    }),
    visible_to: StrEnum(recordReaders, { description: readers }),
    stated_by: Nullable(Type.String({ example: 'orders:oms' }), { description: 'Which system recorded it; null for parties.' }),
    created_at: CreatedAt,
    version: Version,
  }),
)
export type OrderRecordWire = Wire<typeof OrderRecordOut>

export const recordQuery = listQuery({})
