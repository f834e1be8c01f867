/**
 * ffmpeg. A job says what goes in, what is done and what comes out; the port builds the command line with
 * fluent-ffmpeg, which starts its own process and so stands beside `Processes` and not on it.
 */
export type Render = (job: RenderJob) => Promise<void>;

export interface RenderJob {
  /** the ffmpeg binary */
  readonly ffmpeg: string;
  readonly inputs: readonly { readonly source: string; readonly options?: readonly string[] }[];
  /** a filter graph as ffmpeg reads it, for `-filter_complex` */
  readonly graph?: string;
  /** one element an argument: nothing is split or quoted */
  readonly outputOptions: readonly string[];
  /** a temporary name: the caller verifies the file and renames it */
  readonly output: string;
  /** told the output time in seconds as ffmpeg goes along */
  readonly onProgress?: (outputSeconds: number) => void;
  /** told every line that ffmpeg says besides; it then says what its filters found out as well */
  readonly onLine?: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** ffmpeg ended otherwise than well. */
export class RenderError extends Error {
  override readonly name = "RenderError";
  constructor(
    message: string,
    /** the exact command line, quoted so that it can be pasted into a shell */
    readonly command: string,
    /** the last lines of what ffmpeg said */
    readonly stderrEnd: string,
    /** true when our own signal stopped it */
    readonly cancelled: boolean,
  ) {
    super(message);
  }

  /** true when there was no room left for what it wrote: its words for ENOSPC and EDQUOT */
  get lacksRoom(): boolean {
    return saysNoRoom(this.stderrEnd);
  }
}

/** Whether ffmpeg said that there was no room for what it wrote. */
export function saysNoRoom(words: string): boolean {
  return /No space left on device|Disk quota exceeded/.test(words);
}
