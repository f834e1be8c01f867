import type { ReadMovie } from "../mp4/read-once.ts";
import type { JoinJob } from "./join-job.ts";

/** What a film must hold. */
export interface WhatWentIn {
  readonly job: Pick<JoinJob, "picture" | "format" | "frames" | "captions" | "chapters">;
  /** undefined: by another's hand, so that sound and lengths are less exact, and nothing is known of its packets */
  readonly written: WrittenTracks | undefined;
  /** tables of the files that its parts lie in */
  readonly movieOf: ReadMovie;
}

export interface WrittenTracks {
  /** CRC-32 of each packet as it was taken from its file */
  readonly picture: Uint32Array;
  readonly sound: Uint32Array;
  /** samples that are decoded before the first that is heard */
  readonly primingSamples: number;
  readonly packetSamples: number;
}
