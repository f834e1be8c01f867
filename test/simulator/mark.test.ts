import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import type { Clip } from "../../src/simulator/clip.ts";
import { MARK, markBits, markOf, readMark } from "../../src/simulator/mark.ts";
import { openStudio } from "../../src/simulator/studio.ts";
import { BUILDS, FFMPEG, FFPROBE, FONT, realWorld, temporaryFolder } from "./real-world.ts";

const TASK = "4c9a31a5bb61db65d10f1210d78cc08a";
const PROMPT = 'A lighthouse: 100 % "real", it\'s [slow]; 50\\50, %{n} and a word that goes on and on\n'.repeat(3);

test("a mark says its frame and its take, least significant bit first", () => {
  expect(readMark(markBits(TASK, 191))).toEqual({ frame: 191, take: markOf(TASK) });
  expect(markBits(TASK, 6).slice(0, 4)).toEqual([false, true, true, false]);
});

/** The squares of every frame, read as light or dark at their middles. */
function marksOf(path: string, shortSide: number) {
  const side = shortSide / MARK.squaresPerShortSide;
  const row = `format=gray,crop=${side * MARK.squares}:${side}:0:0,scale=${MARK.squares}:1:flags=area`;
  const bytes = execFileSync(FFMPEG, ["-v", "error", "-i", path, "-vf", row, "-f", "rawvideo", "-"], {
    maxBuffer: 1 << 26,
  });
  return Array.from({ length: bytes.length / MARK.squares }, (_, frame) =>
    readMark([...bytes.subarray(frame * MARK.squares, (frame + 1) * MARK.squares)].map((light) => light > 128)),
  );
}

function probe(path: string) {
  const entries =
    "stream=codec_name,profile,pix_fmt,width,height,r_frame_rate,sample_rate,channels,duration,nb_read_packets";
  const args = ["-v", "error", "-count_packets", "-show_entries", entries, "-of", "json", path];
  return JSON.parse(execFileSync(FFPROBE, args, { encoding: "utf8" })).streams;
}

/** SPS and PPS, as the container keeps them. */
function parameterSets(path: string): string {
  const args = ["-v", "error", "-select_streams", "v", "-show_streams", "-show_data", "-of", "json", path];
  return JSON.parse(execFileSync(FFPROBE, args, { encoding: "utf8" })).streams[0].extradata;
}

const take = (task: string, more: object = {}): Clip => ({
  kind: "take",
  task,
  prompt: PROMPT,
  orientation: "wide",
  seconds: 8,
  sound: true,
  ...more,
});

describe.each(BUILDS)("clips drawn by %s", (ffmpeg) => {
  test("are 192 frames of High 4:2:0 with 8 s of stereo, every frame marked; upgrades show the same", async ({
    onTestFinished,
  }) => {
    const folder = `${await temporaryFolder(onTestFinished)}/it's, a [b]; c`;
    const studio = openStudio({ mode: "burned", ffmpeg, font: FONT, folder }, realWorld());
    const clip = await studio.clip(take(TASK));
    const larger = await studio.clip({ kind: "upgrade", of: take(TASK), resolution: "1080p" });
    for (const [path, width, height] of [
      [clip, 1280, 720],
      [larger, 1920, 1080],
    ] as const) {
      const [picture, sound] = probe(path);
      expect(picture).toMatchObject({
        ...{ codec_name: "h264", profile: "High", pix_fmt: "yuv420p", r_frame_rate: "24/1" },
        ...{ width, height, duration: "8.000000", nb_read_packets: "192" },
      });
      expect(sound).toMatchObject({ codec_name: "aac", sample_rate: "48000", channels: 2, duration: "8.000000" });
      expect(marksOf(path, height)).toEqual(Array.from({ length: 192 }, (_, frame) => ({ frame, take: markOf(TASK) })));
    }
  });

  test("of one size have the same parameter sets, so that their pictures can be joined by copying", async ({
    onTestFinished,
  }) => {
    const folder = await temporaryFolder(onTestFinished);
    const studio = openStudio({ mode: "burned", ffmpeg, font: FONT, folder }, realWorld());
    const one = take("one", { seconds: 2 });
    const two = take("two", { after: one, prompt: "x", seconds: 2 });
    const [a, b, whole] = await Promise.all([
      studio.clip(one),
      studio.clip(two),
      studio.clip({ kind: "whole", parts: [one, two] }),
    ]);
    expect(parameterSets(a)).toBe(parameterSets(b));
    const marks = marksOf(whole, 720);
    expect(marks).toHaveLength(96);
    expect(marks[48]).toEqual({ frame: 0, take: markOf("two") });
    expect(probe(whole)[0].duration).toBe("4.000000");
  });

  test("that are tiny have their true size and length all the same", async ({ onTestFinished }) => {
    const folder = await temporaryFolder(onTestFinished);
    const studio = openStudio({ mode: "tiny", ffmpeg, font: FONT, folder }, realWorld());
    const upright = take(TASK, { orientation: "upright", sound: false });
    const path = await studio.clip({ kind: "upgrade", of: upright, resolution: "4k" });
    const streams = probe(path);
    expect(streams).toHaveLength(1);
    expect(streams[0]).toMatchObject({ profile: "High", width: 2160, height: 3840, nb_read_packets: "192" });
    expect(streams[0].duration).toBe("8.000000");
  });
});

test("shared clips copy one picture and give each take its own sound", async ({ onTestFinished }) => {
  const folder = await temporaryFolder(onTestFinished);
  const studio = openStudio({ mode: "shared", ffmpeg: FFMPEG, font: FONT, folder }, realWorld());
  const [a, b] = await Promise.all([studio.clip(take("one")), studio.clip(take("two"))]);
  const hash = (path: string, stream: string) =>
    execFileSync(FFMPEG, ["-v", "error", "-i", path, "-map", `0:${stream}`, "-c", "copy", "-f", "md5", "-"]).toString();
  expect(hash(a, "v")).toBe(hash(b, "v"));
  expect(hash(a, "a")).not.toBe(hash(b, "a"));
  expect(marksOf(a, 720)[191]).toEqual({ frame: 191, take: markOf("shared") });
});

test("a take that begins with a picture shows it at first and then no more", async ({ onTestFinished }) => {
  const folder = await temporaryFolder(onTestFinished);
  const studio = openStudio({ mode: "burned", ffmpeg: FFMPEG, font: FONT, folder }, realWorld());
  const red = studio.uploadPath("red");
  await realWorld().files.makeFolder(`${folder}/uploads`);
  execFileSync(FFMPEG, [
    "-v",
    "error",
    "-f",
    "lavfi",
    "-i",
    "color=c=red:s=320x180",
    "-frames:v",
    "1",
    "-f",
    "image2",
    "-c:v",
    "png",
    red,
  ]);
  const path = await studio.clip(take(TASK, { first: "red" }));
  const middle = (seconds: number) => [
    ...execFileSync(FFMPEG, [
      "-v",
      "error",
      "-ss",
      `${seconds}`,
      "-i",
      path,
      "-frames:v",
      "1",
      "-vf",
      "crop=8:8:1100:300,scale=1:1",
      "-f",
      "rawvideo",
      "-pix_fmt",
      "rgb24",
      "-",
    ]),
  ];
  const [red0 = 0, green0 = 0] = middle(0);
  expect(red0 - green0).toBeGreaterThan(180);
  const [red2 = 0, green2 = 0] = middle(2);
  expect(red2 - green2).toBeLessThan(120);
});
