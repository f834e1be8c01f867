import { chromium } from "playwright-core";
import { expect, test } from "vitest";
import type { CaptionTrack } from "../../src/media/words/cue.ts";
import { cuesOf } from "../../src/media/words/cues.ts";
import { writeWebVtt } from "../../src/media/words/webvtt.ts";

const INSTALL = "apt-get install -y --no-install-recommends chromium";

test("Chromium reads every word of a WebVTT file at its time, whatever is written in it", async ({
  onTestFinished,
}) => {
  const texts = ["A & B <i>7 < 8</i> -->", "לספור את הגלים!", "「波」を数え始めた。", "- Who?\n- Nobody."];
  const cues = texts.flatMap((text, index) => {
    const startFrame = index * 50;
    const spoken = { text, startFrame, endFrame: startFrame + 47, latestFrame: startFrame + 47 };
    return cuesOf(spoken, "und", { numerator: 24, denominator: 1 }, { width: 1280, height: 720 });
  });
  const track: CaptionTrack = { language: "he", cues };
  const browser = await chromium
    .launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] })
    .catch((error: unknown) => {
      throw new Error(`Chromium does not start; it comes with ${INSTALL}`, { cause: error });
    });
  onTestFinished(() => browser.close());
  const page = await browser.newPage();
  const read = await page.evaluate(readCues, writeWebVtt(track));
  expect(read.map(({ text }) => text)).toEqual(cues.map(({ lines }) => lines.join("\n")));
  for (const [index, { start, end }] of read.entries()) {
    expect(Math.abs(start - (cues[index]?.startSeconds ?? 0))).toBeLessThan(0.0006);
    expect(Math.abs(end - (cues[index]?.endSeconds ?? 0))).toBeLessThan(0.0006);
  }
});

/** As much of a page as is used in it: this project's types know nothing of browsers. */
interface PageDocument {
  createElement(name: "video" | "track"): PageElement;
}
interface PageElement {
  src: string;
  readonly track: { mode: string; readonly cues: ArrayLike<PageCue> };
  append(child: PageElement): void;
  addEventListener(event: string, listener: () => void): void;
}
interface PageCue {
  readonly startTime: number;
  readonly endTime: number;
  getCueAsHTML(): { readonly textContent: string };
}

/** Runs in the page: what its parser makes of a file. */
async function readCues(file: string) {
  const { document } = globalThis as unknown as { document: PageDocument };
  const [video, track] = [document.createElement("video"), document.createElement("track")];
  video.append(track);
  const loaded = new Promise<void>((resolve, reject) => {
    track.addEventListener("load", resolve);
    track.addEventListener("error", () => reject(new Error("the file was not taken")));
  });
  track.track.mode = "hidden"; // a track that is off is not loaded
  track.src = `data:text/vtt;charset=utf-8,${encodeURIComponent(file)}`;
  await loaded;
  return Array.from(track.track.cues, (cue) => ({
    text: cue.getCueAsHTML().textContent,
    start: cue.startTime,
    end: cue.endTime,
  }));
}
