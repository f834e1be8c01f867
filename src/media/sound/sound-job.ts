import type { FrameRate } from "../../shot/frame-rate.ts";
import type { World } from "../../world/world.ts";
import type { MediaTools } from "../tools/tools.ts";
import type { FilmSound } from "./film-sound-plan.ts";

export interface SoundJob {
  readonly tools: Pick<MediaTools, "ffmpeg" | "ffprobe">;
  readonly sound: FilmSound;
  readonly frames: number;
  readonly frameRate: FrameRate;
  /** an empty folder for what is made on the way and for what comes out */
  readonly folder: string;
  readonly onProgress: (fraction: number) => void;
  readonly signal: AbortSignal | undefined;
}

/** What making sound needs of the machine. */
export type Machine = Pick<World, "files" | "processes" | "render">;
