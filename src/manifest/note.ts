import type { Path } from "./located.ts";

/** Something to say about a value, before it is known where in the file that value stands. */
export interface Note {
  readonly rule: string;
  readonly at: Path;
  readonly message: string;
  readonly fix: string;
  /** what to underline; default the value */
  readonly mark?: "key" | { readonly text: string };
}
