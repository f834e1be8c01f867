import { ASPECT_RATIOS, CLIP_SECONDS, SEED_RANGE } from "../shot/model.ts";
import { RESOLUTIONS } from "../shot/resolution.ts";
import type { TakeClip } from "./clip.ts";
import {
  bought,
  dueAt,
  fateOf,
  inResolution,
  isModel,
  lookOf,
  newTaskId,
  refusal,
  refuseAtTheTill,
  seedFor,
} from "./create.ts";
import type { Asked, Said } from "./exchange.ts";
import { type Fetched, fetchImages } from "./image.ts";
import { readMarkers } from "./marker.ts";
import { readInteger, readObject, readText } from "./read-body.ts";
import type { TaskJob } from "./state.ts";
import type { Switches } from "./switches.ts";

const MODES = ["TEXT_2_VIDEO", "FIRST_AND_LAST_FRAMES_2_VIDEO", "REFERENCE_2_VIDEO"] as const;
type Mode = (typeof MODES)[number];
/** How many pictures each kind of generation takes. @see kie.ai "Generate Veo 3.1 Video" */
const IMAGES: Readonly<Record<Mode, readonly [number, number]>> = {
  TEXT_2_VIDEO: [0, 0],
  FIRST_AND_LAST_FRAMES_2_VIDEO: [1, 2],
  REFERENCE_2_VIDEO: [1, 3],
};
const DURATIONS = [4, 6, 8];

/** `POST /api/v1/veo/generate`. The texts of its 422s are ours, apart from "Ratio error", which was seen live. */
export function generate(asked: Asked): Said {
  const { state } = asked;
  const { switches } = state.plan;
  const body = readObject(asked.request);
  if (!body) return refusal(422, "The request body must be a JSON object.");
  const prompt = readText(body["prompt"]);
  if (prompt === undefined) return refusal(422, "prompt cannot be empty");

  const model = body["model"] ?? "veo3_fast";
  if (!isModel(model)) return refusal(422, `model error: ${String(model)}`);
  const ratio = body["aspect_ratio"] ?? body["aspectRatio"] ?? "16:9";
  if (!isOneOf(ASPECT_RATIOS, ratio)) return refusal(422, "Ratio error");
  const asksFor = body["resolution"] ?? "720p";
  if (!isOneOf(RESOLUTIONS, asksFor)) return refusal(422, "resolution error");
  const seconds = body["duration"] === undefined ? CLIP_SECONDS : readInteger(body["duration"]);
  if (seconds === undefined || !DURATIONS.includes(seconds)) return refusal(422, "duration error");
  const seed = body["seeds"] === undefined ? undefined : readInteger(body["seeds"]);
  const seedIsWrong = seed === undefined || seed < SEED_RANGE.least || seed > SEED_RANGE.most;
  if (body["seeds"] !== undefined && seedIsWrong) return refusal(422, "seeds must be between 10000 and 99999");

  const urls = body["imageUrls"] ?? [];
  if (!Array.isArray(urls) || !urls.every((url) => typeof url === "string")) {
    return refusal(422, "imageUrls must be an array of URLs");
  }
  const mode = body["generationType"] ?? (urls.length === 0 ? MODES[0] : urls.length < 3 ? MODES[1] : MODES[2]);
  if (!isOneOf(MODES, mode)) return refusal(422, "generationType error");
  const [least, most] = IMAGES[mode];
  if (urls.length < least || urls.length > most) return refusal(422, `${mode} takes ${least} to ${most} imageUrls`);
  if (mode === "REFERENCE_2_VIDEO" && !switches.referenceModels.includes(model)) {
    return refusal(422, `${mode} is not supported by ${model}`);
  }
  if (mode === "REFERENCE_2_VIDEO" && ratio === "Auto") return refusal(422, "Ratio error");

  const markers = readMarkers(prompt);
  if (markers.refuse !== undefined) return { ...refusal(markers.refuse), prompt };
  const resolution = switches.askedResolution === "deliver" ? asksFor : "720p";
  const listed = state.prices.generate[model] + (resolution === "720p" ? 0 : state.prices.upgrade[resolution]);
  const credits = listed * switches.priceFactor;
  const refused = refuseAtTheTill(asked, credits);
  if (refused) return { ...refused, prompt };

  const taskId = newTaskId(state);
  const fetched = fetchImages(asked, urls);
  const lies = ratio === "Auto" ? nearest(fetched) : ratio;
  const clip: TakeClip = {
    kind: "take",
    task: taskId,
    prompt,
    orientation: lies === "16:9" ? "wide" : "upright",
    seconds,
    sound: !markers.silent,
    ...framesOf(mode, fetched),
    ...lookOf(asked, prompt),
  };
  const job: TaskJob = {
    kind: "generate",
    name: taskId,
    taskId,
    createdAt: asked.now,
    dueAt: dueAt(asked, taskId, switches[TIMES[model]], prompt, markers.stuck),
    fate: fateOf(asked, prompt, fetched.failure),
    clip: inResolution(clip, resolution),
    credits,
    callBackUrl: readText(body["callBackUrl"]),
    settled: undefined,
    prompt,
    model,
    ratio: lies,
    resolution,
    seedUsed: seedFor(asked, taskId, seed),
    echo: echoOf(body, { prompt, model, aspectRatio: ratio, generationType: mode }),
    fallback: markers.fallback,
    whole: undefined,
  };
  return { ...bought(asked, job, prompt, { taskId }), warning: warnOf(body) };
}

const TIMES = { veo3: "quality", veo3_fast: "fast", veo3_lite: "lite" } as const satisfies Record<
  TaskJob["model"],
  keyof Switches
>;

/** The request under the vendor's own names, whatever spelling was sent. */
function echoOf(body: Readonly<Record<string, unknown>>, understood: Readonly<Record<string, unknown>>) {
  const rest = {
    ...understood,
    enableFallback: body["enableFallback"] ?? false,
    enableTranslation: body["enableTranslation"] ?? true,
    waterMark: body["watermark"],
    imageUrls: body["imageUrls"],
    callBackUrl: body["callBackUrl"],
    resolution: body["resolution"],
    duration: body["duration"],
    seeds: body["seeds"],
  };
  return Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
}

function framesOf(mode: Mode, { uploads }: Fetched): { first?: string; last?: string } {
  const [first, last] = mode === "FIRST_AND_LAST_FRAMES_2_VIDEO" ? uploads : [];
  return { ...(first && { first: first.sha256 }), ...(last && { last: last.sha256 }) };
}

/** `Auto` takes whichever ratio is nearer to the first picture. */
function nearest({ uploads }: Fetched): "16:9" | "9:16" {
  const size = uploads[0]?.size;
  return size && size.height > size.width ? "9:16" : "16:9";
}

function warnOf(body: Readonly<Record<string, unknown>>): string | undefined {
  const snake = body["aspect_ratio"];
  const camel = body["aspectRatio"];
  if (snake !== undefined && camel !== undefined && snake !== camel) {
    return `generate was sent aspect_ratio ${String(snake)} and aspectRatio ${String(camel)}; the first was taken`;
  }
  return body["enableFallback"] === true
    ? "generate was sent enableFallback, which the vendor asks to leave out"
    : undefined;
}

function isOneOf<T extends string>(values: readonly T[], value: unknown): value is T {
  return values.some((allowed) => allowed === value);
}
