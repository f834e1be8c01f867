import { MODELS, type Model } from "../shot/model.ts";
import type { UpgradeResolution } from "../shot/resolution.ts";
import { type Clip, LOOKS, type Look } from "./clip.ts";
import { draw, drawBetween, drawHex } from "./draw.ts";
import type { Asked, Said } from "./exchange.ts";
import { type FAILURES, REFUSALS } from "./failure.ts";
import { failureOf } from "./faults.ts";
import { readMarkers } from "./marker.ts";
import { balanceOf, type Fate, type Job, lastingMs, type State } from "./state.ts";
import type { Switches } from "./switches.ts";

/** What all creating calls share: the window, the money, the id, the fate. */

/** The last three checks before something is created, in the vendor's order: caps, window, credits. */
export function refuseAtTheTill(asked: Asked, credits: number): Said | undefined {
  const { state, key, now } = asked;
  const { switches } = state.plan;
  const ofThisKey = state.starts.filter((start) => start.key === key);
  if (switches.keyCap !== null && ofThisKey.length >= switches.keyCap) return refusal(433);
  // With `all`, every call was weighed at the door.
  if (switches.rateCounts === "creating" && windowIsFull(state, key, now)) return tooOften(state);
  if (balanceOf(state) < credits) {
    const short = "The current credits are insufficient. Please top up.";
    return { ...refusal(402), ...(switches.text402 === "short" ? { msg: short } : {}), usedPlace: true };
  }
  return undefined;
}

export function windowIsFull(state: State, key: string, now: number): boolean {
  const since = now - lastingMs(state, state.plan.switches.rateWindowMs);
  const inside = state.starts.filter((start) => start.key === key && start.at > since);
  return inside.length >= state.plan.switches.rateLimit;
}

export function tooOften(state: State): Said {
  const often = "Your call frequency is too high. Please try again later.";
  return state.plan.switches.rateText === "frequency" ? { code: 429, msg: often } : refusal(429);
}

export function refusal(code: number, msg = REFUSALS[code] ?? "Unknown error"): Said {
  return { code, msg, data: null };
}

/** A new id in the form the switch asks for. */
export function newTaskId(state: State): string {
  const hex = drawHex(state.seed, `id ${state.jobs.size}`, 32);
  switch (state.plan.switches.idForm) {
    case "hex":
      return hex;
    case "veo_task":
      return `veo_task_${hex.slice(0, 12)}`;
    case "uuid":
      return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  }
}

/** When a job that starts now will end; undefined: never. */
export function dueAt(
  asked: Asked,
  name: string,
  seconds: Switches["fast"],
  prompt: string,
  stuck: boolean,
): number | undefined {
  if (stuck || asked.fault === "stuck") return undefined;
  const after = readMarkers(prompt).afterSeconds ?? drawBetween(asked.state.seed, `time ${name}`, seconds);
  return Math.round(asked.now + lastingMs(asked.state, after * 1000));
}

/** What a task of this prompt will come to; `imageFailure` is what its pictures do to it. */
export function fateOf(asked: Asked, prompt: string, imageFailure: keyof typeof FAILURES | undefined): Fate {
  const markers = readMarkers(prompt);
  const struck = failureOf(asked.fault) ?? imageFailure;
  if (struck) return { end: "failed", failure: struck };
  const boughtBefore = [...asked.state.jobs.values()].some((job) => job.kind !== "upgrade" && job.prompt === prompt);
  if (markers.fail && !(markers.fail.once && boughtBefore)) return { end: "failed", failure: markers.fail.name };
  return { end: "made", sound: !markers.silent, empty: markers.empty || asked.fault === "empty" };
}

/** What is wrong with the clip of a task, by a fault of its call or by its prompt. */
export function lookOf(asked: Asked, prompt: string): { readonly look?: Look } {
  const look = LOOKS.find((each) => each === asked.fault) ?? readMarkers(prompt).look;
  return look ? { look } : {};
}

/** Seeds the vendor reports back lie between 10000 and 99999. */
export function seedFor(asked: Asked, name: string, wished: number | undefined): number {
  return wished ?? 10_000 + Math.floor(draw(asked.state.seed, `seed ${name}`) * 90_000);
}

/** The job, paid for and put to work. */
export function bought(asked: Asked, job: Job, prompt: string, data: unknown): Said {
  const charge = {
    job: job.name,
    endpoint: asked.endpoint,
    credits: job.credits,
    at: asked.now,
    status: "held",
  } as const;
  return {
    code: 200,
    msg: "success",
    data,
    facts: [{ fact: "bought", job, charge, key: asked.key }],
    effects: rendering(job),
    task: job.taskId,
    prompt,
  };
}

/** Work for the studio; a job that fails or never ends has none. */
export function rendering(job: Job) {
  if (job.fate.end !== "made" || job.dueAt === undefined) return [];
  return [{ do: "render", job: job.name, clip: wholeOf(job) } as const];
}

/** The largest thing a job hands over; rendering it renders its parts. */
function wholeOf(job: Job): Clip {
  return job.kind === "upgrade" ? job.clip : (job.whole ?? job.clip);
}

/** An upgraded clip, or the clip itself where nothing larger was asked. */
export function inResolution(clip: Clip, resolution: "720p" | UpgradeResolution): Clip {
  return resolution === "720p" ? clip : { kind: "upgrade", of: clip, resolution };
}

export function isModel(value: unknown): value is Model {
  return MODELS.some((model) => model === value);
}
