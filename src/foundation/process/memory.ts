/**
 * Gives memory back when the service is calm. V8 keeps the heap that a busy hour needed. Browsers tell V8 to shrink it when they are idle,
 * Node.js does not. So after load, once the process has little to do, everything that can be freed is freed.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

const LOOK_EVERY_MS = 5_000
/**
 * How many looks in a row must find it calm. The collection also drops compiled code and slows the next requests: not between two bursts.
 */
const LOOKS = 6
/** The greatest share of time at work that counts as calm. A full collection stops the process for some tens of milliseconds. */
const CALM = 0.1
/** How much the heap must have grown since the last collection, in bytes; less is not worth one. */
const WORTH_IT = 32 * 1024 ** 2

/** The collector, which V8 shows only to contexts that are made after the flag is set. */
const openCollector = (): NodeJS.GCFunction => {
  setFlagsFromString('--expose-gc')
  return runInNewContext('gc') as NodeJS.GCFunction
}

/** @returns a function that ends it */
export const returnMemoryWhenCalm = (collect = openCollector()): (() => void) => {
  let before = performance.eventLoopUtilization()
  let floor = 0
  let calm = 0
  const timer = setInterval(() => {
    const now = performance.eventLoopUtilization()
    const { utilization } = performance.eventLoopUtilization(now, before)
    before = now
    calm = utilization > CALM ? 0 : calm + 1
    if (calm < LOOKS || process.memoryUsage().heapTotal < floor + WORTH_IT) return
    collect({ type: 'major', execution: 'sync', flavor: 'last-resort' })
    floor = process.memoryUsage().heapTotal
  }, LOOK_EVERY_MS)
  timer.unref()
  return () => clearInterval(timer)
}
