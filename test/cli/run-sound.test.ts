import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test, vi } from "vitest";
import { readOtioSounds } from "../media/handoff/read-back.ts";
import { openStudio, type Studio } from "./studio.ts";

vi.setConfig({ testTimeout: 120_000 });

const run = promisify(execFile);
const QUICK = "switches: { fast: [10, 20] }";

async function makeSound({ tools, folder }: Studio, name: string, source: string): Promise<void> {
  await run(tools.ffmpeg, ["-v", "error", "-f", "lavfi", "-i", source, join(folder, name)]);
}

/** Level of all that is heard in a stretch of a file's left channel, in dB of full scale. */
async function levelDb({ tools, folder }: Studio, file: string, from: number, seconds: number): Promise<number> {
  const pick = ["-ss", `${from}`, "-t", `${seconds}`, "-i", join(folder, "output/film", file), "-map", "0:a"];
  const raw = ["-af", "pan=mono|c0=c0", "-ar", "48000", "-f", "f32le", "-"];
  const { stdout } = await run(tools.ffmpeg, ["-v", "error", ...pick, ...raw], { encoding: "buffer", maxBuffer: 1e8 });
  const samples = new Float32Array(new Uint8Array(stdout).buffer);
  return 10 * Math.log10(samples.reduce((sum, value) => sum + value * value, 0) / samples.length + 1e-12);
}

/** Level of one tone in a stretch of the film's left channel, in dB of full scale. */
async function toneDb({ tools, folder }: Studio, hertz: number, from: number, to: number): Promise<number> {
  const film = join(folder, "output/film/films/film.mp4");
  const pick = ["-ss", `${from}`, "-t", `${to - from}`, "-i", film, "-map", "0:a"];
  const raw = ["-af", "pan=mono|c0=c0", "-ar", "48000", "-f", "f32le", "-"];
  const { stdout } = await run(tools.ffmpeg, ["-v", "error", ...pick, ...raw], { encoding: "buffer", maxBuffer: 1e8 });
  const samples = new Float32Array(new Uint8Array(stdout).buffer);
  let [real, imaginary] = [0, 0];
  samples.forEach((value, index) => {
    real += value * Math.cos((2 * Math.PI * hertz * index) / 48_000);
    imaginary += value * Math.sin((2 * Math.PI * hertz * index) / 48_000);
  });
  return 20 * Math.log10((2 * Math.hypot(real, imaginary)) / samples.length);
}

test.concurrent("music plays under a film and steps back under a voice, a muted shot is not heard, and the film is as loud as it says", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished, { faults: QUICK });
  await makeSound(studio, "score.wav", "sine=frequency=3001:sample_rate=48000:duration=3");
  await makeSound(studio, "voice.wav", "sine=frequency=5003:sample_rate=48000:duration=2");
  const manifest = (more: string) => `
name: film
defaults: { native_sound: mute }
shots:
  - { id: a, prompt: A harbour }
  - { id: b, prompt: A keeper, voice_over: { file: voice.wav, offset_seconds: 2 } }
sequences:
  - id: film
    shots: [{ shot: a, out: 4 }, b]
    loudness: -20
    music: { file: score.wav, gain_db: -6, duck: 12 }
    exports: [otio]
    voice_over: [{ file: voice.wav, at_seconds: 11 }]
${more}`;
  await studio.write("film.yaml", manifest(""));
  const ran = await studio.callsheet("run", "film.yaml");
  expect(ran.exitCode, ran.stdout + ran.stderr).toBe(0);

  const { sequences } = await studio.summary("film");
  const loudness = sequences[0]?.figures?.loudness;
  expect(loudness).toMatchObject({ targetLufs: -20, heldBy: null });
  expect(Math.abs((loudness?.after.integratedLufs ?? 0) + 20)).toBeLessThanOrEqual(0.5);
  expect(loudness?.after.truePeakDb).toBeLessThanOrEqual(-1);

  const cut = 'The voice voice.wav is too long for film "film": its last 1.0 s are not heard.';
  for (const told of [ran.stdout, ran.stderr]) expect(told).toContain(cut);
  expect(sequences[0]?.figures?.cutVoices).toEqual([{ file: "../../voice.wav", lostSeconds: 1, whole: false }]);
  const otio = await readFile(join(studio.folder, "output/film/films/film.otio"), "utf8");
  const below = (file: string, at: number, frames: number) => ({ file: `../../../${file}`, at, frames, from: 0 });
  expect(readOtioSounds(otio)).toMatchObject([
    ...[0, 72, 144, 216].map((at) => below("score.wav", at, 72)),
    below("voice.wav", 144, 48),
    below("voice.wav", 264, 24),
  ]);
  expect(readOtioSounds(otio).map(({ fadeOut }) => fadeOut)).toEqual([0, 0, 0, 48, 0, 0]);

  // The voice begins 2 s into the second shot, at 6 s, and lasts 2 s.
  expect(await toneDb(studio, 5003, 4, 5.95)).toBeLessThan(-70);
  const alone = await toneDb(studio, 3001, 1, 2);
  expect((await toneDb(studio, 3001, 6.5, 7.5)) - alone).toBeCloseTo(-12, 0);
  expect(await toneDb(studio, 5003, 6.1, 7.9)).toBeGreaterThan(alone);
  // It plays again after its 3 s, and goes down at the film's end.
  expect((await toneDb(studio, 3001, 3.1, 4.1)) - alone).toBeCloseTo(0, 0);
  expect(await toneDb(studio, 3001, 11.9, 12)).toBeLessThan(alone - 20);

  // Nothing is to do until a sound changes.
  const again = await studio.callsheet("plan", "film.yaml", "--detailed-exitcode");
  expect(again.exitCode, again.stdout).toBe(0);
  await studio.write("film.yaml", manifest("").replace("loudness: -20", "loudness: off"));
  expect((await studio.callsheet("plan", "film.yaml", "--detailed-exitcode")).exitCode).toBe(10);
  await studio.write("film.yaml", manifest(""));
  await run(studio.tools.ffmpeg, [
    "-v",
    "error",
    "-y",
    "-i",
    join(studio.folder, "voice.wav"),
    join(studio.folder, "score.wav"),
  ]);
  const changed = await studio.callsheet("plan", "film.yaml", "--detailed-exitcode");
  expect(changed.exitCode, changed.stdout).toBe(10);
});

test.concurrent("a sound that cannot be decoded leaves the clips, and the film says why it is not there", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished, { faults: QUICK });
  await studio.write("score.wav", "RIFF0000WAVEnothing");
  const film = "sequences: [{ id: film, shots: [a], music: score.wav }]";
  await studio.write("film.yaml", `name: film\nshots: [{ id: a, prompt: A harbour }]\n${film}\n`);
  const ran = await studio.callsheet("run", "film.yaml");
  expect(ran.exitCode).toBe(1);
  expect(ran.stdout + ran.stderr).toMatch(/score\.wav cannot be heard[\s\S]*Save that sound as WAV or FLAC/);
});

test.concurrent("a film with a slate reaches its loudness, is silent where the card stands, and each figure is its own shot's", async ({
  onTestFinished,
}) => {
  const faults = `${QUICK}\nfaults: [{ endpoint: generate, nth: 2, fault: code-400 }]`;
  const studio = await openStudio(onTestFinished, { faults });
  const manifest = `
name: film
shots:
  - { id: soft, prompt: A harbour }
  - { id: gone, prompt: A keeper whom the vendor refuses }
  - { id: loud, prompt: "A shout [[clipped]]" }
sequences: [{ id: film, shots: [soft, { shot: gone, out: 2 }, loud], on_missing: slate, loudness: -20 }]
`;
  await studio.write("film.yaml", manifest);
  const ran = await studio.callsheet("run", "film.yaml");
  expect(ran.exitCode, ran.stdout + ran.stderr).toBe(1);

  const { shots, sequences } = await studio.summary("film");
  expect(sequences).toMatchObject([{ state: "slated", seconds: 18 }]);
  const loudness = sequences[0]?.figures?.loudness;
  expect(loudness).toMatchObject({ targetLufs: -20, heldBy: null });
  expect(Math.abs((loudness?.after.integratedLufs ?? 0) + 20)).toBeLessThanOrEqual(0.5);
  expect(await levelDb(studio, "films/film.mp4", 8.1, 1.8)).toBeLessThan(-80);

  // A figure too few before the loud one would give it the gain of the soft one, or of nothing.
  const found = new Map(shots.map(({ id, file, figures }) => [`${id}`, { file, lufs: figures?.loudnessLufs }]));
  expect((found.get("loud")?.lufs ?? 0) - (found.get("soft")?.lufs ?? 0)).toBeGreaterThan(10);
  const gainOf = (id: string) => expect.closeTo(-20 - (found.get(id)?.lufs ?? 0), 1);
  const own = (id: string) => ({ shot: id, loudness: { integratedLufs: found.get(id)?.lufs }, gainDb: gainOf(id) });
  expect(loudness?.shots).toMatchObject([
    own("soft"),
    { shot: "gone", loudness: { integratedLufs: null, truePeakDb: null }, gainDb: 0, heldBy: "silence" },
    own("loud"),
  ]);
  for (const [index, startSeconds] of [0, undefined, 10].entries()) {
    const { shot = "", gainDb = 0 } = loudness?.shots[index] ?? {};
    if (startSeconds === undefined) continue;
    const before = await levelDb(studio, found.get(shot)?.file ?? "", 1, 6);
    const after = await levelDb(studio, "films/film.mp4", startSeconds + 1, 6);
    expect(Math.abs(after - before - gainDb - (loudness?.gainDb ?? 0)), shot).toBeLessThan(0.5);
  }
});
