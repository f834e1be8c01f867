import { expect, test } from "vitest";
import { openStudio } from "../cli/studio.ts";
import { countWrites, tryFault } from "../run/failing-disk.ts";
import type { DiskFault } from "../run/failing-files.ts";
import { drawFrom, soakTerms } from "./terms.ts";

const SPEED = 120;
const CODES = ["ENOSPC", "EDQUOT", "EROFS", "EACCES", "EIO"] as const;
const FILM = `
name: film
shots:
  - { id: a, prompt: A harbour, resolution: 1080p }
  - { id: b, prompt: A hall, follows: a }
sequences: [{ id: film, shots: [a, b], size: 720p }]
`;

test("every write of a run fails once and for good, in a drawn order until the time is over", async ({
  onTestFinished,
}) => {
  const terms = soakTerms();
  const draw = drawFrom(terms.seed);
  const studio = await openStudio(onTestFinished, {
    speed: SPEED,
    faults: "switches: { fast: [5, 10], upgrade1080p: [20, 30] }",
  });
  await studio.write("film.yaml", FILM);
  const writes = await countWrites(studio, SPEED);
  const points = Array.from({ length: writes }, (_, index) => index + 1);
  const table = points
    .flatMap((at) => (["once", "on"] as const).map((lasts) => ({ at, lasts })))
    .map((point) => ({ point, by: draw() }))
    .toSorted((a, b) => a.by - b.by)
    .map(({ point }, index): DiskFault => ({ ...point, code: CODES[index % CODES.length] ?? "ENOSPC" }));
  let tried = 0;
  let noticed = 0;
  for (const fault of table) {
    if (terms.isOver()) break;
    if ((await tryFault(fault, studio, SPEED)) === "noticed") noticed += 1;
    tried += 1;
  }
  console.log(
    `disk: ${tried} of ${table.length} failures at ${writes} writes tried (seed ${terms.seed}), ${noticed} noticed`,
  );
  expect(tried).toBeGreaterThan(0);
});
