/**
 * The deadlines that are already due when an act lets clocks stand still. They are missed first, so that nobody escapes a miss because a
 * request for information, a suspension or an appeal comes before the next sweep.
 */
import { isCounted } from '../../words/deadlines.ts'
import type { Decision } from '../case-file/decision.ts'
import { startClock } from '../deadlines/clocks.ts'
import { overdueBeforeWait } from '../deadlines/completion.ts'
import type { DeadlineRow } from '../deadlines/table.ts'
import { endsWithoutWord, inDueOrder, isDue, miss, recordMiss } from './silence.ts'

/**
 * Called before an act lets clocks stand still: a clock that is due and would stand still is missed, with the consequence that a sweep
 * would have given it. Where `isPutOff` holds, the act counts as a word in time and the consequence waits: the miss is recorded, and the
 * duty gets a clock without any time left, which then stands still.
 * @param pauses whether a clock is going to stand still
 */
export const missBeforePause = (d: Decision, pauses: (deadline: DeadlineRow) => boolean): void =>
  d.asSystem(() => {
    for (const deadline of d.file.deadlines.filter((x) => isDue(x, d.now) && pauses(x)).sort(inDueOrder)) {
      if (deadline.status !== 'running') continue
      const { kind, party, subject_id: subjectId, step, heard, cancellation } = deadline
      if (!isCounted(kind) || !isPutOff(d, deadline)) {
        miss(d, deadline, 'time_up_before_pause')
        continue
      }
      const { counted_in, calendar, calendar_version } = deadline
      const noTimeIn = { counted_in, calendar, calendar_version }
      const owedSince = recordMiss(d, deadline, 'time_up_before_pause')
      startClock(d, kind, { party, subjectId, noTimeIn, again: { step: step + 1, owedSince, cancellation }, heard })
    }
  })

/** The same for the `completion` clock, after the rules of the decision: only then is it known whether the case waits for a side. */
export const missCompletionBeforeWait = (d: Decision): void => {
  const clock = overdueBeforeWait(d)
  if (clock) d.asSystem(() => miss(d, clock, 'time_up_before_pause'))
}

/** Whether the act puts the consequence off: that would end something without a word of a side, or propose the platform's default. */
const isPutOff = (d: Decision, deadline: DeadlineRow): boolean =>
  deadline.on_silence === 'propose_wanted' || endsWithoutWord(d, deadline)
