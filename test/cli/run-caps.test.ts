import { expect, test, vi } from "vitest";
import { openStudio } from "./studio.ts";

// Several commands each, side by side with other tests on few cores.
vi.setConfig({ testTimeout: 120_000 });

/** A film of single shots at 60 credits each. */
const film = (name: string, shots: number, more = "") => `
name: ${name}
${more}
shots:
${Array.from({ length: shots }, (_, index) => `  - { id: s${index + 1}, prompt: ${name} ${index + 1} }`).join("\n")}
sequences: [{ id: short, shots: [s1] }]
`;

test.concurrent("several manifests are judged by what they cost together: none of them buys, and plan says it too", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished, { balance: 200 });
  await studio.write("one.yaml", film("one", 2));
  await studio.write("two.yaml", film("two", 2));
  const words = "these 2 manifests would cost 240 credits together";
  const byBudget = await studio.callsheet("run", "one.yaml", "two.yaml", "--budget", "180");
  expect(byBudget.exitCode).toBe(3);
  // A flag has no place in a file.
  expect(byBudget.stdout).toContain(`\n${words}; the cap of --budget is 180. Nothing was bought [budget-run]`);
  expect(byBudget.stderr).toContain("Caps: 180 credits for all manifests together");
  expect(byBudget.stderr).toContain("Together: 2 manifests, 240 credits ($1.20)");

  const byBalance = await studio.callsheet("run", "one.yaml", "two.yaml");
  expect(byBalance.exitCode).toBe(3);
  expect(byBalance.stdout).toContain(`${words}; the account has 200`);
  expect(byBalance.stderr).not.toContain("Caps:");

  const plan = await studio.callsheet("plan", "one.yaml", "two.yaml");
  expect(plan.stdout).toContain(`${words}; the account has 200`);
  expect(plan.stdout).toMatch(/Together: 2 manifests, 240 credits \(\$1\.20\)\n+$/);
  expect(studio.bought()).toEqual([]);
  // One of them alone fits.
  expect(await studio.callsheet("run", "one.yaml")).toMatchObject({ exitCode: 0 });
});

test.concurrent("of several manifests those whose own day's cap all together would pass buy nothing", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished);
  await studio.write("small.yaml", film("small", 1, "budget: { day: 100 }"));
  await studio.write("large.yaml", film("large", 1, "budget: { day: 120 }"));
  const ran = await studio.callsheet("run", "small.yaml", "large.yaml");
  expect(ran.exitCode).toBe(3);
  expect(ran.stdout).toContain(
    "small.yaml:3:16: these 2 manifests would cost 120 credits together; the day's cap is 100",
  );
  expect(studio.bought()).toEqual(["large 1"]);
});
