/** The sections of docs/money.md that come from the code. */
import { advanceLifecycle } from '../../src/case/advances/lifecycle.ts'
import { holdLifecycle } from '../../src/case/holds/lifecycle.ts'
import { type AdvanceMode, advanceCheckNames, advanceChecks } from '../../src/words/advances.ts'
import { accountKindRows, accountKinds, transferKindRows, transferKinds } from '../../src/words/ledger.ts'
import { stateDiagram } from './lifecycles.ts'
import { code, table } from './markdown.ts'

export const accounts = (): string =>
  table(
    ['account', 'name', 'one for each', 'held by the service', 'a balance is'],
    accountKinds.map((kind) => {
      const row = accountKindRows[kind]
      return [code(kind), `${row.zh} ${row.en}`, row.owner, 'cash' in row ? 'yes' : '', row.says]
    }),
  )

export const transfers = (): string =>
  table(
    ['kind', 'name', 'from', 'to'],
    transferKinds.map((kind) => {
      const { zh, en, debit, credit } = transferKindRows[kind]
      return [code(kind), `${zh} ${en}`, code(debit), code(credit)]
    }),
  )

export const checks = (): string =>
  table(
    ['check', 'passes where'],
    advanceChecks.map((check) => [code(check), `${advanceCheckNames[check].en} (${advanceCheckNames[check].zh})`]),
  )

/** States that an advance of this mode never has. */
const never: Readonly<Record<AdvanceMode, readonly string[]>> = {
  after_return: [],
  at_once: ['asking_buyer', 'returned_to_fund'],
}

export const diagramOf = (mode: AdvanceMode) => (): string =>
  stateDiagram({ title: mode, lifecycle: advanceLifecycle }, (state) => !never[mode].includes(state))

export const holds = (): string => stateDiagram({ title: 'hold', lifecycle: holdLifecycle })
