import { expect, test } from "vitest";
import { readAacConfig } from "../../../src/media/clip/aac-config.ts";

/** An entry of `stsd` as MP4 has it, around what the decoder is told. */
function description(specific: readonly number[]): Uint8Array {
  const decoder = [
    4,
    13 + 2 + specific.length,
    0x40,
    0x15,
    ...Array<number>(11).fill(0),
    5,
    specific.length,
    ...specific,
  ];
  // Its length in four bytes, as ffmpeg writes it.
  const stream = [3, 0x80, 0x80, 0x80, 3 + decoder.length, 0, 1, 0, ...decoder];
  const esds = box("esds", [0, 0, 0, 0, ...stream]);
  return Uint8Array.from(box("mp4a", [...Array<number>(28).fill(0), ...esds]));
}

function box(type: string, body: readonly number[]): readonly number[] {
  return [0, 0, 0, body.length + 8, ...Buffer.from(type), ...body];
}

const STEREO = { objectType: 2, sampleRate: 48_000, channels: 2, packetSamples: 1024, isDoubled: false };

test("what ffmpeg and others say of AAC-LC is understood", () => {
  expect(readAacConfig(description([0x11, 0x90]))).toEqual(STEREO);
  expect(readAacConfig(description([0x11, 0x90, 0x56, 0xe5, 0x00]))).toEqual(STEREO);
  expect(readAacConfig(description([0x12, 0x08]))).toEqual({ ...STEREO, sampleRate: 44_100, channels: 1 });
  expect(readAacConfig(description([0x11, 0x94]))).toEqual({ ...STEREO, packetSamples: 960 });
});

test("HE-AAC is known, whether it says so at once or only behind what old decoders read", () => {
  expect(readAacConfig(description([0x2b, 0x11, 0x88, 0x00]))).toMatchObject({ objectType: 5 });
  expect(readAacConfig(description([0x13, 0x10, 0x56, 0xe5, 0x9d]))).toMatchObject({ objectType: 2, isDoubled: true });
});

test("a description without a decoder's, or one that ends too early, says nothing", () => {
  expect(readAacConfig(description([]))).toBeUndefined();
  expect(readAacConfig(Uint8Array.from(box("mp4a", Array<number>(28).fill(0))))).toBeUndefined();
  expect(readAacConfig(Uint8Array.from(box("mp4a", [])))).toBeUndefined();
});
