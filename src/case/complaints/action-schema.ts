/** Wire types of what is done with a complaint: the bodies of its actions, and what decisions carry with them. */
import Type from 'typebox'
import { Id, Nullable, named, StrEnum, Strict, Text, TimeText, type Wire } from '../../foundation/http/schema.ts'
import {
  categories,
  challengeStatuses,
  deviationReasonCodes,
  liableParties,
  rejectionReasonCodes,
  standDownReasonCodes,
  supervisorCloseReasons,
  suspensionReasonCodes,
} from '../../words/complaints.ts'
import { type NoAnswerReason, noAnswerReasonNames } from '../../words/messages.ts'
import { riskLevels, riskReasonCodes } from '../../words/risk.ts'
import { Note, OpenCode, StaffName } from '../case-file/schema.ts'

/** Stands on every decision that the last resort can take. */
export const SeparationWaived = Type.Boolean({
  description: 'The last resort decided, although separation of duties would have forbidden it: nobody else could.',
})

export const DeviationIn = named(
  'Deviation',
  Strict(
    {
      reason_code: StrEnum(deviationReasonCodes, { description: '`other` is for supervisors.' }),
      explanation: Text(5000, { description: 'Why, in words.' }),
    },
    {
      description:
        'Why a decision deviates from the liability that was fixed. Needed to dismiss with the respondent at fault, and to impose anything but an apology with the complainant alone at fault. The parties read it with the decision.',
      example: { reason_code: 'goodwill', explanation: '老客户首次投诉，平台承担退款。' },
    },
  ),
)

export const StandDownIn = named(
  'StandDown',
  Strict(
    {
      reason_code: StrEnum(standDownReasonCodes, { description: 'Why the person stands down, as a code.' }),
      explanation: Type.Optional(Text(5000, { description: 'For staff; the parties do not read it.' })),
      note: Note,
    },
    { example: { reason_code: 'acquainted' } },
  ),
)
export type StandDownBody = Wire<typeof StandDownIn>

export const ChallengeIn = named(
  'NewChallenge',
  Strict(
    {
      reason_code: StrEnum(standDownReasonCodes, { description: 'Why the person should not decide, as a code.' }),
      explanation: Text(5000, { description: 'Why, in words.' }),
      note: Note,
    },
    { example: { reason_code: 'acquainted', explanation: '承办人与商家负责人是亲属。' } },
  ),
)
export type ChallengeBody = Wire<typeof ChallengeIn>

const JudgeChallengeIn = named(
  'JudgeChallenge',
  Strict(
    {
      challenge_id: Id({ description: 'The challenge.' }),
      sustained: Type.Boolean({ description: 'Whether the person is replaced.' }),
      explanation: Text(5000, { description: 'Why, in words.' }),
      note: Note,
    },
    { example: { challenge_id: '019a9f3c-8d2e-7c31-9a55-0d6f3b1c2e4f', sustained: true, explanation: '存在亲属关系。' } },
  ),
)
export type JudgeChallengeBody = Wire<typeof JudgeChallengeIn>

export const ChallengeOut = named(
  'Challenge',
  Type.Object({
    id: Id(),
    side: StrEnum(['complainant', 'respondent'], { description: 'Who challenges.' }),
    person: Type.String({ description: 'Who is challenged.', example: 'agent:alice' }),
    of: StrEnum(['owner', 'reviewer'], { description: 'As what the person is challenged.' }),
    appeal_id: Nullable(Id(), { description: 'The appeal whose reviewer is challenged; null for the owner of the case.' }),
    reason_code: StrEnum(standDownReasonCodes, { description: 'Why, as a code.' }),
    explanation: Type.String({ description: 'Why, in words.' }),
    at: TimeText({ description: 'When it was filed.' }),
    status: StrEnum(challengeStatuses, {
      description:
        '`replaced`: the person left without a judgement, since nobody gave one in time or the person stood down; `stays`: nobody else was there in time, or somebody else has decided meanwhile.',
    }),
    judged_by: Nullable(Type.String(), { description: 'Who judged it, as `role:id`.' }),
    judged_at: Nullable(TimeText(), { description: 'When it was judged.' }),
    judged_explanation: Nullable(Type.String(), { description: 'Why it was judged so.' }),
  }),
)

/** The bodies of the actions, by action. */
export const actionBodies = {
  accept: named(
    'AcceptComplaint',
    Strict(
      {
        owner: Type.Optional(StaffName('agent|supervisor', 'The owner, if not the actor.')),
        category: Type.Optional(
          StrEnum(categories, { description: 'What it is about. Needed where neither the filer nor staff have said so yet.' }),
        ),
        note: Note,
      },
      { example: { category: 'wrong_or_missing_item' } },
    ),
  ),
  reject: named(
    'RejectComplaint',
    Strict(
      {
        reason_code: StrEnum(rejectionReasonCodes, { description: 'Why it is not taken up.' }),
        explanation: Text(5000, { description: 'Words for the complainant.' }),
        duplicate_of: Type.Optional(Id({ description: 'The complaint that this one repeats.' })),
        note: Note,
      },
      { example: { reason_code: 'out_of_window', explanation: '已超过投诉受理期限。' } },
    ),
  ),
  request_information: named(
    'RequestInformation',
    Strict(
      { items: Type.Array(Text(1000), { description: 'What is needed, as one list.', minItems: 1, maxItems: 30 }), note: Note },
      { example: { items: ['开箱照片', '快递面单'] } },
    ),
  ),
  provide_information: named(
    'ProvideInformation',
    Strict(
      { statement: Text(10_000, { description: 'What is provided, in words.' }), note: Note },
      { example: { statement: '照片已作为证据上传。' } },
    ),
  ),
  respond: named(
    'RespondToComplaint',
    Strict(
      {
        position: StrEnum(['agree', 'dispute'], { description: 'Whether what is wanted is agreed to.' }),
        statement: Type.Optional(Text(10_000, { description: 'Required with `dispute`.' })),
        note: Note,
      },
      { example: { position: 'dispute', statement: '出库视频显示配件齐全。' } },
    ),
  ),
  escalate: named(
    'EscalateComplaint',
    Strict({ reason_code: OpenCode('Why the next level is needed.'), note: Note }, { example: { reason_code: 'no_agreement' } }),
  ),
  assign: named(
    'AssignComplaint',
    Strict(
      { owner: StaffName('agent|supervisor', 'Who owns the case from now on.'), note: Note },
      { example: { owner: 'agent:alice' } },
    ),
  ),
  determine_liability: named(
    'DetermineLiability',
    Strict(
      {
        shares: Type.Array(
          Strict({
            party: StrEnum(liableParties, { description: 'Who bears it.' }),
            percent: Type.Integer({ description: 'How much of it.', minimum: 1, maximum: 100 }),
          }),
          {
            minItems: 1,
            maxItems: 5,
            description: 'Shares that add up to 100.',
          },
        ),
        reason_code: OpenCode('Why, as a code.'),
        root_cause: Text(2000, { description: 'What the cause is.' }),
        explanation: Text(5000, { description: 'Why, in words.' }),
        rule: Type.Optional(Text(500, { description: 'The rule it rests on.' })),
        note: Note,
      },
      {
        example: {
          shares: [
            { party: 'merchant', percent: 80 },
            { party: 'logistics', percent: 20 },
          ],
          reason_code: 'missing_item',
          root_cause: '仓库漏发配件',
          explanation: '装箱单与照片均显示缺少保护膜。',
        },
      },
    ),
  ),
  dismiss: named(
    'DismissComplaint',
    Strict(
      { explanation: Text(5000, { description: 'Why, in words.' }), deviation: Type.Optional(DeviationIn.ref), note: Note },
      { example: { explanation: '证据不足以支持投诉。' } },
    ),
  ),
  suspend: named(
    'SuspendComplaint',
    Strict(
      {
        reason_code: StrEnum(suspensionReasonCodes, { description: 'For what it waits.' }),
        resume_at: Type.Optional(TimeText({ description: 'When it goes on; 30 days from now when left out.' })),
        note: Note,
      },
      { example: { reason_code: 'lab_test', resume_at: '2026-12-05T01:00:00Z' } },
    ),
  ),
  resume: named('ResumeComplaint', Strict({ note: Note }, { example: {} })),
  withdraw: named(
    'WithdrawComplaint',
    Strict(
      { explanation: Type.Optional(Text(2000, { description: 'Why, in words.' })), note: Note },
      { example: { explanation: '已私下解决' } },
    ),
  ),
  confirm: named('ConfirmComplaint', Strict({ note: Note }, { example: {} })),
  reopen: named(
    'ReopenComplaint',
    Strict(
      { explanation: Text(2000, { description: 'Why, in words.' }), note: Note },
      { example: { explanation: '退款未到账' } },
    ),
  ),
  close: named(
    'CloseComplaint',
    Strict(
      { reason_code: StrEnum(supervisorCloseReasons, { description: 'Why it is closed.' }), note: Note },
      { example: { reason_code: 'settled_elsewhere' } },
    ),
  ),
  no_answer_needed: named(
    'NoAnswerNeeded',
    Strict(
      {
        reason_code: StrEnum(Object.keys(noAnswerReasonNames) as NoAnswerReason[], { description: 'Told to the side.' }),
        side: Type.Optional(
          StrEnum(['complainant', 'respondent'], { description: 'Whose words; all that wait for an answer when left out.' }),
        ),
        note: Note,
      },
      { example: { reason_code: 'thanks' } },
    ),
  ),
  stand_down: StandDownIn,
  challenge: ChallengeIn,
  judge_challenge: JudgeChallengeIn,
  confirm_risk: named(
    'ConfirmRisk',
    Strict(
      { explanation: Type.Optional(Text(2000, { description: 'Why, in words.' })), note: Note },
      { example: { explanation: '已与医院核实。' } },
    ),
  ),
  set_risk: named(
    'SetRisk',
    Strict(
      {
        level: StrEnum(riskLevels, { description: 'What the risk is from now on.' }),
        reason_code: StrEnum(riskReasonCodes, { description: 'Why, as a code.' }),
        explanation: Text(2000, { description: 'Why, in words. Parties do not read it.' }),
        note: Note,
      },
      { example: { level: 'normal', reason_code: 'figure_of_speech', explanation: '“手断了”为玩笑话，已电话核实。' } },
    ),
  ),
}
export type ActionBodies = { [Action in keyof typeof actionBodies]: Wire<(typeof actionBodies)[Action]> }
