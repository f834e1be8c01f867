import type { SoundType } from "../shot/sound-file.ts";

/** Bytes from a file's beginning that tell its type. */
export const TELLING_SOUND_BYTES = 16;

/** The type of a sound file by its first bytes, whatever its name says; undefined when it is none that a film takes. */
export function soundTypeOf(head: Uint8Array): SoundType | undefined {
  const text = (from: number, length: number) => String.fromCharCode(...head.subarray(from, from + length));
  if (text(0, 4) === "RIFF" && text(8, 4) === "WAVE") return "wav";
  if (text(0, 4) === "FORM" && text(8, 3) === "AIF") return "aiff";
  if (text(0, 4) === "fLaC") return "flac";
  if (text(0, 4) === "OggS") return "ogg";
  if (text(4, 4) === "ftyp") return "mp4";
  if (text(0, 3) === "ID3") return "mp3";
  const [first = 0, second = 0] = head;
  // Eleven bits set begin a frame of MPEG audio; the two that tell its layer are 0 in AAC's own stream alone.
  if (first !== 0xff || (second & 0xe0) !== 0xe0) return undefined;
  if ((second & 0xf6) === 0xf0) return "aac";
  return (second & 0x06) === 0x02 ? "mp3" : undefined;
}
