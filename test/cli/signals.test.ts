import { expect, test } from "vitest";
import { listenForSignals } from "../../src/cli/signals.ts";
import { openClock } from "../../src/world/system-clock.ts";

test("a hundred waits at once that a person may end make Node warn of nothing", async ({ onTestFinished }) => {
  const warnings: string[] = [];
  const hear = ({ name }: Error) => warnings.push(name);
  process.on("warning", hear);
  onTestFinished(() => void process.off("warning", hear));
  const { drain, leave, release } = listenForSignals(() => {});
  onTestFinished(release);
  const clock = openClock();
  await Promise.all(Array.from({ length: 100 }, (_, index) => clock.sleep(1, index % 2 ? drain : leave)));
  await new Promise((resolve) => setImmediate(resolve));
  expect(warnings).toEqual([]);
});
