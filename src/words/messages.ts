/** The closed lists of messages: wire values, in the order they are documented. */

/** Whom a party can write to. */
export const addresseesOfParties = ['platform', 'other_side', 'both'] as const
/** Whom staff can write to. An internal message names nobody: it is for the platform. */
export const addresseesOfStaff = ['complainant', 'respondent', 'both'] as const
export const addressees = ['platform', 'other_side', 'both', 'complainant', 'respondent'] as const
export type Addressee = (typeof addressees)[number]

/** Why a message needs no answer, with the Chinese names. */
export const noAnswerReasonNames = {
  thanks: '致谢',
  duplicate: '重复留言',
  answered_elsewhere: '已在别处答复',
  no_question: '无需答复的内容',
  abusive: '辱骂或骚扰',
} as const
export type NoAnswerReason = keyof typeof noAnswerReasonNames
