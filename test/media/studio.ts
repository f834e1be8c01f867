import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ClipFacts } from "../../src/media/clip/clip-facts.ts";
import type { JoinJob } from "../../src/media/film/join-job.ts";
import type { Media } from "../../src/media/media.ts";
import { openMedia } from "../../src/media/open-media.ts";
import type { ClipSource } from "../../src/media/picture/clip-frames.ts";
import { type FilmFormat, pictureFormat } from "../../src/media/picture/film-format.ts";
import type { PieceJob } from "../../src/media/picture/piece.ts";
import type { FilmSound } from "../../src/media/sound/film-sound-plan.ts";
import type { SoundSource } from "../../src/media/sound/sound-source.ts";
import { findTools, type MediaTools } from "../../src/media/tools/tools.ts";
import { frameAt, secondsOf } from "../../src/shot/frame-rate.ts";
import { openProcesses } from "../../src/world/execa-processes.ts";
import { openRender } from "../../src/world/fluent-render.ts";
import { openFiles } from "../../src/world/node-files.ts";
import { npmBinaries } from "../../src/world/npm-binaries.ts";
import { npmFonts } from "../../src/world/npm-font.ts";
import { openClock } from "../../src/world/system-clock.ts";
import type { World } from "../../src/world/world.ts";
import { KNOWN_TOOLS } from "../known-tools.ts";
import { type MarkedClip, makeClip } from "./marked-clip.ts";

export const world: Pick<World, "files" | "processes" | "render"> = {
  files: openFiles(),
  processes: openProcesses(openClock()),
  render: openRender(),
};

export interface Studio {
  readonly folder: string;
  readonly tools: MediaTools;
  readonly media: Media;
  make(clip: MarkedClip): Promise<string>;
  /** a clip as a film takes it: all of it, with its own sound */
  clip(path: string, options?: { continues?: boolean; sound?: SoundSource | null }): Promise<WholeClip>;
}

/** A clip that a film shows from its first frame to its last. */
export interface WholeClip {
  readonly picture: { readonly path: string; readonly facts: ClipFacts };
  readonly sound: SoundSource | null;
  readonly continues: boolean;
}

/** The job that plays clips one after another, with cuts between them. */
export function jobOf(
  clips: readonly WholeClip[],
  rest: {
    output: string;
    workFolder: string;
    title?: string;
    sound?: Partial<FilmSound>;
    onProgress?: (fraction: number) => void;
  },
): JoinJob {
  const { title, sound: heardWith, ...folders } = rest;
  const [first] = clips;
  if (!first) throw new Error("test: a film without clips");
  let frames = 0;
  const heard = clips.map(({ picture, sound, continues }) => {
    const clip = { source: sound, startFrame: frames, frames: picture.facts.video.frames, continues, gainDb: 0 };
    frames += clip.frames;
    return clip;
  });
  const { width, height, frameRate } = first.picture.facts.video;
  return {
    picture: clips.map(({ picture }) => ({ ...picture, first: 0, end: picture.facts.video.frames })),
    format: { size: { width, height }, frameRate },
    frames,
    sound: { clips: heard, voices: [], music: undefined, loudness: "off", ...heardWith },
    ...{ chapters: [], captions: [] },
    tags: { title, createdAt: undefined, filmHash: undefined },
    ...folders,
  };
}

/** A clip's picture, all of it or a trim, as a piece of a film of this format. */
export function fittedTo(
  format: FilmFormat,
  clip: Pick<ClipSource, "path" | "facts"> & Partial<Pick<ClipSource, "trim" | "fit">>,
  output: string,
): PieceJob {
  const { trim, fit = "pad", facts } = clip;
  const { frames: all, frameRate } = facts.video;
  const length = trim ? trim.end - trim.first : all;
  const frames = Math.max(1, frameAt(secondsOf(length, frameRate), format.frameRate));
  const source: ClipSource = { shows: "clip", path: clip.path, facts, trim, frames, fit };
  const shows = [{ shows: "frames" as const, of: { source, from: 0, end: frames } }];
  return { shows, frames, format: pictureFormat(format, undefined), output };
}

/** A folder of its own and the tools of one build; the folder goes with the test. */
export async function openStudio(
  tools: MediaTools,
  onTestFinished: (done: () => Promise<void>) => void,
): Promise<Studio> {
  const folder = await mkdtemp(join(tmpdir(), "callsheet-media-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  const media = openMedia(tools, world, npmFonts());
  return {
    folder,
    tools,
    media,
    make: (clip) => makeClip(tools.ffmpeg.path, world, folder, clip),
    async clip(path, options = {}) {
      const facts = await media.probe(path);
      const sound = options.sound === undefined ? { path, facts, fromSeconds: 0 } : options.sound;
      return { picture: { path, facts }, sound, continues: options.continues ?? false };
    },
  };
}

/** The build that a person would get here, and the old one that comes with npm. At least one must be there. */
export async function findBuilds(): Promise<readonly { readonly build: string; readonly tools: MediaTools }[]> {
  const npm = npmBinaries();
  const usual = await findTools(process.env, world, { npm, cacheFile: KNOWN_TOOLS });
  const old = await findTools({}, world, { npm, cacheFile: KNOWN_TOOLS });
  const builds = [usual.tools, old.tools].filter((tools) => tools !== undefined);
  if (builds.length === 0) throw new Error(`no ffmpeg: ${JSON.stringify(usual.tried)}`);
  const distinct = builds.filter((tools, index) => index === 0 || tools.ffmpeg.path !== builds[0]?.ffmpeg.path);
  return distinct.map((tools) => ({
    build: tools.ffmpeg.source === "npm" ? "the npm build" : "the installed build",
    tools,
  }));
}
