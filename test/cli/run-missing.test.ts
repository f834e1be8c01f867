import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { factsOf, faultsOf } from "./film-facts.ts";
import { openStudio, type Studio } from "./studio.ts";

// Several commands each, side by side with other tests on few cores.
vi.setConfig({ testTimeout: 120_000 });

const REFUSED = "A keeper whom the vendor refuses";

/** Three shots of which films show a second each; `b` is what the tests are about. */
const manifest = (b: string, films = "[slate]") => `
name: film
shots:
  - { id: a, prompt: A harbour }
  - { id: b, prompt: "${b}" }
  - { id: c, prompt: A storm }
sequences:
${films
  .slice(1, -1)
  .split(", ")
  .map(
    (policy) =>
      `  - { id: ${policy}, shots: [${["a", "b", "c"].map(second).join(", ")}], on_missing: ${policy}, loudness: off }`,
  )
  .join("\n")}
`;

function second(shot: string): string {
  return `{ shot: ${shot}, in: 1, out: 2 }`;
}

async function sequencesOf(studio: Studio) {
  return (await studio.summary("film")).sequences.map(({ id, state, frames }) => [id, state, frames]);
}

const filmPath = (studio: Studio, name: string) => join(studio.folder, `output/film/films/${name}.mp4`);

test.concurrent("a refused shot becomes a slate, is left out or holds its film; once it is mended all are whole", async ({
  onTestFinished,
}) => {
  const faults = "faults: [{ endpoint: generate, nth: 2, fault: code-400 }]";
  const studio = await openStudio(onTestFinished, { faults });
  await studio.write("film.yaml", manifest(REFUSED, "[slate, skip, hold]"));
  const first = await studio.callsheet("run", "film.yaml");
  expect(first.exitCode).toBe(1);
  expect(first.stderr).toContain("what does not come becomes a slate");
  expect(first.stdout).toContain('Film "slate": output/film/films/slate.mp4, 3 s, 72 frames, with a slate for b\n');
  expect(first.stdout).toContain(
    'Film "slate" is joined with a slate for b. To finish it, change what the vendor refused (b), then: callsheet run film.yaml. To send it unchanged: callsheet run film.yaml --retry-failed',
  );
  expect(first.stdout).toContain('Film "skip" is joined without b.');
  expect(first.stdout).toContain('Film "hold": not joined; it waits for b');
  expect(await sequencesOf(studio)).toEqual([
    ["slate", "slated", 72],
    ["skip", "skipped", 48],
    ["hold", "held", null],
  ]);
  expect(await factsOf(studio, filmPath(studio, "slate"))).toMatchObject({ width: 1280, height: 720, frames: 72 });
  expect(await factsOf(studio, filmPath(studio, "skip"))).toMatchObject({ frames: 48, pictureSeconds: 2 });
  expect(await faultsOf(studio, filmPath(studio, "slate"))).toBe("");
  // A slate is nobody's take: the cache alone holds it.
  expect(await readdir(join(studio.folder, "output/film/clips"))).toEqual(["a", "c"]);
  expect(await readdir(join(studio.folder, "output/film/work/pieces"))).not.toEqual([]);

  // Nothing new: nothing is bought, nothing joined again, and it still is no success.
  const { mtimeMs } = await stat(filmPath(studio, "slate"));
  const again = await studio.callsheet("run", "film.yaml");
  expect(again.exitCode).toBe(1);
  expect(again.stderr).not.toContain("is being joined");
  expect((await stat(filmPath(studio, "slate"))).mtimeMs).toBe(mtimeMs);
  expect(studio.vendor.purchases().calls.filter(({ target }) => target === "generate")).toHaveLength(3);
  const status = await studio.callsheet("status", "film.yaml");
  expect(status.stdout).toContain("72 frames, with a slate for b. To finish it, change what the vendor refused (b)");

  await studio.write("film.yaml", manifest("A keeper", "[slate, skip, hold]"));
  const mended = await studio.callsheet("run", "film.yaml");
  expect(mended).toMatchObject({ exitCode: 0 });
  expect(mended.stdout).not.toContain("To finish it");
  expect(await sequencesOf(studio)).toEqual(["slate", "skip", "hold"].map((id) => [id, "joined", 72]));
  expect(await factsOf(studio, filmPath(studio, "skip"))).toMatchObject({ frames: 72 });
  expect(studio.bought().toSorted()).toEqual(["A harbour", "A keeper", "A storm"]);
});

test.concurrent("when the money ends, the film is joined from what is there, and whole after the next run", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished, {
    faults: "faults: [{ endpoint: generate, nth: [2, 3, 4], fault: code-402 }]",
  });
  await studio.write("film.yaml", manifest("A keeper"));
  const ran = await studio.callsheet("run", "film.yaml");
  expect(ran.exitCode).toBe(3);
  expect(ran.stdout).toMatch(
    /Film "slate" is joined with slates for \w and \w\. To finish it: callsheet run film\.yaml\n/,
  );
  expect(await sequencesOf(studio)).toEqual([["slate", "slated", 72]]);
  for (let runs = 0; runs < 3 && (await sequencesOf(studio))[0]?.[1] !== "joined"; runs++) {
    await studio.callsheet("run", "film.yaml");
  }
  expect(await sequencesOf(studio)).toEqual([["slate", "joined", 72]]);
  expect(studio.bought().toSorted()).toEqual(["A harbour", "A keeper", "A storm"]);
});

test.concurrent("an unconfirmed purchase is a slate until a person settles it", async ({ onTestFinished }) => {
  const studio = await openStudio(onTestFinished, {
    faults: "faults: [{ endpoint: generate, nth: 2, fault: reset-after }]",
  });
  await studio.write("film.yaml", manifest("A keeper"));
  const ran = await studio.callsheet("run", "film.yaml", "--json");
  expect(ran.exitCode).toBe(4);
  expect(JSON.parse(ran.stdout)).toMatchObject({ state: "partial", sequences: [{ state: "slated", frames: 72 }] });
  const [shot] = (await studio.summary("film")).shots.filter(({ state }) => state === "unconfirmed");
  expect(ran.stderr).toContain(`settle ${shot?.id} with callsheet adopt or forget, then: callsheet run film.yaml`);
  const prompts = { a: "A harbour", b: "A keeper", c: "A storm" } as const;
  const wanted = prompts[shot?.id as "a"];
  const task = studio.vendor.purchases().tasks.find(({ prompt }) => prompt === wanted)?.task ?? "";
  await studio.callsheet("adopt", "film.yaml", shot?.id ?? "", task);
  expect(await studio.callsheet("run", "film.yaml")).toMatchObject({ exitCode: 0 });
  expect(await sequencesOf(studio)).toEqual([["slate", "joined", 72]]);
  expect(studio.bought()).toHaveLength(3);
});

test.concurrent("cards alone are no film: with every shot refused it is held", async ({ onTestFinished }) => {
  const faults = "faults: [{ endpoint: generate, fault: code-400 }]";
  const studio = await openStudio(onTestFinished, { faults });
  await studio.write("film.yaml", manifest("A keeper", "[slate, skip]"));
  expect(await studio.callsheet("run", "film.yaml")).toMatchObject({ exitCode: 1 });
  expect(await sequencesOf(studio)).toEqual([
    ["slate", "held", null],
    ["skip", "held", null],
  ]);
  const joined = await studio.callsheet("join", "film.yaml");
  expect(joined).toMatchObject({ exitCode: 1, stdout: "" });
  expect(joined.stderr).toContain('film "slate" waits for 3 clips: a, b and c [film-held]');
});

test.concurrent("join makes a slated film of the clips that are there; a run of other shots leaves it", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished);
  await studio.write("film.yaml", manifest("A keeper"));
  expect(await studio.callsheet("run", "film.yaml", "--only", "a")).toMatchObject({ exitCode: 0 });
  expect(await sequencesOf(studio)).toEqual([["slate", "held", null]]);
  const joined = await studio.callsheet("join", "film.yaml");
  expect(joined).toMatchObject({ exitCode: 1, stdout: "output/film/films/slate.mp4: 3 s, 72 frames\n" });
  expect(joined.stderr).toContain('film "slate" is joined with slates for b and c [film-slated]');
  expect(joined.stderr).toContain("To finish it: callsheet run film.yaml.");
  expect(await factsOf(studio, filmPath(studio, "slate"))).toMatchObject({ frames: 72 });
  expect(studio.bought()).toEqual(["A harbour"]);
});
