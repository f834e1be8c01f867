import { describe, expect, test } from "vitest";
import { findBuilds } from "../studio.ts";
import { levelOf, noise, openSoundStage, SILENCE } from "./sound-stage.ts";

const [build] = await findBuilds();
if (!build) throw new Error("no ffmpeg");
const { tools } = build;

describe.concurrent("the sound of a film", () => {
  test("shots of -30 and -12 LUFS are within 1 LU of one another, and the film is at its target", async ({
    onTestFinished,
  }) => {
    const { clips, mix } = await openSoundStage(tools, onTestFinished);
    const parts = [noise(-30), noise(-12, 8)].map((sound) => ({ sound, seconds: 2 }));
    const { heard, loudness, faults } = await mix({ clips: await clips(parts), loudness: -14 });
    const [soft, loud] = [await heard(0, 2), await heard(2, 4)];
    expect(Math.abs((soft.integratedLufs ?? 0) - (loud.integratedLufs ?? 0))).toBeLessThan(1);
    const film = await heard();
    expect(Math.abs((film.integratedLufs ?? 0) + 14)).toBeLessThanOrEqual(0.5);
    expect(film.truePeakDb).toBeLessThanOrEqual(-1);
    expect(faults).toEqual([]);
    expect(loudness?.shots.map(({ gainDb }) => Math.round(gainDb))).toEqual([16, -2]);
    expect(loudness).toMatchObject({ targetLufs: -14, heldBy: null, after: film });
  });

  test("a film whose peaks leave no room is limited to its target, and its peaks stay at -1 dB", async ({
    onTestFinished,
  }) => {
    const { clips, mix } = await openSoundStage(tools, onTestFinished);
    // Bursts stand 20 dB above the noise.
    const sound = `${noise(-27)},volume='if(lt(mod(t,0.5),0.01),10,1)':eval=frame`;
    const { heard, loudness, faults } = await mix({ clips: await clips([{ sound, seconds: 3 }]), loudness: -14 });
    const film = await heard();
    expect(film.truePeakDb).toBeLessThanOrEqual(-1);
    expect(loudness?.limitedDb).toBeGreaterThan(1);
    if (loudness?.heldBy === null) expect(Math.abs((film.integratedLufs ?? 0) + 14)).toBeLessThanOrEqual(0.5);
    expect(faults).toEqual([]);
  });

  test("a silent shot stays all zero, and one that is hardly heard stays so", async ({ onTestFinished }) => {
    const { clips, mix } = await openSoundStage(tools, onTestFinished);
    const parts = [noise(-20), SILENCE, noise(-58, 9)].map((sound) => ({ sound, seconds: 1 }));
    const { left, loudness } = await mix({ clips: await clips(parts), loudness: -16 });
    expect((await left(1, 2)).every((value) => value === 0)).toBe(true);
    expect(loudness?.shots.map(({ heldBy }) => heldBy)).toEqual([null, "silence", "silence"]);
    expect(loudness?.shots.slice(1).map(({ gainDb }) => gainDb)).toEqual([0, 0]);
  });

  test("with loudness off every level stays what it was", async ({ onTestFinished }) => {
    const { clips, mix } = await openSoundStage(tools, onTestFinished);
    const parts = [noise(-30), noise(-12, 8)].map((sound) => ({ sound, seconds: 1 }));
    const { heard, loudness } = await mix({ clips: await clips(parts) });
    expect(Math.abs(((await heard(0, 1)).integratedLufs ?? 0) + 30)).toBeLessThan(1);
    expect(Math.abs(((await heard(1, 2)).integratedLufs ?? 0) + 12)).toBeLessThan(1);
    expect(loudness).toBeUndefined();
  });

  test("a shot can be muted, or be softer than the others by what it says", async ({ onTestFinished }) => {
    const { clips, mix } = await openSoundStage(tools, onTestFinished);
    const sound = noise(-20);
    const parts = [{ gainDb: 0 }, { gainDb: -6 }, { gainDb: "mute" as const }];
    const { left } = await mix({
      clips: await clips(parts.map((part) => ({ ...part, sound, seconds: 1 }))),
      loudness: -20,
    });
    const [plain, softer, muted] = [await left(0, 1), await left(1, 2), await left(2, 3)];
    expect(levelOf(softer) - levelOf(plain)).toBeCloseTo(-6, 1);
    expect(muted.every((value) => value === 0)).toBe(true);
  });

  test("a transition plays both clips at once at equal power, without a dip or a bump", async ({ onTestFinished }) => {
    const { clips, mix } = await openSoundStage(tools, onTestFinished);
    const parts = [
      { sound: noise(-20), seconds: 2 },
      { sound: noise(-20, 8), seconds: 2, overlap: 24 },
    ];
    const made = await mix({ clips: await clips(parts) });
    expect(made.raw.samples).toBe(3 * 48_000);
    const within = levelOf(await made.left(1, 2));
    expect(Math.abs(within - levelOf(await made.left(0, 1)))).toBeLessThan(0.7);
    expect(made.faults).toEqual([]);
  });

  test("a sound that goes on from shot to shot takes one gain", async ({ onTestFinished }) => {
    const { clips, mix } = await openSoundStage(tools, onTestFinished);
    const parts = [
      { sound: noise(-20), seconds: 1 },
      { sound: noise(-30, 8), seconds: 1, continues: true },
      { sound: noise(-25, 9), seconds: 1 },
    ];
    const { loudness } = await mix({ clips: await clips(parts), loudness: -20 });
    const [first, second, third] = loudness?.shots.map(({ gainDb }) => gainDb) ?? [];
    expect(second).toBe(first);
    expect(third).not.toBe(first);
  });
});
