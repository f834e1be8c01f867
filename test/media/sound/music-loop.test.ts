import { test } from "vitest";
import { hearSeam } from "../hear-film.ts";
import { SINE } from "../marked-clip.ts";
import { findBuilds } from "../studio.ts";
import { openSoundStage, SILENCE } from "./sound-stage.ts";

const [build] = await findBuilds();
if (!build) throw new Error("no ffmpeg");
const { tools } = build;

const RATE = 48_000;

/** A film of 3 s without a sound of its own, under which a tone plays again and again. */
async function loopOf(onTestFinished: Parameters<typeof openSoundStage>[1], roundSeconds: number) {
  const { clips, file, mix } = await openSoundStage(tools, onTestFinished);
  const tone = `aevalsrc='${SINE.level}*sin(2*PI*${SINE.hertz}*t)':s=${RATE}`;
  const [music, [clip]] = await Promise.all([
    file(tone, roundSeconds),
    clips([{ sound: SILENCE, seconds: 3, gainDb: "mute" }]),
  ]);
  const bed = { fromSeconds: 0, gainDb: 0, loop: true, fadeInSeconds: 0, fadeOutSeconds: 0, duckDb: 0 };
  const made = await mix({ clips: clip ? [clip] : [], music: { file: music, ...bed } });
  const left = await made.left();
  const seams = Array.from({ length: Math.floor(3 / roundSeconds) }, (_, index) => (index + 1) * roundSeconds * RATE);
  const read = async (start: number, samples: number) => left.slice(Math.round(start), Math.round(start) + samples);
  const heard = await Promise.all(
    seams.map((sample) =>
      hearSeam({ samples: left.length, bursts: [], timeOf: () => 0, read, close: async () => {} }, sample),
    ),
  );
  return { left, heard };
}

test.concurrent("a tone that goes on over the point where it begins again is heard without a gap, to the film's last sample", async ({
  expect,
  onTestFinished,
}) => {
  const { left, heard } = await loopOf(onTestFinished, 0.7);
  expect(heard).toHaveLength(4);
  expect(left).toHaveLength(3 * RATE);
  // All but the last 5 ms, in which the music is cut off with the film: nothing but the rounding to 16 bits.
  const off = left.map((value, index) => value - SINE.level * Math.sin((2 * Math.PI * SINE.hertz * index) / RATE));
  const most = off.subarray(0, -240).reduce((worst, value) => Math.max(worst, Math.abs(value)), 0);
  expect(20 * Math.log10(most / SINE.level)).toBeLessThan(-60);
  expect(heard.map(({ gapMs }) => gapMs)).toEqual([0, 0, 0, 0]);
  expect(Math.abs(left.at(-1) ?? 1)).toBeLessThan(0.001);
});

test.concurrent("one that does not go on there is faded, so that it does not click, and keeps its time", async ({
  expect,
  onTestFinished,
}) => {
  // A quarter of a cycle too many: from the crest to 0.
  const roundSeconds = 0.7 + 13 / RATE;
  const { left, heard } = await loopOf(onTestFinished, roundSeconds);
  for (const { clickDb } of heard) expect(clickDb).toBeLessThanOrEqual(-55);
  // In the midst of the fifth round it is still in step.
  const start = Math.round(4 * roundSeconds * RATE);
  const middle = left.subarray(start + 300, start + 5_000);
  const off = middle.map(
    (value, index) => value - SINE.level * Math.sin((2 * Math.PI * SINE.hertz * (index + 300)) / RATE),
  );
  expect(off.reduce((worst, value) => Math.max(worst, Math.abs(value)), 0)).toBeLessThan(0.01 * SINE.level);
});
