import { once } from "node:events";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test, vi } from "vitest";
import { openStudio, type Studio } from "./studio.ts";

// Many commands each, side by side with other tests on few cores.
vi.setConfig({ testTimeout: 120_000 });

const batch = (name: string, count: number) =>
  `name: ${name}\nshots:\n${Array.from({ length: count }, (_, index) => `  - { id: s${index}, prompt: ${name} ${index} }`).join("\n")}\nsequences: [{ id: short, shots: [s0], loudness: off }]\n`;

const startsOf = (studio: Studio) => studio.vendor.purchases().calls.filter(({ target }) => target === "generate");

test.concurrent("four processes on one key and one folder buy each shot once and never more than twenty in ten seconds", async ({
  onTestFinished,
}) => {
  const speed = 10;
  const studio = await openStudio(onTestFinished, { speed, faults: "switches: { fast: [5, 10] }" });
  const names = ["north", "east", "south", "west"];
  for (const name of names) await studio.write(`${name}.yaml`, batch(name, 8));
  const ran = await Promise.all(names.map((name) => studio.callsheet("run", `${name}.yaml`)));
  expect(ran.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 0]);
  expect(new Set(studio.bought()).size).toBe(32);
  const starts = startsOf(studio);
  expect(starts.map(({ code }) => code)).toEqual(Array.from({ length: 32 }, () => 200));
  const windows = starts.slice(20).map(({ at }, index) => (at - (starts[index]?.at ?? 0)) * speed);
  expect(Math.min(...windows)).toBeGreaterThanOrEqual(10_000);
});

test.concurrent("of two runs of one batch that start in one instant, one runs, and the other says who has it", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished);
  await studio.write("film.yaml", batch("film", 1));
  const both = [studio.start(["run", "film.yaml"]), studio.start(["run", "film.yaml"])];
  const ran = await Promise.all(both.map(({ ended }) => ended));
  expect(ran.map(({ exitCode }) => exitCode).toSorted()).toEqual([0, 75]);
  const [left] = ran.filter(({ exitCode }) => exitCode === 75);
  const [winner] = both.filter(({ child }) => child.exitCode === 0);
  expect(left?.stderr).toMatch(
    new RegExp(`batch "film" is being run by process ${winner?.child.pid} on .+ since \\d{4}-`),
  );
  expect(studio.bought()).toEqual(["film 0"]);
});

test.concurrent("a holder that is stopped keeps its batch, others may look and not touch, and it goes on when woken", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished);
  await studio.write("film.yaml", batch("film", 1));
  const running = studio.start(["run", "film.yaml"]);
  while (!running.stderr().includes("submitted (")) await sleep(5);
  const { pid = 0 } = running.child;
  process.kill(pid, "SIGSTOP");
  while (readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.[0] !== "T") await sleep(5);

  // Stopped is not dead, for however long: what it has bought and not written down yet is known to nobody else.
  const task = studio.vendor.purchases().tasks[0]?.task ?? "";
  const touching = [["run"], ["forget", "s0"], ["adopt", "s0", task], ["join"]] as const;
  for (const [command, ...rest] of touching) {
    const { exitCode, stderr } = await studio.callsheet(command, "film.yaml", ...rest);
    expect([command, exitCode]).toEqual([command, 75]);
    expect(stderr).toContain(`batch "film" is being run by process ${pid} on`);
  }
  for (const command of ["status", "plan"]) {
    expect((await studio.callsheet(command, "film.yaml")).exitCode).toBe(0);
  }
  process.kill(pid, "SIGCONT");
  expect(await running.ended).toMatchObject({ exitCode: 0 });
  expect(studio.bought()).toEqual(["film 0"]);
});

test.concurrent("one batch name in two output folders is two batches; a dead holder is replaced at once", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished);
  await studio.write("film.yaml", batch("film", 1));
  const one = studio.start(["run", "film.yaml", "--output", "one"]);
  const two = studio.start(["run", "film.yaml", "--output", "two"]);
  while (!one.stderr().includes("submitted (")) await sleep(5);
  one.child.kill("SIGKILL");
  await once(one.child, "exit");
  const again = await studio.callsheet("run", "film.yaml", "--output", "one");
  expect([again.exitCode, (await two.ended).exitCode]).toEqual([0, 0]);
  expect(studio.bought()).toEqual(["film 0", "film 0"]);
});
