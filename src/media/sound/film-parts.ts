import { join } from "node:path";
import { decodeFile } from "./decode-file.ts";
import { type DecodedSound, decodeSound, MP4_INPUT, soundOnTime } from "./decode-sound.ts";
import type { FilmSound } from "./film-sound-plan.ts";
import { type Level, levelShots } from "./level-shots.ts";
import type { Machine, SoundJob } from "./sound-job.ts";
import { SOUND, type SoundSlot } from "./sound-slots.ts";

/** All that is heard in the film, its music apart, decoded and perhaps measured. */
export interface Parts {
  readonly clips: readonly DecodedSound[];
  readonly voices: readonly DecodedSound[];
}

/** @param onPart - told the share of the clips that are decoded */
export async function decodeParts(
  world: Machine,
  job: SoundJob,
  slots: readonly SoundSlot[],
  filmSamples: number,
  onPart: (fraction: number) => void,
): Promise<Parts> {
  const { sound, folder, signal, tools } = job;
  const wantsLevels = sound.loudness !== "off";
  const ffmpeg = tools.ffmpeg.path;
  const done = new Map<string, DecodedSound>();
  const clips: DecodedSound[] = [];
  for (const [index, clip] of sound.clips.entries()) {
    signal?.throwIfAborted();
    const to = slots[index]?.samples ?? 0;
    const { source, loudness: known } = clip;
    const output = join(folder, `clip-${index + 1}.f32`);
    if (!source?.facts.audio || clip.gainDb === "mute") {
      clips.push({ path: output, samples: 0, loudness: undefined });
    } else {
      const from = Math.round(source.fromSeconds * SOUND.sampleRate);
      const key = JSON.stringify([source.path, from, to]);
      const { video, audio } = source.facts;
      const decoded =
        done.get(key) ??
        (await decodeSound(world, {
          ...{ ffmpeg, path: source.path, inputOptions: MP4_INPUT, from, to: from + to, output, signal },
          filters: soundOnTime(video.startSeconds, audio.channels),
          measured: wantsLevels && !known,
        }));
      done.set(key, decoded);
      clips.push(known ? { ...decoded, loudness: known } : decoded);
    }
    onPart((index + 1) / sound.clips.length);
  }
  const voices: DecodedSound[] = [];
  for (const [index, { file, startSeconds }] of sound.voices.entries()) {
    const output = join(folder, `voice-${index + 1}.f32`);
    const mostSamples = Math.max(0, filmSamples - Math.round(startSeconds * SOUND.sampleRate));
    const voice = { file, fromSeconds: 0, mostSamples, measured: wantsLevels, output, signal };
    voices.push(await decodeFile(world, { ffmpeg, ffprobe: tools.ffprobe.path, ...voice }));
  }
  return { clips, voices };
}

/** Gains that bring clips and voices to one level. */
export interface PartLevels {
  readonly clips: readonly Level[];
  readonly voices: readonly Level[];
}

export function levelParts({ clips, voices, loudness }: FilmSound, parts: Parts): PartLevels {
  const asIs: Level = { gainDb: 0, heldBy: undefined };
  if (loudness === "off") return { clips: clips.map(() => asIs), voices: voices.map(() => asIs) };
  const stretch = (sound: DecodedSound, continues: boolean) => {
    return { loudness: sound.loudness, seconds: sound.samples / SOUND.sampleRate, continues };
  };
  const heard = parts.clips.map((sound, index) => stretch(sound, clips[index]?.continues ?? false));
  const spoken = parts.voices.map((sound) => stretch(sound, false));
  return { clips: levelShots(heard, loudness), voices: levelShots(spoken, loudness) };
}
