import type { FrameRate } from "../../src/shot/frame-rate.ts";
import { MARKED, type MarkedClip } from "./marked-clip.ts";
import type { Area } from "./read-film.ts";

/** A clip unlike the others of its film in one respect: each is one that real tools wrote, and that joins went wrong with. */
export interface Variant extends Omit<MarkedClip, "number"> {
  /** where the marked picture lies in a film of marked clips; default: all of it */
  readonly area?: Area;
  /** it cannot be shown for what it is: a film with it is not made, and says why */
  readonly broken?: "truncated" | "empty";
}

/** Clips of one second or of eight. */
export type Length = "tiny" | "full";

const PAL: FrameRate = { numerator: 25, denominator: 1 };
const NTSC_FILM: FrameRate = { numerator: 24_000, denominator: 1_001 };
const THIRTY: FrameRate = { numerator: 30, denominator: 1 };

/** One of each kind that was ever seen to spoil a join, at tiny or full length. */
export function variants(length: Length): readonly Variant[] {
  const seconds = length === "tiny" ? 1 : 8;
  const frames = 24 * seconds;
  const of = (name: string, about: Partial<Variant> = {}): Variant => ({ name, frames, ...about });
  const x264 = (parameters: string) => ["-x264-params", parameters];
  return [
    of("mute", { soundSeconds: 0 }),
    of("thirty", { rate: THIRTY, frames: 30 * seconds }),
    of("pal", { rate: PAL, frames: 25 * seconds }),
    of("ntsc-film", { rate: NTSC_FILM }),
    of("timescale-90000", { options: ["-video_track_timescale", "90000"] }),
    of("cd-mono", { sampleRate: 44_100, channels: 1 }),
    of("sound-longer", { soundSeconds: seconds + 0.1 }),
    of("sound-shorter", { soundSeconds: seconds - 0.1 }),
    of("no-edit-list", { remux: ["-use_editlist", "0", "-avoid_negative_ts", "make_zero"] }),
    of("fragmented", { options: ["-movflags", "frag_keyframe+empty_moov", "-g", "8"] }),
    of("larger", { filters: "scale=320:180:flags=neighbor" }),
    of("wide-pixels", { filters: "scale=80:90:flags=area,setsar=2/1" }),
    of("upright", { filters: "pad=160:284:0:97:black", area: inside({ width: 50, left: 55, top: 97, of: 284 }) }),
    of("full-chroma", { options: ["-pix_fmt", "yuv444p"] }),
    of("baseline", { options: ["-profile:v", "baseline", "-bf", "0"] }),
    of("other-settings", { options: x264("ref=5:bframes=3:weightp=0:cabac=0") }),
    of("other-colour", {
      filters: "scale=out_color_matrix=smpte170m:out_range=pc",
      options: ["-colorspace", "smpte170m", "-color_primaries", "smpte170m", "-color_range", "pc"],
    }),
    of("rotated", { filters: "transpose=clock", remux: ["-metadata:s:v:0", "rotate=90"] }),
    of("hevc", { options: ["-c:v", "libx265", "-x265-params", "log-level=error", "-tag:v", "hvc1"] }),
    ...[0, 2_112].map((priming) => of(`priming-${priming}`, { priming })),
    of("open-gop", { options: x264("open-gop=1:keyint=8:min-keyint=8") }),
    of("odd-length", { frames: length === "tiny" ? 29 : 121 }),
    of("half-length", { frames: frames / 2 }),
    ...(length === "tiny" ? [] : atLength()),
    of("truncated", { broken: "truncated" }),
    of("empty", { broken: "empty" }),
  ];
}

/** What only a clip of eight seconds can be, or what is as good as said already where time is short. */
function atLength(): readonly Variant[] {
  return [
    { name: "priming-2048", frames: 192, priming: 2_048 },
    { name: "gop-24", frames: 192, options: ["-g", "24"] },
    { name: "gop-48", frames: 192, options: ["-g", "48"] },
    { name: "six-seconds", frames: 144 },
  ];
}

/** An upright picture in a lying frame: as high as the frame, with the marked part inside it. */
function inside(at: { width: number; left: number; top: number; of: number }): Area {
  const scale = MARKED.height / at.of;
  return { left: at.left, top: at.top * scale, width: at.width, height: MARKED.height * scale };
}
