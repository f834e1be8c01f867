import { expect, test } from "vitest";
import { openStudio } from "../cli/studio.ts";
import { countWrites, tryFault } from "./failing-disk.ts";

const SPEED = 120;

test("a disk that fails at any write ends the run in words, and the next run makes what is missing", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished, { speed: SPEED, faults: "switches: { fast: [5, 10] }" });
  await studio.write("film.yaml", "name: film\nshots:\n  - { id: a, prompt: A harbour }\n");
  const writes = await countWrites(studio, SPEED);
  expect(writes).toBeGreaterThan(5);
  const middle = Math.ceil(writes / 2);
  expect(await tryFault({ at: 1, lasts: "on", code: "EROFS" }, studio, SPEED)).toBe("noticed");
  await tryFault({ at: middle, lasts: "once", code: "EIO" }, studio, SPEED);
  expect(await tryFault({ at: writes, lasts: "on", code: "ENOSPC" }, studio, SPEED)).toBe("noticed");
});
