import type { Caller } from "./call.ts";
import type { SubmitOutcome } from "./outcome.ts";
import type { GenerateCall } from "./provider.ts";
import { sortSubmit } from "./submit.ts";

const GENERATION_TYPE = {
  none: "TEXT_2_VIDEO",
  frames: "FIRST_AND_LAST_FRAMES_2_VIDEO",
  references: "REFERENCE_2_VIDEO",
} as const;

/** Buys a new take. @see kie.ai "Generate Veo 3.1 Video": POST /api/v1/veo/generate */
export async function generate(call: Caller, wanted: GenerateCall, signal?: AbortSignal): Promise<SubmitOutcome> {
  const body = generateBody(wanted);
  return sortSubmit(
    await call({ host: "api", method: "POST", path: "/api/v1/veo/generate", body, buys: true }, signal),
  );
}

/** `enableFallback` and `watermark` are never sent: fallback takes cannot be upgraded, and a film wants no mark. */
function generateBody(wanted: GenerateCall): Readonly<Record<string, unknown>> {
  const { prompt, model, aspectRatio, translate, seed, stills, callBackUrl } = wanted;
  return {
    prompt,
    model, // the default differs between the vendor's pages, by a factor of four in price
    aspect_ratio: aspectRatio, // the API page's spelling
    aspectRatio, // the quickstart's
    enableTranslation: translate,
    generationType: GENERATION_TYPE[stills.use],
    ...(stills.use === "none" ? {} : { imageUrls: stills.urls }),
    ...(seed === undefined ? {} : { seeds: seed }),
    ...(callBackUrl === undefined ? {} : { callBackUrl }),
  };
}
