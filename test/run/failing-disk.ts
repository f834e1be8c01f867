import { mkdtemp, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { shotStatuses } from "../../src/plan/shot-status.ts";
import { openFiles } from "../../src/world/node-files.ts";
import type { Studio } from "../cli/studio.ts";
import { runOn } from "./batch-on-disk.ts";
import { type DiskFault, failingFiles } from "./failing-files.ts";

/** How many writes a run makes that nothing disturbs. */
export async function countWrites(studio: Studio, speed: number): Promise<number> {
  const { files, writes } = failingFiles(openFiles(), undefined);
  await runOn(files, await mkdtemp(join(studio.folder, "whole-")), studio, speed);
  return writes();
}

/**
 * One run whose disk fails, and the next one on a mended disk: the first ends by itself with what went wrong and buys
 * nothing twice, the second makes all that is missing.
 */
export async function tryFault(fault: DiskFault, studio: Studio, speed: number): Promise<"noticed" | "shrugged off"> {
  const folder = await mkdtemp(join(studio.folder, "faulty-"));
  const said = JSON.stringify(fault);
  const before = studio.bought().length;
  const first = await runOn(failingFiles(openFiles(), fault).files, folder, studio, speed);
  const words = first.rested.map(({ problem }) => problem);
  for (const { rule, fix } of words) {
    expect(rule, said).toMatch(/^(disk-(full|denied|io)|disk-space)$/);
    expect(fix, said).toMatch(/run the same command again/);
  }
  if (first.left.length > 0) expect(words, said).not.toEqual([]);

  const second = await runOn(openFiles(), folder, studio, speed);
  expect([second.rested, second.stopped, second.left], said).toEqual([[], undefined, []]);
  expect(
    shotStatuses(second.view).map(({ state }) => state),
    said,
  ).toEqual(second.view.manifest.shots.map(() => "checked"));
  const bought = studio.bought().slice(before);
  expect(new Set(bought).size, `${said}: ${bought.join(", ")}`).toBe(bought.length);
  for (const { id } of second.view.manifest.shots) {
    const provenance = JSON.parse(await readFile(join(folder, `output/film/clips/${id}/take-1.json`), "utf8"));
    expect(provenance.files, said).not.toEqual([]);
  }
  return words.length > 0 ? "noticed" : "shrugged off";
}
