import type { Files } from "../../world/files.ts";
import { type RawSound, readRaw } from "./raw-sound.ts";
import { SOUND } from "./sound-slots.ts";

/** Samples that are listened to on either side of the point: 10 ms. */
const REACH = SOUND.sampleRate / 100;

/** A bend this much sharper than the sharpest around it stands out as a click. */
const SHARPER = 2;

/** Whether a sound begins as it ended, so that it can be played again without a fade: as music is that was made to be looped. */
export async function goesOnAtItsEnd(files: Pick<Files, "readBytes">, sound: RawSound): Promise<boolean> {
  const { samples } = sound;
  if (samples < 2 * REACH) return false;
  const around = new Float32Array(2 * REACH * SOUND.channels);
  around.set(await readRaw(files, sound, { from: samples - REACH, to: samples }));
  around.set(await readRaw(files, sound, { from: 0, to: REACH }), REACH * SOUND.channels);
  return [0, 1].every((channel) => isSmooth(around.filter((_, index) => index % SOUND.channels === channel)));
}

/**
 * Whether one channel's sound bends in its middle no more sharply than elsewhere: by its third difference, which a step, a corner
 * and a sudden curve all raise.
 */
function isSmooth(sound: Float32Array): boolean {
  let [within, elsewhere] = [0, 0];
  const at = (index: number) => sound[index] ?? 0;
  for (let index = 3; index < sound.length; index++) {
    const bend = Math.abs(at(index) - 3 * at(index - 1) + 3 * at(index - 2) - at(index - 3));
    if (index >= REACH && index < REACH + 3) within = Math.max(within, bend);
    else elsewhere = Math.max(elsewhere, bend);
  }
  return within <= SHARPER * elsewhere;
}
