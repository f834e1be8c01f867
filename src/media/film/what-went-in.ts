import type { ReadMovie } from "../mp4/read-once.ts";
import type { JoinJob } from "./join-job.ts";

/** What a film must hold. */
export interface WhatWentIn {
  readonly job: Pick<JoinJob, "picture" | "format" | "frames" | "captions" | "chapters">;
  /** undefined: by another's hand, so that sound and lengths are less exact */
  readonly written: WrittenSound | undefined;
  /** tables of the files that its parts lie in */
  readonly movieOf: ReadMovie;
}

/** Its sound, as we wrote it. */
export interface WrittenSound {
  readonly packets: number;
  /** samples that are decoded before the first that is heard */
  readonly primingSamples: number;
  readonly packetSamples: number;
}
