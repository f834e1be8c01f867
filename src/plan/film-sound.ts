import type { Shot } from "../manifest/manifest.ts";
import { type FrameRate, secondsOf } from "../shot/frame-rate.ts";
import type { ShotId } from "../shot/id.ts";
import type { Music, VoiceFile } from "../shot/sound-file.ts";

/** What is heard in a film beside its clips, and how loud all of it is. */
export interface FilmSoundPlan {
  /** LUFS, or off: every level stays as it is */
  readonly loudness: number | "off";
  readonly music: Music | undefined;
  /** from the film's beginning; those of its shots are among them */
  readonly voices: readonly VoiceFile[];
}

/** A film's sound with the voices of its shots where those stand in it; a shot that is shown twice is spoken over twice. */
export function planSound(
  sound: FilmSoundPlan,
  clips: readonly { readonly shot: ShotId; readonly startFrame: number }[],
  shots: ReadonlyMap<ShotId, Pick<Shot, "sound">>,
  rate: FrameRate,
): FilmSoundPlan {
  const spoken = clips.flatMap(({ shot, startFrame }): readonly VoiceFile[] => {
    const voice = shots.get(shot)?.sound.voice;
    return voice ? [{ ...voice, startSeconds: voice.startSeconds + secondsOf(startFrame, rate) }] : [];
  });
  return { ...sound, voices: [...sound.voices, ...spoken] };
}
