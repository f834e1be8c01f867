import * as z from "zod";
import { MODELS } from "../shot/model.ts";
import { ENDPOINT_NAMES } from "./endpoint.ts";

/**
 * How sure we are that a default is what the vendor does: stated on one of its five pages, stated on another page of
 * its, seen live by somebody, or nobody knows.
 */
type Confidence = "seed" | "doc" | "live" | "guess";

interface Switch<S extends z.ZodType> {
  readonly schema: S;
  readonly usual: z.output<S>;
  readonly confidence: Confidence;
  readonly about: string;
}

const milliseconds = z.number().nonnegative();
const range = z.tuple([z.number().nonnegative(), z.number().nonnegative()]);
const share = z.number().min(0).max(1);

/** Everything about the vendor that sources disagree on or that nobody states. All lengths of time are nominal. */
export const SWITCHES = {
  badKeys: sw(z.array(z.string()), ["bad-key"], "live", "Bearer values answered with 401; any other is accepted"),
  httpStatusMode: sw(
    z.enum(["docs", "always200", "mirrorBodyCode"]),
    "docs",
    "doc",
    "HTTP status on the API host: 429 as such and all else 200, always 200, or the body's code",
  ),
  idForm: sw(z.enum(["hex", "veo_task", "uuid"]), "hex", "live", "what task ids look like"),
  visibilityGapMs: sw(milliseconds, 0, "live", "how long a new task is unknown to record-info"),
  unknownTask: sw(
    z.enum(["422", "404", "null-data"]),
    "422",
    "seed",
    "what record-info says of a task it does not know (yet)",
  ),
  timeFormat: sw(z.enum(["ms", "local", "iso"]), "ms", "live", "form of createTime and completeTime; local is UTC+8"),
  resultUrlsFormat: sw(
    z.enum(["array", "jsonString", "bracketed"]),
    "array",
    "seed",
    "form of resultUrls in record-info",
  ),
  resultUrlsPlace: sw(z.enum(["response", "data"]), "response", "seed", "where record-info puts resultUrls"),
  responseAsString: sw(z.boolean(), false, "live", "record-info gives `response` as JSON text"),
  errorMessageWhenOk: sw(z.enum(["null", "empty"]), "null", "live", "errorMessage of a task that did not fail"),
  failureMode: sw(z.enum(["flag", "envelope"]), "flag", "live", "failed tasks by successFlag or by the outer code"),
  failedFlag: sw(z.union([z.literal(2), z.literal(3)]), 3, "live", "successFlag of a failed task"),
  creditsConsumed: sw(z.boolean(), false, "live", "record-info and callbacks carry creditsConsumed"),
  clockSkewMs: sw(z.number(), 0, "guess", "added to the times the vendor reports, unscaled"),
  askedResolution: sw(
    z.enum(["deliver", "ignore"]),
    "deliver",
    "guess",
    "`resolution` on generate: delivered and charged with the upgrade, or ignored",
  ),
  referenceModels: sw(z.array(z.enum(MODELS)), ["veo3_fast", "veo3_lite"], "doc", "models that take references"),
  fetchImages: sw(z.boolean(), true, "live", "imageUrls must be reachable and of the type their name says"),
  not1080pReady: sw(
    z.enum(["400", "422", "500", "200-without-url"]),
    "400",
    "doc",
    "answer of get-1080p-video while it works",
  ),
  upright1080p: sw(z.enum(["upgrade", "refuse"]), "upgrade", "seed", "1080p of a 9:16 take"),
  ready4k: sw(z.enum(["422", "200"]), "422", "seed", "code with which get-4k-video hands over the addresses"),
  taskId4k: sw(z.enum(["same", "new"]), "same", "seed", "whether a 4K upgrade has a task id of its own"),
  callback4k: sw(z.enum(["info", "snake"]), "info", "doc", "shape of the 4K callback"),
  refund501: sw(z.boolean(), true, "doc", "a task that failed with 501 is refunded, as all others are"),
  text402: sw(z.enum(["long", "short"]), "long", "live", "which of the two texts says that credits are short"),
  rateLimit: sw(z.number().int().positive(), 20, "doc", "creating calls accepted in any rateWindowMs, per key"),
  rateWindowMs: sw(milliseconds, 10_000, "doc", "length of the sliding window"),
  rateCounts: sw(z.enum(["creating", "all"]), "creating", "doc", "which calls fill the window"),
  rateText: sw(z.enum(["limit", "frequency"]), "limit", "doc", "which of the two texts says that calls come too fast"),
  retryAfterSeconds: sw(z.number().positive().nullable(), null, "live", "Retry-After header on a 429"),
  priceFactor: sw(z.number().nonnegative(), 1, "guess", "what everything costs, as a multiple of the price page"),
  keyCap: sw(z.number().int().nonnegative().nullable(), null, "doc", "creating calls a key may make; then 433"),
  maintenance: sw(z.boolean(), false, "seed", "every call answers 455"),
  disabled: sw(z.array(z.enum(ENDPOINT_NAMES)), [], "doc", "endpoints that answer 505"),
  recordDays: sw(z.number().positive(), 14, "seed", "how long record-info and upgrades know a task"),
  fileDays: sw(z.number().positive(), 14, "doc", "how long result files live; 1 in newer copies of the pages"),
  goneStatus: sw(z.union([z.literal(403), z.literal(404)]), 404, "guess", "HTTP status of a file that is gone"),
  linkMinutes: sw(z.number().positive(), 20, "doc", "how long a link from download-url works"),
  uploadHours: sw(z.number().positive(), 24, "doc", "how long uploads live; 72 in older copies"),
  bareUserAgents: sw(
    z.array(z.string()),
    ["", "node", "undici", "python-requests", "python-urllib"],
    "live",
    "User-Agent beginnings that the upload host turns away with 403",
  ),
  callbackUrls: sw(z.enum(["array", "jsonString", "bracketed"]), "array", "doc", "form of resultUrls in callbacks"),
  callbackKey: sw(z.string().nullable(), null, "doc", "signs callbacks when set"),
  callbackTimeoutMs: sw(milliseconds, 15_000, "doc", "how long a receiver may take"),
  callbackRetries: sw(z.number().int().nonnegative(), 3, "doc", "further attempts after one that was not answered 200"),
  callbackSpacingMs: sw(milliseconds, 30_000, "guess", "pause before each further attempt"),
  callbackDuplicates: sw(share, 0, "doc", "share of callbacks that come twice"),
  quality: sw(range, [120, 300], "seed", "seconds a veo3 take needs"),
  fast: sw(range, [50, 120], "live", "seconds a veo3_fast take needs"),
  lite: sw(range, [40, 90], "guess", "seconds a veo3_lite take needs"),
  extension: sw(range, [180, 700], "doc", "seconds an extension needs"),
  upgrade1080p: sw(range, [60, 180], "seed", "seconds a 1080p upgrade needs"),
  upgrade4k: sw(range, [300, 600], "seed", "seconds a 4K upgrade needs"),
} as const;

export type Switches = { readonly [Name in keyof typeof SWITCHES]: (typeof SWITCHES)[Name]["usual"] };

/** All switches as the best evidence has them. */
export const USUAL: Switches = Object.freeze(
  Object.fromEntries(Object.entries(SWITCHES).map(([name, { usual }]) => [name, usual])),
) as unknown as Switches;

/** Any of the switches, for a fault file; unknown names are refused. */
export const switchesSchema = z.strictObject(
  Object.fromEntries(Object.entries(SWITCHES).map(([name, { schema }]) => [name, schema.optional()])),
);

function sw<S extends z.ZodType>(schema: S, usual: z.output<S>, confidence: Confidence, about: string): Switch<S> {
  return { schema, usual, confidence, about };
}
