import { createHash } from "node:crypto";
import type { ClipFacts } from "../../../src/media/clip/clip-facts.ts";
import { NotAClip } from "../../../src/media/clip/not-a-clip.ts";
import type { Media } from "../../../src/media/media.ts";
import type { ClipFigures } from "../../../src/shot/clip-check.ts";
import { secondsOf } from "../../../src/shot/frame-rate.ts";
import type { Sha256 } from "../../../src/shot/id.ts";
import { type PixelSize, pixelSize, type Resolution } from "../../../src/shot/resolution.ts";
import { type Clip, FRAME_RATE, takeOf } from "../../../src/simulator/clip.ts";
import type { Files } from "../../../src/world/files.ts";

/** What a clip or a film of this world holds: which take's frames, in which order. */
export interface Reel {
  readonly shows: readonly { readonly task: string; readonly frames: number }[];
  readonly size: PixelSize;
  readonly sound: boolean;
}

/** The head of an MP4 and, in place of a picture, what it would show; its length stands in front, so that a cut is seen. */
function writeReel(reel: Reel): Uint8Array {
  const text = Buffer.from(JSON.stringify(reel));
  const head = Buffer.alloc(12);
  head.writeUInt32BE(head.length + text.length);
  head.write("ftyp", 4, "latin1");
  return Buffer.concat([head, text]);
}

export function readReel(bytes: Uint8Array): Reel | undefined {
  const all = Buffer.from(bytes);
  if (all.length < 12 || all.readUInt32BE(0) !== all.length) return undefined;
  try {
    return JSON.parse(all.toString("utf8", 12)) as Reel;
  } catch {
    return undefined;
  }
}

/** The file that the vendor makes of a clip. */
export function drawReel(clip: Clip): Uint8Array {
  const resolution: Resolution = clip.kind === "upgrade" ? clip.resolution : "720p";
  const { task, seconds, orientation, sound } = takeOf(clip);
  return writeReel({
    shows: [{ task, frames: seconds * FRAME_RATE }],
    size: pixelSize(resolution, orientation),
    sound,
  });
}

/** Bytes that begin as a clip does and hold none. */
export function drawRubbish(): Uint8Array {
  return Buffer.concat([
    drawReel({ kind: "take", task: "", prompt: "", orientation: "wide", seconds: 1, sound: true }),
    Buffer.from("?"),
  ]);
}

const RATE = { numerator: FRAME_RATE, denominator: 1 };

/** What ffmpeg and ffprobe do with real clips, done to reels. */
export function openMemoryMedia(files: Files): Media {
  const read = async (path: string): Promise<Reel> => {
    const reel = readReel(await files.readBytes(path));
    if (!reel) throw new NotAClip("there is no reel in it", path);
    return reel;
  };
  const keep = (path: string, reel: Reel) => files.write(path, writeReel(reel));
  return {
    probe: async (path) => factsOf(await read(path)),
    facts: async (path) => factsOf(await read(path)),
    // Every take of this world begins with a picture of its own.
    measureSeam: async () => ({
      ...{ repeats: "none", repeatedFrames: 0, difference: 10, motion: 10 },
      drift: { red: 0, green: 0, blue: 0 },
    }),
    measure: async ({ path }) => figuresOf(await read(path)),
    async lastFrame(clip, png) {
      await files.write(png, pngOf(await read(clip)));
    },
    async piece({ shows, format, output }) {
      const parts = shows.flatMap((part) => (part.shows === "frames" ? [part.of] : [part.before]));
      const played = parts.map(async ({ source, from, end }) => {
        if (source.shows === "card") return { task: `slate of ${source.words.shot}`, frames: end - from };
        const [first] = (await read(source.path)).shows;
        return { task: first?.task ?? "", frames: end - from };
      });
      await keep(output, { shows: await Promise.all(played), size: format.size, sound: false });
    },
    async poster({ film, frame, output }) {
      await read(film);
      await files.write(output, `frame ${frame}`);
    },
    async encode({ film, output }) {
      const reel = await read(film);
      await keep(output, reel);
      return { bytes: writeReel(reel).length };
    },
    filmDrift: async () => undefined,
    soundFile: async () => ({ seconds: 8, channels: 2 }),
    build: "memory",
    drawsWords: true,
    drawsCaptions: true,
    captionFonts: { home: "/", find: () => "/font.woff" },
    async join({ picture, output }) {
      const reels = await Promise.all(picture.map(({ path }) => read(path)));
      const shows = reels.flatMap((reel) => reel.shows);
      const film = { shows, size: reels[0]?.size ?? { width: 0, height: 0 }, sound: true };
      await keep(output, film);
      const frames = framesOf(film);
      const figures = { way: "fast", doubts: [], copiedFrames: frames, sound: "encoded" } as const;
      const bytes = writeReel(film);
      const sha256 = createHash("sha256").update(bytes).digest("hex") as Sha256;
      return { frames, seconds: secondsOf(frames, RATE), bytes: bytes.length, sha256, figures };
    },
  };
}

function framesOf({ shows }: Reel): number {
  return shows.reduce((sum, { frames }) => sum + frames, 0);
}

function factsOf(reel: Reel): ClipFacts {
  const durationSeconds = secondsOf(framesOf(reel), RATE);
  return {
    video: {
      streamIndex: 0,
      codec: "h264",
      profile: "High",
      pixelFormat: "yuv420p",
      ...reel.size,
      sampleAspect: "1:1",
      rotation: 0,
      frameRate: RATE,
      steady: true,
      frames: framesOf(reel),
      editHidesFrames: false,
      durationSeconds,
      startSeconds: 0,
      timescale: 12_288,
      colour: "bt709/bt709/bt709/tv",
      decoderConfig: "one",
      parameterSets: [0],
      cutPoints: { starts: [0], ends: [framesOf(reel)], closed: true },
    },
    audio: reel.sound ? { codec: "aac", sampleRate: 48_000, channels: 2, durationSeconds, startSeconds: 0 } : null,
  };
}

function figuresOf({ sound }: Reel): ClipFigures {
  const heard = { silentSeconds: 0, loudnessLufs: -20, truePeakDb: -6, clippedSamples: 0 };
  const silence = { silentSeconds: null, loudnessLufs: null, truePeakDb: null, clippedSamples: null };
  return { blackSeconds: 0, frozenSeconds: 0, ...(sound ? heard : silence) };
}

/** A PNG by its head, and another one for each take. */
function pngOf(reel: Reel): Uint8Array {
  const head = Buffer.alloc(24);
  head.write("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "latin1");
  head.writeUInt32BE(reel.size.width, 16);
  head.writeUInt32BE(reel.size.height, 20);
  return Buffer.concat([head, Buffer.from(JSON.stringify(reel.shows))]);
}
