import { type Clock, type Time, toTime } from '../../foundation/clock.ts'
import type { PlatformScope } from '../access/caller.ts'

/** A platform's time: real time, or further on where a test platform has been advanced. Cases live by it; keys and logs do not. */
export const platformNow = (platform: PlatformScope, clock: Clock): Time => toTime(clock.nowMs() + platform.clock_offset_ms)
