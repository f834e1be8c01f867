import { test } from "vitest";
import { makeLargeBatch } from "../cli/large-batch.ts";
import { openStudio } from "../cli/studio.ts";

test("500 shots are made, checked and some of them joined, in flat memory", async ({ onTestFinished }) => {
  await makeLargeBatch(await openStudio(onTestFinished, { balance: 100_000 }), 500);
});
