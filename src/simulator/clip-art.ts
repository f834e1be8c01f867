import { type PixelSize, pixelSize, type Resolution } from "../shot/resolution.ts";
import { graphPath } from "../world/graph-path.ts";
import { type ClipMode, FRAME_RATE, type Orientation, SAMPLE_RATE, toneHz } from "./clip.ts";
import { MARK, markBits, markOf } from "./mark.ts";

/** ffmpeg arguments for every kind of file the simulator hands out. All of it runs on ffmpeg 4.1 of 2018 as on 5.1. */

/** Texts and pictures that a drawing reads. */
interface DrawingFiles {
  readonly font: string;
  readonly promptText: string;
  readonly idText: string;
  readonly first?: string | undefined;
  readonly last?: string | undefined;
}

export interface Drawing {
  readonly task: string;
  readonly orientation: Orientation;
  readonly seconds: number;
  readonly sound: boolean;
  readonly files: DrawingFiles;
}

/**
 * Encoder settings by size. One set a size, so that all clips of it have the same SPS and PPS and a film of them can be
 * joined by copying. `ultrafast` switches off what High profile is about, so the 8x8 transform is asked for by name.
 */
const ENCODERS: Readonly<Record<Resolution, readonly string[]>> = {
  "720p": ["-preset", "superfast", "-crf", "26"],
  "1080p": ["-preset", "ultrafast", "-x264-params", "8x8dct=1", "-crf", "28"],
  "4k": ["-preset", "ultrafast", "-x264-params", "8x8dct=1", "-crf", "30"],
};

function picture(resolution: Resolution): readonly string[] {
  const common = [
    "-c:v",
    "libx264",
    "-profile:v",
    "high",
    "-pix_fmt",
    "yuv420p",
    "-r",
    `${FRAME_RATE}`,
    "-threads",
    "1",
  ];
  return [...common, ...ENCODERS[resolution]];
}
const SOUND = ["-c:a", "aac", "-b:a", "128k"];
const CONTAINER = ["-map_metadata", "-1", "-movflags", "+faststart", "-f", "mp4"];
const QUIET = ["-v", "error", "-nostdin", "-y"];

/** The full drawing at 720p: a panning pattern, prompt, task id, running frame number, mark, a tone. */
export function drawTake(drawing: Drawing, output: string): readonly string[] {
  const { task, orientation, seconds, sound, files } = drawing;
  const size = pixelSize("720p", orientation);
  const stills = [
    ...(files.first ? [{ path: files.first, atStart: true }] : []),
    ...(files.last ? [{ path: files.last, atStart: false }] : []),
  ];
  const inputs = stills.flatMap(({ path }) => ["-loop", "1", "-framerate", `${FRAME_RATE}`, "-t", "1", "-i", path]);
  const layers = stills.map(({ atStart }, i) => {
    const fade = atStart ? "fade=t=out:st=0.25:d=0.7:alpha=1" : "fade=t=in:st=0:d=0.7:alpha=1";
    const begin = atStart ? 0 : seconds - 1;
    const cover = `scale=${size.width}:${size.height}:force_original_aspect_ratio=increase:out_color_matrix=bt709,crop=${size.width}:${size.height}`;
    return `[${i}:v]${cover},setsar=1,format=yuva420p,${fade},setpts=PTS-STARTPTS+${begin}/TB[s${i}]`;
  });
  const laid = stills.map((_, i) => `[b${i}][s${i}]overlay=eof_action=pass[b${i + 1}]`);
  const graph = [
    `${background(task, size)}[b0]`,
    ...layers,
    ...laid,
    `[b${stills.length}]${[...texts(size, files), ...squares(size, task)].join(",")},format=yuv420p,setsar=1,trim=end_frame=${seconds * FRAME_RATE}[v]`,
    ...(sound ? [`${tone(task, seconds)}[a]`] : []),
  ].join(";");
  const maps = ["-map", "[v]", ...(sound ? ["-map", "[a]", ...SOUND] : [])];
  return [...QUIET, ...inputs, "-filter_complex", graph, ...maps, ...picture("720p"), ...CONTAINER, output];
}

/** A larger rendition of a drawn take; the sound is copied. */
export function drawUpgrade(input: string, size: PixelSize, resolution: Resolution, output: string): readonly string[] {
  const scale = `scale=${size.width}:${size.height}:flags=fast_bilinear,setsar=1`;
  const args = ["-i", input, "-map", "0:v", "-map", "0:a?", "-vf", scale, "-c:a", "copy"];
  return [...QUIET, ...args, ...picture(resolution), ...CONTAINER, output];
}

/**
 * One second of a flat colour over which a square moves, to be repeated; the cheapest picture of a true size.
 *
 * @param opening - a picture that is shown in place of the first frame; a `.jpg` is one of ours, whose colours are a clip's
 * own. `isWarmer`: with more red and less blue in it than it had
 */
export function drawFlat(
  colour: string,
  size: PixelSize,
  resolution: Resolution,
  output: string,
  opening?: { readonly seen: string; readonly isWarmer: boolean },
): readonly string[] {
  const side = Math.round(Math.min(size.width, size.height) / 10 / 2) * 2;
  const graph = [
    `${plain(colour, size)}[back]`,
    `${plain("white", { width: side, height: side })}[square]`,
    `[back][square]overlay=x='n*${side / 2}':y=H-h[moving]`,
    ...(opening === undefined
      ? ["[moving]format=yuv420p,setsar=1[v]"]
      : [
          `[0:v]scale=${size.width}:${size.height}${opening.seen.endsWith(".jpg") ? "" : ":out_color_matrix=bt709"},setsar=1${opening.isWarmer ? WARMER : ""}[seen]`,
          "[moving][seen]overlay=enable='eq(n,0)',format=yuv420p,setsar=1[v]",
        ]),
  ].join(";");
  const inputs = opening === undefined ? [] : ["-i", opening.seen];
  const frames = ["-map", "[v]", "-frames:v", `${FRAME_RATE}`];
  return [...QUIET, ...inputs, "-filter_complex", graph, ...frames, ...picture(resolution), ...CONTAINER, output];
}

/** In BT.709's YUV: some 6 levels of red more, and 2 of blue less. */
const WARMER = ",format=yuv420p,lutyuv=y=val+1:u=val-2:v=val+3";

/** One second of a picture in which nothing moves. */
export function drawStill(colour: string, size: PixelSize, resolution: Resolution, output: string): readonly string[] {
  const frames = ["-frames:v", `${FRAME_RATE}`];
  return [...QUIET, "-f", "lavfi", "-i", plain(colour, size), ...frames, ...picture(resolution), ...CONTAINER, output];
}

function plain(colour: string, { width, height }: PixelSize): string {
  return `color=c=${colour}:s=${width}x${height}:r=${FRAME_RATE}`;
}

/** The tone has a sixteenth of full scale, its beep a quarter. */
const TOO_LOUD = "30dB";
/** Whole numbers cannot go beyond full scale: what does is cut off, as in a recording that was too loud. */
const CUT_OFF = "aformat=sample_fmts=s16";

/** A picture played several times over, copied, under a tone made for it. */
export function underTone(
  pictureList: string,
  toneOf: string,
  seconds: number,
  sound: boolean | "muted" | "clipped",
  output: string,
): readonly string[] {
  const list = ["-f", "concat", "-safe", "0", "-i", pictureList]; // -safe 1 refuses absolute paths
  const level = sound === "muted" ? ",volume=0" : sound === "clipped" ? `,volume=${TOO_LOUD},${CUT_OFF}` : "";
  const graph = ["-filter_complex", `${tone(toneOf, seconds)}${level}[a]`, "-map", "0:v", "-map", "[a]", ...SOUND];
  const maps = sound ? graph : ["-map", "0:v"];
  return [...QUIET, ...list, ...maps, "-c:v", "copy", ...CONTAINER, output];
}

/** The picture alone, copied: beside sound, ffmpeg would begin it where the sound's priming ends. */
export function pictureOf(input: string, output: string): readonly string[] {
  return [...QUIET, "-i", input, "-map", "0:v", "-c", "copy", ...CONTAINER, output];
}

/**
 * Clips in a row: pictures copied, sounds decoded and encoded once, so that both begin at 0 and keep together.
 *
 * @param pictureList - a concat list of the parts' pictures
 * @param parts - the same clips with their sound, of which some may have none
 */
export function inARow(
  pictureList: string,
  parts: readonly { readonly path: string; readonly seconds: number; readonly sound: boolean }[],
  output: string,
): readonly string[] {
  const inputs = parts.flatMap(({ path }) => ["-i", path]);
  const exact = (seconds: number) =>
    `aformat=channel_layouts=stereo:sample_rates=${SAMPLE_RATE},apad,atrim=end_sample=${seconds * SAMPLE_RATE}`;
  const sounds = parts.map(({ seconds, sound }, i) =>
    sound ? `[${i + 1}:a]${exact(seconds)}[p${i}]` : `anullsrc=r=${SAMPLE_RATE}:cl=stereo,${exact(seconds)}[p${i}]`,
  );
  const row = `${parts.map((_, i) => `[p${i}]`).join("")}concat=n=${parts.length}:v=0:a=1[a]`;
  const audible = parts.some(({ sound }) => sound);
  const graph = audible ? ["-filter_complex", [...sounds, row].join(";"), "-map", "[a]", ...SOUND] : [];
  const list = ["-f", "concat", "-safe", "0", "-i", pictureList];
  return [...QUIET, ...list, ...inputs, "-map", "0:v", ...graph, "-c:v", "copy", ...CONTAINER, output];
}

/** The last frame as a picture; what a follower or an extension begins with. */
export function lastFrame(input: string, output: string): readonly string[] {
  return [...QUIET, "-sseof", "-0.3", "-i", input, "-update", "1", "-q:v", "2", "-f", "image2", output];
}

/** A still from the middle, for the addresses that promise one. */
export function stillOf(input: string, output: string): readonly string[] {
  return [...QUIET, "-ss", "1", "-i", input, "-frames:v", "1", "-q:v", "4", "-f", "image2", output];
}

/**
 * What ffmpeg's concat list wants to read. The length is said, as ffmpeg 4.1 would else begin the next part where the
 * sound of the last one ended.
 */
export function concatList(parts: readonly { readonly path: string; readonly seconds: number }[]): string {
  return parts.map(({ path, seconds }) => `file '${path.replaceAll("'", "'\\''")}'\nduration ${seconds}\n`).join("");
}

/** Sixteen colours that a person can tell apart. */
export function flatColour(mark: number): string {
  const step = mark % 16;
  const channel = (shift: number) => Math.round(128 + 100 * Math.cos((2 * Math.PI * (step + shift)) / 16));
  return `0x${[channel(0), channel(5), channel(11)].map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}

/** How the picture of a mode is shared: what two takes must have in common to be drawn once. */
export function sharedTask(mode: ClipMode, task: string): string {
  if (mode === "burned") return task;
  return mode === "shared" ? "shared" : `flat-${markOf(task) % 16}`;
}

/** A small pattern is drawn once, blown up and panned by cropping: motion that costs next to nothing. */
function background(task: string, { width, height }: PixelSize): string {
  const mark = markOf(task);
  const [hue, waves] = [(mark % 360) * (Math.PI / 180), 8 + (mark % 7) * 2];
  const [blue, red] = [Math.round(52 * Math.cos(hue)), Math.round(52 * Math.sin(hue))];
  const luma = `clip(90+45*sin(X/${waves})+25*cos(Y/${waves + 3})\\,16\\,200)`;
  const colour = `cb='128+${blue}+20*sin(X/20)':cr='128+${red}-20*cos(X/25)'`;
  return [
    `color=c=black:s=160x90:r=${FRAME_RATE}:d=0.04,format=yuv420p,geq=lum='${luma}':${colour}`,
    `scale=${width * 2}:${height}:flags=bilinear,loop=loop=-1:size=1:start=0,setpts=N/${FRAME_RATE}/TB`,
    `crop=${width}:${height}:x='mod(n*4\\,${width})':y=0`,
  ].join(",");
}

function texts({ width, height }: PixelSize, files: DrawingFiles): readonly string[] {
  const text = (from: string, size: number, y: number, more = "") =>
    `drawtext=fontfile=${graphPath(files.font)}:${from}:fontsize=${size}:fontcolor=white:x=40:y=${y}${more}`;
  const band = Math.round(height * 0.72);
  // A picture from another take brings that take's writing along: ours waits until it has faded.
  const from = files.first ? `:enable='gte(n\\,${FRAME_RATE - 4})'` : "";
  const layers = [
    `drawbox=x=0:y=${band}:w=${width}:h=${height - band}:color=black@0.5:t=fill`,
    text(`textfile=${graphPath(files.promptText)}:expansion=none`, 34, band + 20, ":line_spacing=8"),
    text(`textfile=${graphPath(files.idText)}:expansion=none`, 26, 50),
    text("text='%{n}':expansion=normal", 64, 100),
  ];
  return layers.map((layer) => layer + from);
}

/** See `MARK`: the frame's bits are boxes switched on and off by frame number, the take's are drawn once and for all. */
function squares(size: PixelSize, task: string): readonly string[] {
  const side = Math.min(size.width, size.height) / MARK.squaresPerShortSide;
  const box = (position: number, colour: string, count = 1) =>
    `drawbox=x=${position * side}:y=0:w=${side * count}:h=${side}:color=${colour}:t=fill`;
  const takeBits = markBits(task, 0).slice(MARK.frameBits);
  return [
    box(0, "black", MARK.squares),
    ...Array.from(
      { length: MARK.frameBits },
      (_, bit) => `${box(bit, "white")}:enable='mod(floor(n/${2 ** bit})\\,2)'`,
    ),
    ...takeBits.flatMap((white, bit) => (white ? [box(MARK.frameBits + bit, "white")] : [])),
  ];
}

/** A steady tone with a short beep each second, exactly as long as the picture. */
function tone(task: string, seconds: number): string {
  const source = `sine=frequency=${toneHz(markOf(task))}:beep_factor=4:sample_rate=${SAMPLE_RATE}`;
  const stereo = `aformat=channel_layouts=stereo:sample_rates=${SAMPLE_RATE}`;
  return `${source},volume=0.5,${stereo},atrim=end_sample=${seconds * SAMPLE_RATE}`;
}
