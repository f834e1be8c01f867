import { rm } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { putProgram } from "./put-program.ts";
import { openStudio } from "./studio.ts";

// Many commands each, side by side with other tests on few cores.
vi.setConfig({ testTimeout: 120_000 });

test.concurrent("an ffprobe that is killed, then an ffmpeg that is killed: nothing is lost, and the next run goes on", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished, { speed: 300 });
  // Trimmed between key frames: a film that is only copied needs no ffmpeg.
  const sequence = "sequences:\n  - { id: film, shots: [{ shot: a, in: 0.5 }] }\n";
  await studio.write("film.yaml", `name: film\nshots:\n  - { id: a, prompt: A harbour }\n${sequence}`);
  /** Dies as by the kernel's hand when its arguments hold the word and the switch is there. */
  const wrap = (name: string, real: string, word: string) => {
    const death = `if [ -e "$0.kill" ]; then case "$*" in *${word}*) kill -9 $$ ;; esac; fi`;
    return putProgram(studio, name, `${death}\nexec ${real} "$@"`);
  };
  const environment = {
    FFPROBE_PATH: await wrap("ffprobe", studio.tools.ffprobe, "take-1"),
    FFMPEG_PATH: await wrap("ffmpeg", studio.tools.ffmpeg, "libx264"),
  };
  await studio.write("ffprobe.kill", "");
  await studio.write("ffmpeg.kill", "");
  const unchecked = await studio.start(["run", "film.yaml"], environment).ended;
  expect(unchecked.exitCode, unchecked.stderr).toBe(1);
  expect(unchecked.stdout).toMatch(/shot "a" \(take 1\) is downloaded and could not be checked: .*SIGKILL/);
  expect(unchecked.stdout).toContain("What was downloaded is kept: run the same command again.");

  await rm(join(studio.folder, "ffprobe.kill"));
  const unjoined = await studio.start(["run", "film.yaml"], environment).ended;
  expect(unjoined.exitCode, unjoined.stderr).toBe(1);
  expect(unjoined.stdout).toMatch(/film "film" could not be joined: ffmpeg .*killed with signal SIGKILL/);

  await rm(join(studio.folder, "ffmpeg.kill"));
  expect(await studio.start(["run", "film.yaml"], environment).ended).toMatchObject({ exitCode: 0 });
  expect(studio.bought()).toEqual(["A harbour"]);
  expect((await studio.summary("film")).sequences).toMatchObject([{ state: "joined", frames: 180 }]);
});
