import type { PacketBytes } from "./packet-bytes.ts";

/** An MP4 file that is to be written. Times are in ticks of the whole file (`timescale`) unless they say otherwise. */
export interface NewMp4 {
  /** ticks a second */
  readonly timescale: number;
  readonly duration: number;
  /** epoch milliseconds; undefined: not said */
  readonly createdAt: number | undefined;
  /** at least one, the picture first */
  readonly tracks: readonly NewTrack[];
  readonly tags: readonly NewTag[];
  /** in order; players that read no chapter track find them here */
  readonly chapters: readonly NewChapter[];
}

export interface NewTrack {
  readonly kind: "picture" | "sound" | "captions" | "chapters";
  /** how it is decoded: a whole entry of `stsd`, head included */
  readonly description: Uint8Array;
  /** ticks a second of the track */
  readonly timescale: number;
  readonly packets: NewPackets;
  readonly edits: readonly NewEdit[];
  /** BCP 47; undefined: not said */
  readonly language: string | undefined;
  /** what an editor or a player calls it */
  readonly name: string;
  /** size it is shown at, in square pixels; undefined for what is not seen */
  readonly shownSize: { readonly width: number; readonly height: number } | undefined;
}

/** Packets in decoding order; all lists are equally long. Times in ticks of the track. */
export interface NewPackets {
  readonly data: readonly PacketBytes[];
  readonly durations: Uint32Array;
  /** from decoding to showing, none below 0; undefined: packets are shown in the order of decoding */
  readonly shownAfter: Uint32Array | undefined;
  /** 1 where decoding can begin; undefined: everywhere */
  readonly keys: Uint8Array | undefined;
}

export interface NewEdit {
  readonly length: number;
  /** ticks of the track */
  readonly from: number;
}

/** Something the file says of itself: an Apple tag (`©nam`), or a name of our own. */
export type NewTag =
  | { readonly tag: string; readonly value: string }
  | { readonly name: string; readonly value: string };

export interface NewChapter {
  readonly start: number;
  readonly title: string;
}
