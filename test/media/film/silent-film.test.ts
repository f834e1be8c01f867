import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { joinClips } from "../../../src/media/film/join.ts";
import { isSilent } from "../../../src/media/sound/silent-sound.ts";
import { run } from "../marked-clip.ts";
import { readSound } from "../read-film.ts";
import { findBuilds, jobOf, openStudio, world } from "../studio.ts";

describe.each(await findBuilds())("a film of mute clips, with $build", ({ tools }) => {
  test("has silence to the last bit, as long as its picture, and not one byte of it was encoded", async ({
    onTestFinished,
  }) => {
    const studio = await openStudio(tools, onTestFinished);
    const made = [24, 41].map((frames, number) =>
      studio.make({ name: `mute${number}`, number, frames, soundSeconds: 0 }).then((path) => studio.clip(path)),
    );
    const job = jobOf(await Promise.all(made), { output: join(studio.folder, "film.mp4"), workFolder: studio.folder });
    const { figures } = await joinClips(tools, world, { ...job, sound: { ...job.sound, loudness: -14 } });
    expect(figures).toEqual({ way: "fast", doubts: [], copiedFrames: 65, sound: "silent" });
    const strict = ["-xerror", "-err_detect", "+explode", "-i", job.output, "-f", "null", "-"];
    await run(world, tools.ffmpeg.path, strict);
    const heard = await readSound(tools.ffmpeg.path, world, studio.folder, job.output);
    // ffmpeg decodes the last packet to its end, wherever the edit list ends it.
    expect(heard).toHaveLength(Math.ceil(130_000 / 1024) * 1024);
    expect(heard.every((sample) => sample === 0)).toBe(true);
  });
});

test("a film is silent only where no clip, no voice and no music is heard", async ({ onTestFinished }) => {
  const [build] = await findBuilds();
  if (!build) throw new Error("no ffmpeg");
  const studio = await openStudio(build.tools, onTestFinished);
  const loud = await studio.clip(await studio.make({ name: "loud", number: 1, frames: 8 }));
  const mute = await studio.clip(await studio.make({ name: "mute", number: 2, frames: 8, soundSeconds: 0 }));
  const soundOf = (clips: Parameters<typeof jobOf>[0]) => jobOf(clips, { output: "", workFolder: "" }).sound;
  expect(isSilent(soundOf([mute, mute]))).toBe(true);
  expect(isSilent(soundOf([mute, loud]))).toBe(false);
  const muted = soundOf([mute, loud]).clips.map((clip) => ({ ...clip, gainDb: "mute" as const }));
  expect(isSilent({ ...soundOf([mute, loud]), clips: muted })).toBe(true);
  const voice = { path: "voice.wav" } as unknown as ReturnType<typeof soundOf>["voices"][number];
  expect(isSilent({ ...soundOf([mute]), voices: [voice] })).toBe(false);
});
