/** What is looked for in every clip. A manifest's `checks` says of each how serious a finding is. */
export const CHECKS = [
  "length",
  "size",
  "codec",
  "frame_rate",
  "sound",
  "black",
  "frozen",
  "silent",
  "clipped",
] as const;
export type CheckName = (typeof CHECKS)[number];

/**
 * - `fail`: the take is passed over: it is not upgraded, followed, extended or shown unless somebody picks it
 * - `warn`: it is used, and told of
 * - `off`: nobody is told
 */
export const SEVERITIES = ["fail", "warn", "off"] as const;
export type Severity = (typeof SEVERITIES)[number];

export type Checks = Readonly<Record<CheckName, Severity>>;

/**
 * What holds where nobody says otherwise. A clip that is black from end to end shows nothing at all; every other finding
 * may be what its author wanted, or can be made to fit.
 */
export const USUAL_CHECKS: Checks = {
  length: "warn",
  size: "warn",
  codec: "warn",
  frame_rate: "warn",
  sound: "warn",
  black: "fail",
  frozen: "warn",
  silent: "warn",
  clipped: "warn",
};

/** What a check found in a clip, worded on the day it was looked at. How serious it is, today's manifest says. */
export interface Finding {
  readonly check: CheckName;
  /** without shot and take: `the picture is black for 8.0 of 8.0 s` */
  readonly message: string;
  /** what the film does about it, or where to look; null where there is nothing to say */
  readonly fix: string | null;
}

/** What was measured of a clip by decoding it once. Null: the clip has no sound, or this ffmpeg cannot measure it. */
export interface ClipFigures {
  /** seconds of black picture, all stretches together */
  readonly blackSeconds: number | null;
  /** seconds of the longest stretch in which nothing moves */
  readonly frozenSeconds: number | null;
  /** seconds without sound above -60 dBFS, all stretches together */
  readonly silentSeconds: number | null;
  /** integrated loudness by EBU R128; null also where all is too quiet to be measured */
  readonly loudnessLufs: number | null;
  /** decibels of true peak against full scale; null also for digital silence */
  readonly truePeakDb: number | null;
  /** samples of all channels that stand at full scale */
  readonly clippedSamples: number | null;
}

/** The name a finding goes by in messages: `clip-frame-rate`. */
export function ruleOf(check: CheckName): string {
  return `clip-${check.replace("_", "-")}`;
}

/** What of the findings a manifest wants to hear, gravest first. */
export function heeded(
  findings: readonly Finding[],
  checks: Checks,
): readonly (Finding & { readonly severity: "fail" | "warn" })[] {
  const of = (severity: "fail" | "warn") =>
    findings.filter(({ check }) => checks[check] === severity).map((finding) => ({ ...finding, severity }));
  return [...of("fail"), ...of("warn")];
}
