import { expect, test } from "vitest";
import type { PosterJob } from "../../src/media/picture/poster.ts";
import { drawPoster } from "../../src/run/poster-file.ts";
import { RenderError } from "../../src/world/render.ts";

const FILM = {
  size: { width: 1280, height: 720 },
  frameRate: { numerator: 24, denominator: 1 },
  encode: undefined,
};

/** Frames 0 to 47 are all of one clip, 48 to 71 the midst of another. */
const PARTS = [
  { path: "one.mp4", first: 0, end: 48 },
  { path: "two.mp4", first: 100, end: 124 },
];

async function drawn(film: Parameters<typeof drawPoster>[0], draw?: () => Promise<void>) {
  const jobs: PosterJob[] = [];
  const poster = async (job: PosterJob) => {
    jobs.push(job);
    await draw?.();
  };
  const { signal } = new AbortController();
  const lies = await drawPoster(film, PARTS, "poster.jpg", { media: { poster }, leave: signal });
  return { lies, jobs };
}

test.for([
  { frame: 0, film: "one.mp4", at: 0 },
  { frame: 47, film: "one.mp4", at: 47 },
  { frame: 48, film: "two.mp4", at: 100 },
  { frame: 71, film: "two.mp4", at: 123 },
])("the poster of frame $frame is drawn from frame $at of $film", async ({ frame, film, at }) => {
  const { lies, jobs } = await drawn({ ...FILM, poster: { frame, near: true } });
  expect(lies).toBe("poster.jpg");
  expect(jobs).toMatchObject([{ film, frame: at, near: true, output: "poster.jpg" }]);
});

const ENCODE = { codec: "h265", crf: 28, preset: "medium", audio: "aac" } as const;

test.for([
  { what: "a frame that the author named", film: { ...FILM, poster: { frame: 10, near: false } } },
  { what: "a frame behind the end", film: { ...FILM, poster: { frame: 72, near: true } } },
  { what: "a film that is encoded as a whole", film: { ...FILM, encode: ENCODE, poster: { frame: 10, near: true } } },
])("the poster waits for its film: $what", async ({ film }) => {
  expect(await drawn(film)).toEqual({ lies: undefined, jobs: [] });
});

test("a poster that cannot be drawn from a clip is left to the film, any other fault is told", async () => {
  const film = { ...FILM, poster: { frame: 0, near: true } };
  const refused = new RenderError("no", "ffmpeg", "", false);
  const full = Object.assign(new Error("no space left"), { code: "ENOSPC", syscall: "write" });
  for (const error of [refused, full]) {
    expect((await drawn(film, () => Promise.reject(error))).lies).toBeUndefined();
  }
  await expect(drawn(film, () => Promise.reject(new TypeError("a mistake of ours")))).rejects.toThrow(TypeError);
});
