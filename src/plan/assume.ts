import { findingsOf, type Take } from "../ledger/batch-state.ts";
import type { LedgerEvent } from "../ledger/event.ts";
import { CHECKS } from "../shot/clip-check.ts";
import type { Sha256, TaskId } from "../shot/id.ts";
import { pixelSize } from "../shot/resolution.ts";
import type { TakeRequest } from "../shot/take.ts";
import { ASSUMED_CLIP } from "./assumed-clip.ts";
import { takePrice } from "./price.ts";
import { presentTakes, retriesLeft } from "./retry.ts";
import { clipFile, partFile, type Shelf } from "./shelf.ts";
import type { Standing } from "./standing.ts";
import type { Step } from "./step.ts";
import type { View } from "./view.ts";

/** The events of a step, and the file it leaves: what a plan folds instead of doing it. */
interface Assumed {
  readonly events: readonly LedgerEvent[];
  readonly shelf: Shelf;
}

/**
 * A step that goes well.
 *
 * @param bought - the take it is about; undefined where that is only to come
 */
export function assumeDone(step: Step, bought: Take | undefined): Assumed {
  switch (step.kind) {
    case "submit": {
      const { shot, take, request, requestHash, credits } = step;
      const task = `assumed ${shot}/${take}` as TaskId;
      return eventsOnly(
        {
          event: "submitting",
          shot,
          take,
          token: task,
          request,
          requestHash,
          credits,
          ...(step.why === "forced" && { overtakes: true }),
        },
        { event: "submitted", shot, take, task },
      );
    }
    case "poll": {
      const { shot, take } = step;
      const result = { urls: [], fullUrls: [], seed: null, upgradable: true, tookMs: 0 };
      return eventsOnly({ event: "made", shot, take, ...result });
    }
    case "fetch": {
      const { shot, take, resolution } = step;
      return {
        events: [{ event: "downloaded", shot, take, resolution, bytes: 1 }],
        shelf: new Map([[partFile(shot, take, resolution), 1]]),
      };
    }
    case "check": {
      const { shot, take, resolution } = step;
      const file = clipFile(shot, take, resolution);
      const size = pixelSize(resolution, orientationAsked(bought?.request));
      // What was found in it once will be found in it again.
      const findings = findingsOf(bought?.files.get(resolution));
      const facts = { bytes: 1, ...ASSUMED_CLIP, size, findings, problem: null };
      const sha256 = `assumed ${file}` as Sha256;
      return {
        events: [{ event: "checked", shot, take, resolution, file, sha256, ...facts }],
        shelf: new Map([[file, 1]]),
      };
    }
    case "upgrade": {
      const { shot, take, resolution, credits } = step;
      return eventsOnly(
        { event: "upgrading", shot, take, resolution, token: "", credits },
        { event: "upgraded", shot, take, resolution, urls: [], tookMs: 0 },
      );
    }
    case "join": {
      const { filmHash, file, frames, seconds, handOff } = step.film;
      const beside = handOff ? handOff.files.map((each) => ({ file: each.file, bytes: 1, key: handOff.key })) : [];
      const joined = { event: "joined", sequence: step.sequence, filmHash, file, bytes: 1 } as const;
      return {
        events: [{ ...joined, frames, seconds, beside }],
        shelf: new Map([file, ...beside.map((each) => each.file)].map((each) => [each, 1])),
      };
    }
  }
}

/**
 * The dearest way a step can go under its shot's retry policy; undefined where that is the way it goes well. A take that
 * fails counts in full, whatever the vendor pays back, as does one that a check passes over; one that is refused costs
 * nothing, and is worse only where the next one is dearer.
 *
 * @param standing - of the step's shot, no older than the round of steps it stands in
 * @param state - as it is just before the step
 */
export function assumeWorst(
  step: Step,
  standing: Standing | undefined,
  { state, prices }: Pick<View, "state" | "prices">,
): Assumed | undefined {
  if (!standing?.attempts || !("take" in step)) return undefined;
  const { shot, attempts } = standing;
  const present = presentTakes(shot, state.takes.get(shot.id) ?? [], attempts);
  const { take } = step;
  const problem = { rule: "assumed", message: "", fix: null, place: null };
  if (step.kind === "submit") {
    const isCheaper = step.credits < takePrice(attempts.again.request, prices);
    if (!isCheaper || retriesLeft(shot, present, "refused") === 0) return undefined;
    const [intent] = assumeDone(step, undefined).events;
    return eventsOnly(...(intent ? [intent] : []), { event: "refused", shot: shot.id, take, problem });
  }
  if (!present.some(({ number }) => number === take)) return undefined;
  if (step.kind === "poll" && retriesLeft(shot, present, "failed") > 0) {
    return eventsOnly({ event: "failed", shot: shot.id, take, problem });
  }
  if (step.kind !== "check" || step.resolution !== "720p" || retriesLeft(shot, present, "checks") === 0)
    return undefined;
  const gravest = CHECKS.find((check) => shot.checks[check] === "fail");
  const { events, shelf } = assumeDone(
    step,
    present.find(({ number }) => number === take),
  );
  const findings = gravest ? [{ check: gravest, message: "", fix: null }] : [];
  return { events: events.map((event) => (event.event === "checked" ? { ...event, findings } : event)), shelf };
}

function eventsOnly(...events: readonly LedgerEvent[]): Assumed {
  return { events, shelf: new Map<string, number>() };
}

/** An extension lies as its parent does, and `Auto` as its picture does: a plan that cannot know says wide. */
function orientationAsked(request: TakeRequest | undefined): "wide" | "upright" {
  return request?.kind === "generate" && request.aspectRatio === "9:16" ? "upright" : "wide";
}
