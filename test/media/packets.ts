import type { World } from "../../src/world/world.ts";
import { run } from "./marked-clip.ts";

/** A packet as ffmpeg's own reader sees it: not ours, which takes part in joining. */
export interface Packet {
  /** ticks of the track */
  readonly shownAt: number;
  readonly decodedAt: number;
  readonly duration: number;
  /** MD5 of its bytes */
  readonly hash: string;
}

export interface TrackPackets {
  /** ticks a second */
  readonly timescale: number;
  /** in decoding order */
  readonly packets: readonly Packet[];
}

/** @param track - `v:0`, `a:0` */
export async function readPackets(
  ffmpeg: string,
  world: Pick<World, "processes">,
  path: string,
  track: string,
): Promise<TrackPackets> {
  const asIs = ["-c", "copy", "-copyts", "-avoid_negative_ts", "disabled", "-f", "framemd5", "-"];
  const list = await run(world, ffmpeg, ["-i", path, "-map", `0:${track}`, ...asIs]);
  const [, base = "1/1"] = /^#tb 0: (\S+)$/m.exec(list) ?? [];
  const [ticks = 1, seconds = 1] = base.split("/").map(Number);
  const packets = list.split("\n").flatMap((line): readonly Packet[] => {
    if (line === "" || line.startsWith("#")) return [];
    const [, decodedAt, shownAt, duration, , hash = ""] = line.split(",").map((field) => field.trim());
    return [{ shownAt: Number(shownAt), decodedAt: Number(decodedAt), duration: Number(duration), hash }];
  });
  return { timescale: seconds / ticks, packets };
}

export function hashesOf({ packets }: TrackPackets): readonly string[] {
  return packets.map(({ hash }) => hash);
}
