/** Wire types of the affiliates of a merchant. */
import Type from 'typebox'
import { CreatedAt, described, named, Strict, Text, UpdatedAt, Version, type Wire } from '../../foundation/http/schema.ts'
import { PersonId } from '../../platform/access/schema.ts'

/** More than the shops of one owner. */
export const MOST_AFFILIATES = 20

export const AffiliatesIn = named(
  'NewMerchantAffiliates',
  Strict(
    {
      merchant_ids: Type.Array(described(PersonId.ref, 'The platform’s own id of an affiliate.'), {
        maxItems: MOST_AFFILIATES,
        uniqueItems: true,
        description: 'In the order in which their deposits pay; empty for none. An affiliate’s own affiliates are not followed.',
      }),
      explanation: Text(2000, { description: 'How the platform knows, in words.' }),
    },
    { example: { merchant_ids: ['M-13', 'M-14'], explanation: '同一经营主体，见入驻协议第 8 条。' } },
  ),
)
export type AffiliatesBody = Wire<typeof AffiliatesIn>

export const AffiliatesOut = named(
  'MerchantAffiliates',
  Type.Object({
    merchant_id: described(PersonId.ref, 'Whose affiliates they are.'),
    merchant_ids: Type.Array(PersonId.ref, {
      maxItems: MOST_AFFILIATES,
      description: 'In the order in which their deposits pay.',
    }),
    explanation: Type.String({ description: 'How the platform knows.' }),
    changed_by: Type.String({ description: '`role:id` of the admin.' }),
    version: Version,
    created_at: CreatedAt,
    updated_at: UpdatedAt,
  }),
)
export type AffiliatesWire = Wire<typeof AffiliatesOut>
