import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { expect, test } from "vitest";
import { findBuilds, jobOf, openStudio, world } from "../media/studio.ts";

/** Judges that had no part in making the film. One that is not installed fails its test: nothing is skipped. */
const INSTALL = "apt-get install -y --no-install-recommends mkvtoolnix mediainfo chromium";

const CHROMIUM = [
  ...["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
  ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
];

const [build] = await findBuilds();
if (!build) throw new Error("no ffmpeg");
const { tools } = build;

const FRAMES = 24;
const CLIPS = [1, 2, 3];

async function makeFilm(onTestFinished: Parameters<typeof openStudio>[1]): Promise<{ film: string; folder: string }> {
  const { folder, media, make, clip } = await openStudio(tools, onTestFinished);
  const clips = [];
  for (const number of CLIPS) clips.push(await clip(await make({ name: `c${number}`, number, frames: FRAMES })));
  const film = join(folder, "film.mp4");
  await media.join(jobOf(clips, { title: "A harbour", output: film, workFolder: folder }));
  return { film, folder };
}

async function ask(judge: string, args: readonly string[]) {
  const outcome = await world.processes.run(judge, args, { timeoutMs: 60_000 });
  if (outcome.stopped === "ENOENT") throw new Error(`${judge} is not installed: ${INSTALL}`);
  return outcome;
}

test("mkvmerge takes the film without a warning and finds one track of each", async ({ onTestFinished }) => {
  const { film, folder } = await makeFilm(onTestFinished);
  const merged = await ask("mkvmerge", ["-o", join(folder, "film.mkv"), film]);
  expect(merged.stdout).not.toMatch(/Warning|Error/);
  expect(merged.exitCode).toBe(0); // 1 is a warning, 2 a refusal
  const { stdout } = await ask("mkvmerge", ["-J", film]);
  const { tracks } = JSON.parse(stdout) as { tracks: { type: string }[] };
  expect(tracks.map(({ type }) => type)).toEqual(["video", "audio"]);
});

test("mediainfo counts the frames, finds one steady rate and no delay of the sound", async ({ onTestFinished }) => {
  const { film } = await makeFilm(onTestFinished);
  const { stdout } = await ask("mediainfo", ["--Output=JSON", film]);
  const { media } = JSON.parse(stdout) as { media: { track: Record<string, string>[] } };
  const track = (type: string) => media.track.find((one) => one["@type"] === type) ?? {};
  expect(track("General")).toMatchObject({ IsStreamable: "Yes", Title: "A harbour" });
  expect(track("Video")).toMatchObject({
    FrameCount: `${FRAMES * CLIPS.length}`,
    FrameRate_Mode: "CFR",
    FrameRate: "24.000",
  });
  expect(Math.abs(Number(track("Audio")["Duration"]) - CLIPS.length)).toBeLessThan(0.025);
  expect(Math.abs(Number(track("Audio")["Video_Delay"] ?? 0))).toBeLessThan(0.001);
});

test("Chromium shows the very frame it was asked for, on both sides of every seam", async ({ onTestFinished }) => {
  const { film } = await makeFilm(onTestFinished);
  const bytes = await world.files.readBytes(film);
  const server = createServer((request, response) => {
    if (request.url !== "/film.mp4")
      return void response.setHeader("content-type", "text/html").end("<!doctype html><video muted></video>");
    const [, from = "0", to = ""] = /bytes=(\d+)-(\d*)/.exec(request.headers.range ?? "bytes=0-") ?? [];
    const end = Math.min(to === "" ? bytes.length : Number(to) + 1, bytes.length);
    response.writeHead(206, {
      "content-type": "video/mp4",
      "accept-ranges": "bytes",
      "content-length": end - Number(from),
      "content-range": `bytes ${from}-${end - 1}/${bytes.length}`,
    });
    response.end(bytes.subarray(Number(from), end));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => void server.close());
  const browser = await chromium
    .launch({ executablePath: "/usr/bin/chromium", args: CHROMIUM })
    .catch((error: unknown) => {
      throw new Error(`Chromium does not start; it comes with ${INSTALL}`, { cause: error });
    });
  onTestFinished(() => browser.close());
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);

  const wanted = CLIPS.flatMap((clip, index) =>
    [0, 1, FRAMES / 2, FRAMES - 1].map((frame) => ({ clip, frame, at: index * FRAMES + frame })),
  );
  const seen = await page.evaluate(
    showFrames,
    wanted.map(({ at }) => (at + 0.5) / 24),
  );
  expect(seen.duration).toBeCloseTo(CLIPS.length, 2);
  expect(seen.frames).toEqual(wanted.map(({ clip, frame }) => ({ clip, frame })));
});

/** As much of a page as is used in it: this project's types know nothing of browsers. */
interface PageDocument {
  querySelector(name: "video"): PageVideo;
  createElement(name: "canvas"): PageCanvas;
}
interface PageVideo {
  src: string;
  currentTime: number;
  readonly duration: number;
  readonly videoWidth: number;
  readonly videoHeight: number;
  readonly error: { readonly message: string } | null;
  addEventListener(event: string, listener: () => void, options: { once: true }): void;
}
interface PageCanvas {
  width: number;
  height: number;
  getContext(
    kind: "2d",
    options: { willReadFrequently: boolean },
  ): {
    drawImage(video: PageVideo, x: number, y: number): void;
    getImageData(x: number, y: number, width: number, height: number): { readonly data: Uint8ClampedArray };
  };
}

/** Runs in the page: seeks to each time and reads the squares from the picture. */
async function showFrames(times: readonly number[]) {
  const { document } = globalThis as unknown as { document: PageDocument };
  const video = document.querySelector("video");
  const told = (event: string) =>
    new Promise<void>((resolve, reject) => {
      video.addEventListener(event, () => resolve(), { once: true });
      video.addEventListener("error", () => reject(new Error(video.error?.message)), { once: true });
      setTimeout(() => reject(new Error(`no "${event}" within 5 s`)), 5_000);
    });
  const loaded = told("loadeddata");
  video.src = "/film.mp4";
  await loaded;
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const frames: { clip: number; frame: number }[] = [];
  for (const time of times) {
    const sought = told("seeked");
    video.currentTime = time;
    await sought;
    context.drawImage(video, 0, 0);
    const bit = (index: number) => ((context.getImageData(index * 10 + 5, 5, 1, 1).data[0] ?? 0) > 128 ? 1 : 0);
    const byte = (from: number) =>
      Array.from({ length: 8 }, (_, index) => bit(from + index) << index).reduce((a, b) => a + b, 0);
    frames.push({ frame: byte(0), clip: byte(8) });
  }
  return { duration: video.duration, frames };
}
