import { randomInt } from "node:crypto";
import { expect, test } from "vitest";
import { countPoints, crashAt } from "./crash-sweep.ts";
import { drawFrom } from "./terms.ts";

/** About what a whole run passes; each run of a chain dies this far into what is left. */
const STRIDE = 40;
const KILLS = 6;

// The long form, every point alone, is `npm run soak`.
test.concurrent("a run that nobody interrupts passes some hundred points at which it could be killed", async () => {
  const count = await countPoints();
  console.log(`crash sweep, short form: a whole run passes ${count} points`);
  expect(count).toBeGreaterThan(200);
});

// Another seed would hide what this one found: no second chance.
test.concurrent("a run that is killed again and again buys each take once and ends with the film", {
  retry: 0,
}, async () => {
  const seed = randomInt(2 ** 31);
  const draw = drawFrom(seed);
  const points = Array.from({ length: KILLS }, () => 1 + Math.floor(draw() * 2 * STRIDE));
  const { kills } = await crashAt(points);
  console.log(
    `crash sweep, short form, seed ${seed}: killed ${kills.length} times, ${kills.map(({ moment }) => moment).join("; ")}`,
  );
  expect(kills.length).toBeGreaterThan(0);
});
