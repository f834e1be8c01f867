import { expect, test, vi } from "vitest";
import { plainFilm } from "./plain-film.ts";
import { openStudio, type Studio } from "./studio.ts";

// Several commands each, side by side with other tests on few cores.
vi.setConfig({ testTimeout: 120_000 });

/** Bought, and the answer never came. */
const LOST_ANSWER = "faults: [{ endpoint: generate, nth: 1, fault: reset-after }]";
const FILM = `name: film\nlimits: { running: 1 }\nshots: [{ id: a, prompt: A net }, { id: b, prompt: A boat }]\n${plainFilm("a", "b")}`;

async function unconfirmedStudio(onTestFinished: Parameters<typeof openStudio>[0]): Promise<Studio> {
  const studio = await openStudio(onTestFinished, { faults: LOST_ANSWER });
  await studio.write("film.yaml", FILM);
  expect(await studio.callsheet("run", "film.yaml")).toMatchObject({ exitCode: 4 });
  expect(studio.bought().toSorted()).toEqual(["A boat", "A net"]);
  return studio;
}

/** The shot whose answer was lost, and its task; and those of the other. */
function tasksOf(studio: Studio) {
  const { tasks } = studio.vendor.purchases();
  const [lost, other] = tasks.map(({ task, prompt }) => ({ task, shot: prompt === "A net" ? "a" : "b" }));
  if (!lost || !other) throw new Error("two tasks were expected");
  return { lost, other };
}

test.concurrent("adopt takes the task that was found, and the next run goes on with it without buying again", async ({
  onTestFinished,
}) => {
  const studio = await unconfirmedStudio(onTestFinished);
  const { lost } = tasksOf(studio);
  const adopted = await studio.callsheet("adopt", "film.yaml", lost.shot, lost.task);
  expect(adopted).toMatchObject({ exitCode: 0, stderr: "" });
  expect(adopted.stdout).toBe(
    `Take 1 of shot "${lost.shot}" is task ${lost.task}. callsheet run film.yaml goes on with it.\n`,
  );
  expect(await studio.callsheet("run", "film.yaml")).toMatchObject({ exitCode: 0 });
  expect(studio.bought()).toHaveLength(2);
  expect(await studio.summary("film")).toMatchObject({ state: "complete", credits: { total: { spent: 120 } } });

  const again = await studio.callsheet("adopt", "film.yaml", lost.shot, lost.task);
  expect(again).toMatchObject({ exitCode: 2, stdout: "" });
  expect(again.stderr).toContain(`shot "${lost.shot}" of film.yaml has no unconfirmed take [no-unconfirmed-take]`);
});

test.concurrent("adopt refuses an unknown task and one that was asked for something else, and changes nothing", async ({
  onTestFinished,
}) => {
  const studio = await unconfirmedStudio(onTestFinished);
  const { lost, other } = tasksOf(studio);
  const unknown = await studio.callsheet("adopt", "film.yaml", lost.shot, "0123456789abcdef0123456789abcdef");
  expect(unknown).toMatchObject({ exitCode: 2, stdout: "" });
  expect(unknown.stderr).toContain("[task-unknown]");
  const foreign = await studio.callsheet("adopt", "film.yaml", lost.shot, other.task);
  expect(foreign).toMatchObject({ exitCode: 2, stdout: "" });
  expect(foreign.stderr).toContain("[task-of-another-request]");
  const nobody = await studio.callsheet("adopt", "film.yaml", "zebra", lost.task);
  expect(nobody).toMatchObject({ exitCode: 2, stdout: "" });
  const keyless = await studio.start(["adopt", "film.yaml", lost.shot, lost.task], { KIE_API_KEY: undefined }).ended;
  expect(keyless).toMatchObject({ exitCode: 5, stdout: "" });
  expect(await studio.callsheet("run", "film.yaml")).toMatchObject({ exitCode: 4 });
  expect(studio.bought()).toHaveLength(2);
});

test.concurrent("of several open takes --take says which; a task that a take has already is refused", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished, {
    faults: "faults: [{ endpoint: generate, nth: [1, 2], fault: reset-after }]",
  });
  await studio.write("film.yaml", "name: film\nshots: [{ id: a, prompt: A net, takes: 3 }]\n");
  expect(await studio.callsheet("run", "film.yaml")).toMatchObject({ exitCode: 4 });
  const { tasks } = studio.vendor.purchases();
  expect(tasks).toHaveLength(3);
  const status = await studio.callsheet("status", "film.yaml");
  const [first = "", second = "", third = ""] = tasks.map(({ task }) => task);

  const vague = await studio.callsheet("adopt", "film.yaml", "a", first);
  expect(vague, status.stdout).toMatchObject({ exitCode: 2, stdout: "" });
  expect(vague.stderr).toContain("has unconfirmed takes 1, 2 [");
  expect(vague.stderr).toContain("Say which with --take N.");
  const wrong = await studio.callsheet("forget", "film.yaml", "a", "--take", "3");
  expect(wrong).toMatchObject({ exitCode: 2, stdout: "" });
  expect(wrong.stderr).toContain("has unconfirmed takes 1, 2, not 3");
  const taken = await studio.callsheet("adopt", "film.yaml", "a", third, "--take", "1");
  expect(taken).toMatchObject({ exitCode: 2, stdout: "" });
  expect(taken.stderr).toContain('already belongs to take 3 of shot "a" in batch "film" [task-taken]');

  expect(await studio.callsheet("adopt", "film.yaml", "a", first, "--take", "1")).toMatchObject({ exitCode: 0 });
  expect(await studio.callsheet("adopt", "film.yaml", "a", second)).toMatchObject({ exitCode: 0 });
  expect(await studio.callsheet("run", "film.yaml")).toMatchObject({ exitCode: 0 });
  expect(studio.vendor.purchases().tasks).toHaveLength(3);
});

test.concurrent("forget says that it was not bought, and the next run buys it", async ({ onTestFinished }) => {
  const studio = await openStudio(onTestFinished, {
    faults: "faults: [{ endpoint: generate, nth: 1, fault: reset-before }]",
  });
  await studio.write("film.yaml", "name: film\nshots: [{ id: a, prompt: A net }]\n");
  expect(await studio.callsheet("run", "film.yaml")).toMatchObject({ exitCode: 4 });
  expect(studio.bought()).toEqual([]);
  const ran = await studio.callsheet("forget", "film.yaml", "a");
  expect(ran).toMatchObject({ exitCode: 0, stderr: "" });
  expect(ran.stdout).toBe(
    'Take 1 of shot "a" counts as not bought. callsheet run film.yaml buys it again for 60 credits.\n',
  );
  expect(await studio.callsheet("run", "film.yaml")).toMatchObject({ exitCode: 0 });
  expect(studio.bought()).toEqual(["A net"]);
  const again = await studio.callsheet("forget", "film.yaml", "a");
  expect(again).toMatchObject({ exitCode: 2, stdout: "" });
  expect(again.stderr).toContain("has no unconfirmed take");
});

test.concurrent("a batch that is being run is left alone: 75", async ({ onTestFinished }) => {
  const studio = await openStudio(onTestFinished);
  await studio.write("film.yaml", 'name: film\nshots: [{ id: a, prompt: "A net [[after:600]]" }]\n');
  const running = studio.start(["run", "film.yaml"]);
  while (studio.bought().length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  for (const command of [
    ["forget", "film.yaml", "a"],
    ["join", "film.yaml"],
    ["rename", "film.yaml", "a", "b"],
  ]) {
    const ran = await studio.callsheet(...command);
    expect(ran).toMatchObject({ exitCode: 75, stdout: "" });
    expect(ran.stderr).toContain(`batch "film" is being run by process ${running.child.pid} on `);
  }
  expect(await running.ended).toMatchObject({ exitCode: 0 });
});

test.concurrent("the command that a message shows settles the shot as it is pasted, wherever the ledger is and whatever names are", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished, { faults: LOST_ANSWER });
  await studio.write("my films/it's $(one).yaml", FILM);
  const output = "out `here`";
  const ran = await studio.callsheet("run", "my films/it's $(one).yaml", "--output", output);
  expect(ran).toMatchObject({ exitCode: 4 });
  const { lost } = tasksOf(studio);
  const shown = /^ *(callsheet adopt .*)$/m.exec(ran.stdout)?.[1] ?? "";
  expect(shown).toBe(`callsheet adopt 'my films/it'\\''s $(one).yaml' ${lost.shot} TASK --output 'out \`here\`'`);
  const pasted = await studio.paste(shown.replace("TASK", lost.task));
  expect(pasted, pasted.stderr).toMatchObject({ exitCode: 0, stderr: "" });
  const next = /callsheet run .*(?= goes on with it)/.exec(pasted.stdout)?.[0] ?? "";
  expect(await studio.paste(`${next} --speed 60`)).toMatchObject({ exitCode: 0 });
  expect(studio.bought()).toHaveLength(2);
  const again = await studio.callsheet("status", "my films/it's $(one).yaml", "--output", output);
  expect(again.stdout).not.toContain("unconfirmed");
});
