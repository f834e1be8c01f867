import { expect, test } from "vitest";
import type { ClipFacts } from "../../../src/media/clip/clip-facts.ts";
import { type CutClip, cutPicture, framesOf, type PictureCut } from "../../../src/media/picture/cut.ts";
import { overlapOf, type Transition } from "../../../src/shot/transition.ts";

const RATE = { numerator: 24, denominator: 1 };
const FILM = { size: { width: 1280, height: 720 }, frameRate: RATE };
const LENGTH = 192;

/** Facts of a clip with a key frame every so often; B-frames leave a run closed at every third frame, and before a key frame. */
function facts(gop = 24, about: Partial<ClipFacts["video"]> = {}, closedEvery = 3): ClipFacts {
  const frames = about.frames ?? LENGTH;
  const starts = Array.from({ length: Math.ceil(frames / gop) }, (_, index) => index * gop);
  const isEnd = (frame: number) => starts.includes(frame) || frame === frames || (frame % gop) % closedEvery === 1;
  const ends = Array.from({ length: frames }, (_, index) => index + 1).filter(isEnd);
  return {
    video: {
      ...{ streamIndex: 0, codec: "h264", profile: "High", pixelFormat: "yuv420p", width: 1280, height: 720 },
      ...{ sampleAspect: "1:1", rotation: 0, frameRate: RATE, steady: true, frames },
      ...{ editHidesFrames: false, durationSeconds: frames / 24, startSeconds: 0, timescale: 12288 },
      ...{
        colour: "bt709/bt709/bt709/tv",
        decoderConfig: "a",
        parameterSets: [0],
        cutPoints: { starts, ends, closed: true },
      },
      ...about,
    },
    audio: null,
  };
}

const seam = (kind: Transition["kind"], frames = 12): Transition => ({ kind, frames });

function clip(source: ClipFacts | undefined, about: Partial<CutClip> = {}): CutClip {
  const { trim } = about;
  const frames = trim ? trim.end - trim.first : (source?.video.frames ?? LENGTH);
  return { facts: source, trim: undefined, frames, transition: undefined, ...about };
}

/** One line a stretch: `0: 0-192`, or `[1: 0-18, dissolve 12] 30 why`. */
function told({ stretches }: PictureCut): readonly string[] {
  return stretches.map((stretch) => {
    if (stretch.how === "copied") return `${stretch.clip}: ${stretch.first}-${stretch.end}`;
    const shows = stretch.shows.map((shown) => {
      if (shown.shows === "transition") return `${shown.transition.kind} ${shown.transition.frames}`;
      return `${shown.clip}: ${shown.from}-${shown.end}`;
    });
    return `[${shows.join(", ")}] ${stretch.why.join(", ")}`;
  });
}

test("like clips are copied whole", () => {
  const cut = cutPicture([clip(facts()), clip(facts(48)), clip(facts(192))], FILM);
  expect(told(cut)).toEqual(["0: 0-192", "1: 0-192", "2: 0-192"]);
  expect(cut).toMatchObject({ copiedFrames: 576, encodedFrames: 0 });
});

test("of mixed clips the largest like group that fits the film is copied, each other one encoded whole, with the reason", () => {
  const odd = facts(24, { width: 640, height: 360 });
  const cut = cutPicture(
    [
      clip(odd),
      clip(facts()),
      clip(facts(24, { decoderConfig: "b" })),
      clip(facts()),
      clip(undefined),
      clip(facts(24, { frameRate: { numerator: 25, denominator: 1 } })),
      clip(facts(24, { rotation: 90 })),
      clip(facts(24, { codec: "hevc", profile: "Main" })),
      clip(facts(24, { sampleAspect: "4:3" })),
    ],
    FILM,
  );
  // So that what is encoded goes with what is copied: another number for its parameter sets than theirs.
  expect(cut.format).toMatchObject({ parameterSet: 1, profile: "high" });
  expect(told(cut)).toEqual([
    "[0: 0-192] size 640x360, not 1280x720",
    "1: 0-192",
    "[2: 0-192] encoder settings b, not a",
    "3: 0-192",
    "[4: 0-192] a card is drawn",
    "[5: 0-192] another frame rate",
    "[6: 0-192] the picture is to be turned by 90°",
    "[7: 0-192] the picture is hevc, not h264",
    "[8: 0-192] pixels that are not square",
  ]);
});

test("where most clips do not fit the film, those that do are copied; where none does, all is encoded", () => {
  const other = facts(24, { width: 1920, height: 1080 });
  expect(told(cutPicture([clip(other), clip(other), clip(facts())], FILM))).toEqual([
    "[0: 0-192] size 1920x1080, not 1280x720",
    "[1: 0-192] size 1920x1080, not 1280x720",
    "2: 0-192",
  ]);
  const encoded = cutPicture([clip(other), clip(other)], FILM);
  expect(encoded).toMatchObject({ copiedFrames: 0, encodedFrames: 384, format: { parameterSet: 0 } });
});

test("a picture that nothing can be encoded to go with is copied alone or not at all", () => {
  const full = facts(24, { pixelFormat: "yuv444p", profile: "High 4:4:4 Predictive" });
  expect(cutPicture([clip(full), clip(full)], FILM).encodedFrames).toBe(0);
  expect(cutPicture([clip(full), clip(full), clip(undefined)], FILM).copiedFrames).toBe(0);
});

test("a dissolve of 12 frames in clips with a key frame every 24 encodes at most 15 % of the film", () => {
  const clips = Array.from({ length: 10 }, (_, index) =>
    clip(facts(), index > 0 ? { transition: seam("dissolve") } : {}),
  );
  const cut = cutPicture(clips, FILM);
  expect(told(cut).slice(0, 3)).toEqual([
    "0: 0-178",
    "[0: 178-180, dissolve 12, 1: 12-24] up to the dissolve, dissolve, up to the key frame after the dissolve",
    "1: 24-178",
  ]);
  const frames = 10 * LENGTH - 9 * 12;
  expect(cut.copiedFrames + cut.encodedFrames).toBe(frames);
  expect(cut.encodedFrames / frames).toBeLessThanOrEqual(0.15);
});

test("with one key frame a clip, a dissolve encodes all of the later clip and a hold only the earlier one's end", () => {
  const single = facts(LENGTH);
  const by = (kind: Transition["kind"]) =>
    told(cutPicture([clip(single), clip(single, { transition: seam(kind) })], FILM));
  expect(by("dissolve")).toEqual([
    "0: 0-178",
    "[0: 178-180, dissolve 12] up to the dissolve, dissolve",
    "[1: 12-192] no key frame where it is cut",
  ]);
  expect(by("hold")).toEqual(["0: 0-178", "[0: 178-180, hold 12] up to the hold, hold", "1: 0-192"]);
});

test("a trim is copied from the first key frame after its beginning to the last closed run before its end", () => {
  const trimmed = (first: number, end: number, gop = 24) =>
    told(cutPicture([clip(facts(gop), { trim: { first, end } })], FILM));
  expect(trimmed(24, 96)).toEqual(["0: 24-96"]);
  expect(trimmed(10, 100)).toEqual(["[0: 0-14] from a cut to the next key frame", "0: 24-100"]);
  expect(trimmed(10, 102)).toEqual([
    "[0: 0-14] from a cut to the next key frame",
    "0: 24-100",
    "[0: 90-92] up to a cut between frames that need each other",
  ]);
  expect(trimmed(1, 24)).toEqual(["[0: 0-23] no key frame where it is cut"]);
  expect(trimmed(50, 100, LENGTH)).toEqual(["[0: 0-50] no key frame where it is cut"]);
});

test("every frame of the film is in one stretch, whatever is trimmed and whatever plays", () => {
  for (const gop of [12, 24, 48, LENGTH]) {
    for (const closedEvery of [1, 2, 3, 4]) {
      const source = facts(gop, {}, closedEvery);
      for (let first = 0; first < LENGTH - 30; first += 23) {
        for (const end of [first + 30, first + 31, LENGTH]) {
          for (const kind of ["dissolve", "hold", "wipe_up", undefined] as const) {
            const transition = kind && seam(kind, 1 + (first % 15));
            const clips = [
              clip(source),
              clip(source, { trim: { first, end }, transition }),
              clip(source, { transition }),
            ];
            judge(cutPicture(clips, FILM), clips);
            judge(cutPicture(clips, FILM, "encode all"), clips);
          }
        }
      }
    }
  }
});

/** Follows the stretches through the clips: each goes on where the one before ended, and copies begin and end where they may. */
function judge({ stretches, copiedFrames, encodedFrames }: PictureCut, clips: readonly CutClip[]): void {
  const wanted = clips.reduce((sum, { frames, transition }) => sum + frames - overlapOf(transition), 0);
  const shown: string[] = [];
  const play = (index: number, from: number, end: number) => {
    for (let frame = from; frame < end; frame++) shown.push(`${index}:${frame}`);
  };
  for (const stretch of stretches) {
    const before = shown.length;
    if (stretch.how === "copied") {
      const { trim, facts: source } = clips[stretch.clip] ?? {};
      const points = source?.video.cutPoints;
      if (!points?.starts.includes(stretch.first) || !points.ends.includes(stretch.end)) {
        throw new Error(`a copy from ${stretch.first} to ${stretch.end}`);
      }
      play(stretch.clip, stretch.first - (trim?.first ?? 0), stretch.end - (trim?.first ?? 0));
    } else {
      for (const each of stretch.shows) {
        if (each.shows === "clip") play(each.clip, each.from, each.end);
        else for (let frame = 0; frame < each.transition.frames; frame++) shown.push(`${each.clip}>${frame}`);
      }
    }
    if (shown.length - before !== framesOf(stretch)) throw new Error("a stretch of another length than it says");
  }
  const expected = clips.flatMap(({ frames, transition }, index) => {
    const tail = clips[index + 1]?.transition?.frames ?? 0;
    const head = Array.from({ length: transition?.frames ?? 0 }, (_, frame) => `${index}>${frame}`);
    const own = Array.from({ length: frames }, (_, frame) => `${index}:${frame}`);
    return [...head, ...own.slice(overlapOf(transition), frames - tail)];
  });
  if (JSON.stringify(shown) !== JSON.stringify(expected)) throw new Error(`${shown.join(" ")}`);
  if (shown.length !== wanted || copiedFrames + encodedFrames !== wanted) throw new Error("another length");
}

test("frames that carry captions are encoded, and what lies between them is copied where packets can be cut", () => {
  const captioned = [
    { from: 30, end: 48 },
    { from: 50, end: 60 },
    { from: 150, end: 192 },
  ];
  expect(told(cutPicture([clip(facts(), { captioned })], FILM))).toEqual([
    "0: 0-28",
    "[0: 28-30, 0: 30-48, 0: 48-50, 0: 50-60, 0: 60-72] up to captions between frames that need each other, captions are drawn, no key frame beside its captions, from captions to the next key frame",
    "0: 72-148",
    "[0: 148-150, 0: 150-192] up to captions between frames that need each other, captions are drawn",
  ]);
  const dissolved = cutPicture([clip(facts()), clip(facts(), { captioned, transition: seam("dissolve", 40) })], FILM);
  expect(dissolved.encodedFrames).toBeGreaterThan(40);
  judge(dissolved, [clip(facts()), clip(facts(), { transition: seam("dissolve", 40) })]);
});
