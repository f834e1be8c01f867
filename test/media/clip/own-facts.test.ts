import { expect, test } from "vitest";
import { readOwnFacts } from "../../../src/media/clip/own-facts.ts";
import type { MarkedClip } from "../marked-clip.ts";
import { findBuilds, openStudio, world } from "../studio.ts";

const [build] = await findBuilds();
if (!build) throw new Error("no ffmpeg");
const { tools } = build;

const plain = { number: 1, frames: 12 } as const;
const FRONT = ["-movflags", "+faststart"];
const colours = (name: string) => ["-colorspace", name, "-color_primaries", name, "-color_trc", name];
const film = (name: string) => ({ ...plain, name, options: ["-preset", "ultrafast"] });

/** What the vendor and its encoders may send: read from the tables alone. */
const ORDINARY: readonly MarkedClip[] = [
  { ...plain, name: "plain" },
  { ...plain, name: "odd rate", rate: { numerator: 30_000, denominator: 1001 }, frames: 13, options: FRONT },
  { ...plain, name: "baseline, mono", options: ["-profile:v", "baseline"], sampleRate: 44_100, channels: 1 },
  { ...plain, name: "main, colours of SD", options: ["-profile:v", "main", ...colours("smpte170m")] },
  { ...plain, name: "scaled lists, odd pixels", options: ["-x264-params", "cqm=jvt"], filters: "setsar=37/36" },
  { ...plain, name: "untagged, long sound", options: [...colours("2"), "-color_range", "0"], soundSeconds: 0.7 },
  { ...plain, name: "wide pixels, short sound", filters: "setsar=4/3", soundSeconds: 0.3 },
  { ...plain, name: "cropped, other ticks", filters: "scale=162:94", options: ["-video_track_timescale", "90000"] },
  { ...plain, name: "silent", soundSeconds: 0 },
  { ...plain, name: "no edit list", remux: ["-use_editlist", "0", "-avoid_negative_ts", "make_zero"] },
  { ...plain, name: "sound first", options: ["-map", "1:a", "-map", "0:v"] },
  { ...plain, name: "open groups", options: ["-x264-params", "open-gop=1:keyint=6:scenecut=0"] },
];

/** Left to ffprobe, or understood: in no case anything else than it says. */
const ODD: readonly MarkedClip[] = [
  { ...film("pieces"), options: ["-movflags", "frag_keyframe+empty_moov"] },
  { ...film("turned"), remux: ["-metadata:s:v:0", "rotate=90"] },
  { ...film("full range"), filters: "scale=out_range=pc", options: ["-color_range", "pc"] },
  { ...film("444"), options: ["-pix_fmt", "yuv444p"] },
  { ...film("interlaced"), filters: "scale=160:96", options: ["-x264-params", "tff=1"] },
  { ...film("begun later"), remux: ["-ss", "0.2"] },
  { ...film("uneven"), options: ["-vf", "setpts='PTS+gte(N,6)*0.02/TB'", "-vsync", "vfr"] },
  { ...film("mp3"), options: ["-c:a", "libmp3lame"] },
  { ...film("tagged elsewhere"), remux: ["-color_primaries", "bt2020", "-movflags", "write_colr"] },
];

test("facts read from the tables of ordinary clips are those that ffprobe finds", async ({ onTestFinished }) => {
  const { make, media } = await openStudio(tools, onTestFinished);
  for (const clip of ORDINARY) {
    const path = await make(clip);
    expect(await readOwnFacts(world.files, path), clip.name).toEqual(await media.probe(path));
  }
});

test("of odd clips nothing is said that ffprobe does not say", async ({ onTestFinished }) => {
  const { make, media } = await openStudio(tools, onTestFinished);
  let left = 0;
  for (const clip of ODD) {
    const path = await make(clip);
    const own = await readOwnFacts(world.files, path);
    if (own) expect(own, clip.name).toEqual(await media.probe(path));
    else left++;
  }
  expect(left).toBeGreaterThan(4);
});
