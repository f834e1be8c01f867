import type { NewMp4, NewTrack } from "../../../src/media/mp4/new-track.ts";

const DESCRIPTION = { picture: Buffer.alloc(86 + 8), sound: Buffer.alloc(36) } as const;
DESCRIPTION.picture.writeUInt32BE(94);
DESCRIPTION.picture.write("avc1", 4);
DESCRIPTION.sound.writeUInt32BE(36);
DESCRIPTION.sound.write("mp4a", 4);

/**
 * Two seconds of picture in a file and of sound in memory; every second frame is decoded ahead of its neighbour.
 *
 * @param sizeOf - bytes of a frame's packet
 */
export function reel(sizeOf = (frame: number) => 10 + frame): { disk: Map<string, Uint8Array>; movie: NewMp4 } {
  let end = 100;
  const data = Array.from({ length: 48 }, (_, frame) => {
    const start = end;
    const bytes = sizeOf(frame);
    end = start + bytes + 32;
    return { path: "a.mp4", start, bytes };
  });
  const bytes = Uint8Array.from({ length: end }, (_, index) => (index * 31) % 251);
  const shownAfter = Uint32Array.from(data, (_, index) => (index % 2 === 0 ? 1024 : 0));
  const shared = { language: undefined, shownSize: undefined };
  const picture: NewTrack = {
    ...{ kind: "picture", description: DESCRIPTION.picture, timescale: 12_288, ...shared, name: "Picture" },
    packets: {
      data,
      durations: new Uint32Array(48).fill(512),
      shownAfter,
      keys: Uint8Array.from(data, (_, i) => +(i % 24 === 0)),
    },
    edits: [{ length: 96_000, from: 512 }],
  };
  const packets = Array.from({ length: 95 }, (_, index) => Uint8Array.of(index, index, index + 1));
  const sound: NewTrack = {
    ...{ kind: "sound", description: DESCRIPTION.sound, timescale: 48_000, ...shared, name: "Sound" },
    packets: { data: packets, durations: new Uint32Array(95).fill(1024), shownAfter: undefined, keys: undefined },
    edits: [{ length: 96_000, from: 1024 }],
  };
  const movie = {
    ...{ timescale: 48_000, duration: 96_000, createdAt: 0, tags: [], chapters: [] },
    tracks: [picture, sound],
  };
  return { disk: new Map([["a.mp4", bytes]]), movie };
}
