import type { Problem } from "../shot/problem.ts";

/**
 * What a step came to beyond the events it wrote.
 *
 * - `done`: its events say it all
 * - `rest`: given up for this run, nothing lost; the next run goes on
 * - `stop-buying`: nobody in this run should spend any more, and why
 * - `stop`: nothing more can be asked of the vendor: the key was refused
 */
export type StepResult =
  | { readonly result: "done" }
  | { readonly result: "rest"; readonly problem: Problem }
  | { readonly result: "stop-buying"; readonly problem: Problem; readonly cause: StopCause }
  | { readonly result: "stop"; readonly problem: Problem };

export type StopCause = "budget" | "credits" | "key-cap" | "unconfirmed" | "disk";

export const DONE: StepResult = { result: "done" };
