import fc from "fast-check";
import { judge } from "./judge.ts";
import { play } from "./play.ts";
import { schedules } from "./schedule.ts";
import { count, NOTHING_TRIED, type Tally } from "./tally.ts";

export interface SearchTerms {
  readonly seed: number;
  readonly atMost: number;
  /** looked at before each schedule */
  readonly isOver: () => boolean;
}

/**
 * Plays schedules until the time is over or one breaks a promise, which is then shrunk.
 *
 * @throws with the shrunk schedule, ready to be kept as a test of its own
 */
export async function search({ seed, atMost, isOver }: SearchTerms): Promise<Tally> {
  let tally = NOTHING_TRIED;
  let hasFailed = false;
  const result = await fc.check(
    fc.asyncProperty(schedules, async (schedule) => {
      // A late find is still shrunk: only what was not begun is left out.
      if (isOver() && !hasFailed) return;
      const history = await play(schedule);
      tally = count(tally, history);
      const broken = judge(history);
      if (broken.length === 0) return;
      hasFailed = true;
      throw new Error(broken.join("\n"));
    }),
    { seed, numRuns: atMost },
  );
  if (!result.failed) return tally;
  const [schedule] = result.counterexample ?? [];
  const why = result.errorInstance instanceof Error ? result.errorInstance.message : String(result.errorInstance);
  throw new Error(`seed ${seed}, after ${tally.schedules} schedules:\n${why}\n${JSON.stringify(schedule)}`);
}
