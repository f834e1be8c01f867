import { AAC_LC, SAMPLE_RATES } from "../clip/aac-config.ts";
import { SOUND } from "./sound-slots.ts";

const HEADER_BYTES = 7;

/**
 * An AAC-LC packet with a head of its own, so that packets of several files can be decoded one after another without a
 * container.
 *
 * @see ISO/IEC 14496-3, 1.A.2.2 `adts_frame`
 */
export function adtsFrame(packet: Uint8Array, channels: number): Uint8Array {
  const bytes = HEADER_BYTES + packet.length;
  const rateIndex = SAMPLE_RATES.indexOf(SOUND.sampleRate);
  const frame = new Uint8Array(bytes);
  frame.set([
    0xff, // twelve ones by which a head is known
    0xf1, // MPEG-4, no checksum
    ((AAC_LC - 1) << 6) | (rateIndex << 2) | (channels >> 2),
    ((channels & 3) << 6) | (bytes >> 11),
    (bytes >> 3) & 0xff,
    ((bytes & 7) << 5) | 0x1f,
    0xfc, // as full a buffer as one likes, one packet
  ]);
  frame.set(packet, HEADER_BYTES);
  return frame;
}

/**
 * A packet of AAC-LC that says nothing at all: long window, no bands. What is decoded after it begins from a clean state.
 *
 * @see ISO/IEC 14496-3, 4.4.2.1 `raw_data_block`
 */
export function silentPacket(channels: number): Uint8Array {
  const gain = "00000000";
  const oneLongWindowWithoutBands = "0".repeat(11);
  const noToolsUsed = "000";
  const element =
    channels === 1
      ? `000${"0000"}${gain}${oneLongWindowWithoutBands}${noToolsUsed}`
      : `001${"0000"}1${oneLongWindowWithoutBands}00${`${gain}${noToolsUsed}`.repeat(2)}`;
  const bits = `${element}111`;
  const bytes = bits.padEnd(Math.ceil(bits.length / 8) * 8, "0").match(/.{8}/g) ?? [];
  return Uint8Array.from(bytes, (byte) => Number.parseInt(byte, 2));
}
