import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { BURST } from "../media/marked-clip.ts";
import { findBursts } from "../media/read-film.ts";
import { world } from "../media/studio.ts";

/** Judges that had no part in making the film. One that is not installed throws: nothing is skipped. */
const INSTALL = "apt-get install -y --no-install-recommends mkvtoolnix mediainfo chromium";

const CHROMIUM = [
  ...["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
  ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
];

async function ask(judge: string, args: readonly string[]) {
  const outcome = await world.processes.run(judge, args, { timeoutMs: 60_000 });
  if (outcome.stopped === "ENOENT") throw new Error(`${judge} is not installed: ${INSTALL}`);
  return outcome;
}

/** What mkvmerge warns of when it takes a film, and the tracks that it found. */
export async function askMkvmerge(film: string, folder: string) {
  const merged = await ask("mkvmerge", ["-o", join(folder, "film.mkv"), film]);
  const said = merged.stdout.split("\n").filter((line) => /Warning|Error/.test(line));
  // 1 is a warning, 2 a refusal.
  const faults = merged.exitCode === 0 ? said : [...said, `exit code ${merged.exitCode}`];
  const { tracks } = JSON.parse((await ask("mkvmerge", ["-J", film])).stdout) as { tracks: { type: string }[] };
  return { faults, tracks: tracks.map(({ type }) => type) };
}

/** mediainfo's view of a film: the fields of its head, its picture and its sound. */
export async function askMediainfo(film: string) {
  const { stdout } = await ask("mediainfo", ["--Output=JSON", film]);
  const { media } = JSON.parse(stdout) as { media: { track: Record<string, string>[] } };
  const track = (type: string) => media.track.find((one) => one["@type"] === type) ?? {};
  return { head: track("General"), picture: track("Video"), sound: track("Audio") };
}

/** What MP4Box says of a film; undefined where this machine has none: Debian does not package it any more. */
export async function askMp4box(film: string): Promise<string | undefined> {
  const outcome = await world.processes.run("MP4Box", ["-info", film], { timeoutMs: 60_000 });
  return outcome.stopped === "ENOENT" ? undefined : `${outcome.stdout}${outcome.stderr}`;
}

export interface WantedPicture {
  readonly clip: number;
  readonly frame: number;
  /** seconds of the film: the middle of that frame's time */
  readonly at: number;
}

/** What Chromium shows of a film 160 wide, and hears of it. */
export interface SeenInChromium {
  readonly duration: number;
  readonly frames: readonly { readonly clip: number; readonly frame: number }[];
  /** samples of its sound at 48 kHz, and seconds at which bursts begin */
  readonly samples: number;
  readonly bursts: readonly number[];
}

/** @throws where a step takes longer than five seconds: a page that never answers is what some films lead to */
export async function askChromium(film: string, wanted: readonly WantedPicture[]): Promise<SeenInChromium> {
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
  const browser = await chromium
    .launch({ executablePath: "/usr/bin/chromium", args: CHROMIUM })
    .catch((error: unknown) => {
      server.close();
      throw new Error(`Chromium does not start; it comes with ${INSTALL}`, { cause: error });
    });
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    const shown = await page.evaluate(
      showFrames,
      wanted.map(({ at }) => at),
    );
    const heard = await page.evaluate(hearSound, BURST.level * 0.4);
    const sound = new Float32Array(heard.samples);
    for (const [at, ...values] of heard.loud) sound.set(values, at);
    return { ...shown, samples: heard.samples, bursts: findBursts(sound) };
  } finally {
    await browser.close();
    server.close();
  }
}

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
  requestVideoFrameCallback(shown: () => void): void;
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
interface PageSound {
  new (
    channels: number,
    samples: number,
    rate: number,
  ): {
    decodeAudioData(
      bytes: ArrayBuffer,
    ): Promise<{ readonly length: number; getChannelData(channel: number): Float32Array }>;
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
    // A busy machine says "seeked" before the picture is there. A frame that stands already is not told of again.
    const painted = new Promise<void>((resolve) => {
      video.requestVideoFrameCallback(() => resolve());
      setTimeout(resolve, 1_000);
    });
    const sought = told("seeked");
    video.currentTime = time;
    await sought;
    await painted;
    context.drawImage(video, 0, 0);
    const bit = (index: number) => {
      const light = context.getImageData((index % 16) * 10 + 5, index < 16 ? 5 : 15, 1, 1).data[0] ?? 0;
      return light > 128 ? 1 : 0;
    };
    const byte = (from: number) =>
      Array.from({ length: 8 }, (_, index) => bit(from + index) << index).reduce((a, b) => a + b, 0);
    frames.push({ frame: byte(0), clip: byte(8) + (byte(16) << 8) });
  }
  return { duration: video.duration, frames };
}

/** Runs in the page: decodes the sound and hands over where it is loud, as all of it would be slow to send. */
async function hearSound(level: number) {
  const { OfflineAudioContext } = globalThis as unknown as { OfflineAudioContext: PageSound };
  const bytes = await (await fetch("/film.mp4")).arrayBuffer();
  const decoding = new OfflineAudioContext(1, 1, 48_000).decodeAudioData(bytes);
  const late = new Promise<never>((_, reject) => {
    setTimeout(() => reject(new Error("the sound is not decoded within 5 s")), 5_000);
  });
  const sound = await Promise.race([decoding, late]);
  const left = sound.getChannelData(0);
  const loud: number[][] = [];
  for (let at = 0; at < left.length; at++) {
    if (Math.abs(left[at] ?? 0) < level) continue;
    const from = Math.max(0, at - 100);
    loud.push([from, ...left.subarray(from, at + 200)]);
    at += 200;
  }
  return { samples: sound.length, loud };
}
