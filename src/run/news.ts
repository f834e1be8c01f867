import type { Recorded } from "../ledger/event.ts";
import type { Step } from "../plan/step.ts";
import type { View } from "../plan/view.ts";
import type { ShotId, TaskId } from "../shot/id.ts";
import type { Problem } from "../shot/problem.ts";
import type { Hint } from "./callbacks.ts";

/** What a run tells while it goes. Data only: `report/` words it. */
export type News =
  | { readonly news: "started"; readonly step: Step }
  | { readonly news: "ended"; readonly step: Step }
  /** an event is durable; `view` is where the batch stands after it */
  | { readonly news: "recorded"; readonly recorded: Recorded; readonly view: View }
  /** buying waits for the account's window, its pause or a free place */
  | { readonly news: "waiting"; readonly because: "window" | "pause" | "running"; readonly waitMs: number }
  /** something went wrong that time may mend */
  | { readonly news: "retrying"; readonly step: Step; readonly why: string; readonly inMs: number }
  /** the step is given up for this run; the next run takes it up again */
  | { readonly news: "resting"; readonly step: Step; readonly problem: Problem }
  | { readonly news: "progress"; readonly step: Step; readonly fraction: number }
  /** the vendor, or somebody who knows the address, called about a take */
  | {
      readonly news: "called";
      readonly shot: ShotId;
      readonly take: number;
      readonly task: TaskId;
      readonly says: Hint["says"];
    }
  /** what was called about did not fit, and changes nothing */
  | {
      readonly news: "callback-ignored";
      readonly shot: ShotId;
      readonly take: number;
      readonly task: TaskId;
      readonly why: string;
    }
  /** nothing is left to do but to wait whether purchases without an answer are answered by a callback */
  | { readonly news: "awaiting-callbacks"; readonly takes: number; readonly forMs: number }
  | { readonly news: "buying-stopped"; readonly problem: Problem };
