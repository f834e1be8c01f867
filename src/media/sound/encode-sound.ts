import type { Files } from "../../world/files.ts";
import type { Render } from "../../world/render.ts";
import { SOUND } from "./sound-slots.ts";
import { readSoundTrack, type SoundTrack } from "./sound-track.ts";

export interface SoundEncoding {
  readonly ffmpeg: string;
  /** the film's sound as `filmSound` writes it */
  readonly sound: string;
  /** where it is put, as MP4 */
  readonly output: string;
  readonly onProgress?: (outputSeconds: number) => void;
  readonly signal?: AbortSignal | undefined;
}

/** How ffmpeg is told what `filmSound` wrote. */
export const RAW_SOUND_INPUT = ["-f", "f32le", "-ar", `${SOUND.sampleRate}`, "-ac", `${SOUND.channels}`] as const;

/** How a film's sound is encoded, as output options. */
export const FILM_SOUND = [
  ...["-c:a", "aac", "-b:a", "192k"],
  ...["-aac_pns", "0"], // noise made up by the decoder could not be compared with what went in
] as const;

/** Encodes the film's sound, in one go: a second generation and its priming would be heard at every seam. */
export async function encodeSound(
  world: { readonly files: Pick<Files, "readBytes" | "stat">; readonly render: Render },
  { ffmpeg, sound, output, onProgress, signal }: SoundEncoding,
): Promise<SoundTrack> {
  await world.render({
    ffmpeg,
    inputs: [{ source: `file:${sound}`, options: RAW_SOUND_INPUT }],
    outputOptions: [
      ...FILM_SOUND,
      ...["-fflags", "+bitexact", "-flags:a", "+bitexact"], // no versions and dates: same sound, same bytes
      ...["-f", "mp4"],
    ],
    output: `file:${output}`,
    ...(onProgress ? { onProgress } : {}),
    ...(signal ? { signal } : {}),
  });
  return readSoundTrack(world.files, output);
}
