import { join } from "node:path";
import type { ClipFacts } from "../../../src/media/clip/clip-facts.ts";
import { readLoudness } from "../../../src/media/clip/loudness-filter.ts";
import { makeFilmSound } from "../../../src/media/sound/film-sound.ts";
import type { FilmSound, HeardClip } from "../../../src/media/sound/film-sound-plan.ts";
import { readRaw } from "../../../src/media/sound/raw-sound.ts";
import type { MediaTools } from "../../../src/media/tools/tools.ts";
import type { Loudness } from "../../../src/shot/loudness.ts";
import type { SoundFile, SoundType } from "../../../src/shot/sound-file.ts";
import { run } from "../marked-clip.ts";
import { openStudio, world } from "../studio.ts";

const RATE = { numerator: 24, denominator: 1 };

/** Pink noise of so many LUFS, with peaks 10 dB above; seeds tell two of them apart. */
export function noise(lufs: number, seed = 7): string {
  const source = `anoisesrc=color=pink:sample_rate=48000:seed=${seed}:amplitude=0.5`;
  return `${source},pan=stereo|c0=c0|c1=c0,volume=${(lufs + 17.6).toFixed(2)}dB`;
}

export const SILENCE = "anullsrc=sample_rate=48000:channel_layout=stereo";

/** A folder in which sounds are made and films of nothing but sound are mixed. */
export async function openSoundStage(tools: MediaTools, onTestFinished: Parameters<typeof openStudio>[1]) {
  const { folder } = await openStudio(tools, onTestFinished);
  const ffmpeg = tools.ffmpeg.path;
  let made = 0;
  const make = async (source: string, seconds: number, ending: string, options: readonly string[]) => {
    const path = join(folder, `${++made}.${ending}`);
    await run(world, ffmpeg, ["-f", "lavfi", "-i", `${source},atrim=end=${seconds}`, ...options, path]);
    return path;
  };
  return {
    folder,
    /** a clip of whole seconds that begins where the one before ended; `overlap` in frames of the film */
    async clips(
      parts: readonly (Partial<HeardClip> & { source?: never; sound: string; seconds: number; overlap?: number })[],
    ): Promise<readonly HeardClip[]> {
      const clips: HeardClip[] = [];
      let frame = 0;
      for (const { sound, seconds, overlap = 0, ...rest } of parts) {
        const path = await make(sound, seconds, "mp4", ["-c:a", "aac", "-b:a", "256k"]);
        const facts = { video: { startSeconds: 0 }, audio: { channels: 2 } } as unknown as ClipFacts;
        const startFrame = frame - overlap;
        const source = { path, facts, fromSeconds: 0 };
        clips.push({ continues: false, gainDb: 0, ...rest, source, startFrame, frames: seconds * 24 });
        frame = startFrame + seconds * 24;
      }
      return clips;
    },
    async file(source: string, seconds: number, type: SoundType = "wav"): Promise<SoundFile> {
      const path = await make(source, seconds, type, type === "wav" ? ["-c:a", "pcm_s16le"] : []);
      return { path, type, sha256: "" as SoundFile["sha256"] };
    },
    async mix(sound: Partial<FilmSound> & Pick<FilmSound, "clips">) {
      const last = sound.clips.at(-1);
      const frames = (last?.startFrame ?? 0) + (last?.frames ?? 0);
      const made = await makeFilmSound(world, {
        tools,
        sound: { voices: [], music: undefined, loudness: "off", ...sound },
        ...{ frames, frameRate: RATE, folder, onProgress: () => {}, signal: undefined },
      });
      return {
        ...made,
        /** the left channel of what was encoded */
        async left(fromSeconds = 0, toSeconds = frames / 24): Promise<Float32Array> {
          const stretch = { from: Math.round(fromSeconds * 48_000), to: Math.round(toSeconds * 48_000) };
          return (await readRaw(world.files, made.raw, stretch)).filter((_, index) => index % 2 === 0);
        },
        /** of a stretch of the finished sound, by ffmpeg alone */
        async heard(fromSeconds = 0, toSeconds = frames / 24): Promise<Loudness> {
          const filters = `atrim=start=${fromSeconds}:end=${toSeconds},asetpts=PTS-STARTPTS,ebur128=peak=true`;
          const args = ["-hide_banner", "-nostdin", "-nostats", "-i", made.encoded, "-af", filters, "-f", "null", "-"];
          const { stderr } = await world.processes.run(ffmpeg, args);
          const loudness = readLoudness(stderr);
          if (!loudness) throw new Error(stderr);
          return loudness;
        },
      };
    },
  };
}

/** Mean level of samples in dB of full scale. */
export function levelOf(samples: Float32Array): number {
  return 10 * Math.log10(samples.reduce((sum, value) => sum + value ** 2, 0) / samples.length);
}
