import { chmod, mkdir, readdir } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, type TestContext, test, vi } from "vitest";
import { plainFilm } from "./plain-film.ts";
import { KEY, openStudio } from "./studio.ts";

vi.setConfig({ testTimeout: 120_000 });

/** Writes down all that it is told, each fact into a file of its own. */
const RECORDER = `#!/bin/sh
mkdir -p told
env > told/environment
for word; do printf '%s\\n' "$word"; done > told/arguments
cat > told/input
echo "said to nobody"
`;
const SHOT = `${plainFilm("a")}shots: [{ id: a, prompt: A harbour }]`;

async function openHookStudio(onTestFinished: TestContext["onTestFinished"]) {
  const studio = await openStudio(onTestFinished);
  await mkdir(join(studio.folder, "films"), { recursive: true });
  await studio.write("films/record", RECORDER);
  await chmod(join(studio.folder, "films/record"), 0o755);
  return studio;
}

test.concurrent("on_done starts a program with the facts in its environment and the summary on its stdin, and no key", async ({
  onTestFinished,
}) => {
  const studio = await openHookStudio(onTestFinished);
  const hooks = "on_done: { command: [./record, done] }\non_failed: { command: [./record, failed] }";
  await studio.write("films/film.yaml", `${hooks}\n${SHOT}\n`);
  const ran = await studio.callsheet("run", "films/film.yaml", "--json");
  expect(ran.exitCode, ran.stderr).toBe(0);
  // stdout belongs to the document.
  expect(JSON.parse(ran.stdout)).toMatchObject({ state: "complete" });
  expect(ran.stderr).toContain("When all is made, it starts ./record done");

  expect(await studio.read("films/told/arguments")).toBe("done\n");
  expect(JSON.parse(await studio.read("films/told/input"))).toEqual(await studio.summary("film"));
  const environment = await studio.read("films/told/environment");
  const folder = join(studio.folder, "output/film");
  expect(
    environment
      .split("\n")
      .filter((line) => line.startsWith("CALLSHEET_") && !/_RUN=/.test(line))
      .toSorted(),
  ).toEqual([
    "CALLSHEET_EXIT_CODE=0",
    `CALLSHEET_FILMS=${folder}/films/film.mp4`,
    `CALLSHEET_MANIFEST=${studio.folder}/films/film.yaml`,
    "CALLSHEET_NAME=film",
    "CALLSHEET_SIMULATED=",
    "CALLSHEET_SPENT=60",
    "CALLSHEET_STATE=complete",
    `CALLSHEET_SUMMARY=${folder}/summary.json`,
  ]);
  expect(environment).not.toContain(KEY);
  expect(environment).not.toMatch(/KIE_/);
});

test.concurrent("on_failed hears of a shot that is missing and of a run that was refused; --dry-run tells nobody", async ({
  onTestFinished,
}) => {
  const studio = await openHookStudio(onTestFinished);
  const hooks = "on_done: { command: [./record, done] }\non_failed: { command: [./record, failed] }";
  await studio.write("films/film.yaml", `${hooks}\nshots: [{ id: a, prompt: "A harbour [[refuse:422]]" }]\n`);
  expect(await studio.callsheet("run", "films/film.yaml", "--dry-run")).toMatchObject({ exitCode: 0 });
  expect(await readdir(join(studio.folder, "films"))).not.toContain("told");

  const refused = await studio.start(["run", "films/film.yaml"], { KIE_API_KEY: "" }).ended;
  expect(refused.exitCode).toBe(5);
  expect(await studio.read("films/told/environment")).toMatch(/^CALLSHEET_STATE=refused$/m);
  expect(JSON.parse(await studio.read("films/told/input"))).toMatchObject({
    ...{ version: 1, name: "film", state: "refused", exitCode: 5, problem: { rule: "key-missing" } },
  });

  expect(await studio.callsheet("run", "films/film.yaml")).toMatchObject({ exitCode: 1 });
  expect(await studio.read("films/told/arguments")).toBe("failed\n");
  expect(await studio.read("films/told/environment")).toMatch(/^CALLSHEET_EXIT_CODE=1$/m);
});

test.concurrent("nothing in a name, a prompt or an argument is read by a shell or filled in", async ({
  onTestFinished,
}) => {
  const studio = await openHookStudio(onTestFinished);
  const evil = [
    "$(touch hit)",
    "`touch hit`",
    "; touch hit",
    "a\nb",
    "$" + "{HOME}",
    "$" + "{city}",
    "* 'x' \"y\"",
    "| touch hit",
    "--",
  ];
  const words = evil.filter((word) => !word.includes("$" + "{")).join(" ");
  const manifest = {
    title: words,
    variables: { city: "$(touch hit)" },
    on_done: { command: ["./record", ...evil] },
    shots: [{ id: "a", prompt: words }],
  };
  await studio.write("films/a $(touch hit);b.yaml", JSON.stringify({ name: "film", ...manifest }));
  const ran = await studio.callsheet("run", "films/a $(touch hit);b.yaml");
  expect(ran.exitCode, ran.stderr).toBe(0);
  expect(await studio.read("films/told/arguments")).toBe(`${evil.join("\n")}\n`);
  expect(ran.stderr).toContain("variables do not stand in commands");
  expect(await readdir(join(studio.folder, "films"))).not.toContain("hit");
  expect(await readdir(studio.folder)).not.toContain("hit");
});

test.concurrent("a program that fails, or is not there, is told and changes nothing about the run", async ({
  onTestFinished,
}) => {
  const studio = await openHookStudio(onTestFinished);
  await studio.write("films/film.yaml", `on_done: { command: [sh, -c, "echo no room >&2; exit 3"] }\n${SHOT}\n`);
  const ran = await studio.callsheet("run", "films/film.yaml", "--quiet");
  expect(ran.exitCode).toBe(0);
  expect(ran.stderr).toContain("films/film.yaml:1:10: the program of on_done exited with 3");
  expect(ran.stderr).toContain("no room");
  await studio.write("films/film.yaml", `on_done: { command: [./not-there] }\n${SHOT}\n`);
  const again = await studio.callsheet("run", "films/film.yaml");
  expect(again.exitCode).toBe(0);
  expect(again.stderr).toContain("the program of on_done is not there (ENOENT)");
  const [log = ""] = (await readdir(join(studio.folder, "output/log"))).toSorted().slice(-1);
  expect(await studio.read(`output/log/${log}`)).toContain("on_done failed");
});

test.concurrent("nobody is told of a run that a person stopped", async ({ onTestFinished }) => {
  const studio = await openHookStudio(onTestFinished);
  const hooks = "on_done: { command: [./record] }\non_failed: { command: [./record] }";
  await studio.write("films/film.yaml", `${hooks}\nshots: [{ id: a, prompt: "A keeper [[stuck]]" }]\n`);
  const running = studio.start(["run", "films/film.yaml"]);
  while (studio.bought().length === 0) await sleep(20);
  running.child.kill("SIGINT");
  expect((await running.ended).exitCode).toBe(130);
  expect(await readdir(join(studio.folder, "films"))).not.toContain("told");
});

test.concurrent("a webhook is sent the summary without the key, three times at most, and never follows elsewhere", async ({
  onTestFinished,
}) => {
  const studio = await openHookStudio(onTestFinished);
  const posts: { readonly path: string; readonly headers: string; readonly body: string }[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (piece) => (body += piece));
    request.on("end", () => {
      const path = request.url ?? "";
      posts.push({ path, headers: JSON.stringify(request.headers), body });
      const tries = posts.filter((post) => post.path === path).length;
      const status = path === "/moved" ? 302 : path === "/down" || tries === 1 ? 503 : 200;
      response.writeHead(status, { location: "/elsewhere" }).end("\u001b[31mno");
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  onTestFinished(() => new Promise((closed) => void server.close(() => closed())));
  const address = server.address();
  const origin = `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`;

  const run = async (path: string) => {
    await studio.write("films/film.yaml", `on_done: { webhook: "${origin}${path}" }\n${SHOT}\n`);
    return studio.callsheet("run", "films/film.yaml");
  };
  expect((await run("/good")).stderr).not.toContain("hook-failed");
  expect(posts.map(({ path }) => path)).toEqual(["/good", "/good"]);
  expect(JSON.parse(posts[1]?.body ?? "")).toMatchObject({ name: "film", state: "complete" });
  expect((await run("/moved")).stderr).toContain(
    "the webhook of on_done answered HTTP 302; redirects are not followed",
  );
  const down = await run("/down");
  expect(down.exitCode).toBe(0);
  expect(down.stderr).toContain("the webhook of on_done answered HTTP 503, 3 times");
  expect(posts.map(({ path }) => path).slice(2)).toEqual(["/moved", "/down", "/down", "/down"]);
  expect(JSON.stringify(posts)).not.toContain(KEY);
});
