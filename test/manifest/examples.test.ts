import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readManifest } from "../../src/manifest/read-manifest.ts";
import { CLIP_SECONDS } from "../../src/shot/model.ts";
import { openFiles } from "../../src/world/node-files.ts";
import { told } from "./manifest-folder.ts";

const root = join(import.meta.dirname, "../..");
const names = readdirSync(join(root, "manifests")).filter((name) => name.endsWith(".yaml"));

const read = (name: string) => readManifest(join("manifests", name), { files: openFiles() }, { cwd: root });

test.for(names)("the example %s has neither problem nor warning, and names its schema for editors", async (name) => {
  const parsed = await read(name);
  expect(told(parsed.ok ? parsed.warnings : parsed.problems)).toEqual([]);
  const [first] = readFileSync(join(root, "manifests", name), "utf8").split("\n");
  expect(first).toBe("# yaml-language-server: $schema=../manifest.schema.json");
});

test("the examples lie in different folders when they are run together", async () => {
  const parsed = await Promise.all(names.map(read));
  const batches = parsed.map((each) => each.ok && each.value.name);
  expect(new Set(batches).size).toBe(names.length);
});

test("the demo is a film of nearly a minute that shows every way of making a shot but references", async () => {
  const parsed = await read("demo.yaml");
  if (!parsed.ok) throw new Error("the demo cannot be read");
  const { shots, sequences } = parsed.value;
  expect(shots).toHaveLength(7);
  expect(new Set(shots.map((shot) => shot.resolution))).toEqual(new Set(["720p", "1080p", "4k"]));
  expect(new Set(shots.map((shot) => shot.start.from))).toEqual(new Set(["prompt", "image", "follows", "extends"]));
  const clips = sequences[0]?.clips ?? [];
  const seconds = clips.reduce((total, clip) => total + (clip.out ?? CLIP_SECONDS) - (clip.in ?? 0), 0);
  expect(seconds).toBeGreaterThan(50);
  expect(seconds).toBeLessThan(60);
});
