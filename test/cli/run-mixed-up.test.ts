import { rename, stat } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { factsOf } from "./film-facts.ts";
import { openLine } from "./line.ts";
import { openStudio } from "./studio.ts";

// Several commands each, side by side with other tests on few cores.
vi.setConfig({ testTimeout: 120_000 });

const clip = (id: string, more = "") =>
  `shots: [{ id: ${id}, prompt: A net${more} }]\nsequences: [{ id: film, shots: [${id}], size: 720p, loudness: off }]\n`;

test.concurrent("a 4k that is paid is not given up because another key does not know its take", async ({
  onTestFinished,
}) => {
  const [studio, other] = [await openStudio(onTestFinished), await openStudio(onTestFinished)];
  await studio.write("film.yaml", clip("a", ", resolution: 4k").replace("size: 720p", "size: 4k"));
  const running = studio.start(["run", "film.yaml"]);
  await vi.waitFor(() => expect(studio.bought()).toHaveLength(2), { timeout: 60_000 });
  running.child.kill("SIGINT");
  expect(await running.ended).toMatchObject({ exitCode: 130 });

  const elsewhere = { KIE_API_URL: other.vendor.origin };
  const astray = await studio.start(["run", "film.yaml"], elsewhere).ended;
  expect(astray.exitCode).toBe(1);
  expect(astray.stdout).toMatch(/cannot be had at 4k: the vendor does not know its task \w+ under this key/);

  expect(await studio.callsheet("run", "film.yaml")).toMatchObject({ exitCode: 0 });
  expect(studio.bought()).toEqual(["A net", "4k of A net"]);
  expect((await studio.summary("film")).shots).toMatchObject([{ resolution: "4k", credits: 180 }]);
  // Its film is as large, and its poster as large as posters are.
  const film = join(studio.folder, "output/film/films/film");
  expect(await factsOf(studio, `${film}.mp4`)).toMatchObject({ width: 3840, height: 2160 });
  expect(await factsOf(studio, `${film}.jpg`)).toMatchObject({ width: 1920, height: 1080 });
});

test.concurrent("an upgrade and an extension wait for the key that knows their take", async ({ onTestFinished }) => {
  const [studio, other] = [await openStudio(onTestFinished), await openStudio(onTestFinished)];
  await studio.write("film.yaml", clip("a"));
  expect(await studio.callsheet("run", "film.yaml")).toMatchObject({ exitCode: 0 });
  await studio.write(
    "film.yaml",
    `
shots:
  - { id: a, prompt: A net, resolution: 1080p }
  - { id: b, prompt: It tears, extends: a }
sequences: [{ id: film, shots: [a], size: 720p, loudness: off }]
`,
  );
  const astray = await studio.start(["run", "film.yaml"], { KIE_API_URL: other.vendor.origin }).ended;
  expect(astray.exitCode).toBe(1);
  expect(astray.stdout).toMatch(/"b" .*waits: it extends shot "a", whose task \w+ the vendor does not know/);
  const ran = await studio.callsheet("run", "film.yaml");
  expect(ran, ran.stdout).toMatchObject({ exitCode: 0 });
  expect(studio.bought()).toEqual(["A net", "It tears", "1080p of A net"]);
});

test.concurrent("an answer that names the task of another take is no answer", async ({ onTestFinished }) => {
  const studio = await openStudio(onTestFinished);
  let first: string | undefined;
  const line = await openLine(onTestFinished, studio, {
    alter: (path, body) => {
      if (path.includes("/generate")) first ??= body;
      return path.includes("/generate") ? first : body;
    },
  });
  const shots = "shots: [{ id: a, prompt: A net }, { id: b, prompt: A gull }]\n";
  await studio.write("film.yaml", `${shots}sequences: [{ id: film, shots: [a], loudness: off }]\n`);
  const ran = await studio.start(["run", "film.yaml"], { KIE_API_URL: line }).ended;
  expect(ran.exitCode).toBe(4);
  expect(ran.stdout).toMatch(/unknown: the answer names task \w+, which is take 1 of shot "\w"/);
  const { shots: told } = await studio.summary("film");
  expect(told.map(({ state }) => state).toSorted()).toEqual(["checked", "unconfirmed"]);
});

test.concurrent("a take that was said to have failed is fetched by salvage once it is said to be made", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished);
  const failed = { code: 200, msg: "success", data: { successFlag: 3, errorMessage: "Internal Error." } };
  const line = await openLine(onTestFinished, studio, {
    answer: (path) => (path.includes("record-info") ? JSON.stringify(failed) : undefined),
  });
  await studio.write("film.yaml", clip("a"));
  expect(await studio.start(["run", "film.yaml"], { KIE_API_URL: line }).ended).toMatchObject({ exitCode: 1 });
  // It is made while nobody looks.
  const made = () => studio.vendor.purchases().tasks.every(({ state }) => state === "made");
  await vi.waitFor(() => expect(made()).toBe(true), { timeout: 60_000 });
  const saved = await studio.callsheet("salvage", "film.yaml");
  expect(saved, saved.stdout).toMatchObject({ exitCode: 0 });
  await stat(join(studio.folder, "output/film/clips/a/take-1.720p.mp4"));
  expect(await studio.callsheet("run", "film.yaml")).toMatchObject({ exitCode: 0 });
  expect(studio.bought()).toEqual(["A net"]);
});

test.concurrent("a manifest whose file was renamed does not buy its batch again", async ({ onTestFinished }) => {
  const studio = await openStudio(onTestFinished);
  const shots =
    "shots: [{ id: a, prompt: A net }, { id: b, prompt: A gull }]\nsequences: [{ id: film, shots: [a], loudness: off }]\n";
  await studio.write("film.yaml", shots);
  expect(await studio.callsheet("run", "film.yaml")).toMatchObject({ exitCode: 0 });
  // Two manifests that are both there may well ask for the same.
  await studio.write("twin.yaml", shots);
  expect(await studio.callsheet("run", "twin.yaml", "--only", "a")).toMatchObject({ exitCode: 0 });
  expect(studio.bought()).toHaveLength(3);

  await rename(join(studio.folder, "film.yaml"), join(studio.folder, "movie.yaml"));
  const refused = await studio.callsheet("run", "movie.yaml");
  expect(refused).toMatchObject({ exitCode: 2, stdout: "" });
  expect(refused.stderr).toContain('bought before in batch "film", whose manifest film.yaml is gone');
  expect(refused.stderr).toContain("To buy anew: --force a --force b.");
  await studio.write("movie.yaml", `name: film\n${shots}`);
  expect(await studio.callsheet("run", "movie.yaml")).toMatchObject({ exitCode: 0 });
  expect(studio.bought()).toHaveLength(3);
});
