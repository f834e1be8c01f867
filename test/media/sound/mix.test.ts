import { expect, test } from "vitest";
import { musicLayer } from "../../../src/media/sound/mix.ts";
import { bytesOf } from "../../../src/media/sound/raw-sound.ts";
import { SOUND } from "../../../src/media/sound/sound-slots.ts";

test.each([1, 2, 7])("music of %i samples is read from the disk twice, however often it plays", async (samples) => {
  const wave = Float32Array.from({ length: samples * SOUND.channels }, (_, index) => (index + 1) / 64);
  let reads = 0;
  const readBytes = async (_: string, range?: { readonly start: number; readonly length: number }) => {
    reads++;
    return bytesOf(wave).slice(range?.start, range && range.start + range.length);
  };
  const shape = { loop: true, fadeIn: 0, fadeOut: 0, gain: 1 };
  const layer = musicLayer({ readBytes }, { path: "music.f32", samples }, 8000, shape);
  const heard = await layer.read({ from: 3, to: 5003 });
  expect(reads).toBeLessThanOrEqual(2);
  expect(heard).toHaveLength(5000 * SOUND.channels);
  // From its second round on every round is like the one before.
  const round = samples * SOUND.channels;
  const later = heard.subarray(10 * round);
  expect(later.subarray(round)).toEqual(later.subarray(0, -round));
  expect(later.some((value) => value !== 0)).toBe(true);
});
