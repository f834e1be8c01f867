import type { RunContext } from "./context.ts";

/** A file that a film wants beside it; `write` puts it there whole or not at all. */
export interface BesideWork {
  /** relative to the batch folder */
  readonly file: string;
  write(path: string): Promise<void>;
}

/** What a file beside a film may be made with. */
export type BesideContext = Pick<RunContext, "world" | "media" | "batchFolder" | "leave">;
