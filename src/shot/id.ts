/** Branded strings, so that a task id can never pass for a shot id. */
declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** A shot's name in the manifest; also a folder name below `clips/`, so safe as a file name. */
export type ShotId = Branded<"ShotId">;
/** A sequence's name in the manifest; also the film's file name. */
export type SequenceId = Branded<"SequenceId">;
/** The batch's folder below `output/`: the manifest's `name`, or its file name without extension. */
export type BatchName = Branded<"BatchName">;
/** The provider's id of the job that makes a take. Opaque: real ones are 32 hex digits, documented ones are not. */
export type TaskId = Branded<"TaskId">;
/** Lower-case hex of a SHA-256. */
export type Sha256 = Branded<"Sha256">;

/** What an id must look like to be a file name on every system and to need no quoting in a shell. */
export const SAFE_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

/** Names that Windows keeps for devices, whatever the extension. */
const DEVICE_NAME = /^(con|prn|aux|nul|com\d|lpt\d)$/i;

/** Whether a text can serve as a shot, sequence or batch id. */
export function isSafeName(text: string): boolean {
  return SAFE_NAME.test(text) && !DEVICE_NAME.test(text);
}
