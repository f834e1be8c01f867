import { readFile } from "node:fs/promises";
import { expect } from "vitest";
import type { Studio } from "./studio.ts";

/** So many plain shots, every tenth of them in the film. */
export function largeManifest(name: string, count: number): string {
  const shots = Array.from({ length: count }, (_, index) => `  - { id: s${index}, prompt: Shot ${index} }`).join("\n");
  const cut = Array.from({ length: Math.ceil(count / 10) }, (_, index) => `s${index * 10}`).join(", ");
  return `name: ${name}\nshots:\n${shots}\nsequences: [{ id: film, shots: [${cut}] }]\n`;
}

/** Makes a large batch through the built program, holds it to its memory, and prints what it took. */
export async function makeLargeBatch(studio: Studio, count: number): Promise<void> {
  await studio.write("film.yaml", largeManifest("film", count));
  const running = studio.start(["run", "film.yaml", "--json"]);
  let peakKilobytes = 0;
  const watching = setInterval(async () => {
    const status = await readFile(`/proc/${running.child.pid}/status`, "utf8").catch(() => "");
    peakKilobytes = Math.max(peakKilobytes, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0));
  }, 250);
  const ran = await running.ended;
  clearInterval(watching);
  expect(ran.exitCode, ran.stderr.slice(-2_000)).toBe(0);
  const clips = Math.ceil(count / 10);
  const { sequences, credits } = await studio.summary("film");
  expect(sequences).toMatchObject([{ state: "joined", frames: clips * 192, seconds: clips * 8 }]);
  expect(credits.run).toMatchObject({ planned: count * 60, spent: count * 60 });
  const megabytes = Math.round(peakKilobytes / 1024);
  expect(megabytes).toBeLessThan(400);
  console.info(`${count} shots: ${Math.round(ran.tookMs)} ms, at most ${megabytes} MB`);
}
