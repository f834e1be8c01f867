import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { PacketBytes } from "../../../src/media/mp4/packet-bytes.ts";
import { readOnce } from "../../../src/media/mp4/read-once.ts";
import { type AacPlan, planAac } from "../../../src/media/sound/aac-grid.ts";
import { findAac } from "../../../src/media/sound/aac-track.ts";
import { adtsFrame, silentPacket } from "../../../src/media/sound/adts.ts";
import { decodePackets, readSamples } from "../../../src/media/sound/decode-packets.ts";
import { checkSeams } from "../../../src/media/sound/seam-check.ts";
import { makeSeams, type SeamedSound } from "../../../src/media/sound/smart-seam.ts";
import { soundSlots } from "../../../src/media/sound/sound-slots.ts";
import type { SoundTrack } from "../../../src/media/sound/sound-track.ts";
import { type MarkedClip, run } from "../marked-clip.ts";
import { deepestDip, findBursts, readSound } from "../read-film.ts";
import { findBuilds, openStudio, type Studio, world } from "../studio.ts";

/** 1.6 s: 75 packets at 48 kHz. */
const FRAMES = 40;
const RATE = { numerator: 25, denominator: 1 };
const SAMPLES = 76_800;

/** `hidesPriming`: the file does not say that its sound begins with samples that are not to be heard. */
type Clip = Partial<MarkedClip> & { readonly hidesPriming?: boolean };

async function planOf({ make }: Studio, clips: readonly Clip[], { continues = false } = {}): Promise<AacPlan> {
  const heard = clips.map((_, index) => ({ startFrame: index * FRAMES, frames: FRAMES, continues }));
  const slots = soundSlots(heard, RATE);
  const grid = [];
  for (const [index, { hidesPriming, ...clip }] of clips.entries()) {
    const path = await make({ name: `clip${index}`, number: index, frames: FRAMES, rate: RATE, ...clip });
    if (hidesPriming) await withoutEditList(path);
    const found = await findAac(readOnce(world.files), path);
    const slot = slots[index];
    if (!found.copies || !slot) throw new Error(found.copies ? "no slot" : found.why);
    grid.push({ track: found.track, fromSample: 0, slot });
  }
  const answer = planAac(grid);
  if (!answer.fits) throw new Error(answer.why);
  return answer.plan;
}

/** The sound's track is the second; ffmpeg, told to leave the list out, would move the picture as well. */
async function withoutEditList(path: string): Promise<void> {
  const bytes = Buffer.from(await world.files.readBytes(path));
  bytes.write("free", bytes.lastIndexOf("edts"));
  await world.files.write(path, bytes);
}

/** Puts sound into a file without our own writer: ffmpeg copies the packets, each with a head of its own. */
async function film(
  { tools, folder }: Studio,
  name: string,
  { packets }: Pick<SoundTrack, "packets">,
  channels: number,
) {
  const bytes = await Promise.all(packets.map(bytesOf));
  const adts = join(folder, `${name}.aac`);
  await world.files.write(adts, Buffer.concat(bytes.map((packet) => adtsFrame(packet, channels))));
  const path = join(folder, `${name}.mp4`);
  await run(world, tools.ffmpeg.path, ["-f", "aac", "-i", adts, "-c", "copy", path]);
  return path;
}

async function bytesOf(packet: PacketBytes): Promise<Uint8Array> {
  if (packet instanceof Uint8Array) return packet;
  return world.files.readBytes(packet.path, { start: packet.start, length: packet.bytes });
}

async function seamed({ tools, folder }: Studio, plan: AacPlan, name = "seams"): Promise<SeamedSound> {
  const own = join(folder, name);
  await world.files.makeFolder(own);
  return makeSeams(world, { ffmpeg: tools.ffmpeg.path, plan, folder: own, signal: undefined });
}

const check = ({ tools, folder }: Studio, path: string, sound: SeamedSound) =>
  checkSeams(world, { ffmpeg: tools.ffmpeg.path, film: path, sound, folder, signal: undefined });

describe.each(await findBuilds())("with $build", ({ tools }) => {
  test("a film of three clips sounds like them, in step to the last sample and without a gap", async ({
    onTestFinished,
  }) => {
    const studio = await openStudio(tools, onTestFinished);
    const plan = await planOf(studio, [{}, {}, {}], { continues: true });
    const sound = await seamed(studio, plan);
    expect(sound.track.packets).toHaveLength(plan.packets);
    const fromClips = sound.track.packets.filter((packet) => "path" in packet && /clip\d\.mp4$/.test(packet.path));
    expect(fromClips).toHaveLength(plan.packets - 2 * 4);

    const path = await film(studio, "film", sound.track, plan.channels);
    // Without an edit list the priming is heard too.
    const heard = (await readSound(tools.ffmpeg.path, world, studio.folder, path)).subarray(plan.primingSamples);
    expect(heard).toHaveLength(3 * SAMPLES);
    const bursts = findBursts(heard);
    expect(bursts).toHaveLength(6);
    for (const [index, at] of bursts.entries()) {
      const expected = (Math.floor(index / 2) * FRAMES + (index % 2 ? 15 : 6)) / 25;
      expect(Math.abs(at - expected)).toBeLessThan(0.0001);
    }
    for (const seam of [1, 2]) expect(deepestDip(heard, (seam * SAMPLES) / 48_000)).toBeLessThan(6);
    const verdict = await check(studio, path, sound);
    expect(verdict.faults).toEqual([]);
    expect(verdict.worstErrorDb).toBeLessThan(-30);
  });

  test("a clip in mono, and clips whose priming is not declared, meet as well", async ({ onTestFinished }) => {
    const studio = await openStudio(tools, onTestFinished);
    const plan = await planOf(studio, [{ channels: 1 }, { channels: 1, hidesPriming: true }]);
    expect(plan.channels).toBe(1);
    const sound = await seamed(studio, plan);
    const verdict = await check(studio, await film(studio, "film", sound.track, 1), sound);
    expect(verdict.faults).toEqual([]);
    expect(verdict.worstErrorDb).toBeLessThan(-24);
  });

  test("a packet too many, packets that changed places, a late clip and a missing fade are noticed", async ({
    onTestFinished,
  }) => {
    const studio = await openStudio(tools, onTestFinished);
    const plan = await planOf(studio, [{}, {}]);
    const sound = await seamed(studio, plan);
    const { packets } = sound.track;
    const [seam] = plan.seams;
    if (!seam) throw new Error("no seam");
    const faultsOf = async (name: string, changed: readonly PacketBytes[]) =>
      (await check(studio, await film(studio, name, { packets: changed }, 2), sound)).faults;

    expect(await faultsOf("right", packets)).toEqual([]);
    const [early, at] = [packets[10], seam.packet];
    const [one, other] = [packets[at - 1], packets[at]];
    if (!early || !one || !other) throw new Error("no packets");
    const wrong = [expect.stringMatching(/^the seam before clip 2 sounds otherwise than its clips do: -?\d+\.\d dB/)];
    expect(await faultsOf("1024 samples more", [...packets.slice(0, 10), early, ...packets.slice(10)])).toEqual(wrong);
    expect(await faultsOf("swapped", [...packets.slice(0, at - 1), other, one, ...packets.slice(at + 1)])).toEqual(
      wrong,
    );
    const late = { ...plan, seams: [{ ...seam, sample: seam.sample + 1440 }] };
    expect(await faultsOf("late", (await seamed(studio, late, "late")).track.packets)).toEqual(wrong);
    const hard = { ...plan, seams: [{ ...seam, fades: false }] };
    expect(await faultsOf("hard", (await seamed(studio, hard, "hard")).track.packets)).toEqual(wrong);
    expect(await faultsOf("cut", packets.slice(0, at))).toEqual(["its sound ends before its last seam"]);
  });

  test("a silent seam is silent", async ({ onTestFinished }) => {
    const studio = await openStudio(tools, onTestFinished);
    const quiet = { options: ["-af", "volume=0"] };
    const plan = await planOf(studio, [quiet, quiet]);
    const sound = await seamed(studio, plan);
    const path = await film(studio, "film", sound.track, 2);
    expect(await check(studio, path, sound)).toMatchObject({ faults: [] });
    const heard = await readSound(tools.ffmpeg.path, world, studio.folder, path);
    expect(heard.every((sample) => sample === 0)).toBe(true);
  });

  test("a packet of silence is one that any decoder knows", async ({ onTestFinished }) => {
    const { folder } = await openStudio(tools, onTestFinished);
    for (const channels of [1, 2]) {
      const packets = Array.from({ length: 3 }, () => silentPacket(channels));
      const name = `silence${channels}`;
      await decodePackets(world, { ffmpeg: tools.ffmpeg.path, packets, channels, folder, name, signal: undefined });
      const samples = readSamples(await world.files.readBytes(join(folder, `${name}.f32`)));
      expect(samples).toHaveLength(3 * 1024 * channels);
      expect(samples.every((sample) => sample === 0)).toBe(true);
    }
  });
});
