import { setTimeout as sleep } from "node:timers/promises";
import { expect, test, vi } from "vitest";
import { plainFilm } from "./plain-film.ts";
import { openStudio, type Studio } from "./studio.ts";

// Many commands each, side by side with other tests on few cores.
vi.setConfig({ testTimeout: 120_000 });

const FILM = `
name: film
shots:
  - { id: a, prompt: A harbour }
  - { id: b, prompt: A keeper }
  - { id: c, prompt: A hall, follows: a }
${plainFilm("a", "b", "c")}`;

async function untilBought(studio: Studio, count: number): Promise<void> {
  while (studio.bought().length < count) await sleep(5);
}

for (const [signal, exitCode] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["SIGHUP", 143],
] as const) {
  test.concurrent(`${signal} stops the buying, writes the state and exits ${exitCode}; the next run finishes`, async ({
    onTestFinished,
  }) => {
    const studio = await openStudio(onTestFinished);
    await studio.write("film.yaml", FILM);
    const running = studio.start(["run", "film.yaml"]);
    await untilBought(studio, 2);
    running.child.kill(signal);
    const ran = await running.ended;
    expect(ran.exitCode).toBe(exitCode);
    expect(ran.stderr).toContain("Stopping: nothing more is bought");
    expect(ran.stdout).toContain("Run the same command again to go on; nothing is paid for twice.");
    expect(studio.bought()).toEqual(["A harbour", "A keeper"]);
    expect(ran.stdout).toContain("What still generates is picked up by the next run.");
    const { state, credits } = await studio.summary("film");
    expect({ state, spent: credits.run.spent }).toEqual({ state: "stopped", spent: 120 });
    // Of today or none: a busy machine may not hear of it in the time that a person is kept waiting.
    expect([10_000 - 120, null]).toContain(credits.balance);

    expect(await studio.callsheet("run", "film.yaml")).toMatchObject({ exitCode: 0 });
    expect(studio.bought()).toEqual(["A harbour", "A keeper", "A hall"]);
  });
}

test.concurrent("a second Ctrl-C leaves at once, and nothing is lost", async ({ onTestFinished }) => {
  const studio = await openStudio(onTestFinished, {
    faults: "faults: [{ endpoint: generate, nth: 1, fault: hang-after }]",
  });
  await studio.write("film.yaml", FILM);
  const running = studio.start(["run", "film.yaml", "--speed", "2"]);
  await untilBought(studio, 1);
  running.child.kill("SIGINT");
  await sleep(700);
  running.child.kill("SIGINT");
  const ran = await running.ended;
  expect(ran.exitCode).toBe(130);
  const next = await studio.callsheet("run", "film.yaml");
  expect(next.exitCode).toBe(4);
  expect(new Set(studio.bought()).size).toBe(studio.bought().length);
});

test.concurrent("a second run of the same batch exits 75 and names the process that has it", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished);
  await studio.write("film.yaml", FILM);
  const running = studio.start(["run", "film.yaml"]);
  await untilBought(studio, 1);
  const second = await studio.callsheet("run", "film.yaml");
  expect(second.exitCode).toBe(75);
  expect(second.stderr).toContain(`batch "film" is being run by process ${running.child.pid}`);
  expect(second.stdout).toBe("");
  expect(await running.ended).toMatchObject({ exitCode: 0 });
  expect(studio.bought()).toHaveLength(3);
});

test.concurrent("the batch of a run that was killed is taken over at once", async ({ onTestFinished }) => {
  const studio = await openStudio(onTestFinished);
  await studio.write("film.yaml", FILM);
  const running = studio.start(["run", "film.yaml"]);
  // It says so once the answer is on disk: killed before, the purchase would rightly be unconfirmed.
  while (running.stderr().split("submitted (").length < 3) await sleep(20);
  running.child.kill("SIGKILL");
  await running.ended;
  const next = await studio.callsheet("run", "film.yaml");
  expect(next).toMatchObject({ exitCode: 0 });
  expect(studio.bought()).toEqual(["A harbour", "A keeper", "A hall"]);
});

test.concurrent("two batches may run at the same time in two processes of one account", async ({ onTestFinished }) => {
  const studio = await openStudio(onTestFinished);
  await studio.write("one.yaml", `name: one\nshots:\n  - { id: a, prompt: A harbour }\n${plainFilm("a")}`);
  await studio.write("two.yaml", `name: two\nshots:\n  - { id: a, prompt: A keeper }\n${plainFilm("a")}`);
  const both = await Promise.all([studio.callsheet("run", "one.yaml"), studio.callsheet("run", "two.yaml")]);
  expect(both.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
  expect(studio.bought().toSorted()).toEqual(["A harbour", "A keeper"]);
});

test.concurrent("progress goes to stderr with dates, results to stdout; --json and --quiet keep their word", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished);
  await studio.write("film.yaml", FILM);
  const quiet = await studio.callsheet("run", "film.yaml", "--quiet");
  expect(quiet).toMatchObject({ exitCode: 0, stdout: "", stderr: "" });

  await studio.write("film.yaml", FILM.replace("A keeper", "A sleeping keeper"));
  const json = await studio.callsheet("run", "film.yaml", "--json");
  expect(json.exitCode).toBe(0);
  expect(JSON.parse(json.stdout)).toEqual(await studio.summary("film"));
  const dated = json.stderr.split("\n").filter((line) => /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z /.test(line));
  expect(dated.length).toBeGreaterThan(2);
  expect(json.stderr).not.toContain("\u001b[");

  await studio.write(
    "film.yaml",
    FILM.replace("A keeper", "A keeper [[refuse:422]]").replace(
      "prompt: A keeper [[refuse:422]]",
      'prompt: "A keeper [[refuse:422]]"',
    ),
  );
  const trouble = await studio.callsheet("run", "film.yaml", "--quiet");
  expect(trouble).toMatchObject({ exitCode: 1, stdout: "" });
  expect(trouble.stderr).toContain("was refused by the vendor (code 422)");
  expect(trouble.stderr).not.toMatch(/^\d{4}-\d{2}-\d{2}T/m);
});

test.concurrent("a reader that goes away while a run tells its progress does not end it", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished);
  await studio.write("film.yaml", FILM);
  const running = studio.start(["run", "film.yaml"]);
  await untilBought(studio, 1);
  running.child.stderr?.destroy();
  running.child.stdout?.destroy();
  await running.ended;
  expect(studio.bought()).toHaveLength(3);
  expect(await studio.summary("film")).toMatchObject({ state: "complete" });
});
