import type { ClipFigures } from "../../shot/clip-check.ts";
import { RenderError } from "../../world/render.ts";
import type { World } from "../../world/world.ts";
import type { Capability } from "../tools/capabilities.ts";
import type { MediaTools } from "../tools/tools.ts";
import type { ClipFacts, VideoFacts } from "./clip-facts.ts";
import { LOUDNESS_FILTER, readLoudness } from "./loudness-filter.ts";
import { NotAClip } from "./not-a-clip.ts";

/** Nominal: a 4k clip of 8 s decodes in 3 s of one core; a machine under load is given plenty. */
const TIMEOUT_MS = 600_000;

/** Pixels along the longer side that the picture is looked at with: the thresholds then mean the same at every size. */
const LOOKED_AT = 320;

/**
 * - black: 98 of 100 pixels are darker than a twentieth of the way from black to white; grain of 4 levels stays below
 * - frozen: stretches of 0.4 s in which no frame differs from the first by more than a ten-thousandth of full scale on
 *   average. Measured: between its key frames a still under x264 differs by less, a patch of 24 pixels that creeps over it by more
 */
const PICTURE = [
  ["filter:blackdetect", "blackdetect=d=0:pix_th=0.05:pic_th=0.98"],
  ["filter:freezedetect", "freezedetect=n=-80dB:d=0.4"],
] as const satisfies readonly Filter[];

const SOUND = [
  ["filter:silencedetect", "silencedetect=n=-60dB:d=0.1"],
  ["filter:ebur128", `${LOUDNESS_FILTER}:dualmono=true`], // mono is heard from two loudspeakers
  // What lies beyond full scale after decoding is cut off here as it will be in a player, and so can be counted.
  ["filter:astats", "aformat=sample_fmts=s16,astats"],
] as const satisfies readonly Filter[];

/**
 * Looks at a clip's picture and listens to its sound, all in one decoding. What this ffmpeg has no filter for is null.
 *
 * @throws NotAClip, RenderError
 * @see ffmpeg filters manual: blackdetect, freezedetect, silencedetect, ebur128, astats; their log lines as in 4.1 to 5.1
 */
export async function measureClip(
  tools: Pick<MediaTools, "ffmpeg">,
  world: Pick<World, "processes">,
  { path, facts }: { readonly path: string; readonly facts: ClipFacts },
  signal?: AbortSignal,
): Promise<ClipFigures> {
  const { video, audio } = facts;
  const [looking, listening] = [able(PICTURE, tools), audio ? able(SOUND, tools) : []];
  const small = `scale=${LOOKED_AT}:${LOOKED_AT}:force_original_aspect_ratio=decrease:flags=neighbor`;
  const graphOf = (filters: readonly Filter[]) => filters.map(([, filter]) => filter).join(",");
  const chains = [
    ...(looking.length > 0 ? [`[0:${video.streamIndex}]${small},${graphOf(looking)}[v]`] : []),
    ...(listening.length > 0 ? [`[0:a:0]${graphOf(listening)}[a]`] : []),
  ];
  if (chains.length === 0) return NOTHING_MEASURED;
  const outcome = await world.processes.run(
    tools.ffmpeg.path,
    [
      ...["-hide_banner", "-nostdin", "-nostats"],
      ...["-v", "info"], // the filters say what they found at this level
      // As many clips as there are cores are looked at side by side; threads of one clip's own cost a seventh more.
      ...["-threads", "1", "-filter_complex_threads", "1"],
      ...["-protocol_whitelist", "file", "-f", "mov", "-i", `file:${path}`],
      ...["-filter_complex", chains.join(";")],
      ...(looking.length > 0 ? ["-map", "[v]"] : []),
      ...(listening.length > 0 ? ["-map", "[a]"] : []),
      ...["-f", "null", "-"],
    ],
    { timeoutMs: TIMEOUT_MS, ...(signal ? { signal } : {}) },
  );
  if (outcome.stopped === "cancelled") throw signal?.reason ?? new Error("cancelled");
  // A program that was killed or never started says nothing about the file.
  if (outcome.exitCode === undefined) {
    const stopped = `ffmpeg was stopped: ${outcome.stopped}`;
    throw new RenderError(stopped, outcome.shown, outcome.stderr.slice(-1000), false);
  }
  if (outcome.exitCode !== 0) {
    const said = outcome.stderr.trim().split("\n").slice(-3).join("; ");
    throw new NotAClip(`ffmpeg cannot decode it: ${said}\n  ${outcome.shown}`, path);
  }
  return figuresOf(outcome.stderr, new Set([...looking, ...listening].map(([capability]) => capability)), video);
}

type Filter = readonly [Capability, string];

function able(filters: readonly Filter[], { ffmpeg }: Pick<MediaTools, "ffmpeg">): readonly Filter[] {
  return filters.filter(([capability]) => ffmpeg.capabilities.includes(capability));
}

const NOTHING_MEASURED: ClipFigures = {
  blackSeconds: null,
  frozenSeconds: null,
  silentSeconds: null,
  loudnessLufs: null,
  truePeakDb: null,
  clippedSamples: null,
};

/** Reads what the filters said. A stretch that lasts to the end may have no end said of it. */
function figuresOf(
  said: string,
  ran: ReadonlySet<Capability>,
  { durationSeconds, frameRate }: VideoFacts,
): ClipFigures {
  const found = (name: string) => {
    const starts = new RegExp(`${name}_start: ?(-?[\\d.]+)`, "g");
    return stretches(said, starts, new RegExp(`${name}_end: ?([\\d.]+)`, "g"), durationSeconds);
  };
  // The end of black is where its last frame begins.
  const oneFrame = frameRate.denominator / frameRate.numerator;
  const black = found("black").map(({ from, to }) => ({ from, to: Math.min(durationSeconds, to + oneFrame) }));
  const { integratedLufs = null, truePeakDb = null } = readLoudness(said) ?? {};
  const peak = lastNumber(said, /Peak level dB: (-?[\d.]+|-inf)/g) ?? Number.NEGATIVE_INFINITY;
  const atPeak = lastNumber(said, /Peak count: (\d+)/g) ?? 0;
  return {
    blackSeconds: ran.has("filter:blackdetect") ? rounded(total(black)) : null,
    frozenSeconds: ran.has("filter:freezedetect") ? rounded(longest(found("freeze"))) : null,
    silentSeconds: ran.has("filter:silencedetect") ? rounded(Math.min(durationSeconds, total(found("silence")))) : null,
    loudnessLufs: integratedLufs,
    truePeakDb,
    clippedSamples: ran.has("filter:astats") ? (peak > FULL_SCALE_DB ? atPeak : 0) : null,
  };
}

/** 32767 of 32768 in decibels, and a hair below. */
const FULL_SCALE_DB = -0.001;

interface Stretch {
  readonly from: number;
  readonly to: number;
}

function stretches(said: string, start: RegExp, end: RegExp, durationSeconds: number): readonly Stretch[] {
  const ends = [...said.matchAll(end)].map((match) => Number(match[1]));
  return [...said.matchAll(start)].map((match, index) => {
    return { from: Math.max(0, Number(match[1])), to: ends[index] ?? durationSeconds };
  });
}

function total(all: readonly Stretch[]): number {
  return all.reduce((sum, { from, to }) => sum + Math.max(0, to - from), 0);
}

/** Stretches that touch count as one: a key frame refreshes a picture that stands still. */
function longest(all: readonly Stretch[]): number {
  let best = 0;
  let open: Stretch | undefined;
  for (const { from, to } of all) {
    open = open && from - open.to < TOUCHING_SECONDS ? { from: open.from, to } : { from, to };
    best = Math.max(best, open.to - open.from);
  }
  return best;
}

const TOUCHING_SECONDS = 0.25;

/** The last, as some builds say it once when they begin. */
function lastNumber(said: string, pattern: RegExp): number | null {
  const found = [...said.matchAll(pattern)].at(-1)?.[1];
  return found === undefined || found === "-inf" ? null : Number(found);
}

/** To the millisecond: what follows is noise of the sum. */
function rounded(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
