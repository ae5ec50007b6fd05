/** One case, from its filing to its end, by a random path that follows `available_actions` only. */
import { type AvailableAction, type Client, type Complaint, type Evidence, getEvidence } from '../../openapi/client/redress.ts'
import { appealReviewers, bodyFor } from './bodies.ts'
import { newComplaint } from './filing.ts'
import type { Random } from './random.ts'
import { type Answer, expectData, follow, photo, post, readCase, type Service, upload } from './service.ts'
import type { TextRow } from './texts.ts'

/** After this many moves a case is steered to its end. */
const MOST_RANDOM_MOVES = 40
/** More than any end needs: at most a few steps, an appeal and the closing. */
const MOST_STEERED_MOVES = 40

/** The outcome of one case. `refusals` are the codes of the 4xx; `failures` are the 5xx and the requests without an answer. */
export interface Walked {
  complaint: Complaint | undefined
  moves: string[]
  refusals: string[]
  failures: string[]
}

/** How likely a move is, 1 by default. A case that is closed at once, or goes in circles, would show little. */
const weights: Record<string, number> = {
  'complaint accept': 12,
  'complaint respond': 4,
  'complaint determine_liability': 1.5,
  'complaint assign': 0.3,
  'complaint suspend': 0.4,
  'complaint close': 0.1,
  'complaint withdraw': 0.15,
  'complaint reject': 0.6,
  'complaint request_information': 0.6,
  'complaint reopen': 0.4,
  'evidence add': 0.5,
  'message post': 0.3,
  'complaint confirm': 3,
  'refund_plan propose': 4,
  'refund_plan create': 2,
  'refund_plan accept': 6,
  'refund_plan impose': 2,
  'refund_plan complete_step': 8,
  'refund_plan fail_step': 0.5,
  'refund_plan progress_step': 0.2,
  'refund_plan return_step': 0.1,
  'refund_plan cancel_step': 0.1,
  'refund_plan retry_step': 3,
  'refund_plan skip_step': 0.5,
  'refund_plan cancel': 0.3,
  'appeal file': 1.5,
  'complaint stand_down': 0.05,
  'appeal stand_down': 0.05,
  'complaint challenge': 0.05,
  'appeal challenge': 0.05,
}
const named = ({ resource, action }: AvailableAction): string => `${resource} ${action}`

const staff = ['agent:li', 'agent:chen', 'supervisor:zhao', 'supervisor:qian'] as const

/** Actions that end a case or bring it nearer to its end, best first. In every state somebody may take one of them. */
const endings = [
  'complaint confirm',
  'complaint close',
  'refund_plan skip_step',
  'refund_plan complete_step',
  'complaint withdraw',
  'appeal withdraw',
]
/** A payment can be reported again at any time; only what is waited for brings a case nearer to its end. */
const isWaitedFor = (action: AvailableAction): boolean => action.mandatory || action.action !== 'complete_step'

/** @param tag unique among all runs: it becomes the reference and the id of the order */
export const walk = async (service: Service, random: Random, row: TextRow, tag: string): Promise<Walked> => {
  const walked: Walked = { complaint: undefined, moves: [], refusals: [], failures: [] }
  const { body, complainant, parties } = newComplaint(random, row, tag)
  const everybody = [...parties, ...staff]

  const note = <T>(what: string, answer: Answer<T>): boolean => {
    walked.moves.push(what)
    const status = answer.response?.status
    if (status === undefined || status >= 500) walked.failures.push(`${what}: ${status ?? 'no answer'}`)
    else if (status >= 400) walked.refusals.push((answer.error as { code?: string }).code ?? String(status))
    return answer.error === undefined
  }

  const take = async (actor: string, client: Client, complaint: Complaint, action: AvailableAction): Promise<void> => {
    if (named(action) === 'evidence add' && random.chance(0.4)) {
      const uploaded = await upload(client, action.href, { type: 'photo', description: '现场照片' }, photo('照片.png'))
      if (note('evidence add', uploaded)) await judge(uploaded.data as Evidence)
      return
    }
    const answer = await follow(client, action, await bodyFor({ random, actor, client, complaint, action }))
    if (note(named(action), answer) && named(action) === 'evidence add') await judge(answer.data as Evidence)
  }

  /** Evidence has actions of its own; staff act on half of it. */
  const judge = async ({ id }: Evidence): Promise<void> => {
    if (!random.chance(0.5)) return
    const actor = random.pick(staff)
    const client = service.as(actor)
    const { complaint_id, available_actions: actions } = expectData(await getEvidence({ client, path: { id } }))
    if (actions.length > 0) await take(actor, client, await readCase(client, complaint_id), random.pick(actions))
  }

  const moveAtRandom = async (id: string): Promise<void> => {
    const underAppeal = walked.complaint?.status === 'under_appeal'
    const actor = random.pick(underAppeal ? [...everybody, ...appealReviewers] : everybody)
    const client = service.as(actor)
    const complaint = await readCase(client, id)
    walked.complaint = complaint
    // a fund is empty until an admin fills it: `--advance` plays that
    const actions = complaint.available_actions.filter(({ resource }) => resource !== 'advance' && resource !== 'hold')
    if (actions.length === 0) return
    const likely = random.weighted(actions, (action) => (isWaitedFor(action) ? (weights[named(action)] ?? 1) : 0.5))
    await take(actor, client, complaint, likely)
  }

  /** Takes the best of the `endings` that anybody may take now. @returns whether there was one */
  const moveToEnd = async (id: string): Promise<boolean> => {
    for (const ending of endings) {
      for (const actor of everybody) {
        const client = service.as(actor)
        const complaint = await readCase(client, id)
        const action = complaint.available_actions.find((one) => named(one) === ending && isWaitedFor(one))
        if (action === undefined) continue
        await take(actor, client, complaint, action)
        return true
      }
    }
    return false
  }

  const isEnded = async (id: string): Promise<boolean> => {
    walked.complaint = await readCase(service.as('supervisor:zhao'), id)
    return walked.complaint.status === 'closed'
  }

  try {
    const filed = await post(service.as(complainant), '/v1/complaints', body)
    if (!note('complaint file', filed)) return walked
    const { id } = filed.data as Complaint
    for (let moves = 0; moves < MOST_RANDOM_MOVES; moves++) {
      await moveAtRandom(id)
      if ((await isEnded(id)) && !random.chance(0.3)) return walked
    }
    for (let moves = 0; moves < MOST_STEERED_MOVES && !(await isEnded(id)); moves++) {
      if (!(await moveToEnd(id))) break
    }
  } catch (error) {
    walked.failures.push((error as Error).message)
  }
  return walked
}
