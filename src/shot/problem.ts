import type { Place } from "./place.ts";

/** Something that is wrong, said so that a person can mend it. The shape of `problem` in `summary.json`. */
export interface Problem {
  /** a name to search for: `explain RULE` tells more */
  readonly rule: string;
  /** what is wrong, with the value met and the values allowed; no place in it */
  readonly message: string;
  /** what to do about it, as a sentence; null where nothing can be done */
  readonly fix: string | null;
  readonly place: Place | null;
}
