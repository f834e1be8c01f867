import { join } from "node:path";
import { expect, test } from "vitest";
import { BrokenMp4 } from "../../../src/media/mp4/boxes.ts";
import type { PacketBytes } from "../../../src/media/mp4/packet-bytes.ts";
import { AAC_PACKET_SAMPLES, readSoundTrack } from "../../../src/media/sound/sound-track.ts";
import { run } from "../marked-clip.ts";
import { findBuilds, openStudio, world } from "../studio.ts";

const [build] = await findBuilds();
if (!build) throw new Error("no ffmpeg");
const { tools } = build;

test("the packets of an encoded sound are found, and how many samples go before it", async ({ onTestFinished }) => {
  const { folder } = await openStudio(tools, onTestFinished);
  const path = join(folder, "sound.m4a");
  await run(world, tools.ffmpeg.path, ["-f", "lavfi", "-i", "sine=d=1:r=48000", "-c:a", "aac", path]);
  const track = await readSoundTrack(world.files, path);
  expect(track).toMatchObject({ timescale: 48_000, primingSamples: 1024, packetSamples: AAC_PACKET_SAMPLES });
  expect(Buffer.from(track.description.subarray(4, 8)).toString()).toBe("mp4a");
  // 48,000 samples and the priming reach into the 48th packet.
  expect(track.packets).toHaveLength(48);
  const bytesOf = (packet: PacketBytes) => (packet instanceof Uint8Array ? packet.length : packet.bytes);
  expect(track.packets.every((packet) => bytesOf(packet) > 0)).toBe(true);
});

test("a file without sound has none to give", async ({ onTestFinished }) => {
  const { make } = await openStudio(tools, onTestFinished);
  const silent = await make({ name: "silent", number: 1, frames: 6, soundSeconds: 0 });
  await expect(readSoundTrack(world.files, silent)).rejects.toThrow(BrokenMp4);
});
