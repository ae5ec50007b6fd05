/** Wire types of mass cases. Staff read them; parties never do. */
import Type, { type Static } from 'typebox'
import {
  AnyOf,
  CreatedAt,
  Id,
  listQuery,
  Nullable,
  named,
  StrEnum,
  Strict,
  Text,
  TimeText,
  UpdatedAt,
  Version,
  type Wire,
} from '../../foundation/http/schema.ts'
import { massCaseStatuses } from '../../words/risk.ts'

export const MassCaseOut = named(
  'MassCase',
  Type.Object(
    {
      id: Id({ description: 'Its id: each of its complaints has it as `mass_case_id`.' }),
      status: StrEnum(massCaseStatuses, { description: 'While it is open, further complaints about the item join it.' }),
      merchant_id: Type.String({ description: 'About whose item.' }),
      item: Type.String({
        description: 'Which: `sku:` with the SKU of the line, or `name:` with its name.',
        example: 'sku:PAD-64',
      }),
      complainants: Type.Integer({ minimum: 1, description: 'How many different complainants there were when it began.' }),
      began_at: TimeText({ description: 'When the first of its complaints was filed.' }),
      last_filed_at: TimeText({ description: 'When the last of them was.' }),
      end_reason_code: Nullable(StrEnum(['quiet', 'supervisor']), {
        description: 'Why it ended: nobody complained any more, or a supervisor ended it.',
      }),
      end_explanation: Nullable(Type.String(), { description: 'Why a supervisor ended it, in words.' }),
      ended_by: Nullable(Type.String(), { description: 'Who ended it, as `role:id`.', example: 'supervisor:zhao' }),
      ended_at: Nullable(TimeText(), { description: 'When it ended.' }),
      version: Version,
      created_at: CreatedAt,
      updated_at: UpdatedAt,
    },
    {
      description:
        'Many complainants about one item of one merchant within a short time. It raises the risk and decides nothing.',
    },
  ),
)
export type MassCaseWire = Wire<typeof MassCaseOut>

export const massCaseQuery = listQuery({
  status: Type.Optional(AnyOf(massCaseStatuses, { description: 'In one of these states.' })),
  merchant: Type.Optional(Text(128, { description: 'About items of this merchant.' })),
})
export type MassCaseQuery = Static<typeof massCaseQuery>

export const EndMassCase = named(
  'EndMassCase',
  Strict({ explanation: Text(2000, { description: 'Why, in words.' }) }, { example: { explanation: '商家已召回该批次。' } }),
)
