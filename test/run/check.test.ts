import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { LedgerEvent } from "../../src/ledger/event.ts";
import { NotAClip } from "../../src/media/clip/not-a-clip.ts";
import { check } from "../../src/run/check.ts";
import type { RunContext } from "../../src/run/context.ts";
import { openLanes } from "../../src/run/lanes.ts";
import { openRecorder } from "../../src/run/recorder.ts";
import { openFiles } from "../../src/world/node-files.ts";
import { afterGoodRun, follows, manifest, shot, stepLines, view } from "../plan/batch.ts";

test("a bad copy of a clip that was whole once ends no take: nothing is picked, upgraded or followed instead", async ({
  onTestFinished,
}) => {
  const batchFolder = await mkdtemp(join(tmpdir(), "callsheet-check-"));
  onTestFinished(() => rm(batchFolder, { recursive: true, force: true }));
  const a = shot("a", { takes: 2, resolution: "4k" });
  const wanted = manifest([a, follows("b", "a")]);
  const known = afterGoodRun(wanted);
  const about = { shot: a.id, take: 1, resolution: "720p" } as const;
  const fetched: LedgerEvent = { event: "downloaded", ...about, bytes: 4 };
  const clips = join(batchFolder, "clips/a");
  await mkdir(clips, { recursive: true });
  await writeFile(join(clips, "take-1.720p.mp4.part"), "junk");

  const shelf = new Map([...known.shelf].filter(([file]) => file !== "clips/a/take-1.720p.mp4"));
  shelf.set("clips/a/take-1.720p.mp4.part", 4);
  const context = {
    world: { files: openFiles() },
    manifest: wanted,
    batchFolder,
    watch: () => {},
    ledger: { append: async () => expect.unreachable("nothing is to be written") },
    media: { probe: () => Promise.reject(new NotAClip("junk", "it is junk")) },
  } as unknown as RunContext;
  const recorder = openRecorder(context, view(wanted, { events: [...known.events, fetched], shelf }));
  const result = await check({ kind: "check", ...about, why: "downloaded" }, context, {
    lanes: openLanes(1),
    recorder,
  });
  expect(result).toMatchObject({ result: "rest", problem: { rule: "clip-unusable" } });
  expect(await readdir(clips)).toEqual(["take-1.720p.mp4.rejected"]);
  const lines = stepLines(recorder.view());
  expect(lines[0]).toBe("fetch a/1 720p (clip file missing)");
  expect(lines.filter((line) => /^(submit|upgrade)/.test(line))).toEqual([]);
});
