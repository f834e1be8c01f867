import { describe, expect, test } from "vitest";
import { duckingCurve, mapLevels, openLevelMap } from "../../../src/media/sound/ducking.ts";
import { applyCurve } from "../../../src/media/sound/gain-curve.ts";
import { levelFilm, levelShots } from "../../../src/media/sound/level-shots.ts";
import { limiterCurve, limiterLossDb, mapPeaks, openPeakMap } from "../../../src/media/sound/limiter.ts";
import { decibelsOf } from "../../../src/media/sound/raw-sound.ts";
import { crossFade, soundSlots } from "../../../src/media/sound/sound-slots.ts";
import { PEAK_MARGIN, truePeak } from "../../../src/media/sound/true-peak.ts";

const RATE = { numerator: 24, denominator: 1 };

/** Interleaved stereo of a function of time. */
function stereo(seconds: number, value: (t: number) => number): Float32Array {
  return Float32Array.from({ length: seconds * 96_000 }, (_, index) => value(Math.floor(index / 2) / 48_000));
}

describe("slots", () => {
  const clip = (startFrame: number, frames: number) => ({ startFrame, frames, continues: false });

  test("overlap where a transition plays, and are faded only at cuts", () => {
    const slots = soundSlots([clip(0, 24), clip(12, 24), clip(36, 24)], RATE);
    expect(slots.map(({ start, samples }) => [start, samples])).toEqual([
      [0, 48_000],
      [24_000, 48_000],
      [72_000, 48_000],
    ]);
    expect(slots.map(({ overlapBefore, overlapAfter }) => [overlapBefore, overlapAfter])).toEqual([
      [0, 24_000],
      [24_000, 0],
      [0, 0],
    ]);
    expect(slots.map(({ fadeIn, fadeOut }) => [fadeIn, fadeOut])).toEqual([
      [false, false],
      [false, true],
      [true, false],
    ]);
  });

  test("that leave a gap or let three clips sound at once are a bug of the planner", () => {
    expect(() => soundSlots([clip(0, 24), clip(25, 24)], RATE)).toThrow(RangeError);
    expect(() => soundSlots([clip(0, 24), clip(12, 24), clip(20, 24)], RATE)).toThrow(RangeError);
  });

  test("in a transition the squares of both gains add up to 1 at every sample", () => {
    const [a, b] = soundSlots([clip(0, 24), clip(19, 24)], RATE);
    if (!a || !b) throw new Error("two slots");
    const [sinking, rising] = [a, b].map((slot) => {
      const piece = new Float32Array(slot.samples * 2).fill(1);
      crossFade(piece, 0, slot);
      return piece;
    });
    const shared = a.overlapAfter;
    expect(shared).toBe(10_000);
    for (let sample = 0; sample < shared; sample++) {
      const power = (sinking?.[(a.samples - shared + sample) * 2] ?? 0) ** 2 + (rising?.[sample * 2] ?? 0) ** 2;
      expect(Math.abs(power - 1)).toBeLessThan(1e-6);
    }
    expect(sinking?.[(a.samples - shared - 1) * 2]).toBe(1);
    expect(rising?.[shared * 2]).toBe(1);
  });
});

describe("levels of shots", () => {
  const shot = (integratedLufs: number | null, truePeakDb: number | null, continues = false) => {
    return { loudness: { integratedLufs, truePeakDb }, seconds: 8, continues };
  };
  const level = (lufs: number, peak: number) => levelShots([shot(lufs, peak)], -14)[0];

  test("take one gain that brings them to the target", () => {
    expect(level(-20, -12)).toEqual({ gainDb: 6, heldBy: undefined });
    expect(level(-9, 0)).toEqual({ gainDb: -5, heldBy: undefined });
  });

  test("are not raised beyond what their peaks, their softness or sense allows", () => {
    expect(level(-25, -1)).toEqual({ gainDb: 6, heldBy: "peaks" });
    expect(level(-38, -30)).toEqual({ gainDb: 18, heldBy: "gain" });
    expect(level(-45, -40)).toEqual({ gainDb: 9, heldBy: "gain" });
    expect(level(-51, -40)).toEqual({ gainDb: 0, heldBy: "silence" });
    expect(levelShots([shot(null, null)], -14)).toEqual([{ gainDb: 0, heldBy: "silence" }]);
  });

  test("are the same for shots whose sound goes on, by the mean of their powers", () => {
    const levels = levelShots([shot(-20, -10), shot(-23, -10, true), shot(-20, -10)], -14);
    expect(levels[0]).toBe(levels[1]);
    expect(levels[0]?.gainDb).toBeCloseTo(7.24, 1);
    expect(levels[2]?.gainDb).toBe(6);
  });

  test("and the film's gain is limited by what its shots took already", () => {
    const film = { integratedLufs: -20, truePeakDb: -10 };
    expect(levelFilm(film, -14, [{ gainDb: 3, heldBy: undefined }])).toEqual({ gainDb: 6, heldBy: undefined });
    expect(levelFilm(film, -14, [{ gainDb: 18, heldBy: "gain" }])).toEqual({ gainDb: 0, heldBy: "gain" });
  });
});

describe("the limiter", () => {
  test("finds a peak between two samples", () => {
    // A quarter of the sampling rate, a phase of 45 degrees: every sample is 3 dB below the peaks.
    const wave = stereo(0.01, (t) => Math.sin(2 * Math.PI * 12_000 * t + Math.PI / 4));
    const middle = wave.length / 2;
    expect(Math.abs(wave[middle] ?? 0)).toBeCloseTo(Math.SQRT1_2, 3);
    expect(truePeak(wave, middle)).toBeGreaterThan(0.97);
    expect(truePeak(wave, middle)).toBeLessThan(1.03);
  });

  test.each([
    ["at the film's first sample", 0],
    ["in its middle", 0.4],
    ["at its last", 0.995],
  ])("takes a peak %s down to the ceiling and leaves what is far from it as it was", (_, at) => {
    const sound = stereo(1, (t) => (t >= at && t < at + 0.004 ? 1.9 : 0.1) * Math.sin(2 * Math.PI * 997 * t + 1));
    const map = openPeakMap(48_000);
    const padded = new Float32Array(sound.length + 4 * PEAK_MARGIN);
    padded.set(sound, 2 * PEAK_MARGIN);
    mapPeaks(map, padded, PEAK_MARGIN, 0, 0.3);
    const curve = limiterCurve(map, 1, 0.8);
    const limited = sound.slice();
    applyCurve(limited, 0, curve);
    expect(limited.reduce((peak, value) => Math.max(peak, Math.abs(value)), 0)).toBeLessThanOrEqual(0.8);
    expect(limiterLossDb(map, curve)).toBeLessThan(0);
    const far = Math.round(((at + 0.5) % 1) * 48_000) * 2;
    expect([...limited.subarray(far, far + 200)]).toEqual([...sound.subarray(far, far + 200)]);
  });

  test("moves its gain smoothly, so that nothing clicks", () => {
    const map = openPeakMap(48_000);
    map.peaks.fill(0.1).fill(2, 500, 504);
    const { gains } = limiterCurve(map, 1, 0.5);
    const steps = gains.subarray(1).map((gain, index) => Math.abs(gain - (gains[index] ?? 0)));
    expect(Math.max(...steps)).toBeLessThan(0.06);
    expect(gains[501]).toBeCloseTo(0.25, 5);
    expect(gains.filter((gain) => gain < 1).length).toBeLessThan(100);
  });
});

describe("ducking", () => {
  test("lets music step back before a voice begins, not come back in its pauses, and return behind it", () => {
    const map = openLevelMap(10 * 48_000);
    const speaks = (t: number) => (t > 2 && t < 3) || (t > 3.3 && t < 4);
    mapLevels(
      map,
      stereo(10, (t) => (speaks(t) ? 0.2 : 0.001) * Math.sin(6000 * t)),
      0,
    );
    const { gains } = duckingCurve(map, 12);
    const db = (seconds: number) => decibelsOf(gains[Math.round(seconds * 100)] ?? 1);
    expect(db(1.7)).toBe(0);
    for (const seconds of [2.01, 2.5, 3.15, 3.9, 4.4]) expect(db(seconds)).toBeCloseTo(-12, 3);
    expect(db(6)).toBe(0);
    const steps = gains.subarray(1).map((gain, index) => Math.abs(decibelsOf(gain / (gains[index] ?? 1))));
    expect(Math.max(...steps)).toBeLessThan(0.7);
  });

  test("takes what sounds all the time for a bed, also where little is said over it", () => {
    const curve = (speech: number) => {
      const map = openLevelMap(20 * 48_000);
      const speaks = (t: number) => t % 10 > 8 && t % 0.5 < 0.3;
      // Noise of -40 dB of full scale, and words of -20 dB in a fifth of the time.
      const noise = (t: number) =>
        0.01 * Math.sqrt(3) * (((((Math.sin(t * 91_711) * 43_758.5) % 1) + 1) % 1) - 0.5) * 2;
      mapLevels(
        map,
        stereo(20, (t) => noise(t) + (speaks(t) ? speech : 0) * Math.sin(6000 * t)),
        0,
      );
      return duckingCurve(map, 12).gains;
    };
    const spoken = curve(0.14);
    for (const seconds of [1, 4, 7, 12, 16]) expect(spoken[Math.round(seconds * 100)]).toBe(1);
    for (const seconds of [8.2, 9.4, 18.4, 19.4])
      expect(decibelsOf(spoken[Math.round(seconds * 100)] ?? 1)).toBeCloseTo(-12, 3);
    expect(curve(0).every((gain) => gain === 1)).toBe(true);
  });

  test("is not set off by silence or faint noise", () => {
    const map = openLevelMap(48_000);
    mapLevels(
      map,
      stereo(1, (t) => 0.001 * Math.sin(6000 * t)),
      0,
    );
    expect(duckingCurve(map, 12).gains.every((gain) => gain === 1)).toBe(true);
  });
});
