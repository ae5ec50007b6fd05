/**
 * What is missed before an act lets clocks stand still: what was due by then was due whether or not a sweep came by, so that nobody escapes a
 * miss because the platform asks or suspends before the next sweep.
 */
import { isCounted } from '../../words/deadlines.ts'
import type { Decision } from '../case-file/decision.ts'
import { startClock } from '../deadlines/clocks.ts'
import { overdueBeforeWait } from '../deadlines/completion.ts'
import type { DeadlineRow } from '../deadlines/table.ts'
import { endsWithoutWord, inDueOrder, isDue, miss, recordMiss } from './silence.ts'

/**
 * Before somebody lets clocks stand still: what was due by then was missed, whether or not a sweep came by, and has the consequence that the
 * sweep would have given it. Where that is put off, the act that is at hand counts as the word that came before the sweep; the miss is recorded,
 * and its clock waits without any time left.
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

/** The same for the clock over the whole handling: whether a side is waited for, only the decision itself shows. */
export const missCompletionBeforeWait = (d: Decision): void => {
  const clock = overdueBeforeWait(d)
  if (clock) d.asSystem(() => miss(d, clock, 'time_up_before_pause'))
}

/** What an act that is at hand puts off: an end without a word of a side, and what the platform would propose for want of its own word. */
const isPutOff = (d: Decision, deadline: DeadlineRow): boolean =>
  deadline.on_silence === 'propose_wanted' || endsWithoutWord(d, deadline)
