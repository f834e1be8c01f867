import { CLIP_SECONDS } from "../shot/model.ts";
import type { Music, NativeSound, VoiceFile } from "../shot/sound-file.ts";
import type { Draft } from "./draft.ts";
import type { Path } from "./located.ts";
import type { ManifestText } from "./schema.ts";
import type { Settings } from "./settings.ts";
import type { Sheet } from "./sheet.ts";
import type { ReadSound } from "./sounds.ts";

/** What is heard in a film beside its shots, and how loud all of it is. */
export interface SequenceSound {
  /** LUFS, or off: every level stays as it is */
  readonly loudness: number | "off";
  readonly music: Music | undefined;
  /** from the film's beginning */
  readonly voices: readonly VoiceFile[];
}

/** What a shot's films do with its sound. */
export interface ShotSound {
  readonly native: NativeSound;
  /** from the shot's first frame that is shown */
  readonly voice: VoiceFile | undefined;
}

/** A film that says nothing of its sound: as loud as the places where films are shown expect it. */
export const USUAL_SOUND: SequenceSound = { loudness: -14, music: undefined, voices: [] };

/** Below spoken words, for a file as loud as music is sold. */
const USUAL_MUSIC_GAIN_DB = -18;

const USUAL_DUCK_DB = 8;

const USUAL_FADE_OUT_SECONDS = 2;

type SequenceDraft = NonNullable<NonNullable<Draft<ManifestText>["sequences"]>[number]>;

/** Reads what the films say of their sound, one a film. Files that cannot be used are reported and left out. */
export async function readFilmSounds(
  sheet: Sheet<ManifestText>,
  readSound: ReadSound,
): Promise<readonly SequenceSound[]> {
  const sounds: SequenceSound[] = [];
  for (const [index, sequence] of (sheet.draft.sequences ?? []).entries()) {
    const at = ["sequences", index];
    sounds.push({
      loudness: sequence?.loudness ?? USUAL_SOUND.loudness,
      music: await readMusic(sequence?.music, [...at, "music"], readSound),
      voices: await readVoices(sequence?.voice_over, [...at, "voice_over"], readSound),
    });
  }
  return sounds;
}

/** Warns of voices that begin when the film is expected to be over. */
export function warnOfLateVoices(
  { voices }: SequenceSound,
  filmSeconds: number,
  at: Path,
  subject: string,
  sheet: Sheet<ManifestText>,
): void {
  for (const [index, { startSeconds }] of voices.entries()) {
    if (startSeconds < filmSeconds) continue;
    const message = `voice ${index + 1} of ${subject} begins at ${startSeconds} s, and the film is about ${Math.round(filmSeconds * 10) / 10} s long`;
    sheet.warning({ rule: "voice-late", at: [...at, "voice_over", index], message, fix: "Let it begin earlier." });
  }
}

/** Reads what a shot says of its sound. */
export async function readShotSound(
  settings: Settings,
  sheet: Sheet<ManifestText>,
  readSound: ReadSound,
): Promise<ShotSound> {
  const { value } = settings.get("native_sound");
  const { value: voice, at } = settings.get("voice_over");
  const native = typeof value === "object" ? (value.gain_db ?? 0) : value === "mute" ? "mute" : 0;
  if (voice === undefined) return { native, voice: undefined };
  const { file, offset_seconds: startSeconds = 0, gain_db: gainDb = 0 } = blockOf(voice);
  const found = file === undefined ? undefined : await readSound(file, fileAt(voice, at));
  if (startSeconds >= CLIP_SECONDS) {
    const message = `the voice of ${settings.subject} begins ${startSeconds} s after its shot, which is about ${CLIP_SECONDS} s long`;
    sheet.warning({ rule: "voice-late", at, message, fix: "Let it begin earlier, or over a later shot." });
  }
  return { native, voice: found && { file: found, startSeconds, gainDb } };
}

async function readMusic(music: SequenceDraft["music"], at: Path, readSound: ReadSound): Promise<Music | undefined> {
  if (music === undefined) return undefined;
  const block = blockOf(music);
  if (block.file === undefined) return undefined;
  const file = await readSound(block.file, fileAt(music, at));
  if (!file) return undefined;
  const { duck = false } = block;
  return {
    file,
    gainDb: block.gain_db ?? USUAL_MUSIC_GAIN_DB,
    duckDb: typeof duck === "number" ? duck : duck ? USUAL_DUCK_DB : 0,
    loop: block.loop ?? true,
    fromSeconds: block.start_seconds ?? 0,
    fadeInSeconds: block.fade_in_seconds ?? 0,
    fadeOutSeconds: block.fade_out_seconds ?? USUAL_FADE_OUT_SECONDS,
  };
}

async function readVoices(
  voices: SequenceDraft["voice_over"],
  at: Path,
  readSound: ReadSound,
): Promise<readonly VoiceFile[]> {
  const read: VoiceFile[] = [];
  for (const [index, voice] of (voices ?? []).entries()) {
    if (voice?.file === undefined) continue;
    const file = await readSound(voice.file, [...at, index, "file"]);
    if (file) read.push({ file, startSeconds: voice.at_seconds ?? 0, gainDb: voice.gain_db ?? 0 });
  }
  return read;
}

/** A file's path alone stands for a block that says nothing else. */
function blockOf<Block extends { readonly file?: string | undefined }>(value: string | Block): Partial<Block> {
  return typeof value === "string" ? ({ file: value } as Partial<Block>) : value;
}

function fileAt(value: string | object, at: Path): Path {
  return typeof value === "string" ? at : [...at, "file"];
}
