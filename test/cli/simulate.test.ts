import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { openStudio, type RunningCommand, type Studio } from "./studio.ts";

test("simulate says where it listens and how to use it; a run against it buys there; Ctrl-C is its normal end", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished);
  const { command, origin } = await simulate(studio, ["--clips", "tiny", "--speed", "60"]);
  expect(origin).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);

  await studio.write("film.yaml", "shots: [{ id: a, prompt: A net }]\n");
  const ran = await studio.start(["run", "film.yaml"], { KIE_API_URL: origin, KIE_API_KEY: "any" }).ended;
  expect(ran).toMatchObject({ exitCode: 0 });
  const purchases = await (await fetch(`${origin}/simulator/purchases`)).json();
  expect(purchases).toMatchObject({ openingBalance: 10_000, spent: 60, balance: 9_940 });
  expect(studio.bought()).toEqual([]);

  command.child.kill("SIGINT");
  expect(await command.ended).toMatchObject({ exitCode: 0, stderr: "" });
  await expect(fetch(origin)).rejects.toThrow();
});

test("SIGTERM ends it too", async ({ onTestFinished }) => {
  const studio = await openStudio(onTestFinished);
  const { command } = await simulate(studio, []);
  command.child.kill("SIGTERM");
  expect(await command.ended).toMatchObject({ exitCode: 0, stderr: "" });
});

test("it misbehaves as a fault file says", async ({ onTestFinished }) => {
  const studio = await openStudio(onTestFinished);
  await studio.write("faults.yaml", "faults: [{ endpoint: credit, nth: 1, fault: html-502 }]\n");
  const { command, origin } = await simulate(studio, ["--faults", "faults.yaml"]);
  const credit = () => fetch(`${origin}/api/v1/chat/credit`, { headers: { authorization: "Bearer any" } });
  expect((await credit()).status).toBe(502);
  expect((await credit()).status).toBe(200);
  command.child.kill("SIGINT");
  await command.ended;
});

test("mistakes in a fault file are shown with their places, and nothing is started", async ({ onTestFinished }) => {
  const studio = await openStudio(onTestFinished);
  await studio.write(
    "faults.yaml",
    "faults:\n  - { endpoint: generate, fault: explode }\n  - { endpoint: nowhere, fault: drop }\n",
  );
  const wrong = await studio.callsheet("simulate", "--faults", "faults.yaml");
  expect(wrong).toMatchObject({ exitCode: 2, stdout: "" });
  expect(wrong.stderr).toMatch(/^faults\.yaml:2:\d+: .*explode/m);
  expect(wrong.stderr).toMatch(/^faults\.yaml:3:\d+: .*nowhere/m);
  expect(wrong.stderr).toContain("^^^^^^^");

  const missing = await studio.callsheet("simulate", "--faults", "nope.yaml");
  expect(missing).toMatchObject({ exitCode: 2, stdout: "" });
  expect(missing.stderr).toContain("nope.yaml:1:1: the fault file is not there [file-missing]");
});

test("a port that is in use is named", async ({ onTestFinished }) => {
  const studio = await openStudio(onTestFinished);
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const ran = await studio.callsheet("simulate", "--port", `${port}`);
  expect(ran).toMatchObject({ exitCode: 2, stdout: "" });
  expect(ran.stderr).toContain(`port ${port} is in use by another program [port]`);
});

async function simulate(
  studio: Studio,
  args: readonly string[],
): Promise<{ readonly command: RunningCommand; readonly origin: string }> {
  const command = studio.start(["simulate", ...args]);
  let told = "";
  command.child.stdout?.on("data", (text) => (told += text));
  const deadline = performance.now() + 15_000;
  while (!told.includes("Ctrl-C") && performance.now() < deadline) await sleep(20);
  const origin = /simulated at (\S+?)\. /.exec(told)?.[1] ?? "";
  expect(told).toContain(`export KIE_API_URL=${origin} `);
  expect(told).toContain(`${origin}/simulator/purchases`);
  return { command, origin };
}
