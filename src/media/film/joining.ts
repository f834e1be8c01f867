import type { World } from "../../world/world.ts";
import type { ReadMovie } from "../mp4/read-once.ts";
import type { JoinJob } from "./join-job.ts";

/** A film while it is made: what all ways of joining start from. */
export interface Joining {
  readonly world: Pick<World, "files" | "render">;
  readonly ffmpeg: string;
  readonly job: JoinJob;
  /** tables of the files that its parts and sounds lie in */
  readonly movieOf: ReadMovie;
  /** for what is made on the way */
  readonly folder: string;
  /** where the film is put until it is published */
  readonly partial: string;
  /** told which part of this way is done */
  readonly tell: (fraction: number) => void;
  readonly signal: AbortSignal | undefined;
}
