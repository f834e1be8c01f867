import { type FrameRate, secondsOf } from "../../shot/frame-rate.ts";
import { AAC_LC, SAMPLE_RATES } from "../clip/aac-config.ts";
import { box, u8, u16, u32, versionedBox, zeros } from "../mp4/box-writer.ts";
import { silentPacket } from "./adts.ts";
import type { FilmSound } from "./film-sound-plan.ts";
import { SOUND } from "./sound-slots.ts";
import { AAC_PACKET_SAMPLES, type SoundTrack } from "./sound-track.ts";

/** Whether nothing is to be heard in all of a film, so that there is nothing to decode, mix or measure. */
export function isSilent({ clips, voices, music }: FilmSound): boolean {
  const isMute = clips.every(({ source, gainDb }) => gainDb === "mute" || !source?.facts.audio);
  return isMute && voices.length === 0 && !music;
}

/** Silence as long as a film, in one packet of a few bytes after another: editors and players want a track all the same. */
export function silentTrack(frames: number, rate: FrameRate): SoundTrack {
  const packet = silentPacket(SOUND.channels);
  const packets = Math.ceil((secondsOf(frames, rate) * SOUND.sampleRate) / AAC_PACKET_SAMPLES);
  return {
    description: description(packet.length),
    timescale: SOUND.sampleRate,
    primingSamples: 0, // nothing before it has to be heard out
    packetSamples: AAC_PACKET_SAMPLES,
    packets: new Array<Uint8Array>(packets).fill(packet),
  };
}

/** Kinds of descriptors and what stands in them. @see ISO/IEC 14496-1, 7.2.6 and ISO/IEC 14496-14, 3.1.2 */
const STREAM = 3;
const DECODER = 4;
const SPECIFIC = 5;
const SYNC = { tag: 6, asInMp4: 2 } as const;
const MPEG4_AUDIO = 0x40;
const AUDIO_STREAM = 0x15;

/** How the silence is decoded: an entry of `stsd`. */
function description(packetBytes: number): Uint8Array {
  const { channels, sampleRate } = SOUND;
  const bitsASecond = Math.ceil((packetBytes * 8 * sampleRate) / AAC_PACKET_SAMPLES);
  const specific = (AAC_LC << 11) | (SAMPLE_RATES.indexOf(sampleRate) << 7) | (channels << 3);
  const decoder = [
    ...[u8(MPEG4_AUDIO, AUDIO_STREAM), zeros(1), u16(packetBytes), u32(bitsASecond, bitsASecond)],
    descriptor(SPECIFIC, u16(specific)),
  ];
  const stream = [u16(0), u8(0), descriptor(DECODER, ...decoder), descriptor(SYNC.tag, u8(SYNC.asInMp4))];
  return box("mp4a", [
    ...[zeros(6), u16(1), zeros(8), u16(channels, 16), zeros(4), u32(sampleRate * 2 ** 16)],
    versionedBox("esds", 0, 0, descriptor(STREAM, ...stream)),
  ]);
}

/** None of these is longer than the 127 bytes that one byte of length can say. */
function descriptor(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from([
    tag,
    parts.reduce((sum, { length }) => sum + length, 0),
    ...parts.flatMap((each) => [...each]),
  ]);
}
