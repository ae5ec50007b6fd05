import t from 'tap'
import { createYielder } from '../../src/foundation/process/turns.ts'

t.test('long work lets others have their turn after a while', async (t) => {
  const inTurns = createYielder()
  let [waits, parts] = [true, 0]
  setImmediate(() => {
    waits = false
  })
  for (; waits && parts < 20_000_000; parts++) await inTurns()
  t.notOk(waits, 'without a pause of its own the work would never have stopped')
})
