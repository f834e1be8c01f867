import type { TaskId } from "../shot/id.ts";

/**
 * What a buying call (`generate`, `extend`) came to. The three sorts decide over money:
 * only `accepted` and `uncertain` may have cost something, and `uncertain` is never sent again by itself.
 */
export type SubmitOutcome =
  | { readonly outcome: "accepted"; readonly task: TaskId }
  | Refused
  | Deferred
  | { readonly outcome: "uncertain"; readonly why: string };

/** Answered no because of what was asked; asking the same again is of no use. */
export interface Refused {
  readonly outcome: "refused";
  readonly cause: RefusalCause;
  readonly code: number;
  /** the vendor's words */
  readonly message: string;
}
export type RefusalCause = "content" | "image" | "validation" | "expired" | "unavailable" | "not-found";

/** Not accepted, nothing bought, nothing wrong with the shot: it stays planned. */
export interface Deferred {
  readonly outcome: "deferred";
  readonly cause: DeferralCause;
  /** undefined when no answer came at all */
  readonly code: number | undefined;
  readonly message: string;
  /** nominal milliseconds the vendor asked us to wait */
  readonly retryAfterMs: number | undefined;
}
/**
 * - `rate` 429, 430: wait and send again
 * - `maintenance` 455: wait longer and send again
 * - `unreachable` no connection was made: wait and send again
 * - `key` 401: the whole run ends
 * - `credits` 402, `key-cap` 433: buying ends
 * - `disabled` 505: this kind of call ends
 */
export type DeferralCause = "rate" | "maintenance" | "unreachable" | "key" | "credits" | "key-cap" | "disabled";

/** What `record-info` says of a task. Nothing here costs anything, so `unclear` is simply asked again. */
export type RecordOutcome =
  | ({ readonly outcome: "pending" } & Asked)
  | ({ readonly outcome: "made"; readonly result: MadeResult } & Asked)
  | ({
      readonly outcome: "failed";
      readonly code: number | undefined;
      readonly message: string;
      readonly transient: boolean;
    } & Asked)
  /** unknown to the vendor, or not visible yet */
  | { readonly outcome: "invisible"; readonly message: string }
  /** older than the vendor keeps records: 14 days */
  | { readonly outcome: "expired"; readonly message: string }
  /** finished, yet no usable address in it; `wholeUrls`: of an extension, all that came is the original with it stitched on */
  | ({ readonly outcome: "empty"; readonly message: string; readonly wholeUrls: readonly string[] } & Asked)
  | { readonly outcome: "unclear"; readonly message: string; readonly retryAfterMs: number | undefined }
  | Deferred;

/** What a record says of its own beginning. */
interface Asked {
  readonly echo: RequestEcho | undefined;
  /** epoch milliseconds, by the vendor's clock */
  readonly createdAt: number | undefined;
}

export interface MadeResult {
  /** the deliverable; of an extension the new part. At least one. */
  readonly urls: readonly string[];
  /** of an extension: the original with the new part stitched on */
  readonly fullUrls: readonly string[];
  /** before cropping, where the ratio is not 16:9; extra material */
  readonly originUrls: readonly string[];
  /** as the vendor claims it; the probe decides */
  readonly resolution: string | undefined;
  readonly hasAudio: boolean | undefined;
  /** the seed that was used */
  readonly seed: number | undefined;
  /** made by the vendor's fallback model: cannot be upgraded */
  readonly fallback: boolean;
  readonly creditsConsumed: number | undefined;
  /** epoch milliseconds, by the vendor's clock */
  readonly completedAt: number | undefined;
}

/** What the vendor says it was asked; every field may be missing. */
export interface RequestEcho {
  readonly prompt: string | undefined;
  readonly model: string | undefined;
  readonly aspectRatio: string | undefined;
  readonly callBackUrl: string | undefined;
  readonly translate: boolean | undefined;
  readonly seed: number | undefined;
  /** addresses of the pictures that were sent */
  readonly imageUrls: readonly string[] | undefined;
  /** the task that an extension or an upgrade goes on from */
  readonly of: TaskId | undefined;
  /** which file of that task; only upgrades have one */
  readonly index: number | undefined;
}

/** What one call for 1080p or 4K came to. The first call buys, each further one only asks. */
export type UpgradeOutcome =
  | { readonly outcome: "upgraded"; readonly urls: readonly string[] }
  | { readonly outcome: "pending"; readonly message: string; readonly task: TaskId | undefined }
  | Refused
  | Deferred
  /** the take it is to be made of is not finished, as the vendor sees it */
  | { readonly outcome: "unfinished"; readonly message: string }
  /** the take it is to be made of has no file, as the vendor sees it */
  | { readonly outcome: "empty"; readonly message: string }
  | { readonly outcome: "unclear"; readonly message: string; readonly retryAfterMs: number | undefined };

/** Answers of the calls that cost nothing and change nothing: credits, fresh links, uploads. */
export type FreeOutcome<T> =
  | { readonly outcome: "given"; readonly value: T }
  | Refused
  | Deferred
  | { readonly outcome: "unclear"; readonly message: string; readonly retryAfterMs: number | undefined };
