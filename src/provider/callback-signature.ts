import { createHmac, timingSafeEqual } from "node:crypto";
import type { TaskId } from "../shot/id.ts";

/** How far a signature's time may lie from ours, to either side. The vendor names no figure. */
export const SIGNATURE_WINDOW_MS = 5 * 60_000;

export interface Signature {
  /** unix seconds, as the header has them: they are a part of what is signed */
  readonly timestamp: string | undefined;
  /** base64 */
  readonly signature: string | undefined;
}

export type SignatureVerdict =
  /** the vendor knows this task; `staleAt` (epoch milliseconds) is when the same signature is refused for its age */
  | { readonly verdict: "signed"; readonly task: TaskId; readonly staleAt: number }
  | { readonly verdict: "missing" | "malformed" | "stale" | "wrong" };

/**
 * Judges the two headers `X-Webhook-Timestamp` and `X-Webhook-Signature`: the signature is
 * `base64(HMAC-SHA256(taskId + "." + timestamp, key))`. The body is not signed, so only the id that was is given back.
 *
 * @param tasks - ids that the body names: the vendor's pages do not agree on which of them is signed
 * @param now - epoch milliseconds
 * @see kie.ai "Webhook Verification"
 */
export function judgeSignature(
  { timestamp, signature }: Signature,
  tasks: readonly TaskId[],
  key: string,
  now: number,
): SignatureVerdict {
  if (!timestamp || !signature) return { verdict: "missing" };
  if (!/^\d{1,12}$/.test(timestamp) || !/^[A-Za-z0-9+/]{43}=$/.test(signature)) return { verdict: "malformed" };
  const at = Number(timestamp) * 1000;
  // Before its age is judged, so that an age tells nothing about other people's signatures.
  const task = tasks.find((each) => isSignedBy(key, `${each}.${timestamp}`, signature));
  if (task === undefined) return { verdict: "wrong" };
  if (Math.abs(now - at) > SIGNATURE_WINDOW_MS) return { verdict: "stale" };
  return { verdict: "signed", task, staleAt: at + SIGNATURE_WINDOW_MS };
}

/** Texts are compared, not the bytes they stand for: a second spelling of the same bytes would pass for a new signature. */
function isSignedBy(key: string, message: string, signature: string): boolean {
  const expected = Buffer.from(createHmac("sha256", key).update(message).digest("base64"));
  const given = Buffer.from(signature);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** Signatures that were accepted and are not stale yet, with the moment from which they are. */
export type SeenSignatures = ReadonlyMap<string, number>;

/** What has been seen after one more; undefined when this one was seen before: a replay. */
export function rememberSignature(
  seen: SeenSignatures,
  signature: string,
  staleAt: number,
  now: number,
): SeenSignatures | undefined {
  if (seen.has(signature)) return undefined;
  return new Map([...[...seen].filter(([, until]) => until >= now), [signature, staleAt]]);
}
