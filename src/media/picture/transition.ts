import { secondsOf, showFrameRate } from "../../shot/frame-rate.ts";
import type { Transition } from "../../shot/transition.ts";
import { countedTimes } from "./clip-frames.ts";
import type { FilmFormat } from "./film-format.ts";

/** ffmpeg's name for what is done with two pictures at once. @see FFmpeg filters manual, `xfade` */
const XFADE = {
  ...{ dissolve: "fade", hold: "fade", fade_black: "fade", fade_white: "fade" },
  ...{ wipe_left: "wipeleft", wipe_right: "wiperight", wipe_up: "wipeup", wipe_down: "wipedown" },
  ...{ slide_left: "slideright", slide_right: "slideright" },
} as const satisfies Record<Transition["kind"], string>;

/** `xfade` of ffmpeg 5.1 knows 4:4:4 alone: chroma is made larger and smaller knowingly, and only where it must be. */
const TO_FULL = "scale=flags=bicubic+accurate_rnd+full_chroma_int+full_chroma_inp,format=yuv444p";
const TO_HALF = "scale=flags=bicubic+accurate_rnd+full_chroma_int+full_chroma_inp,format=yuv420p";

/**
 * The graph of a transition: as many frames as it lasts, out of as many of each clip.
 *
 * - `hold` has one frame of the later clip, which stands.
 * - A fade through a colour is a dissolve into that colour during the first half and one out of it during the second, so that
 *   the frame in the middle is that colour alone. `xfade` has such fades too, which never reach it.
 *
 * @param before - label of the earlier clip's last frames
 * @param after - label of the later clip's first frames
 */
export function transitionGraph(
  transition: Transition,
  before: string,
  after: string,
  output: string,
  format: FilmFormat,
): readonly string[] {
  const { kind, frames } = transition;
  // Its own slide to the left reads beyond the picture's edge in the first frame, so the mirrored one is taken.
  const flip = kind === "slide_left" ? "hflip" : "";
  const name = (part: string) => `${output}_${part}`;
  const mix = (from: string, to: string, length: number, out: string) => {
    const seconds = secondsOf(length, format.frameRate).toFixed(9);
    const cross = `xfade=transition=${XFADE[kind]}:duration=${seconds}:offset=0`;
    const [a, b] = flip ? [`${out}_0`, `${out}_1`] : [from, to];
    const turned = flip ? [`[${from}]${flip}[${a}]`, `[${to}]${flip}[${b}]`] : [];
    return [...turned, `[${a}][${b}]${cross},trim=end_frame=${length}${flip && `,${flip}`},${TO_HALF}[${out}]`];
  };
  const colour = kind === "fade_black" ? "black" : kind === "fade_white" ? "white" : undefined;
  if (!colour || frames < 2) {
    const stands = kind === "hold" ? `loop=loop=-1:size=1:start=0,${countedTimes(format.frameRate)},` : "";
    return [
      `[${before}]${TO_FULL}[${name("a")}]`,
      `[${after}]${stands}trim=end_frame=${frames},${TO_FULL}[${name("b")}]`,
      ...mix(name("a"), name("b"), frames, output),
    ];
  }
  const { width, height } = format.size;
  const first = Math.ceil(frames / 2);
  const plain = (length: number, out: string) => {
    const source = `color=c=${colour}:s=${width}x${height}:r=${showFrameRate(format.frameRate)}`;
    return `${source},trim=end_frame=${length},setsar=1,format=yuv444p[${out}]`;
  };
  return [
    `[${before}]trim=end_frame=${first},${TO_FULL}[${name("a")}]`,
    plain(first, name("c")),
    ...mix(name("a"), name("c"), first, name("out")),
    plain(frames - first, name("d")),
    `[${after}]trim=start_frame=${first},setpts=PTS-STARTPTS,${TO_FULL}[${name("b")}]`,
    ...mix(name("d"), name("b"), frames - first, name("in")),
    `[${name("out")}][${name("in")}]concat=n=2:v=1:a=0[${output}]`,
  ];
}
