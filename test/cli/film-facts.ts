import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { MARK, readMark } from "../../src/simulator/mark.ts";
import type { Studio } from "./studio.ts";

const run = promisify(execFile);

export interface FilmFacts {
  readonly width: number;
  readonly height: number;
  /** packets that ffprobe counted */
  readonly frames: number;
  readonly pictureSeconds: number;
  readonly soundSeconds: number;
}

/** What ffprobe says of a film or clip below the studio's folder. */
export async function factsOf({ tools }: Studio, path: string): Promise<FilmFacts> {
  const entries = "stream=codec_type,width,height,duration,nb_read_packets";
  const args = ["-v", "error", "-count_packets", "-show_entries", entries, "-of", "json", path];
  const { stdout } = await run(tools.ffprobe, args);
  const { streams } = JSON.parse(stdout) as { streams: Record<string, string | number>[] };
  const picture = streams.find((stream) => stream["codec_type"] === "video") ?? {};
  const sound = streams.find((stream) => stream["codec_type"] === "audio") ?? {};
  return {
    width: Number(picture["width"]),
    height: Number(picture["height"]),
    frames: Number(picture["nb_read_packets"]),
    pictureSeconds: Number(picture["duration"]),
    soundSeconds: Number(sound["duration"]),
  };
}

/** The marks of every frame of a film of burned clips, in the order a decoder shows them. */
export async function marksOf({ tools }: Studio, path: string, shortSide: number) {
  const side = shortSide / MARK.squaresPerShortSide;
  const row = `format=gray,crop=${side * MARK.squares}:${side}:0:0,scale=${MARK.squares}:1:flags=area`;
  const args = ["-v", "error", "-i", path, "-vsync", "0", "-vf", row, "-f", "rawvideo", "-"];
  const { stdout } = await run(tools.ffmpeg, args, { encoding: "buffer", maxBuffer: 1 << 26 });
  return Array.from({ length: stdout.length / MARK.squares }, (_, frame) =>
    readMark([...stdout.subarray(frame * MARK.squares, (frame + 1) * MARK.squares)].map((light) => light > 128)),
  );
}

/** What ffmpeg complains about when it decodes all of a film; empty when nothing is wrong. */
export async function faultsOf({ tools }: Studio, path: string): Promise<string> {
  const { stderr } = await run(tools.ffmpeg, ["-v", "error", "-i", path, "-f", "null", "-"]);
  return stderr;
}
