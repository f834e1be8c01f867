import { expect, test } from "vitest";
import { type Crashed, countPoints, crashAt } from "./crash-sweep.ts";
import { drawFrom, soakTerms } from "./terms.ts";

/** Runs side by side, as most of a run is waiting for the vendor: single points in two lanes, several kills in one. */
const LANES = { points: 2, random: 1 };
/** With so many that went wrong, more would say nothing new. */
const ENOUGH_FAILURES = 8;

test("wherever a run is killed, every take is bought once, or named and never bought again, and the film is whole", async () => {
  const terms = soakTerms();
  const draw = drawFrom(terms.seed);
  const count = await countPoints();
  const failures: string[] = [];
  const seen = { kills: 0, adopted: 0, forgotten: 0 };
  const tried = { points: 0, seeds: 0 };

  /** @returns false when nothing is left to do or the time is over */
  const inLanes = async (lanes: number, next: () => readonly number[] | undefined, done: () => void) => {
    const lane = async () => {
      while (!terms.isOver() && failures.length < ENOUGH_FAILURES) {
        const points = next();
        if (!points) return;
        await crashAt(points).then(
          (crashed: Crashed) => {
            seen.kills += crashed.kills.length;
            seen.adopted += crashed.adopted;
            seen.forgotten += crashed.forgotten;
          },
          (error: Error) => {
            failures.push(error.message);
            console.log(error.message);
          },
        );
        done();
      }
    };
    await Promise.all(Array.from({ length: lanes }, lane));
  };

  // In an order of its own, so that a short time tries a fair sample.
  const order = shuffled(
    Array.from({ length: count }, (_, index) => index + 1),
    draw,
  );
  const alone = inLanes(
    LANES.points,
    () => {
      const point = order.pop();
      return point === undefined ? undefined : [point];
    },
    () => (tried.points += 1),
  );
  const random = inLanes(
    LANES.random,
    () => Array.from({ length: 2 + Math.floor(draw() * 7) }, () => 1 + Math.floor(draw() * count * 0.6)),
    () => (tried.seeds += 1),
  );
  await Promise.all([alone, random]);
  console.log(
    `crash sweep, seed ${terms.seed}: ${tried.points} of ${count} points alone and ${tried.seeds} random runs of several kills; ` +
      `${seen.kills} kills in all, ${seen.adopted} purchases adopted and ${seen.forgotten} forgotten, ${failures.length} went wrong`,
  );
  expect(failures.join("\n\n")).toBe("");
});

function shuffled(list: readonly number[], draw: () => number): number[] {
  const keyed = list.map((value) => ({ value, key: draw() }));
  return keyed.toSorted((a, b) => a.key - b.key).map(({ value }) => value);
}
