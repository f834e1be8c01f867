import type { Fonts } from "../world/fonts.ts";
import type { World } from "../world/world.ts";
import { measureClip } from "./clip/measure-clip.ts";
import { readOwnFacts } from "./clip/own-facts.ts";
import { probeClip } from "./clip/probe.ts";
import { encodeFilm } from "./film/encode-film.ts";
import { joinClips } from "./film/join.ts";
import type { Media } from "./media.ts";
import { measureFilmDrift } from "./picture/film-drift.ts";
import { saveLastFrame } from "./picture/last-frame.ts";
import { measureSeam } from "./picture/measure-seam.ts";
import { canDrawCaptions, renderPiece } from "./picture/piece.ts";
import { savePoster } from "./picture/poster.ts";
import { canDrawWords } from "./picture/slate.ts";
import { readSoundFile } from "./sound/sound-file-facts.ts";
import type { MediaTools } from "./tools/tools.ts";

/** Clip work with the tools that were found. */
export function openMedia(
  tools: MediaTools,
  world: Pick<World, "files" | "processes" | "render">,
  fonts: Fonts,
): Media {
  const probe: Media["probe"] = (path, signal) => probeClip(tools.ffprobe.path, world, path, signal);
  return {
    probe,
    facts: async (path, signal) => (await readOwnFacts(world.files, path)) ?? (await probe(path, signal)),
    measure: (clip, signal) => measureClip(tools, world, clip, signal),
    filmDrift: (job, signal) => measureFilmDrift(tools, world, job, signal),
    soundFile: (file, signal) => readSoundFile(world, tools.ffprobe.path, file, signal),
    measureSeam: (job, signal) => measureSeam(tools, world, job, signal),
    async lastFrame(clip, png, signal) {
      const { video } = await probe(clip, signal);
      await saveLastFrame(tools, world, { path: clip, video }, png, signal);
    },
    piece: (job, signal) => renderPiece(tools, world, fonts.usual, job, signal),
    poster: (job, signal) => savePoster(tools, world, job, signal),
    build: tools.ffmpeg.version,
    drawsWords: canDrawWords(tools),
    drawsCaptions: canDrawCaptions(tools),
    captionFonts: { home: fonts.home, find: ({ package: name, file }) => fonts.find(`${name}/${file}`) },
    encode: (job, signal) => encodeFilm(tools, world, job, signal),
    join: (job, signal) => joinClips(tools, world, job, signal),
  };
}
