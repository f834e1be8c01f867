import { join } from "node:path";
import { expect, test } from "vitest";
import { readMp4 } from "../../src/media/mp4/mp4.ts";
import { joinMade, judgeMade, type MadeFilm, makeClips, openOriginals, whole } from "../run/odd-film.ts";
import { demandsOf, unmet } from "./demands.ts";
import { run } from "./marked-clip.ts";
import { findBuilds, openStudio, world } from "./studio.ts";

/** Each way of looking at a film must see what it is there for: faults are planted one by one. */

const [build] = await findBuilds();
if (!build) throw new Error("no ffmpeg");
const { tools } = build;

/** 64 frames of 24 a second are as long as 125 frames of AAC: the shortest clips that can be joined without a new encoding. */
const FRAMES = 64;

type Cleaner = Parameters<typeof openStudio>[1];

/** A film of three clips, the last of them mute, with ways to spoil it. */
async function openFilm(onTestFinished: Cleaner) {
  const studio = await openStudio(tools, onTestFinished);
  const clips = await makeClips(
    studio,
    [1, 2, 3].map((number) => ({
      ...{ name: `c${number}`, number, frames: FRAMES },
      ...(number === 3 ? { soundSeconds: 0 } : {}),
    })),
  );
  const film = await joinMade(studio, clips, { continued: true });
  const originals = openOriginals(studio);
  onTestFinished(() => originals.close());
  const { path } = film.joined;
  const faulty = join(studio.folder, "faulty.mp4");
  const remux = (...args: readonly string[]) => run(world, tools.ffmpeg.path, [...args, faulty]);
  return {
    ...{ film, path, faulty, remux },
    /** the sound alone goes through filters that end in `[a]` */
    encodeSound: (graph: string) =>
      remux(
        ...["-copyts", "-i", path, "-filter_complex", graph, "-map", "0:v", "-map", "[a]", "-c:v", "copy"],
        ...["-c:a", "aac", "-b:a", "192k", "-avoid_negative_ts", "disabled"],
      ),
    /** demands that a film does not meet, by name */
    async missed(spoilt: string, as: MadeFilm = film): Promise<readonly string[]> {
      const spoiltFilm = { ...as, joined: { ...as.joined, path: spoilt } };
      const judged = await judgeMade(studio, spoiltFilm, { copied: whole, continued: true, originals });
      return unmet(demandsOf(judged)).map((line) => line.replace(/: .*/, ""));
    },
  };
}

test("a good film is found good, and every planted fault is found by what is there to find it", async ({
  onTestFinished,
}) => {
  const { film, path, faulty, remux, encodeSound, missed } = await openFilm(onTestFinished);
  expect(film.joined.result).toEqual({ result: "done" });
  expect(await missed(path)).toEqual([]);

  // A frame is gone from the middle.
  const without = "select=not(eq(n\\,70)),setpts=N/24/TB";
  await remux("-i", path, "-vf", without, "-c:v", "libx264", "-preset", "ultrafast", "-c:a", "copy");
  const frames = "every frame of every clip once, in order";
  expect(await missed(faulty)).toEqual(expect.arrayContaining(["frames", frames, "copied packets that changed"]));

  // 1024 samples too many at the first seam.
  const parts = "[0:a]asplit[x][y];[x]atrim=end_sample=128000[p];[y]atrim=start_sample=128000,asetpts=PTS-STARTPTS[r]";
  const nothing = "anullsrc=r=48000:cl=stereo,atrim=end_sample=1024[q]";
  await encodeSound(`${parts};${nothing};[p][q][r]concat=n=3:v=0:a=1[a]`);
  expect(await missed(faulty)).toEqual(
    expect.arrayContaining([
      "sound's length against the picture's, ticks off",
      "flash to burst by timestamps, ms",
      "flash to burst by counting samples, ms",
      "samples inserted or lost at a seam",
      "gap where sound goes on over a seam, ms",
      "seam against the clips' own sound, dB",
    ]),
  );

  // Clips in another order.
  const [first, second, ...others] = film.clips;
  if (!first || !second) throw new Error("no clips");
  const swapped = await missed(path, { ...film, clips: [second, first, ...others] });
  expect(swapped).toEqual([frames, "copied packets that changed"]);

  // All sound 30 ms late.
  await remux(
    ...["-copyts", "-i", path, "-itsoffset", "0.03", "-i", path, "-map", "0:v", "-map", "1:a"],
    ...["-c", "copy", "-avoid_negative_ts", "disabled"],
  );
  expect(await missed(faulty)).toEqual(
    expect.arrayContaining(["film's length, ticks off", "flash to burst by timestamps, ms"]),
  );

  // One bit of a packet of the second clip.
  const bytes = new Uint8Array(await world.files.readBytes(path));
  const offsets = (await readMp4(world.files, path)).tracks.find(({ kind }) => kind === "picture")?.samples.offsets;
  const at = (offsets?.[FRAMES + 30] ?? 0) + 9;
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  await world.files.write(faulty, bytes);
  expect(await missed(faulty)).toContain("copied packets that changed");

  // A short silence where sound should go on; then a click there, and a hum in the mute clip.
  await encodeSound("[0:a]volume=0:enable='between(t,2.664,2.669)'[a]");
  expect(await missed(faulty)).toContain("gap where sound goes on over a seam, ms");
  const turned = "val(0)*(1-4*gte(t\\,2.66667)*lt(t\\,4))+0.001*sin(2*PI*300*t)";
  await encodeSound(`[0:a]aeval=${turned}|val(1):c=same[a]`);
  expect(await missed(faulty)).toEqual(
    expect.arrayContaining(["step at a cut, above 4 kHz, dBFS", "sound in a silent clip, of full scale"]),
  );
});
