import { join } from "node:path";
import type { Music } from "../../shot/sound-file.ts";
import { decodeFile } from "./decode-file.ts";
import { duckingCurve, mapLevels, openLevelMap } from "./ducking.ts";
import type { PartLevels, Parts } from "./film-parts.ts";
import { applyCurve } from "./gain-curve.ts";
import type { Level } from "./level-shots.ts";
import { clipLayer, type Layer, mix, musicLayer, voiceLayer } from "./mix.ts";
import { factorOf } from "./raw-sound.ts";
import type { Machine, SoundJob } from "./sound-job.ts";
import { FADE_SAMPLES, SOUND, type SoundSlot } from "./sound-slots.ts";

/** Clips, voices and music, each in its place and at its level. */
export async function layersOf(
  world: Machine,
  job: SoundJob,
  slots: readonly SoundSlot[],
  samples: number,
  parts: Parts,
  levels: PartLevels,
): Promise<readonly Layer[]> {
  const { files } = world;
  const { clips, voices, music } = job.sound;
  const gainOf = (level: Level | undefined, own: number) => factorOf((level?.gainDb ?? 0) + own);
  const heard = parts.clips.flatMap((sound, index) => {
    const [slot, gainDb] = [slots[index], clips[index]?.gainDb ?? 0];
    if (!slot || gainDb === "mute") return [];
    return [clipLayer(files, sound, slot, gainOf(levels.clips[index], gainDb))];
  });
  const spoken = parts.voices.map((sound, index) => {
    const { startSeconds = 0, gainDb = 0 } = voices[index] ?? {};
    const start = Math.round(startSeconds * SOUND.sampleRate);
    return voiceLayer(files, sound, start, samples, gainOf(levels.voices[index], gainDb));
  });
  const without = [...heard, ...spoken];
  return music ? [...without, await layMusic(world, job, music, samples, without)] : without;
}

/** Music under all the rest, stepping back where that is heard. */
async function layMusic(
  world: Machine,
  job: SoundJob,
  music: Music,
  samples: number,
  rest: readonly Layer[],
): Promise<Layer> {
  const { folder, signal, tools } = job;
  const sound = await decodeFile(world, {
    ...{ ffmpeg: tools.ffmpeg.path, ffprobe: tools.ffprobe.path, file: music.file, fromSeconds: music.fromSeconds },
    ...{ mostSamples: samples, measured: false, output: join(folder, "music.f32"), signal },
  });
  const least = (seconds: number, needed: boolean) =>
    Math.max(Math.round(seconds * SOUND.sampleRate), needed ? FADE_SAMPLES : 0);
  const isCut = music.loop || sound.samples >= samples;
  const layer = musicLayer(world.files, sound, samples, {
    loop: music.loop,
    fadeIn: least(music.fadeInSeconds, music.fromSeconds > 0),
    fadeOut: isCut ? least(music.fadeOutSeconds, true) : 0,
    gain: factorOf(music.gainDb),
  });
  if (music.duckDb === 0) return layer;
  const levels = openLevelMap(samples);
  for await (const piece of mix(rest, samples, signal)) mapLevels(levels, piece.samples, piece.from);
  const curve = duckingCurve(levels, music.duckDb);
  return {
    ...layer,
    read: async (stretch) => {
      const piece = await layer.read(stretch);
      applyCurve(piece, stretch.from, curve);
      return piece;
    },
  };
}
