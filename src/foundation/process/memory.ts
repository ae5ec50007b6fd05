/**
 * Gives memory back when the service is calm. V8 keeps the heap that a busy hour needed; browsers have it shrink when nothing happens,
 * Node.js leaves that out. So after load, once the process has little to do, everything that can be freed is freed.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

const LOOK_EVERY_MS = 5_000
/** How often in a row it must look calm. The collection also drops compiled code, so the next requests are slower: not between two bursts. */
const LOOKS = 6
/** Calm: this share of the time at work. A full collection stops the process for some tens of milliseconds, which then disturbs nobody. */
const CALM = 0.1
/** What the heap must have grown by since the last time, in bytes: less is not worth it. */
const WORTH_IT = 32 * 1024 ** 2

/** The collector, which V8 shows only to contexts that are made after the flag is set. */
const openCollector = (): NodeJS.GCFunction => {
  setFlagsFromString('--expose-gc')
  return runInNewContext('gc') as NodeJS.GCFunction
}

/** @returns what ends it */
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
