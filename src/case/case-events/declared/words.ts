/** Events of what people hand in and say: proofs and messages. */

import Type from 'typebox'
import { StrEnum } from '../../../foundation/http/schema.ts'
import { evidenceTypes } from '../../../words/evidence.ts'
import { addressees } from '../../../words/messages.ts'
import { type Declarations, Explanation } from '../declaration.ts'

const PRIVATE = 'to the side whose proof of identity it is'

const ofProof = { type: StrEnum(evidenceTypes) }

export const evidenceEvents = {
  evidence_submitted: {
    en: 'A proof was handed in.',
    zh: '证据已提交。',
    of: ['evidence'],
    visibility: 'parties',
    otherwise: PRIVATE,
    data: {
      ...ofProof,
      position: Type.Integer({ minimum: 1, description: 'Its place in the chain of the case.' }),
      sha256: Type.String({ description: 'Of its content.' }),
    },
  },
  evidence_accepted: {
    en: 'Staff accepted a proof.',
    zh: '证据已采信。',
    of: ['evidence'],
    visibility: 'parties',
    otherwise: PRIVATE,
    data: ofProof,
  },
  evidence_refused: {
    en: 'Staff refused a proof.',
    zh: '证据不予采信。',
    of: ['evidence'],
    visibility: 'parties',
    otherwise: PRIVATE,
    data: { ...ofProof, explanation: Explanation },
  },
  evidence_withdrawn: {
    en: 'Whoever handed a proof in withdrew it.',
    zh: '提交人已撤回证据。',
    of: ['evidence'],
    visibility: 'parties',
    otherwise: PRIVATE,
    data: ofProof,
  },
} as const satisfies Declarations

export const messageEvents = {
  message_posted: {
    en: 'Somebody wrote a message.',
    zh: '有新的留言。',
    of: ['message'],
    visibility: 'parties',
    otherwise: 'to staff, or to one side, where the message is for them alone',
    data: {
      to: StrEnum(addressees, { description: 'Whom it is addressed to.' }),
      automated: Type.Optional(Type.Literal(true, { description: 'A machine of the platform wrote it.' })),
    },
  },
} as const satisfies Declarations
