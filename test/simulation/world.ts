/** The simulated platform: its people, its time, and the instances of the service that sweep it. */
import { sql } from 'kysely'
import type { Test } from 'tap'
import type { Random } from '../../scripts/demo/random.ts'
import type { CaseFile } from '../../src/case/case-file/case-file.ts'
import type { Decision } from '../../src/case/case-file/decision.ts'
import { fileComplaint } from '../../src/case/complaints/file.ts'
import { readCaseFiles } from '../../src/case/decisions/load.ts'
import { sweepAll } from '../../src/clockwork/sweeps/sweep.ts'
import type { SweepResult } from '../../src/clockwork/sweeps/table.ts'
import { type Time, toTime } from '../../src/foundation/clock.ts'
import { withReruns } from '../../src/foundation/sql/transaction.ts'
import { actorName, type PlatformScope } from '../../src/platform/access/caller.ts'
import type { Policy } from '../../src/rules/policy/schema.ts'
import { createRuleBook, type RuleBook } from '../../src/rules/rule-book/rule-book.ts'
import { Problem } from '../../src/words/problems.ts'
import type { TestApp } from '../support/app.ts'
import { take } from '../support/rules.ts'
import { type Death, type MortalDb, mortalDb, untilBuried } from './mortal.ts'
import { type Affair, type Deed, moveOf, newAffair, nextDeed, nextMoveAt } from './people.ts'

/** This share of the moves comes over HTTP. The others are decided by the same rules and written the same way, without the door. */
const BY_HTTP = 0.03
/** So often a death is meant for a sweeping instance; a sweep that does not come to that statement survives. */
const DEADLY = 0.4
/** So often the platform's test clock is moved, in place of the clock of the service. */
const BY_CLOCK = 0.02
/** So often two instances sweep at once. */
const CROWDED = 0.15

/** What sweeps have sent so often belongs to their daily work. */
export const COMMON = 20

/** A tick of the timetable. */
export interface Sweep {
  at: Time
  /** Whether no instance died in it. */
  survived: boolean
}

interface Instance {
  mortal: MortalDb
  rules: RuleBook
}

export class World {
  readonly sweeps: Sweep[] = []
  /** How often an instance died `before` or `after` a statement, as `commit, before`. */
  readonly deaths = new Map<string, number>()
  readonly counts = { cases: 0, moves: 0, by_http: 0, refused: 0, failed: 0, sweeps_of_two: 0 }
  readonly #one: TestApp
  readonly #random: Random
  readonly #instances: readonly Instance[]
  readonly #affairs = new Map<string, Affair>()
  #offsetMs = 0
  /** When somebody acts next, by case. */
  readonly #agenda = new Map<string, Time>()

  constructor(t: Test, one: TestApp, random: Random) {
    this.#one = one
    this.#random = random
    this.#instances = [1, 2].map(() => {
      const mortal = mortalDb(one.url)
      t.teardown(mortal.end)
      return { mortal, rules: createRuleBook(mortal.db) }
    })
  }

  /** The platform's time: the service's, and how far the platform has moved its own. */
  get now(): Time {
    return toTime(this.#one.clock.nowMs() + this.#offsetMs)
  }

  /** Time goes by; now and then because the platform moves its test clock. */
  async wait(ms: number): Promise<void> {
    if (ms === 0 || !this.#random.chance(BY_CLOCK)) return this.#one.clock.advance(ms)
    const { status, text } = await this.#one.call('POST', '/v1/test-clock/advance', { body: { by: `PT${ms / 1000}S` } })
    if (status !== 200) throw new Error(`${status} ${text}`)
    this.#offsetMs += ms
  }

  /** How often sweeps sent each statement, by its first words. */
  get statements(): Map<string, number> {
    const all = new Map<string, number>()
    for (const { mortal } of this.#instances)
      for (const [statement, times] of mortal.seen) all.set(statement, (all.get(statement) ?? 0) + times)
    return all
  }

  /** So many more people complain, each of somebody. */
  async file(cases: number): Promise<void> {
    if (cases === 0) return
    const platform = await this.#platform()
    const filed = Array.from({ length: cases }, () => {
      const affair = newAffair(this.#random, this.counts.cases++)
      return { affair, at: nextMoveAt(this.#random, affair, this.now), byHttp: this.#random.chance(BY_HTTP) }
    })
    await Promise.all(
      filed.map(async ({ affair, at, byHttp }) => {
        const id = byHttp ? await this.#fileByHttp(affair) : await this.#fileDirectly(platform, affair)
        this.#affairs.set(id, affair)
        this.#agenda.set(id, at)
      }),
    )
  }

  async #fileByHttp({ complainant, body }: Affair): Promise<string> {
    const { status, text, body: filed } = await this.#one.call('POST', '/v1/complaints', { as: actorName(complainant), body })
    if (status !== 201) throw new Error(`${status} ${text}`)
    this.counts.by_http += 1
    return filed.id
  }

  async #fileDirectly(platform: PlatformScope, { complainant, body }: Affair): Promise<string> {
    const { db, deps } = this.#one
    const caller = { platform, actor: complainant, credential: '' }
    const rules = await deps.rules.present(platform)
    // two who are the first to complain about one order meet; one of them decides again
    return withReruns(async () => {
      const decision = await fileComplaint(db, caller, body, this.now, rules, { lookAtOrder: true })
      await deps.cases.record({ decision })
      return decision.file.complaint.id
    })
  }

  /** Everybody whose time has come does something, or finds that there is nothing to do. */
  async act(): Promise<void> {
    const { db, platformId } = this.#one
    const ids = [...this.#agenda].filter(([, at]) => at <= this.now).map(([id]) => id)
    if (ids.length === 0) return
    const platform = await this.#platform()
    const files = await readCaseFiles(db, platformId, ids)
    const orders = new Set<string>()
    const policies = new Map<string, Policy>()
    for (const [id, file] of files) policies.set(id, (await this.#one.deps.rules.of(platform, file)).policy)
    const deeds = ids.flatMap((id) => {
      const [affair, file] = [this.#affairs.get(id), files.get(id)] as [Affair, CaseFile]
      // two who draw on the money of one order come one after the other
      if (file.order && orders.has(file.order.id)) return []
      if (file.order) orders.add(file.order.id)
      const deed = nextDeed(this.#random, affair, file, this.now, policies.get(id) as Policy)
      affair.moves += 1
      // after the end some look once more, and may contest it
      if (file.complaint.status === 'closed' && (deed === undefined || this.#random.chance(0.5))) this.#agenda.delete(id)
      else this.#agenda.set(id, nextMoveAt(this.#random, affair, this.now))
      return deed ? [{ file, deed, byHttp: deed.action.resource === 'evidence' || this.#random.chance(BY_HTTP) }] : []
    })
    await Promise.all(
      deeds.map(async ({ file, deed, byHttp }) => {
        const done = byHttp ? await this.#doByHttp(deed) : await this.#doDirectly(platform, file, deed)
        this.counts.moves += 1
        if (!done) this.counts.refused += 1
      }),
    )
  }

  async #doByHttp({ actor, action, body }: Deed): Promise<boolean> {
    const { status, text } = await this.#one.call('POST', action.href, { as: actorName(actor), body })
    if (status >= 300 && status !== 422) throw new Error(`${actorName(actor)} ${action.href}: ${status} ${text}`)
    this.counts.by_http += 1
    return status < 300
  }

  async #doDirectly(platform: PlatformScope, file: CaseFile, { actor, action, body }: Deed): Promise<boolean> {
    const { deps } = this.#one
    const decision = attempt(file, actor, { ...moveOf(action), body }, this.now, await deps.rules.of(platform, file))
    if (decision === undefined) return false
    await deps.cases.record({ decision })
    return true
  }

  /** What Postgres's own housekeeper does every other minute, in which here a month goes by. */
  async keepHouse(): Promise<void> {
    await sql`analyze complaints, deadlines, refund_plans, appeals, orders, case_events`.execute(this.#one.owner)
  }

  /** A tick on one instance, or on two at once, of which any may die at any statement. */
  async sweep({ safe = false } = {}): Promise<void> {
    const random = this.#random
    const crowd = random.chance(CROWDED) ? this.#instances : this.#instances.slice(0, 1)
    const deaths = crowd.map(() => (!safe && random.chance(DEADLY) ? this.#someDeath() : undefined))
    for (const [index, { mortal }] of crowd.entries()) mortal.live(deaths[index])
    const ended = await Promise.allSettled(
      crowd.map(({ mortal, rules }) => sweepAll({ ...this.#one.deps, db: mortal.db, rules }, () => false)),
    )
    for (const [index, instance] of crowd.entries()) {
      const { mortal } = instance
      const outcome = ended[index]
      if (!mortal.died() && outcome?.status === 'rejected') throw outcome.reason
      if (!mortal.died() && outcome?.status === 'fulfilled') this.counts.failed += failedIn(outcome.value)
      if (mortal.died()) this.#mourn(instance, deaths[index] as Death)
    }
    const survived = crowd.every(({ mortal }) => !mortal.died())
    this.sweeps.push({ at: this.now, survived })
    if (crowd.length > 1) this.counts.sweeps_of_two += 1
    if (!survived) await untilBuried(this.#one.db)
  }

  /** Of several deaths the one that has been died least, so that in the end none is left out. */
  #someDeath(): Death | undefined {
    const { between, pick } = this.#random
    const statements = [...this.statements].filter(([, times]) => times >= COMMON).map(([statement]) => statement)
    if (statements.length === 0) return undefined
    const some = Array.from({ length: 3 }, () => ({ statement: pick(statements), when: pick(['before', 'after'] as const) }))
    const [rarest] = some.sort((a, b) => this.#died(a) - this.#died(b)) as [(typeof some)[number]]
    return { ...rarest, spared: between(0, 1), takes: pick(['process', 'connection']) }
  }

  #died({ statement, when }: Pick<Death, 'statement' | 'when'>): number {
    return this.deaths.get(`${statement}, ${when}`) ?? 0
  }

  #mourn(instance: Instance, death: Death): void {
    this.deaths.set(`${death.statement}, ${death.when}`, this.#died(death) + 1)
    // nothing lives on in memory
    if (death.takes === 'process') instance.rules = createRuleBook(instance.mortal.db)
  }

  async #platform(): Promise<PlatformScope> {
    return this.#one.db
      .selectFrom('platforms')
      .where('id', '=', this.#one.platformId)
      .select(['id', 'mode', 'clock_offset_ms', 'rules_version'])
      .executeTakeFirstOrThrow()
  }
}

/** Cases that a sweep could not decide. */
const failedIn = (swept: ReadonlyMap<string, SweepResult>): number =>
  [...swept.values()].reduce((total, { failed }) => total + failed, 0)

/** The decision, or undefined where a rule says no. */
const attempt = (...move: Parameters<typeof take>): Decision | undefined => {
  try {
    return take(...move)
  } catch (error) {
    if (error instanceof Problem && error.status === 422) return undefined
    throw error
  }
}
