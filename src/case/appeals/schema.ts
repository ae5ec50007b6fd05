/** Wire types of the appeal. */
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
import { AvailableAction } from '../../platform/wire/available-action.ts'
import { appealReasonCodes } from '../../words/appeals.ts'
import { DeadlineOut, Note, StaffName } from '../case-file/schema.ts'
import { ChallengeIn, StandDownIn } from '../complaints/action-schema.ts'
import { MOST_CLOCKS } from '../deadlines/due.ts'
import { appealStates } from './lifecycle.ts'

export const NewAppealIn = named(
  'NewAppeal',
  Strict(
    {
      reason_code: StrEnum(appealReasonCodes, { description: 'On which ground.' }),
      statement: Text(10_000, { description: 'What is wrong with the decision.' }),
      evidence_ids: Type.Optional(
        Type.Array(Id(), {
          maxItems: 50,
          uniqueItems: true,
          description:
            'Evidence of this case. With `new_evidence` at least one proof that was added after the decision that is contested.',
        }),
      ),
      note: Note,
    },
    { example: { reason_code: 'wrong_facts', statement: '物流记录显示包裹从未签收。' } },
  ),
)
export type NewAppeal = Wire<typeof NewAppealIn>

/** The bodies of the actions, by action. */
export const appealBodies = {
  assign: named(
    'AssignAppeal',
    Strict(
      {
        reviewer: StaffName(
          'supervisor',
          'A supervisor who took no part in what is appealed and judged no evidence of the appellant; one of `people` of the policy, where a supervisor decided and it names some.',
        ),
        note: Note,
      },
      { example: { reviewer: 'supervisor:zhao' } },
    ),
  ),
  uphold: named(
    'UpholdAppeal',
    Strict(
      {
        explanation: Text(5000, { description: 'Why, in words.' }),
        owner: Type.Optional(
          StaffName('agent|supervisor', 'Who owns the reopened case; by default its owner, else the reviewer.'),
        ),
        note: Note,
      },
      { example: { explanation: '原判定遗漏了签收记录。' } },
    ),
  ),
  deny: named(
    'DenyAppeal',
    Strict(
      { explanation: Text(5000, { description: 'Why, in words.' }), note: Note },
      { example: { explanation: '没有新的事实或证据。' } },
    ),
  ),
  withdraw: named('WithdrawAppeal', Strict({ note: Note }, { example: {} })),
  stand_down: StandDownIn,
  challenge: ChallengeIn,
}
export type AppealBodies = { [Action in keyof typeof appealBodies]: Wire<(typeof appealBodies)[Action]> }

export const AppealOut = named(
  'Appeal',
  Type.Object({
    id: Id({ description: 'Its id: a UUIDv7.' }),
    complaint_id: Id({ description: 'The case.' }),
    status: StrEnum(appealStates, { description: 'How far it is.' }),
    appellant: Type.Object(
      {
        role: StrEnum(['buyer', 'merchant'], { description: 'In which role.' }),
        id: Type.String({ description: 'The person’s id.' }),
        side: StrEnum(['complainant', 'respondent'], { description: 'For which side.' }),
      },
      { description: 'Who appeals.' },
    ),
    decision: Type.Object(
      {
        kind: StrEnum(['rejected', 'dismissed', 'imposed', 'deemed_accepted', 'closed'], { description: 'What was decided.' }),
        plan_id: Nullable(Id(), { description: 'The plan that it rests on; null where there is none.' }),
        decided_at: TimeText({ description: 'When it was decided.' }),
      },
      { description: 'What is contested.' },
    ),
    reason_code: StrEnum(appealReasonCodes, { description: 'On which ground.' }),
    statement: Type.String({ description: 'What is said to be wrong.' }),
    evidence_ids: Type.Array(Id(), { description: 'The proofs that it names.' }),
    reviewer: Nullable(Type.String(), { description: 'Who judges it, as `role:id`.' }),
    explanation: Nullable(Type.String(), { description: 'Why it was decided so.' }),
    separation_waived: Type.Boolean({
      description: 'The last resort decided it, although it had taken part in the case: nobody else could.',
    }),
    outside_routes: Type.Array(Type.String(), {
      description:
        'Where the appellant may still turn once it was denied, or ended `undecided`: nobody could be found to judge it.',
    }),
    deadlines: Type.Array(DeadlineOut.ref, {
      maxItems: MOST_CLOCKS,
      description: `Of those that its complaint shows, at most ${MOST_CLOCKS}.`,
    }),
    available_actions: Type.Array(AvailableAction.ref, { description: 'What this caller can do with it now.' }),
    version: Version,
    created_at: CreatedAt,
    updated_at: UpdatedAt,
    decided_at: Nullable(TimeText(), { description: 'When it was decided; null while it is not.' }),
  }),
)
export type AppealWire = Wire<typeof AppealOut>

export const appealQuery = listQuery({ status: Type.Optional(AnyOf(appealStates, { description: 'In one of these states.' })) })
export type AppealQuery = Static<typeof appealQuery>
