/**
 * Why the disk does not take a file.
 *
 * - `full`: no room left, or the user's quota is used up
 * - `denied`: this user may not write there, or nobody may
 * - `link`: a link stands where the file goes, and it is not written through one
 * - `io`: the disk itself failed
 */
export type DiskFailure = "full" | "denied" | "link" | "io";

const FAILURES: Readonly<Record<string, DiskFailure>> = {
  ENOSPC: "full",
  EDQUOT: "full",
  EACCES: "denied",
  EPERM: "denied",
  EROFS: "denied",
  ELOOP: "link",
  EIO: "io",
};

/** What a system's error says about the disk; undefined when it says something else, or is no system's error. */
export function diskFailure(error: unknown): DiskFailure | undefined {
  if (!(error instanceof Error) || !("syscall" in error) || !("code" in error)) return undefined;
  return FAILURES[String(error.code)];
}
