import { join } from "node:path";
import { expect, test } from "vitest";
import type { ClipSource } from "../../../src/media/picture/clip-frames.ts";
import { pictureFormat } from "../../../src/media/picture/film-format.ts";
import type { PiecePart } from "../../../src/media/picture/piece.ts";
import { TRANSITION_KINDS, type TransitionKind } from "../../../src/shot/transition.ts";
import { run } from "../marked-clip.ts";
import { findBuilds, openStudio, world } from "../studio.ts";

// The ffmpeg of npm has no xfade, and so no film with transitions.
const build = (await findBuilds()).find(({ tools }) => tools.ffmpeg.capabilities.includes("filter:xfade"));
if (!build) throw new Error("no ffmpeg that can mix two pictures");
const { tools } = build;

const SIZE = { width: 160, height: 90 };
const RATE = { numerator: 24, denominator: 1 };
const LENGTH = 12;

/** Colours that no mixing of two others gives. */
const COLOURS: Readonly<Record<string, readonly [red: number, green: number, blue: number]>> = {
  ...{ red: [200, 0, 0], yellow: [200, 200, 0], green: [0, 160, 0], cyan: [0, 180, 180] },
  ...{ blue: [0, 0, 200], violet: [160, 0, 200], grey: [110, 110, 110], orange: [240, 120, 0] },
  ...{ black: [0, 0, 0], white: [255, 255, 255] },
};

/** What stands in the quarters of a picture: upper left, upper right, lower left, lower right. */
type Quarters = readonly [string, string, string, string];

const BEFORE: Quarters = ["red", "yellow", "green", "cyan"];
const AFTER: Quarters = ["blue", "violet", "grey", "orange"];

/** At half time. A wipe's edge and a slide's pictures move to where its name says; only a slide takes the pictures along. */
const HALF_WAY: Readonly<Record<Exclude<TransitionKind, "cut">, Quarters | "both mixed">> = {
  dissolve: "both mixed",
  hold: "both mixed",
  fade_black: ["black", "black", "black", "black"],
  fade_white: ["white", "white", "white", "white"],
  wipe_left: ["red", "violet", "green", "orange"],
  wipe_right: ["blue", "yellow", "grey", "cyan"],
  wipe_up: ["red", "yellow", "grey", "orange"],
  wipe_down: ["blue", "violet", "green", "cyan"],
  slide_left: ["yellow", "blue", "cyan", "grey"],
  slide_right: ["violet", "red", "orange", "green"],
};

test("every transition moves to where its name says, and a clip of another shape fills the frame or stands whole in it", async ({
  onTestFinished,
}) => {
  const { folder, media } = await openStudio(tools, onTestFinished);
  const sourceOf = async (name: string, graph: string, fit: ClipSource["fit"]): Promise<ClipSource> => {
    const path = join(folder, `${name}.mp4`);
    const tags = ["-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv"];
    const shaped = `${graph},scale=out_color_matrix=bt709:out_range=tv,format=yuv420p`;
    const length = ["-r", "24", "-frames:v", `${LENGTH}`, "-c:v", "libx264", "-crf", "8", ...tags];
    await run(world, tools.ffmpeg.path, ["-f", "lavfi", "-i", shaped, ...length, path]);
    return { shows: "clip", path, facts: await media.facts(path), trim: undefined, frames: LENGTH, fit };
  };
  const [before, after, upright] = await Promise.all([
    sourceOf("before", quarters(BEFORE), "pad"),
    sourceOf("after", quarters(AFTER), "pad"),
    sourceOf("upright", bands(), "crop"),
  ]);
  const kinds = TRANSITION_KINDS.filter((kind) => kind !== "cut");
  const shows: PiecePart[] = kinds.map((kind) => ({
    shows: "transition",
    transition: { kind, frames: LENGTH },
    before: { source: before, from: 0, end: LENGTH },
    after: { source: after, from: 0, end: kind === "hold" ? 1 : LENGTH },
  }));
  for (const source of [upright, { ...upright, fit: "pad" as const }]) {
    shows.push({ shows: "frames", of: { source, from: 0, end: 1 } });
  }
  const output = join(folder, "piece.mp4");
  const format = pictureFormat({ size: SIZE, frameRate: RATE }, before.facts.video);
  await media.piece({ shows, frames: kinds.length * LENGTH + 2, format, output });

  const raw = join(folder, "piece.rgb");
  const asRgb = ["-vf", "scale=in_color_matrix=bt709:in_range=tv:out_range=pc,format=rgb24", "-f", "rawvideo"];
  await run(world, tools.ffmpeg.path, ["-i", output, "-vsync", "0", ...asRgb, raw]);
  const pixels = await world.files.readBytes(raw);
  const colourAt = (frame: number, x: number, y: number) => {
    const at = ((frame * SIZE.height + Math.floor(y * SIZE.height)) * SIZE.width + Math.floor(x * SIZE.width)) * 3;
    return [...pixels.subarray(at, at + 3)];
  };
  const seen = kinds.map((kind, index) => {
    const frame = index * LENGTH + LENGTH / 2;
    const found = QUARTER_CENTRES.map(([x, y]) => colourAt(frame, x, y));
    const mixed = found.every((colour, quarter) => distance(colour, between(quarter)) < 12);
    return [kind, mixed ? "both mixed" : found.map(nameOf)];
  });
  expect(Object.fromEntries(seen)).toEqual(HALF_WAY);

  // Of three bands only the middle one is left where a third of the height is; padded, all three stand between black.
  const [cropped, padded] = [kinds.length * LENGTH, kinds.length * LENGTH + 1];
  const corners = [0.03, 0.97].flatMap((x) => [0.06, 0.94].map((y) => [x, y] as const));
  expect(corners.map(([x, y]) => nameOf(colourAt(cropped, x, y)))).toEqual(["green", "green", "green", "green"]);
  expect(corners.map(([x, y]) => nameOf(colourAt(padded, x, y)))).toEqual(["black", "black", "black", "black"]);
  expect([0.1, 0.5, 0.9].map((y) => nameOf(colourAt(padded, 0.5, y)))).toEqual(["red", "green", "blue"]);
});

const QUARTER_CENTRES = [
  [0.25, 0.25],
  [0.75, 0.25],
  [0.25, 0.75],
  [0.75, 0.75],
] as const;

function quarters(names: Quarters): string {
  const boxes = names.map((name, at) => box(name, `${(at % 2) * 80}:${Math.floor(at / 2) * 45}:80:45`));
  return ["color=c=black:s=160x90:r=24", "format=rgb24", ...boxes].join(",");
}

/** An upright picture: red above, blue below, green between. */
function bands(): string {
  const boxes = [box("red", "0:0:90:50"), box("green", "0:50:90:60"), box("blue", "0:110:90:50")];
  return ["color=c=black:s=90x160:r=24", "format=rgb24", ...boxes].join(",");
}

function box(name: string, area: string): string {
  const [x, y, width, height] = area.split(":");
  const [red = 0, green = 0, blue = 0] = COLOURS[name] ?? [];
  const colour = [red, green, blue].map((level) => level.toString(16).padStart(2, "0")).join("");
  return `drawbox=x=${x}:y=${y}:w=${width}:h=${height}:color=0x${colour}:t=fill`;
}

function between(quarter: number): readonly number[] {
  const [a, b] = [COLOURS[BEFORE[quarter] ?? ""] ?? [], COLOURS[AFTER[quarter] ?? ""] ?? []];
  return a.map((level, channel) => (level + (b[channel] ?? 0)) / 2);
}

function nameOf(colour: readonly number[]): string {
  const near = Object.entries(COLOURS).find(([, wanted]) => distance(colour, wanted) < 24);
  return near?.[0] ?? `${colour}`;
}

function distance(a: readonly number[], b: readonly number[]): number {
  return Math.max(...a.map((level, channel) => Math.abs(level - (b[channel] ?? 0))));
}
