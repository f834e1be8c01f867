import type { MediaTools } from "../../src/media/tools/tools.ts";
import type { Size } from "./large-clips.ts";
import type { Section } from "./table.ts";

/** What a run of the bench was asked for. */
export interface BenchTerms {
  readonly tools: MediaTools;
  readonly sizes: readonly Size[];
  /** undefined: as many as each part demands */
  readonly counts: readonly number[] | undefined;
  /** of which the median counts */
  readonly rounds: number;
  tell(section: Section): void;
}
