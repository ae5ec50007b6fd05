/** Wire types of evidence. */
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
  UpdatedAt,
  Version,
  type Wire,
} from '../../foundation/http/schema.ts'
import { keyRoles } from '../../platform/access/caller.ts'
import { AvailableAction } from '../../platform/wire/available-action.ts'
import { evidenceTypes } from '../../words/evidence.ts'
import { Note, SideWord } from '../case-file/schema.ts'
import { chainRule } from './chain.ts'
import { evidenceStates } from './lifecycle.ts'
import { acceptedMediaTypes } from './media.ts'
import { requirementStatuses } from './requirements.ts'

const TypeWord = StrEnum(evidenceTypes, {
  description:
    'What it proves. A `photo` is an image file and a `video` a video file; an `identity_proof` is seen by its own side and staff only.',
})
const Description = Type.Optional(Text(2000, { description: 'What can be seen in it.', example: '开箱时拍的照片' }))

const words = Text(20_000, { description: 'Words.' })
const record = Type.Record(Type.String(), Type.Unknown(), {
  minProperties: 1,
  maxProperties: 100,
  description: 'A structured record of the caller’s own form. It is hashed and served in its canonical spelling (RFC 8785).',
})

export const NewEvidenceIn = named(
  'NewEvidence',
  Strict(
    {
      type: TypeWord,
      description: Description,
      text: Type.Optional(words),
      record: Type.Optional(record),
      note: Note,
    },
    {
      description: 'Exactly one of `text` and `record`; a file is sent as multipart/form-data.',
      oneOf: [
        { type: 'object', description: 'Words.', required: ['text'], properties: { text: words } },
        { type: 'object', description: 'A structured record.', required: ['record'], properties: { record } },
      ],
      example: { type: 'return_tracking', record: { carrier: 'SF', tracking_number: 'SF1234567890' } },
    },
  ),
)
export type NewEvidence = Wire<typeof NewEvidenceIn>

export const EvidenceUploadIn = named(
  'EvidenceUpload',
  Strict(
    {
      type: TypeWord,
      description: Description,
      note: Note,
      file: Type.String({
        format: 'binary',
        description: `One file with a file name. Its bytes decide what it is: ${acceptedMediaTypes.join(', ')}.`,
      }),
    },
    { description: 'The fields may come in any order.' },
  ),
)
/** The fields of an upload; `file` stands for the file by its name. */
export type EvidenceUpload = Wire<typeof EvidenceUploadIn>

/** The bodies of the actions, by action. */
export const evidenceBodies = {
  accept: named('AcceptEvidence', Strict({ note: Note }, { example: {} })),
  refuse: named(
    'RefuseEvidence',
    Strict(
      { explanation: Text(2000, { description: 'Why, in words.' }), note: Note },
      { example: { explanation: '照片无法辨认' } },
    ),
  ),
  withdraw: named('WithdrawEvidence', Strict({ note: Note }, { example: {} })),
}
export type EvidenceBodies = { [Action in keyof typeof evidenceBodies]: Wire<(typeof evidenceBodies)[Action]> }

export const EvidenceOut = named(
  'Evidence',
  Type.Object({
    id: Id({ description: 'Its id: a UUIDv7.' }),
    complaint_id: Id({ description: 'The case.' }),
    status: StrEnum(evidenceStates, { description: 'What was decided about it.' }),
    type: TypeWord,
    description: Nullable(Type.String(), { description: 'What can be seen in it.' }),
    submitter: Type.Object(
      {
        role: StrEnum(keyRoles, { description: 'In which role.' }),
        id: Type.String({ description: 'The person’s id.' }),
        side: SideWord,
      },
      { description: 'Who handed it in.' },
    ),
    file_name: Nullable(Type.String(), { description: 'The submitter’s name for the file; null for text and records.' }),
    media_type: Type.String({ description: 'What the bytes show.', example: 'image/jpeg' }),
    size_bytes: Type.Integer({ description: 'How many bytes it has.', minimum: 1 }),
    sha256: Type.String({ description: 'SHA-256 of the content, in lower-case hex.', pattern: '^[0-9a-f]{64}$' }),
    text: Nullable(Type.String(), { description: 'Its words, where it is a text.' }),
    record: Nullable(Type.Record(Type.String(), Type.Unknown()), { description: 'Its fields, where it is a record.' }),
    chain: Type.Object(
      {
        position: Type.Integer({ description: 'Its place in the case, from 1.', minimum: 1 }),
        previous_hash: Type.String({ description: 'The hash of the proof before.' }),
        hash: Type.String({ description: 'Its own hash.' }),
      },
      { description: chainRule },
    ),
    decision: Nullable(
      Type.Object({
        by: Type.String({ description: 'Who, as `role:id`.' }),
        explanation: Nullable(Type.String(), { description: 'Why, in words.' }),
        at: TimeText({ description: 'When.' }),
      }),
      {
        description: 'Who accepted, refused or withdrew it.',
      },
    ),
    available_actions: Type.Array(AvailableAction.ref, { description: 'What this caller can do with it now.' }),
    version: Version,
    created_at: CreatedAt,
    updated_at: UpdatedAt,
  }),
)
export type EvidenceWire = Wire<typeof EvidenceOut>

export const evidenceQuery = listQuery({})

export const RequirementOut = named(
  'EvidenceRequirement',
  Type.Object({
    party: SideWord,
    accepted_types: Type.Array(StrEnum(evidenceTypes), { description: 'Any one of them is enough.' }),
    due_at: TimeText({ description: 'By when.' }),
    status: StrEnum(requirementStatuses, {
      description:
        '`satisfied` while that side has a proof of an accepted type that was neither refused nor withdrawn, or the platform’s systems have a record of such a type, else `missed` once it is past due.',
    }),
    evidence_ids: Type.Array(Id(), { description: 'The proofs that satisfy it.' }),
    record_ids: Type.Array(Id(), {
      description: 'The records of the platform’s own systems that do, as far as you may read them.',
    }),
  }),
)
