import type { Sha256 } from "../shot/id.ts";
import type { RunContext } from "./context.ts";

/** A file that a film wants beside it; `write` puts it there whole or not at all. */
export interface BesideWork {
  /** relative to the batch folder */
  readonly file: string;
  /** of what decides its content beyond the film itself */
  readonly key?: Sha256;
  write(path: string): Promise<void>;
}

/** What a file beside a film may be made with. */
export type BesideContext = Pick<RunContext, "world" | "media" | "batchFolder" | "leave">;
