import PQueue from "p-queue";

/** Local work, one queue a kind, so that a render never keeps a download waiting. */
export interface Lanes {
  readonly polls: PQueue;
  readonly uploads: PQueue;
  readonly downloads: PQueue;
  readonly probes: PQueue;
  readonly renders: PQueue;
}

/** @param cores - of this machine: ffmpeg fills several by itself, so renders take half of them */
export function openLanes(cores: number): Lanes {
  return {
    // Polls are small; more at once would only bunch them at the vendor's door.
    polls: new PQueue({ concurrency: 6 }),
    uploads: new PQueue({ concurrency: 3 }),
    downloads: new PQueue({ concurrency: 4 }),
    probes: new PQueue({ concurrency: Math.max(1, cores) }),
    renders: new PQueue({ concurrency: Math.max(1, Math.floor(cores / 2)) }),
  };
}
