import fc from "fast-check";
import type { OnMissing } from "../../../src/manifest/manifest.ts";
import type { Model } from "../../../src/shot/model.ts";
import type { Resolution } from "../../../src/shot/resolution.ts";
import type { FaultRule } from "../../../src/simulator/faults.ts";
import type { Switches } from "../../../src/simulator/switches.ts";
import type { Stop } from "./mortal.ts";

/** Everything that is to happen, as data: printed when it goes wrong, kept as a test of its own then. */
export interface Schedule {
  /** decides ids, durations, delays and chance */
  readonly seed: number;
  /** at most two: they run at the same time, on one account */
  readonly batches: readonly BatchPlan[];
  /** credits on the account before recovery */
  readonly balance: number;
  readonly dayCap?: number;
  readonly switches: Partial<Switches>;
  readonly faults: readonly FaultRule[];
  readonly outages: readonly { readonly fromMs: number; readonly lastsMs: number }[];
  readonly rubbish: readonly number[];
  /** set where the vendor calls us back; what happens to a callback on the way is among the faults */
  readonly callbacks?: {
    /** probability, for each purchase, that a stranger who knows its address calls it too */
    readonly forged: number;
  };
  /** runs of all batches while things go wrong; afterwards all goes well */
  readonly rounds: readonly Round[];
}

export interface BatchPlan {
  readonly shots: readonly ShotPlan[];
  readonly runCap?: number;
  /** hold, where nothing is said */
  readonly onMissing?: OnMissing;
}

export interface ShotPlan {
  /** what it starts from; the first shot of a batch has no parent and counts as plain */
  readonly start: "plain" | "follows" | "extends";
  /** which of the shots before it, modulo their number */
  readonly parent: number;
  readonly resolution: Resolution;
  readonly takes: number;
  readonly model: Model;
  /** it is bought again by itself; `anew`: with another prompt, by another model */
  readonly retry?: { readonly failed: number; readonly refused: number; readonly anew: boolean };
}

export interface Round {
  readonly retryFailed: boolean;
  /** a person forces what the run before gave up waiting for */
  readonly forces?: boolean;
  /** one a batch; null: it ends by itself */
  readonly stops: readonly (Stop | null)[];
  /** the machine's clock is set while the round goes on */
  readonly clockSet?: { readonly afterMs: number; readonly byMs: number };
}

const retry: fc.Arbitrary<NonNullable<ShotPlan["retry"]>> = fc
  .record({ failed: fc.integer({ min: 0, max: 2 }), refused: fc.integer({ min: 0, max: 2 }), anew: fc.boolean() })
  .filter(({ failed, refused }) => failed + refused > 0);

const shotPlan: fc.Arbitrary<ShotPlan> = fc.record(
  {
    start: fc.oneof(
      { weight: 3, arbitrary: fc.constant("plain" as const) },
      { weight: 2, arbitrary: fc.constant("follows" as const) },
      { weight: 2, arbitrary: fc.constant("extends" as const) },
    ),
    parent: fc.nat(11),
    resolution: fc.oneof(
      { weight: 3, arbitrary: fc.constant("720p" as const) },
      { weight: 2, arbitrary: fc.constant("1080p" as const) },
      { weight: 2, arbitrary: fc.constant("4k" as const) },
    ),
    takes: fc.oneof({ weight: 4, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: fc.constant(2) }),
    model: fc.constantFrom("veo3_fast", "veo3_lite", "veo3"),
    retry,
  },
  { requiredKeys: ["start", "parent", "resolution", "takes", "model"] },
);

/** A cap below the plan's price only keeps everything from being bought: most are somewhat above it. */
const caps = fc.oneof(
  { weight: 6, arbitrary: fc.constant(1_000_000) },
  { weight: 3, arbitrary: fc.integer({ min: 20, max: 120 }).map((tens) => tens * 30) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 20 }).map((tens) => tens * 30) },
);

const batchPlan: fc.Arbitrary<BatchPlan> = fc.record(
  {
    shots: fc.array(shotPlan, { minLength: 1, maxLength: 12 }),
    runCap: caps,
    onMissing: fc.constantFrom<OnMissing>("hold", "slate", "slate", "skip"),
  },
  { requiredKeys: ["shots"] },
);

const CREATING = ["generate", "extend"] as const;
const UPGRADING = ["get-1080p-video", "get-4k-video"] as const;
const UPLOADS = ["file-base64-upload", "credit", "download-url"] as const;

/** Leaves it open whether anything was done, or does it and spoils the answer. */
const DOUBTFUL = [
  ...["reset-before", "reset-after", "hang-before", "hang-after", "truncated-json", "empty-body", "no-code"],
  ...["html-502", "html-502-after", "html-520", "html-521", "html-522-after", "html-523", "html-524-after"],
  ...["html-503", "html-504-after", "code-500", "code-500-after"],
];
const NOT_NOW = ["code-429", "code-429", "code-455", "code-430", "code-402", "code-433", "code-505", "code-401"];
const NO = ["code-400", "code-422", "code-451", "code-404", "code-501"];
const FATES = ["stuck", "fail:policy", "fail:audio", "fail:internal", "fail:timeout", "fail:failed"];
const FILES = ["slow-file", "truncated-file", "html-file", "forbidden", "reset-before", "hang-before", "html-503"];

/** Most endpoints are called a few times, so that the first calls are the ones to spoil. */
const nth = fc.oneof(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 30 }));

const moments = fc.oneof(
  { weight: 3, arbitrary: fc.array(nth, { minLength: 1, maxLength: 5 }).map((nth) => ({ nth })) },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 12 }).map((twentieths) => ({ probability: twentieths / 20 })) },
);

function rule(endpoints: readonly FaultRule["endpoint"][], faults: readonly string[]): fc.Arbitrary<FaultRule> {
  return fc
    .tuple(fc.constantFrom(...endpoints), fc.constantFrom(...faults), moments)
    .map(([endpoint, fault, when]) => ({ endpoint, fault, ...when }));
}

const faultRule = fc.oneof(
  { weight: 5, arbitrary: rule(CREATING, [...DOUBTFUL, "no-task-id"]) },
  { weight: 4, arbitrary: rule(CREATING, NOT_NOW) },
  { weight: 2, arbitrary: rule(CREATING, NO) },
  { weight: 3, arbitrary: rule(CREATING, FATES) },
  { weight: 1, arbitrary: rule(CREATING, ["empty"]) },
  // No verdicts here: an outer 400, 451 or 501 is how this endpoint says that a task failed.
  { weight: 4, arbitrary: rule(["record-info"], [...DOUBTFUL, ...NOT_NOW, "code-422", "code-404", "no-task-id"]) },
  { weight: 4, arbitrary: rule(UPGRADING, [...DOUBTFUL, ...NOT_NOW, ...NO, ...FATES]) },
  { weight: 4, arbitrary: rule(["file"], FILES) },
  { weight: 2, arbitrary: rule(["callback"], ["duplicate", "late", "drop"]) },
  { weight: 2, arbitrary: rule(UPLOADS, [...DOUBTFUL, ...NOT_NOW, ...NO]) },
  {
    weight: 1,
    arbitrary: rule(["*"], ["reset-before", "reset-after", "html-502", "hang-after", "code-429", "code-455"]),
  },
);

const switches: fc.Arbitrary<Partial<Switches>> = fc.record(
  {
    httpStatusMode: fc.constantFrom("docs", "always200", "mirrorBodyCode"),
    idForm: fc.constantFrom("hex", "veo_task", "uuid"),
    visibilityGapMs: fc.constantFrom(20_000, 60_000),
    unknownTask: fc.constantFrom("422", "404", "null-data"),
    timeFormat: fc.constantFrom("ms", "local", "iso"),
    resultUrlsFormat: fc.constantFrom("array", "jsonString", "bracketed"),
    resultUrlsPlace: fc.constantFrom("response", "data"),
    responseAsString: fc.boolean(),
    failureMode: fc.constantFrom("flag", "envelope"),
    failedFlag: fc.constantFrom(2, 3),
    clockSkewMs: fc.constantFrom(-3_600_000, 3_600_000, 28_800_000),
    not1080pReady: fc.constantFrom("400", "422", "500", "200-without-url"),
    ready4k: fc.constantFrom("422", "200"),
    taskId4k: fc.constantFrom("same", "new"),
    text402: fc.constantFrom("long", "short"),
    rateLimit: fc.constantFrom(20, 20, 20, 4),
    rateCounts: fc.constantFrom("creating", "creating", "all"),
    rateText: fc.constantFrom("limit", "frequency"),
    retryAfterSeconds: fc.constantFrom(2, 45),
    goneStatus: fc.constantFrom(403, 404),
    refund501: fc.boolean(),
    fast: fc.constantFrom([1, 2], [50, 120]),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<Partial<Switches>>;

const stop: fc.Arbitrary<Stop | null> = fc.oneof(
  { weight: 1, arbitrary: fc.constant(null) },
  {
    weight: 2,
    arbitrary: fc.record({
      at: fc.oneof(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 400 })),
      how: fc.constantFrom("drain", "die-before", "die-after", "die-after"),
    }),
  },
);

const round: fc.Arbitrary<Round> = fc.record(
  {
    retryFailed: fc.boolean(),
    forces: fc.boolean(),
    stops: fc.tuple(stop, stop),
    clockSet: fc.record({
      afterMs: fc.integer({ min: 0, max: 300_000 }),
      byMs: fc.constantFrom(-7_200_000, -60_000, -4_000, 4_000, 60_000, 7_200_000),
    }),
  },
  { requiredKeys: ["retryFailed", "stops"] },
);

/** Schedules of every fault that the vendor's contract names (kie.ai notes, 19.5), of crashes and of interruptions. */
export const schedules: fc.Arbitrary<Schedule> = fc.record(
  {
    seed: fc.nat(1_000_000),
    batches: fc.oneof(
      { weight: 4, arbitrary: fc.array(batchPlan, { minLength: 1, maxLength: 1 }) },
      { weight: 1, arbitrary: fc.array(batchPlan, { minLength: 2, maxLength: 2 }) },
    ),
    balance: fc.oneof(
      { weight: 3, arbitrary: fc.constant(100_000) },
      { weight: 1, arbitrary: fc.integer({ min: 0, max: 100 }).map((tens) => tens * 30) },
    ),
    dayCap: caps,
    switches,
    faults: fc.oneof(
      { weight: 1, arbitrary: fc.constant([]) },
      { weight: 8, arbitrary: fc.array(faultRule, { minLength: 1, maxLength: 6, size: "max" }) },
    ),
    outages: fc.array(fc.record({ fromMs: fc.nat(600_000), lastsMs: fc.constantFrom(1_000, 30_000, 400_000) }), {
      maxLength: 2,
    }),
    rubbish: fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 2 }),
    callbacks: fc.record({ forged: fc.constantFrom(0, 0.2, 1) }),
    rounds: fc.array(round, { minLength: 1, maxLength: 4 }),
  },
  { requiredKeys: ["seed", "batches", "balance", "switches", "faults", "outages", "rubbish", "rounds"] },
);
