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
sequences: [{ id: short, shots: [s1], loudness: off }]
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
  // Films of one name end side by side: each says whose it is.
  expect(byBudget.stdout).toMatch(
    /^(one|two), from \1\.yaml\nFilm "short": not joined[\s\S]*\n\n(one|two), from \2\.yaml\nFilm "short"/,
  );
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

test.concurrent("a day's cap holds for two processes with two output folders together, and for the rest of the day", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished);
  await studio.write("one.yaml", film("one", 4, "budget: { day: 300 }"));
  await studio.write("two.yaml", film("two", 4, "budget: { day: 300 }"));
  const ran = await Promise.all([
    studio.callsheet("run", "one.yaml", "--output", "here"),
    studio.callsheet("run", "two.yaml", "--output", "there"),
  ]);
  // Whoever looks after the other has begun may be refused at once: then four are bought, else five.
  const bought = studio.bought().length;
  expect([4, 5]).toContain(bought);
  expect(ran.map(({ exitCode }) => exitCode)).toContain(3);
  expect(ran.every(({ exitCode }) => exitCode === 0 || exitCode === 3)).toBe(true);

  await studio.write("three.yaml", film("three", 5, "budget: { day: 299 }"));
  const later = await studio.callsheet("run", "three.yaml", "--output", "elsewhere");
  expect(later.exitCode).toBe(3);
  expect(later.stdout).toContain(
    `the day's cap is 299, of which ${bought * 60} are spent or reserved. Nothing was bought`,
  );
  expect(studio.bought()).toHaveLength(bought);
});

test.concurrent("of two processes with different caps each stops at its own, whatever the other one spends", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished);
  await studio.write("small.yaml", film("small", 2, "budget: { day: 120 }"));
  await studio.write("large.yaml", film("large", 4, "budget: { day: 300 }"));
  const ran = await Promise.all([
    studio.callsheet("run", "small.yaml", "--output", "here"),
    studio.callsheet("run", "large.yaml", "--output", "there"),
  ]);
  const bought = studio.bought();
  expect(bought.length).toBeLessThanOrEqual(5);
  const ofSmall = bought.filter((prompt) => prompt.startsWith("small")).length;
  expect(ofSmall).toBeLessThanOrEqual(2);
  expect(ran[0].exitCode).toBe(ofSmall === 2 ? 0 : 3);
  expect(ran.map(({ exitCode }) => exitCode)).toContain(3);
});

test.concurrent("a forced take that the films do not use is told, and how to use it", async ({ onTestFinished }) => {
  const studio = await openStudio(onTestFinished);
  await studio.write("film.yaml", "shots: [{ id: a, prompt: A net }]\n");
  expect(await studio.callsheet("run", "film.yaml")).toMatchObject({ exitCode: 0 });
  const forced = await studio.callsheet("run", "film.yaml", "--force", "a");
  expect(forced.exitCode).toBe(0);
  expect(forced.stdout).toContain('Take 2 of "a" was bought for 60 credits ($0.30) and is not the one that films use');
  expect(forced.stdout).toContain("that is take 1. Write pick: 2 in the shot to use it.");
  const picked = await studio.write("film.yaml", "shots: [{ id: a, prompt: A net, pick: 3 }]\n");
  expect((await studio.callsheet("run", picked, "--force", "a")).stdout).not.toContain("films use");
});

test.concurrent("children of a refused shot count among those not bought, and hear how to mend their parent", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished);
  await studio.write(
    "film.yaml",
    'shots: [{ id: a, prompt: "A net [[refuse:400]]" }, { id: b, prompt: B, follows: a }, { id: c, prompt: C, extends: b }]\n',
  );
  const { exitCode, stdout } = await studio.callsheet("run", "film.yaml");
  expect(exitCode).toBe(1);
  expect(stdout).toContain("2 shots not bought: b and c.\n\n");
  expect(stdout).toContain('Mend the prompt of "a" and run again, or buy it again as it is with --retry-failed.');
  expect(stdout).not.toContain("Settle");
});
