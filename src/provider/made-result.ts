import type { MadeResult, RequestEcho } from "./outcome.ts";
import { readTaskId } from "./task-id.ts";
import { readUrlList } from "./url-list.ts";
import {
  isObject,
  looseAny,
  looseFlag,
  looseList,
  looseNumber,
  looseObject,
  looseText,
  unfoldJson,
} from "./vendor-json.ts";
import { readVendorTime } from "./vendor-time.ts";

const responseFields = looseObject({
  resultUrls: looseAny,
  fullResultUrls: looseAny,
  originUrls: looseAny,
  resolution: looseText,
  hasAudioList: looseList,
  seeds: looseList,
});

const recordFields = looseObject({
  response: looseAny,
  resultUrls: looseAny,
  fallbackFlag: looseFlag,
  creditsConsumed: looseNumber,
  createTime: looseAny,
  completeTime: looseAny,
  paramJson: looseAny,
});

/**
 * What a finished record holds; undefined when there is no usable address in it.
 *
 * `response` may be an object or its JSON text. The quickstart reads `resultUrls` one level higher, where it once stood.
 */
export function readResult(data: unknown): MadeResult | undefined {
  const record = recordFields.parse(data);
  const response = responseFields.parse(unfoldJson(record.response));
  const urls = [response.resultUrls, record.resultUrls].map(readUrlList).find((list) => list.length > 0);
  if (!urls) return undefined;
  const audio = (response.hasAudioList ?? []).filter((each) => typeof each === "boolean");
  return {
    urls,
    fullUrls: readUrlList(response.fullResultUrls),
    originUrls: readUrlList(response.originUrls),
    resolution: response.resolution,
    hasAudio: audio.length === 0 ? undefined : audio.every((each) => each),
    seed: looseNumber.parse(response.seeds?.[0]),
    fallback: record.fallbackFlag ?? false,
    creditsConsumed: record.creditsConsumed,
    completedAt: readVendorTime(record.completeTime),
  };
}

/** Of an extension that has no part of its own: the film onto which it was stitched, which is not what was asked for. */
export function readWhole(data: unknown): readonly string[] {
  return readUrlList(responseFields.parse(unfoldJson(recordFields.parse(data).response)).fullResultUrls);
}

const echoFields = looseObject({
  prompt: looseText,
  model: looseText,
  aspectRatio: looseText,
  aspect_ratio: looseText,
  callBackUrl: looseText,
  enableTranslation: looseFlag,
  seeds: looseNumber,
  imageUrls: looseAny,
  index: looseNumber,
});

/** When the vendor took the task; epoch milliseconds by its clock. */
export function readCreatedAt(data: unknown): number | undefined {
  return readVendorTime(recordFields.parse(data).createTime);
}

/** What the vendor says it was asked; undefined when it does not say or cannot be read. */
export function readEcho(data: unknown): RequestEcho | undefined {
  const params = unfoldJson(recordFields.parse(data).paramJson);
  if (!isObject(params)) return undefined;
  const { prompt, model, aspectRatio, aspect_ratio, callBackUrl, ...others } = echoFields.parse(params);
  return {
    prompt,
    model,
    aspectRatio: aspectRatio ?? aspect_ratio,
    callBackUrl,
    translate: others.enableTranslation,
    seed: others.seeds,
    imageUrls: others.imageUrls === undefined ? undefined : readUrlList(others.imageUrls),
    of: readTaskId(params),
    index: others.index,
  };
}
