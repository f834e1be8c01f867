import { cp, readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { readManifest } from "../../src/manifest/read-manifest.ts";
import { openFiles } from "../../src/world/node-files.ts";
import { factsOf } from "./film-facts.ts";
import { openStudio } from "./studio.ts";

const EXAMPLES = resolve(import.meta.dirname, "../../manifests");

test("every example runs to its films", { timeout: 300_000 }, async ({ onTestFinished }) => {
  const studio = await openStudio(onTestFinished);
  await cp(EXAMPLES, join(studio.folder, "manifests"), { recursive: true });
  const names = (await readdir(EXAMPLES)).filter((name) => name.endsWith(".yaml")).toSorted();
  // Its cap of a day counts what the account spends on all the others too.
  const [frugal, ...others] = names.toSorted((a, b) => Number(b.startsWith("budget")) - Number(a.startsWith("budget")));

  const first = await studio.callsheet("run", `manifests/${frugal}`);
  expect(first, first.stdout + first.stderr).toMatchObject({ exitCode: 0 });
  const rest = await studio.callsheet("run", "--json", ...others.map((name) => `manifests/${name}`));
  expect(rest, rest.stderr).toMatchObject({ exitCode: 0 });
  expect(JSON.parse(rest.stdout).batches).toHaveLength(others.length);
  console.info(`${names.length} examples: ${Math.round((first.tookMs + rest.tookMs) / 1000)} s`);

  for (const file of names) {
    const read = await readManifest(
      join(studio.folder, "manifests", file),
      { files: openFiles() },
      { cwd: studio.folder },
    );
    if (!read.ok) throw new Error(JSON.stringify(read.problems));
    const { name, shots, sequences } = read.value;
    const summary = await studio.summary(name);
    expect(summary.state).toBe("complete");
    expect(summary.shots.map(({ id, resolution }) => [id, resolution])).toEqual(
      shots.map(({ id, resolution }) => [id, resolution]),
    );
    expect(summary.sequences.map(({ id }) => id)).toEqual(sequences.map(({ id }) => id));
    for (const { file: film, frames } of summary.sequences) {
      const facts = await factsOf(studio, join(studio.folder, "output", name, film ?? "none"));
      expect(facts.frames).toBe(frames);
      expect(Math.abs(facts.soundSeconds - facts.pictureSeconds)).toBeLessThan(0.025);
    }
  }
});
