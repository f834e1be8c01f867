import type { Manifest } from "../manifest/manifest.ts";
import type { ShotId, TaskId } from "../shot/id.ts";

/** A take was bought and its task id could not be written down: only this error still knows it. */
export class UnrecordedTask extends Error {
  override readonly name = "UnrecordedTask";
  constructor(
    readonly manifest: Manifest,
    readonly shot: ShotId,
    readonly take: number,
    readonly task: TaskId,
    options: ErrorOptions,
  ) {
    super(`take ${take} of shot "${shot}" was bought as task ${task}, which could not be written down`, options);
  }
}
