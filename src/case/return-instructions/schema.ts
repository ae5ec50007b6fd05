/** Wire types of where goods go back to. */
import Type from 'typebox'
import { CreatedAt, described, named, Strict, Text, UpdatedAt, Version, type Wire } from '../../foundation/http/schema.ts'
import { PersonId } from '../../platform/access/schema.ts'

export const ReturnTo = named(
  'ReturnTo',
  Strict(
    {
      address: Text(500, { description: 'Where the goods go back to.' }),
      contact: Type.Optional(Text(200, { description: 'Whom the carrier asks for, and how.' })),
      packing: Type.Optional(Text(1000, { description: 'How they are packed.' })),
      enclose: Type.Optional(Text(1000, { description: 'What else goes into the parcel.' })),
    },
    {
      description: 'Where goods go back to, and how.',
      example: { address: '浙江省杭州市余杭区仓前街道1号退货仓', contact: '退货组', enclose: '请附上订单号' },
    },
  ),
)

export const ReturnInstructionsOut = named(
  'ReturnInstructions',
  Type.Object({
    merchant_id: described(PersonId.ref, 'Whose goods they are about.'),
    return_to: described(ReturnTo.ref, 'What holds for plans that begin from now on.'),
    changed_by: Type.String({ description: 'Who wrote it, as `role:id`.', example: 'merchant:M-12' }),
    version: Version,
    created_at: CreatedAt,
    updated_at: UpdatedAt,
  }),
)
export type ReturnInstructionsWire = Wire<typeof ReturnInstructionsOut>
export type ReturnToBody = Wire<typeof ReturnTo>
