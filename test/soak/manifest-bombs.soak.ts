import { expect, test } from "vitest";
import { bombs } from "../manifest/bombs.ts";
import { openFolder, problemsOf } from "../manifest/manifest-folder.ts";

test.for(bombs("long"))(
  "a manifest of %s, as large as a file may be, is told in few words",
  async ([what, text], { onTestFinished }) => {
    const folder = await openFolder({ "film.yaml": text }, onTestFinished);
    const from = performance.now();
    const problems = problemsOf(await folder.read());
    console.log(`manifest of ${what}: ${text.length} characters read in ${Math.round(performance.now() - from)} ms`);
    expect(problems.length).toBeGreaterThan(0);
    expect(problems.join("").length).toBeLessThan(200_000);
  },
);
