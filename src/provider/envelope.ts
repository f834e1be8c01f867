import type { Clock } from "../world/clock.ts";
import { type HttpAnswer, HttpError } from "../world/http.ts";
import { effectiveStatus } from "./effective-status.ts";
import { retryAfterMs } from "./retry-after.ts";
import { isObject, looseNumber, looseObject, looseText, readVendorJson } from "./vendor-json.ts";
import { vendorWords, withoutKey } from "./vendor-words.ts";

/** What came back from one call, before anything is made of it. Every `message` is fit to be shown. */
export type Reply = Envelope | Unreadable | NoAnswer;

/** The vendor's `{code, msg, data}`. */
export interface Envelope {
  readonly reply: "envelope";
  readonly httpStatus: number;
  /** of HTTP and body together */
  readonly code: number;
  /** whether the body itself stated the code; a purchase is only believed to one that did */
  readonly stated: boolean;
  /** the vendor's words; empty when it said nothing */
  readonly message: string;
  readonly data: unknown;
  readonly retryAfterMs: number | undefined;
}

/** A page of a gateway, cut JSON, nothing at all. */
export interface Unreadable {
  readonly reply: "unreadable";
  readonly httpStatus: number;
  readonly message: string;
  readonly retryAfterMs: number | undefined;
}

export interface NoAnswer {
  readonly reply: "none";
  /** true only when it is proven that the vendor did not read the call */
  readonly neverSent: boolean;
  readonly message: string;
}

const envelopeFields = looseObject({ code: looseNumber, msg: looseText, message: looseText });

/** Sorts an HTTP answer into an envelope or something else. */
export function readEnvelope(answer: HttpAnswer, key: string, clock: Pick<Clock, "elapsed">): Envelope | Unreadable {
  // Before anything is made of it, so that no field, address or cut can keep a piece of the key.
  const text = withoutKey(answer.body, key);
  const body = readVendorJson(text);
  const waitMs = retryAfterMs(answer.headers["retry-after"], clock);
  if (!isObject(body)) {
    return {
      reply: "unreadable",
      httpStatus: answer.status,
      message: vendorWords(`HTTP ${answer.status}, ${excerpt(text)}`, key),
      retryAfterMs: waitMs,
    };
  }
  const { code, msg, message } = envelopeFields.parse(body);
  const own = Number.isInteger(code) ? code : undefined;
  return {
    reply: "envelope",
    httpStatus: answer.status,
    code: effectiveStatus(answer.status, own),
    stated: own !== undefined,
    message: vendorWords(msg || message || "", key),
    data: body["data"],
    retryAfterMs: waitMs,
  };
}

/** What an `HttpError` leaves us with. @throws whatever is no `HttpError`: a bug of ours */
export function noAnswer(error: unknown, key: string): NoAnswer {
  if (!(error instanceof HttpError)) throw error;
  const said = error.message.includes(error.code) ? error.message : `${error.message} (${error.code})`;
  return { reply: "none", neverSent: error.neverSent, message: vendorWords(said, key) };
}

/** An answer's code and words in one phrase, for the outcomes that have no place for a code. */
export function tell(reply: Reply): string {
  if (reply.reply !== "envelope") return reply.message;
  return reply.message === "" ? `code ${reply.code}` : `code ${reply.code}: ${reply.message}`;
}

/** The first words of a page, without its markup. */
function excerpt(body: string): string {
  const text = body
    .slice(0, 4000)
    .replace(/<(script|style)[\s\S]*?<\/\1>/gi, " ")
    .replace(/<[^>]*>/g, " ")
    .replace(/\s+/g, " ")
    .trim();
  return text === "" ? "an empty answer" : `no readable answer: ${text.slice(0, 200)}`;
}
