import { expect, test, vi } from "vitest";
import type { PlanDocument } from "../../src/report/plan-json.ts";
import { plainFilm } from "./plain-film.ts";
import { openStudio } from "./studio.ts";

// Several commands each, side by side with other tests on few cores.
vi.setConfig({ testTimeout: 120_000 });

const TWO = `name: film\nlimits: { running: 1 }\nshots: [{ id: a, prompt: A net }, { id: b, prompt: A boat }]\n${plainFilm("a", "b")}`;
const ONE = `name: film\nshots: [{ id: a, prompt: A net }]\n${plainFilm("a")}`;

test.concurrent("an unanswered purchase is told with its moment, with what the balance did, and with both ways out", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished, {
    speed: 300,
    faults: "faults: [{ endpoint: generate, nth: 2, fault: reset-after }]",
  });
  await studio.write("film.yaml", TWO);
  const ran = await studio.callsheet("run", "film.yaml");
  expect(ran).toMatchObject({ exitCode: 4 });
  expect(ran.stdout).toMatch(
    /take 1\) was sent at \d{4}-\d\d-\d\dT[\d:.]+Z, and whether it was bought is unknown: no answer came \(POST \S+: read ECONNRESET\)\. It may have cost 60 credits/,
  );
  expect(ran.stdout).toMatch(
    /The balance fell by 120 since \S+Z, of which 60 are explained by other purchases: it was probably bought/,
  );
  expect(ran.stdout).toMatch(
    /\n +callsheet adopt film\.yaml [ab] TASK\n +If not:\n +callsheet forget film\.yaml [ab]\n/,
  );
  // Told once while it goes.
  expect(ran.stderr.match(/was sent at/g)).toHaveLength(1);
  const status = await studio.callsheet("status", "film.yaml");
  expect(status.stdout).toContain("60 credits ($0.30) spent; purchases without an answer may have cost 60 credits");
  expect((await studio.summary("film")).credits).toMatchObject({ run: { spent: 60, balanceChange: -120 } });
  // Within what may have been charged: no warning.
  expect(ran.stdout).not.toContain("somebody else may use the account");
  const spent = await studio.callsheet("spend");
  expect(spent.stdout).toMatch(
    /^\d{4}-\d\d-\d\d {2}120 credits \(\$0\.60\) {2}2 purchases {2}of these 60 credits unconfirmed$/m,
  );
});

test.concurrent("a balance that did not move says that a purchase was probably not made; a failed task is called failed", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished, {
    speed: 300,
    faults: "faults: [{ endpoint: generate, nth: 1, fault: reset-before }]",
  });
  await studio.write("film.yaml", ONE);
  const ran = await studio.callsheet("run", "film.yaml");
  expect(ran).toMatchObject({ exitCode: 4 });
  expect(ran.stdout).toMatch(/The balance did not move since \S+Z: it was probably not bought, unless others/);
  await studio.write("other.yaml", 'name: other\nshots: [{ id: x, prompt: "A net [[fail:internal]]" }]\n');
  await studio.callsheet("run", "other.yaml", "--output", "elsewhere");
  const [failed = ""] = studio.vendor.purchases().tasks.map(({ task }) => task);
  await studio.write("film.yaml", ONE);
  const adopted = await studio.callsheet("adopt", "film.yaml", "a", failed);
  expect(adopted).toMatchObject({ exitCode: 2, stdout: "" });
  expect(adopted.stderr).toContain("[task-of-another-request]");
});

test.concurrent("a balance that the purchases do not explain is warned of, and a price seen twice is shown by the plan", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished, { speed: 300, faults: "switches: { priceFactor: 1.5 }" });
  await studio.write("film.yaml", ONE);
  const ran = await studio.callsheet("run", "film.yaml");
  expect(ran).toMatchObject({ exitCode: 0 });
  expect(ran.stdout).toContain("60 credits ($0.30) spent; balance 9,910 credits, -90 credits in this run");
  expect(ran.stdout).toMatch(/The balance fell by 90 credits since \S+Z, but what was bought from here comes to 60: /);
  expect((await studio.callsheet("plan", "film.yaml", "--force", "a")).stdout).not.toContain("the vendor took");
  expect(await studio.callsheet("run", "film.yaml", "--force", "a")).toMatchObject({ exitCode: 0 });
  const plan = await studio.callsheet("plan", "film.yaml", "--force", "a");
  expect(plan.stdout).toContain(
    "generate veo3_fast: the table says 60, the vendor took 90 the last 2 times. Write prices:",
  );
  const json = await studio.callsheet("plan", "film.yaml", "--force", "a", "--json");
  expect((JSON.parse(json.stdout) as PlanDocument).learnedPrices).toEqual([
    { kind: "generate:veo3_fast", table: 60, took: 90, times: 2 },
  ]);
  const spent = await studio.callsheet("spend", "--json");
  expect(JSON.parse(spent.stdout)).toMatchObject({ version: 1, days: [{ credits: 120, purchases: 2 }] });
});
