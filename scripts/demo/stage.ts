/** The stage of the story: does each act, and then prints it with the states that it changed and the clocks that it started. */
import { type Client, type Deadline, listEvents } from '../../openapi/client/redress.ts'
import { type Answer, expectData, readCase, type Service } from './service.ts'
import { actionWord, deadlineWord, partyWord, resourceWord, silenceWord, stateWord } from './words.ts'

export interface Person {
  /** `role:id` */
  actor: string
  /** The person's name in the story. */
  name: string
}

export interface Stage {
  /** Does something as somebody and tells it. @returns what the service answered. */
  act<Data>(person: Person, words: string, call: (client: Client) => Promise<Answer<Data>>): Promise<Data>
  /** Shows what somebody can do now. */
  options(person: Person): Promise<void>
  /** Tells what has changed without anybody acting. */
  observe(words: string): Promise<void>
  say(words: string): void
}

const clockTime = new Intl.DateTimeFormat('zh-CN', {
  timeZone: 'Asia/Shanghai',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
})
/** The time in Beijing, where the story takes place. */
export const localTime = (time: string): string => clockTime.format(new Date(time))

const isRunning = (deadline: Deadline): boolean => deadline.status === 'running'

const describe = ({ kind, party, due_at, on_silence }: Deadline): string =>
  `${partyWord[party]}${deadlineWord(kind)} ${localTime(due_at)} 前（逾期：${silenceWord[on_silence]}）`

/**
 * @param staff a person of staff, who can read all of the case
 * @param caseId the id of the case, once it is filed
 */
export const openStage = (service: Service, staff: Person, caseId: () => string | undefined): Stage => {
  const seen = new Set<string>()
  const isNew = ({ id }: { id: string }): boolean => !seen.has(id) && seen.add(id) !== undefined

  const tell = async (who: string, words: string): Promise<void> => {
    console.log(`\n${who}：${words}`)
    const id = caseId()
    if (id === undefined) return
    const client = service.as(staff.actor)
    const { data: events } = expectData(await listEvents({ client, path: { id }, query: { sort: 'sequence', limit: 100 } }))
    for (const { resource, from_status, to_status } of events.filter(isNew)) {
      if (to_status === null || from_status === to_status) continue
      const from = from_status === null ? '' : `${stateWord(resource, from_status)} → `
      console.log(`  ${resourceWord[resource]}  ${from}${stateWord(resource, to_status)}`)
    }
    const { deadlines } = await readCase(client, id)
    for (const deadline of deadlines.filter(isRunning).filter(isNew)) console.log(`  时限  ${describe(deadline)}`)
  }

  return {
    act: async (person, words, call) => {
      const data = expectData(await call(service.as(person.actor)))
      await tell(person.name, words)
      return data
    },
    options: async (person) => {
      const id = caseId()
      if (id === undefined) return
      const { available_actions: actions } = await readCase(service.as(person.actor), id)
      const words = actions.map(({ action, mandatory }) => `${actionWord(action)}${mandatory ? '（限期）' : ''}`)
      console.log(`  ${person.name}此刻可以：${words.join('、')}`)
    },
    observe: (words) => tell('系统', words),
    say: (words) => console.log(`\n${words}`),
  }
}
